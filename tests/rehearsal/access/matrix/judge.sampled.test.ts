import assert from "node:assert/strict";
import { judgeAccess } from "../../../../rehearsal/access/matrix/judge";
import type { Rehearsed } from "../../../../rehearsal/record/record";
import { without } from "../../../../packages/iam/tests/asked";
import { sampleWorld, unbrokenWorld } from "../worlds";
import { withPolicy, withResource } from "./changes";
import { list, type Values } from "../../../../packages/iam/src/json";
import { whole } from "../../../whole/sample";

const ROLE_POLICY = "aws:iam/rolePolicy:RolePolicy";
const NARROW = "; narrow the statement, or add a row that says why";
const ADD = "; add the statement, or take the row out";

/** What is found when everything else is as it should be; no calls are walked. */
const findings = async (record: Rehearsed): Promise<readonly string[]> =>
  (await judgeAccess(await sampleWorld(record), { calls: [] })).findings;

describe("The access matrix of the sample", () => {
  // The whole check of access, of which this is a part, is tried in ../check.sampled.test.ts.
  whole("is what the policies say, and every grant is used", async () => {
    const { rows, asked, decided, findings, unused } = await judgeAccess(await unbrokenWorld());
    assert.deepEqual({ findings, unused }, { findings: [], unused: [] });
    assert.ok(
      rows.length > 150 && asked > 1_000_000 && decided > 5_000,
      `${rows.length} ${asked} ${decided}`,
    );
  });

  whole("finds a statement that is wider, in whichever policy", async () => {
    const everything = await withPolicy(ROLE_POLICY, "catalog--prod-deploy", "ExecuteChangeSets", (each) => ({
      ...each,
      Resource: ["arn:aws:cloudformation:eu-west-1:333333333333:stack/*"],
    }));
    const [first] = await findings(everything);
    assert.equal(
      first,
      "role delivery-catalog--prod-deploy may cloudformation:DescribeChangeSet on " +
        "arn:aws:cloudformation:eu-west-1:333333333333:stack/catalog--prodx/1 with cloudformation:ChangeSetName=d-1, " +
        "which the access matrix does not have, by ExecuteChangeSets in inline policy of role delivery-catalog--prod-deploy" +
        NARROW,
    );
    const anyRole = await withPolicy(
      "aws:iam/role:Role",
      "catalog--prod-deploy",
      "AssumedByJobs",
      (each) => without(each, "Condition"),
      "assumeRolePolicy",
    );
    assert.ok(
      (await findings(anyRole)).includes(
        "an administrator of 111111111111 may sts:AssumeRole on arn:aws:iam::333333333333:role/delivery-catalog--prod-deploy, " +
          "which the access matrix does not have, by Everything in the administrator's policy and AssumedByJobs in trust of role " +
          `delivery-catalog--prod-deploy${NARROW}`,
      ),
    );
  });

  whole("finds what a statement names that is nobody's here", async () => {
    const wider = async (sid: string, arn: string) => {
      const more = (each: Values) => ({ ...each, Resource: [...list(each["Resource"]), arn] });
      return findings(await withPolicy(ROLE_POLICY, "catalog-build", sid, more));
    };
    const found = (what: string, sid: string) => [
      `role delivery-catalog-build may ${what}, which the access matrix does not have, by ${sid} in inline policy of role delivery-catalog-build`,
    ];
    const short = (all: readonly string[]) =>
      all.map((each) => each.replace(/ with aws:SecureTransport=\w+| and LetsIn.*|; narrow.*/g, ""));
    assert.deepEqual(
      short(await wider("WriteRelease", "arn:aws:s3:::theirs/in/*")),
      found("s3:PutObject on arn:aws:s3:::theirs/in/1", "WriteRelease"),
    );
    assert.deepEqual(
      short(await wider("TakeBackKeptReleases", "arn:aws:s3:::theirs/kept/*")),
      found("s3:GetObject on arn:aws:s3:::theirs/kept/1", "TakeBackKeptReleases"),
    );
  });

  whole("finds a condition that is gone, and one that lets absent keys pass", async () => {
    const condition = (to: object) =>
      withPolicy(ROLE_POLICY, "catalog--test-execution", "PassRolesToFunctions", (each) => ({
        ...each,
        Condition: to,
      }));
    const anything = "on arn:aws:iam::222222222222:role/catalog--test-1";
    const found = (context: string) => [
      `role delivery-catalog--test-execution may iam:PassRole ${anything}${context}, which the access matrix does not have, by ` +
        `PassRolesToFunctions in inline policy of role delivery-catalog--test-execution${NARROW}`,
    ];
    const pass = { "iam:PassedToService": "lambda.amazonaws.com" };
    assert.deepEqual(await findings(await condition({ StringEqualsIfExists: pass })), found(""));
    assert.deepEqual(
      await findings(await condition({ StringLike: { "iam:PassedToService": "lambda*" } })),
      found(" with iam:PassedToService=lambda1"),
    );
  });

  whole("finds a refusal that is gone: not even administrators may", async () => {
    const [first] = await findings(
      await withPolicy("aws:s3/bucketPolicy:BucketPolicy", "artifacts", "RefuseOtherKey", () => undefined),
    );
    assert.match(
      first ?? "",
      /may s3:PutObject on arn:aws:s3:::artifacts-\w+\/.* with .*key-id=.*, which the access matrix does not have/,
    );
  });

  whole("finds a statement that is narrower or gone", async () => {
    const gone = await withPolicy(ROLE_POLICY, "catalog-promote", "RemoveOldImages", (each) => ({
      ...each,
      Action: ["ecr:DescribeImages"],
    }));
    const [only, ...others] = await findings(gone);
    assert.deepEqual(others, []);
    assert.match(
      only ?? "",
      /^role delivery-catalog-promote may not ecr:BatchDeleteImage on arn:aws:ecr:.*, which the access matrix has \(images that no record names go once they are old, of this pipeline's repository only; no rule of the repository could tell\), for lack of identity; add/,
    );
    const reader = await withPolicy(
      "aws:s3/bucketPolicy:BucketPolicy",
      "artifacts",
      "ReadCatalog",
      () => undefined,
    );
    const lack = (await findings(reader)).filter((each) =>
      each.startsWith("role delivery-catalog--prod-plan may not"),
    );
    assert.deepEqual(
      lack.map((each) => each.replace(/arn:aws:s3:::artifacts-\w+/, "bucket")),
      [
        "role delivery-catalog--prod-plan may not s3:GetObject on bucket/releases/catalog/333333333333/prod/1 with " +
          "aws:SecureTransport=true, which the access matrix has (CloudFormation fetches the template as the caller), for " +
          `lack of resource${ADD}`,
      ],
    );
  });

  whole("finds another boundary, and one that is gone", async () => {
    const bound = await withResource("aws:iam/role:Role", "catalog-build", (each) => ({
      ...each,
      inputs: { ...each.inputs, permissionsBoundary: "arn:aws:iam::111111111111:policy/other" },
    }));
    assert.deepEqual(await findings(bound), [
      "role delivery-catalog-build has permissions boundary arn:aws:iam::111111111111:policy/other, and the access matrix says none; give it that one",
    ]);
    const world = await unbrokenWorld();
    const roles = new Map(world.model.roles);
    const [arn, role] =
      [...roles].find(([each]) => each.includes("role/catalog--prod-")) ??
      assert.fail("no role of a workload");
    roles.set(arn, { ...role, boundary: undefined });
    const { findings: found } = await judgeAccess(
      { ...world, model: { ...world.model, roles } },
      { calls: [] },
    );
    assert.ok(
      found.some((each) =>
        /has permissions boundary none, and the access matrix says arn:aws:iam::333333333333:policy\/delivery-catalog--prod-boundary/.test(
          each,
        ),
      ),
    );
  });
});
