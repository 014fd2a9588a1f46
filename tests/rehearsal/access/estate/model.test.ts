import assert from "node:assert/strict";
import { allResources, ofType } from "../../../../rehearsal/record/record";
import { unbroken } from "../../sample";
import { build, changed, one, refuses, same, sampleModel, withInputs } from "../models";

const ROLE = "aws:iam/role:Role";
const LOG_GROUP = "aws:cloudwatch/logGroup:LogGroup";
const sids = (statements: readonly { readonly sid: string }[]) => statements.map(({ sid }) => sid);

describe("access/model", () => {
  it("has every account with its stacks, and every role with its trust and its own policies", async () => {
    const { runs } = await unbroken();
    const { accounts, roles } = await sampleModel();
    assert.deepEqual(
      [...accounts],
      runs.map(({ stack, account }) => [account, [stack]]),
    );
    const arns = ofType(runs, ROLE).map(({ outputs }) => outputs["arn"]);
    assert.deepEqual([...roles.keys()], arns);
    const build = roles.get("arn:aws:iam::111111111111:role/delivery-catalog-build");
    assert.deepEqual(sids(build?.trust.statements ?? []), ["AssumedByService"]);
    assert.deepEqual(
      build?.identity.map(({ name }) => name),
      ["inline policy of role delivery-catalog-build"],
    );
    for (const { identity, boundary } of roles.values())
      assert.deepEqual([identity.length, boundary], [1, undefined]);
  });

  it("has every bucket, key, repository, topic and log group with its policy, those of awsx too", async () => {
    const { runs } = await unbroken();
    const { guarded } = await sampleModel();
    const found = [...guarded.values()].map(({ attached, account, policy }) => [
      attached,
      account,
      policy?.statements.length ?? 0,
    ]);
    const logs = ofType(runs, LOG_GROUP).map(() => ["logGroup", "111111111111", 0]);
    assert.deepEqual(found.sort(), [
      ["bucket", "111111111111", 2],
      ["bucket", "111111111111", 5],
      ["key", "111111111111", 2],
      ...logs,
      ["repository", "111111111111", 2],
      ["topic", "111111111111", 1],
    ]);
    const types = ["aws:s3/bucket:Bucket", "aws:kms/key:Key", "awsx:ecr:Repository", "aws:sns/topic:Topic"];
    assert.equal(guarded.size, ofType(runs, ...types, LOG_GROUP).length);
  });

  it("has the managed policies, boundaries and those for people", async () => {
    const { managed } = await sampleModel();
    const names = [...managed.keys()].map((arn) => arn.replace(/^.*\/|-[0-9a-f]{7}$/g, "")).sort();
    assert.deepEqual(names, [
      "catalog--prod-approver",
      "catalog-operator",
      "delivery-catalog--prod-boundary",
      "delivery-catalog--test-boundary",
    ]);
  });

  it("gives a topic or key without a policy the one that AWS gives it", async () => {
    const { runs } = await unbroken();
    const without = changed(runs, (each) =>
      each.type === "aws:sns/topicPolicy:TopicPolicy"
        ? undefined
        : withInputs("aws:kms/key:Key", { policy: undefined })(each),
    );
    const { guarded } = await build(without);
    const defaults = [...guarded.values()].filter(
      ({ policy }) => policy?.statements[0]?.sid === "AwsDefault",
    );
    assert.deepEqual(defaults.map(({ attached }) => attached).sort(), ["key", "topic"]);
  });

  it("takes attached managed policies, also from documents that it is given", async () => {
    const { runs } = await unbroken();
    const role = one(runs, ROLE);
    const policyArn = "arn:aws:iam::aws:policy/Reader";
    const attachment = {
      type: "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
      account: role.account,
      inputs: { role: role.outputs["name"], policyArn },
    };
    const document = {
      Version: "2012-10-17",
      Statement: { Sid: "Read", Effect: "Allow", Action: "s3:Get*", Resource: "*" },
    };
    const { roles } = await build(changed(runs, same, attachment), { policies: { [policyArn]: document } });
    assert.deepEqual(
      roles.get(String(role.outputs["arn"]))?.identity.map(({ name }) => name),
      [`inline policy of role ${String(role.outputs["name"])}`, "managed policy Reader"],
    );
    await refuses(
      changed(runs, same, { ...attachment, account: "444444444444" }),
      /a policy is of role 444444444444 [a-z-]+, which no stack makes/,
      { policies: { [policyArn]: document } },
    );
    await refuses(
      changed(runs, same, attachment),
      /managed policy arn:aws:iam::aws:policy\/Reader, whose document no stack makes/,
    );
  });

  it("knows the type of every resource of the sample, one way or the other", async () => {
    const { runs } = await unbroken();
    assert.ok(allResources(runs).length > 50);
    await build(runs);
  });

  const refused = (
    title: string,
    alter: (runs: Awaited<ReturnType<typeof unbroken>>["runs"]) => typeof runs,
    message: RegExp,
  ) =>
    it(`refuses ${title}`, async () => {
      const { runs } = await unbroken();
      await refuses(alter(runs), message);
    });
  refused(
    "a type of resource that nobody has looked at",
    (runs) => changed(runs, same, { type: "aws:kinesis/stream:Stream" }),
    /^extra is of type aws:kinesis\/stream:Stream, which no file of rehearsal\/aws knows and which may carry a policy: do without it, or add rehearsal\/aws\/kinesis\.ts, /,
  );
  refused(
    "a remote component that nobody has looked at",
    (runs) => changed(runs, same, { type: "awsx:ecs:FargateService", custom: false, remote: true }),
    /^extra is of type awsx:ecs:FargateService, .*add it to rehearsal\/aws\/ecs\.ts/,
  );
  for (const [type, property] of [
    [ROLE, "inlinePolicies"],
    [ROLE, "managedPolicyArns"],
    ["aws:s3/bucket:Bucket", "policy"],
    ["aws:s3/bucket:Bucket", "acl"],
  ] as const) {
    refused(
      `${property} of ${type}`,
      (runs) => changed(runs, withInputs(type, { [property]: "x" })),
      new RegExp(`has ${property}, which is not collected`),
    );
  }
  refused(
    "two policies of one bucket",
    (runs) => changed(runs, same, one(runs, "aws:s3/bucketPolicy:BucketPolicy")),
    /has 2 policies/,
  );
  refused(
    "a policy of a bucket that no stack makes",
    (runs) =>
      changed(runs, same, {
        ...one(runs, "aws:s3/bucketPolicy:BucketPolicy"),
        inputs: { ...one(runs, "aws:s3/bucketPolicy:BucketPolicy").inputs, bucket: "other" },
      }),
    /is a policy of something that no stack makes/,
  );
  refused(
    "a policy of a role that no stack makes",
    (runs) =>
      changed(runs, (each) => (each.type === ROLE && each.name === one(runs, ROLE).name ? undefined : each)),
    /a policy is of role \d{12} [a-z-]+, which no stack makes/,
  );
  refused(
    "a resource without an account",
    (runs) => changed(runs, (each) => (each.type === ROLE ? { ...each, account: undefined } : each)),
    /is bound to no account/,
  );
  refused(
    "a policy that is malformed",
    (runs) => changed(runs, withInputs("aws:iam/rolePolicy:RolePolicy", { policy: "{" })),
    /^inline policy of role [^:]+: it has no Statement/,
  );
});
