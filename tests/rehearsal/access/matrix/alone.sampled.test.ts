import assert from "node:assert/strict";
import { type AloneJudge, aloneJudge } from "../../../../rehearsal/access/matrix/alone";
import { judgeCharter } from "../../../../rehearsal/access/matrix/judge";
import { NotKnown } from "../../../../packages/iam/src/policy/notKnown";
import { makeWorld } from "../../../../rehearsal/access/estate/world";
import type { PolicyDocument, PolicyKind } from "../../../../rehearsal/record/policyDocuments";
import type { Values } from "../../../../packages/iam/src/json";
import { upOf } from "../../../stacks/together.cases";
import { without } from "../../../../packages/iam/tests/asked";
import { folderOf, unbrokenWorld, worldOf } from "../worlds";
import { withStatement } from "./changes";
import { sampled, whole } from "../../../whole/sample";

let alone: AloneJudge;
before(async () => {
  alone = await aloneJudge(await unbrokenWorld());
});

/** The sample's policy of that kind on a resource of that name. */
const policyOf = (kind: PolicyKind, name: string): PolicyDocument =>
  alone.policies.find((each) => each.kind === kind && each.resource.name === name) ??
  assert.fail(`no ${kind} policy ${name}`);

/** What is found once a statement is changed, or gone. */
const found = (kind: PolicyKind, name: string, sid: string, change: (each: Values) => Values | undefined) => {
  const policy = policyOf(kind, name);
  return alone.judge(policy, withStatement(policy.content, sid, change));
};

describe("A policy judged alone", () => {
  it("has nothing against it as it is registered, in each case", async () => {
    const titles = ["the sample", "single-account mode", "two environments in one account", "a VPC"];
    for (const title of sampled(titles, (_, index) => index === 1)) {
      const judge = await aloneJudge(await worldOf(title));
      assert.ok(judge.policies.length > 20, `${title}: ${judge.policies.length}`);
      for (const policy of judge.policies) assert.deepEqual(judge.judge(policy, policy.content), [], title);
    }
  });

  it("is found without any one of its statements", () => {
    for (const policy of alone.policies) {
      for (const { Sid: sid } of policy.statements.length > 1 ? policy.statements : []) {
        const lost = withStatement(policy.content, String(sid), () => undefined);
        assert.equal(
          alone.judge(policy, lost).length,
          1,
          `${policy.kind} ${policy.resource.name} ${String(sid)}`,
        );
      }
    }
  });

  it("is wide behind a narrow policy of the other side", () => {
    const wide = { Resource: "*" };
    assert.match(
      found("inline", "catalog--test-plan", "ReadReleaseFiles", (each) => ({ ...each, ...wide }))[0] ?? "",
      /^role delivery-catalog--test-plan may s3:GetObject on .*, which the access matrix does not have, by ReadReleaseFiles in inline policy/,
    );
    assert.match(
      found("bucket", "artifacts", "ReadCatalog", (each) => without(each, "Condition"))[0] ?? "",
      /^(role|an administrator) .* may s3:GetObject on .*, which the access matrix does not have, by .* and ReadCatalog in bucket policy/,
    );
    assert.match(
      found("managed", "catalog--prod-boundary", "UseTables", (each) => ({
        ...each,
        Action: "dynamodb:*",
      }))[0] ?? "",
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
      const policy = alone.policies.find(
        (each) =>
          each.kind === kind &&
          each.resource.name === name &&
          each.statements.some((one) => one["Sid"] === sid),
      );
      assert.ok(policy, `${kind} ${name} ${sid}`);
      assert.match(alone.judge(policy, withStatement(policy.content, sid, principal(to)))[0] ?? "", message);
    }
  });

  it("ends with the first finding", () => {
    assert.equal(
      found("inline", "catalog-build", "PushImages", (each) => ({ ...each, Action: "*", Resource: "*" }))
        .length,
      1,
    );
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
    const judge = await aloneJudge(await worldOf("a path and a boundary"));
    const [role, boundary] = [
      "arn:aws:iam::111111111111:role/delivery/delivery-catalog-build",
      "arn:aws:iam::111111111111:policy/org",
    ];
    assert.deepEqual(judge.judgeBoundary(role, boundary), []);
    assert.deepEqual(judge.judgeBoundary(role, undefined), [
      `role delivery-catalog-build has permissions boundary none, and the access matrix says ${boundary}; give it that one`,
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
      assert.deepEqual((await judgeCharter(world, { calls: [] })).findings, []);
      const judge = await aloneJudge(world);
      for (const policy of judge.policies) assert.deepEqual(judge.judge(policy, policy.content), []);
    },
  );
});
