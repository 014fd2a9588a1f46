import assert from "node:assert/strict";
import { boundaryFindings } from "../../../../rehearsal/access/matrix/boundaries";
import { judgeAccess, prepareMatrix } from "../../../../rehearsal/access/matrix/judge";
import type { Subject } from "../../../../rehearsal/access/mutation/subjects";
import { documentOf } from "../../../../packages/iam/src/mutation/changed";
import { type Alone, aloneIn, assertNothingAgainst } from "./alone";
import { NotKnown } from "../../../../packages/iam/src/policy/notKnown";
import { makeWorld } from "../../../../rehearsal/access/estate/world";
import type { PolicyKind } from "../../../../rehearsal/record/policyDocuments";
import type { Values } from "../../../../packages/iam/src/json";
import { upOf } from "../../../stacks/together.cases";
import { without } from "../../../../packages/iam/tests/asked";
import { folderOf, unbrokenWorld, worldOf } from "../worlds";
import { withStatement } from "../matrix/changes";
import { sampled, whole } from "../../../whole/sample";

let alone: Alone;
before(async () => {
  alone = await aloneIn(await unbrokenWorld());
});

/** The sample's policy of that kind on a resource of that name. */
const policyOf = (kind: PolicyKind, name: string, sid: string): Subject =>
  alone.policies.find(
    ({ registered, policy: { statements } }) =>
      registered?.kind === kind &&
      registered.resource.name === name &&
      statements.some((each) => each.sid === sid),
  ) ?? assert.fail(`no ${kind} policy ${name} with ${sid}`);

/** What is found once a statement is changed, or gone. */
function found(kind: PolicyKind, name: string, sid: string, change: (each: Values) => Values | undefined) {
  const own = policyOf(kind, name, sid);
  return alone.judge(own, withStatement(documentOf(own.policy), sid, change)) ?? "";
}

describe("A policy judged alone", () => {
  whole("has nothing against it as it is registered, in each case", async () => {
    const titles = ["the sample", "single-account mode", "two environments in one account", "a VPC"];
    for (const title of titles) await assertNothingAgainst(await worldOf(title), 20, title);
  });

  it("is found without any one of its statements", () => {
    for (const own of sampled(alone.policies, (_, index) => index % 24 === 0)) {
      const { statements, name } = own.policy;
      for (const { sid } of statements.length > 1 && own.registered ? statements : []) {
        const lost = withStatement(documentOf(own.policy), sid, () => undefined);
        assert.notEqual(alone.judge(own, lost), undefined, `${name} ${sid}`);
      }
    }
  });

  it("is wide behind a narrow policy of the other side", () => {
    const wide = { Resource: "*" };
    assert.match(
      found("inline", "catalog--test-plan", "ReadReleaseFiles", (each) => ({ ...each, ...wide })),
      /^role delivery-catalog--test-plan may s3:GetObject on .*, which the access matrix does not have, by ReadReleaseFiles in inline policy/,
    );
    assert.match(
      found("bucket", "artifacts", "ReadCatalog", (each) => without(each, "Condition")),
      /^(role|an administrator) .* may s3:GetObject on .*, which the access matrix does not have, by .* and ReadCatalog in bucket policy/,
    );
    assert.match(
      found("managed", "catalog--prod-boundary", "UseTables", (each) => ({
        ...each,
        Action: "dynamodb:*",
      })),
      /^a role of catalog--prod with every permission may dynamodb:/,
    );
  });

  it("lets in nobody else: a stranger, everyone, another service, another role of its own account", () => {
    const principal = (to: unknown) => (each: Values) => ({ ...each, Principal: to });
    const cases: readonly (readonly [PolicyKind, string, string, unknown, RegExp])[] = [
      [
        "key",
        "artifacts",
        "DelegateToAccount",
        { AWS: ["111111111111", "999999999999"] },
        /^an-administrator of a stranger's account may kms:/,
      ],
      [
        "trust",
        "catalog-build",
        "AssumedByService",
        { Service: ["codebuild.amazonaws.com", "ec2.amazonaws.com"] },
        /^service ec2.amazonaws.com may sts:AssumeRole/,
      ],
      [
        "trust",
        "catalog",
        "AssumedByService",
        {
          Service: "codepipeline.amazonaws.com",
          AWS: "arn:aws:iam::111111111111:role/delivery-catalog-promote",
        },
        /^role delivery-catalog-promote, without policies of its own, may sts:AssumeRole/,
      ],
      ["bucket", "artifacts-access-logs", "DeliverAccessLogs", "*", /^service \S+ may s3:PutObject/],
    ];
    for (const [kind, name, sid, to, message] of cases) {
      assert.match(found(kind, name, sid, principal(to)), message);
    }
  });

  it("is refused in the words of the evaluator where AWS would not take it", () => {
    assert.throws(
      () => found("inline", "catalog-build", "PushImages", (each) => ({ ...each, Effect: "Maybe" })),
      new NotKnown(
        "inline policy of role delivery-catalog-build: PushImages: Effect is Maybe, neither Allow nor Deny",
      ),
    );
  });

  it("has the boundary that settings name", async () => {
    const world = await worldOf("a path and a boundary");
    const { facts } = await prepareMatrix(world);
    const role = [...world.model.roles.values()].find(({ arn }) => arn.endsWith("/delivery-catalog-build"));
    assert.ok(role);
    assert.deepEqual(boundaryFindings(world, facts, role), []);
    assert.deepEqual(boundaryFindings(world, facts, { ...role, boundary: undefined }), [
      "role delivery-catalog-build has permissions boundary none, and the access matrix says arn:aws:iam::111111111111:policy/org; give it that one",
    ]);
  });

  whole(
    "is limited by no boundary of the organization's, and neither is the access matrix as a whole",
    async () => {
      const accounts = ["111111111111", "222222222222", "222222222223"];
      const nothing = { Version: "2012-10-17", Statement: { Effect: "Deny", Action: "*", Resource: "*" } };
      const title = "a path and a boundary";
      const world = await makeWorld(folderOf(title), await upOf(title), {
        ...{ places: [], app: undefined },
        policies: Object.fromEntries(accounts.map((each) => [`arn:aws:iam::${each}:policy/org`, nothing])),
      });
      assert.deepEqual(world.assumed, []);
      assert.deepEqual((await judgeAccess(world, { calls: [] })).findings, []);
      await assertNothingAgainst(world, 20, title);
    },
  );
});
