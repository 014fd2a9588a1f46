import assert from "node:assert/strict";
import { lint, type Linted, type LintFinding } from "../../../../rehearsal/access/lint/lint";
import { EXCUSES } from "../../../../rehearsal/access/lint/excuses";
import { isLimit } from "../../../../packages/iam/src/lint/limits";
import { exceptionFor, EXCEPTIONS } from "./exceptions";
import type { Rehearsed } from "../../../../rehearsal/record/record";
import { broughtUp } from "../../../../tests/programs";
import { environment, tooling } from "../../../../tests/stacks/settingsSample";
import { CASES, upOf } from "../../../../tests/stacks/together.cases";
import { document } from "../../../../tests/rehearsal/sample";
import { changed, same, withInputs } from "../../../../tests/rehearsal/access/models";
import { list, map, type Values } from "../../../../packages/iam/src/json";
import { sampled, whole } from "../../../whole/sample";

const CHINA = "China";
const TITLES = sampled([...Object.keys(CASES), CHINA], (title) =>
  /^(the sample|containers on|China)/.test(title),
);
const up = (title: string): Promise<Rehearsed> =>
  title === CHINA
    ? broughtUp({
        tooling: tooling({ "aws:region": "cn-north-1" }),
        test: environment({ "aws:region": "cn-north-1", account: "222222222222" }),
      })
    : upOf(title);

const shown = ({ stack, resource, message }: LintFinding): string => `${stack}: ${resource}: ${message}`;

describe("access/lint", () => {
  const linted = new Map<string, Linted>();
  before(async () => {
    for (const title of TITLES) linted.set(title, await lint(await up(title)));
  });
  const of = (title: string): Linted => linted.get(title) ?? assert.fail(`${title} was not read`);

  for (const title of TITLES) {
    it(`finds nothing but named exceptions in any document of ${title}`, () => {
      const { findings, examined } = of(title);
      assert.ok(examined.documents >= 30 && examined.statements >= 100, JSON.stringify(examined));
      assert.deepEqual(findings.filter((each) => !exceptionFor(each)).map(shown), []);
    });
  }

  whole("has no exception and no excuse that none of these settings needs", () => {
    const all = TITLES.flatMap((title) => of(title).findings);
    const used = new Set(all.map((finding) => exceptionFor(finding)));
    assert.deepEqual(
      EXCEPTIONS.filter((each) => !used.has(each)).map(({ reason }) => reason),
      [],
    );
    const excused = new Set(TITLES.flatMap((title) => [...of(title).excused]));
    assert.deepEqual(
      EXCUSES.filter((each) => !excused.has(each)).map(({ reason }) => reason),
      [],
    );
  });
});

describe("access/lint, keys that limit what a call passes on or acts with", () => {
  it("are all of a service's own, whatever AWS adds, but for tags and claims of identity providers", () => {
    const yes = `cloudwatch:AlarmActions ecs:subnet iam:PassedToService lambda:FunctionUrlAuthType lambda:Layer s3:x-amz-acl
      kms:ViaService kms:EncryptionContext:x sns:Endpoint new:Key apigateway:Request/StageName`;
    const no = `aws:SourceIp aws:ResourceTag/a aws:RequestTag/a aws:TagKeys ec2:ResourceTag/a ssm:resourceTag/tag-key
      s3:ExistingObjectTag/a s3:RequestObjectTag/a s3:RequestObjectTagKeys s3:BucketTag/a saml:aud accounts.google.com:sub
      token.actions.githubusercontent.com:sub`;
    assert.deepEqual(
      yes.split(/\s+/).filter((key) => !isLimit(key)),
      [],
    );
    assert.deepEqual(no.split(/\s+/).filter(isLimit), []);
  });

  /** What is found after the statements of a Sid have become something else; undefined: they are gone. */
  const found = async (
    title: string,
    sid: string,
    to: (statement: Values) => Values | undefined,
    property = "policy",
  ) => {
    let times = 0;
    const record = changed(await upOf(title), (resource) =>
      JSON.stringify(resource.inputs).includes(`"Sid":"${sid}"`) ||
      JSON.stringify(resource.inputs).includes(String.raw`\"Sid\":\"${sid}\"`)
        ? document(
            (content) => ({
              ...content,
              Statement: list(content["Statement"])
                .map(map)
                .flatMap((each) => {
                  if (each["Sid"] !== sid) return [each];
                  times++;
                  return to(each) ?? [];
                }),
            }),
            property,
          )(resource)
        : same(resource),
    );
    const { findings } = await lint(record);
    assert.ok(times > 0, `${sid} is nowhere`);
    return [
      ...new Set(
        findings.filter(({ check }) => check === "limit").map(({ action, on }) => `${action} ${on}`),
      ),
    ].sort();
  };
  const without = (statement: Values): Values =>
    Object.fromEntries(Object.entries(statement).filter(([element]) => element !== "Condition"));
  const PLATFORM = "containers on a platform that is built, and on one that is there";
  const BRANCHES = "branches of a repository in CodeCommit, and behind a connection";
  const ECS =
    `auto-assign-public-ip capacity-provider enable-ebs-volumes enable-execute-command enable-service-connect
    enable-vpc-lattice namespace subnet task-definition`
      .split(/\s+/)
      .flatMap((key) => [`ecs:CreateService ecs:${key}`, `ecs:UpdateService ecs:${key}`])
      .sort();
  const rows: readonly (readonly [title: string, sid: string, expected: readonly string[]])[] = [
    ["the sample", "PutAlarms", ["cloudwatch:PutMetricAlarm cloudwatch:AlarmActions"]],
    [PLATFORM, "PutAlarms", ["cloudwatch:PutMetricAlarm cloudwatch:AlarmActions"]],
    [BRANCHES, "PutAlarms", ["cloudwatch:PutMetricAlarm cloudwatch:AlarmActions"]],
    ["the sample", "Measure", ["cloudwatch:PutMetricData cloudwatch:namespace"]],
    [PLATFORM, "RunTasks", ECS],
    [
      PLATFORM,
      "RegisterTaskDefinitions",
      ["ecs:RegisterTaskDefinition ecs:compute-compatibility", "ecs:RegisterTaskDefinition ecs:privileged"],
    ],
    [
      PLATFORM,
      "PassTaskRoles",
      ["iam:PassRole iam:AssociatedResourceArn", "iam:PassRole iam:PassedToService"],
    ],
    [
      "the sample",
      "ConfigureFunctions",
      ["CreateFunction", "UpdateFunctionConfiguration"].flatMap((action) =>
        ["Layer", "SecurityGroupIds", "SubnetIds", "VpcIds"].map((key) => `lambda:${action} lambda:${key}`),
      ),
    ],
    [
      "the sample",
      "LetApiInvoke",
      ["Add", "Remove"].flatMap((each) =>
        ["FunctionUrlAuthType", "Principal"].map((key) => `lambda:${each}Permission lambda:${key}`),
      ),
    ],
    ["the sample", "DecryptReleaseFiles", ["kms:Decrypt kms:ViaService"]],
    ["the sample", "FindReleases", ["s3:ListBucket s3:prefix"]],
    [
      "the sample",
      "CreateChangeSets",
      [
        // Without a role that limits them, the template and its types would have to be.
        ...[
          "ChangeSetName",
          "ImportResourceTypes",
          "ResourceTypes",
          "RoleArn",
          "StackPolicyUrl",
          "TemplateUrl",
        ].map((key) => `cloudformation:CreateChangeSet cloudformation:${key}`),
      ],
    ],
    ["a VPC", "DeleteNetworkInterfaces", ["ec2:DeleteNetworkInterface"]],
  ];
  for (const [title, sid, expected] of sampled(rows, (_, index) => index % 3 === 0)) {
    it(`are missed in ${sid} without its condition (${title})`, async () => {
      const keys = await found(title, sid, without);
      if (sid === "DeleteNetworkInterfaces")
        assert.ok(keys.includes("ec2:DeleteNetworkInterface ec2:Subnet"), keys.join(", "));
      else assert.deepEqual(keys, expected);
    });
  }

  it("are missed where a refusal had them", async () => {
    const keys = await found("the sample", "LogToOwnGroups", () => undefined);
    assert.deepEqual(keys, [
      "apigateway:PATCH apigateway:Request/AccessLoggingDestination",
      "apigateway:POST apigateway:Request/AccessLoggingDestination",
    ]);
  });

  whole("are missed where what an excuse rests on is no longer so", async () => {
    const keysOf = async (record: Rehearsed) => [
      ...new Set((await lint(record)).findings.filter(({ check }) => check === "limit").map(({ on }) => on)),
    ];
    const sample = await upOf("the sample");
    const owned = changed(
      sample,
      withInputs("aws:s3/bucketOwnershipControls:BucketOwnershipControls", {
        rule: { objectOwnership: "ObjectWriter" },
      }),
    );
    const acls = await keysOf(owned);
    assert.ok(
      acls.includes("s3:x-amz-acl") && acls.every((key) => /^s3:x-amz-(acl|grant-)/.test(key)),
      acls.join(),
    );
    const encryption = await found("the sample", "RefuseOtherKey", () => undefined);
    assert.ok(
      encryption.includes("s3:PutObject s3:x-amz-server-side-encryption-aws-kms-key-id"),
      encryption.join(),
    );
    const people = await found(
      "the sample",
      "AssumedByService",
      (each) =>
        JSON.stringify(each["Principal"]).includes("codepipeline")
          ? { ...each, Principal: { AWS: "arn:aws:iam::111111111111:root" } }
          : each,
      "assumeRolePolicy",
    );
    assert.ok(people.includes("codebuild:StartBuild codebuild:source.buildspec"), people.join());
    const passing = await found("the sample", "DeleteStack", (each) => ({
      ...each,
      Action: ["cloudformation:DeleteStack", "iam:PassRole"],
      Resource: "*",
    }));
    assert.ok(passing.includes("cloudformation:DeleteStack cloudformation:RoleArn"), passing.join());
    const tables = await found("the sample", "UseTables", (each) => ({ ...each, Resource: "*" }));
    assert.ok(tables.includes("dynamodb:Scan dynamodb:Attributes"), tables.join());
    for (const Condition of [
      { Bool: { "aws:MultiFactorAuthPresent": "true" } },
      { ArnNotEquals: { "aws:PrincipalArn": "arn:aws:iam::111111111111:role/x" } },
      { StringLike: { "aws:PrincipalArn": "*" } },
    ]) {
      const nobody = await found(
        "the sample",
        "AssumedByJobs",
        (each) => ({ ...each, Condition }),
        "assumeRolePolicy",
      );
      assert.ok(nobody.includes("sts:AssumeRole sts:ExternalId"), nobody.join());
    }
    const elsewhere = await found("the sample", "WriteRelease", (each) => ({
      ...each,
      Resource: "arn:aws:s3:::somebody-elses/*",
    }));
    assert.ok(elsewhere.includes("s3:PutObject s3:ResourceAccount"), elsewhere.join());
    const state = await found(
      "previews that read state",
      "AssumedByPullRequests",
      (each) => ({
        ...without(each),
        Action: "sts:AssumeRole",
        Principal: { AWS: "arn:aws:iam::111111111111:root" },
      }),
      "assumeRolePolicy",
    );
    for (const each of [
      "kms:Decrypt kms:ViaService",
      "s3:ListBucket s3:prefix",
      "s3:GetObject s3:ResourceAccount",
    ])
      assert.ok(state.includes(each), state.join());
  });

  whole(
    "are missed whatever a statement is called, and in a statement of an action that is new here",
    async () => {
      const renamed = await found("the sample", "DecryptReleaseFiles", (each) => ({
        ...without(each),
        Sid: "DecryptState",
      }));
      assert.deepEqual(renamed, ["kms:Decrypt kms:ViaService"]);
      const topic = "arn:aws:sns:eu-west-1:222222222222:catalog--test-topic";
      const bus = "arn:aws:events:eu-west-1:222222222222:rule/catalog--test-rule";
      const news: readonly (readonly [Values, readonly string[]])[] = [
        [
          { Action: "sns:Subscribe", Resource: topic },
          ["Endpoint", "Protocol"].map((key) => `sns:Subscribe sns:${key}`),
        ],
        [
          { Action: "sns:Sub*", Resource: topic, Condition: { StringEquals: { "sns:Protocol": "sqs" } } },
          ["sns:Subscribe sns:Endpoint"],
        ],
        [{ Action: "events:PutTargets", Resource: bus }, ["events:PutTargets events:TargetArn"]],
        [
          {
            Action: "events:PutTargets",
            Resource: bus,
            Condition: { ArnLike: { "events:TargetArn": topic } },
          },
          [],
        ],
      ];
      for (const [statement, expected] of news) {
        const keys = await found("the sample", "UseTables", () => ({
          Sid: "UseTables",
          Effect: "Allow",
          ...statement,
        }));
        assert.deepEqual(
          keys
            .filter((each) => /^(sns|events):/.test(each))
            .filter((each) => !/creatorAccount|ManagedBy/i.test(each)),
          expected,
        );
      }
    },
  );

  it("say which, on what, and why no excuse holds", async () => {
    const record = changed(await upOf("the sample"), (resource) =>
      resource.name === "catalog--test-boundary"
        ? document((content) => ({
            ...content,
            Statement: list(content["Statement"])
              .map(map)
              .map((each) =>
                each["Sid"] === "UseTables" ? { ...each, Action: "dynamodb:GetItem", Resource: "*" } : each,
              ),
          }))(resource)
        : same(resource),
    );
    const [first] = (await lint(record)).findings.filter(
      ({ check, on }) => check === "limit" && on === "dynamodb:Attributes",
    );
    assert.equal(
      first?.message,
      "managed policy, UseTables: dynamodb:GetItem is allowed whatever its dynamodb:Attributes is; it is not so that a workload may do " +
        "with the items of its own tables what it likes; it is not so that the team's own documents say how far they go, and " +
        "settings refuse what they may never hold: add a condition, or an excuse",
    );
  });
});
