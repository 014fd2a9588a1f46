import assert from "node:assert/strict";
import { ACCOUNT, config, OTHER, sdk, urn, withAccounts } from "./accounts";
import { UNKNOWN } from "./declared";
import { DoubledAws } from "./provider";
import { bucket, document, role, STATEMENTS, trust } from "./samples";

const ROLE = { type: "aws:iam/role:Role", name: "job", urn: urn("aws:iam/role:Role", "job") };
const TRUST = trust("codebuild.amazonaws.com");
const seed = new Uint8Array([1, 2, 3]);

describe("the doubled AWS", () => {
  it("makes nothing in a preview, and what the program did not give is unknown then", () =>
    withAccounts(async ({ own, cloud }) => {
      const inputs = own.checked(ROLE.type, ROLE.name, { name: "job", assumeRolePolicy: TRUST });
      const { id, outputs } = await own.provider.create(ROLE, inputs, true);
      assert.deepEqual([id, outputs["arn"], outputs["name"]], ["", UNKNOWN, "job"]);
      assert.deepEqual([cloud.things(), cloud.events()], [[], []]);
    }));

  it("knows afterwards what AWS would answer, and keeps accounts apart", () =>
    withAccounts(async ({ own, other, cloud }) => {
      await role(own, "job", TRUST);
      await role(other, "job", TRUST);
      const arns = cloud.all(ROLE.type).map(({ outputs }) => outputs["arn"]);
      assert.deepEqual(arns, [`arn:aws:iam::${ACCOUNT}:role/job`, `arn:aws:iam::${OTHER}:role/job`]);
    }));

  it("finds what is wrong with a program's properties: missing, unknown, of another kind, however deep", () =>
    withAccounts(({ own }) => {
      const written = {
        assumeRole: "x",
        tags: { team: 1 },
        inlinePolicies: [{ nam: "x" }],
        maxSessionDuration: "1",
      };
      const { problems } = own.provider.check({ type: ROLE.type, name: "job" }, { old: {}, written, seed });
      assert.deepEqual(problems, [
        "assumeRolePolicy is missing",
        "assumeRole is no property that @pulumi/aws declares",
        "tags.team is 1, not text",
        "inlinePolicies[0].nam is no property that @pulumi/aws declares",
        'maxSessionDuration is "1", not a number',
      ]);
      return Promise.resolve();
    }));

  it("does not know other types and functions, and says where to add them", () =>
    withAccounts(async ({ own }) => {
      const type = "aws:sqs/queue:Queue";
      const message = `the doubled AWS does not know type ${type}: add it to KINDS in tests/engine/aws/kinds.ts`;
      assert.throws(() => own.provider.check({ type, name: "x" }, { old: {}, written: {}, seed }), {
        message,
      });
      await assert.rejects(own.provider.create({ type, name: "x", urn: urn(type, "x") }, {}, true), {
        message,
      });
      const token = "aws:index/getRegion:getRegion";
      assert.throws(() => own.provider.invoke(token), {
        message: `the doubled AWS does not know function ${token}: add it to tests/engine/aws/provider.ts`,
      });
    }));

  it("makes names up as Pulumi does, and keeps them", () =>
    withAccounts(({ own }) => {
      const first = own.checked("aws:s3/bucket:Bucket", "Data", {});
      assert.match(String(first["bucket"]), /^data-[0-9a-f]{7}$/);
      assert.equal(own.checked("aws:s3/bucket:Bucket", "Data", {}, first)["bucket"], first["bucket"]);
      assert.match(
        String(own.checked("aws:kms/alias:Alias", "key", { targetKeyId: "x" })["name"]),
        /^alias\/key-[0-9a-f]{7}$/,
      );
      return Promise.resolve();
    }));

  it("takes a policy as an object, and keeps it as text", () =>
    withAccounts(({ own }) => {
      const policy = document(STATEMENTS.managed);
      assert.equal(own.checked("aws:iam/policy:Policy", "p", { policy })["policy"], JSON.stringify(policy));
      const unknown = document({ ...STATEMENTS.managed, Resource: UNKNOWN });
      assert.equal(own.checked("aws:iam/policy:Policy", "p", { policy: unknown })["policy"], UNKNOWN);
      return Promise.resolve();
    }));

  it("tags what can be tagged with the provider's default tags", () =>
    withAccounts(({ cloud }) => {
      const provider = new DoubledAws(cloud, sdk());
      provider.configure({ ...config(ACCOUNT), defaultTags: JSON.stringify({ tags: { a: "1", b: "1" } }) });
      const written = { assumeRolePolicy: TRUST, tags: { b: "2" } };
      const { inputs } = provider.check({ type: ROLE.type, name: "job" }, { old: {}, written, seed });
      assert.deepEqual(inputs["tagsAll"], { a: "1", b: "2" });
      return Promise.resolve();
    }));

  it("replaces what AWS cannot change, after its deletion where the name is fixed", () =>
    withAccounts(({ own }) => {
      const old = { name: "job", path: "/", description: "a" };
      const diff = (inputs: object) => own.provider.diff(ROLE, old, { ...old, ...inputs });
      assert.deepEqual(diff({}), { changed: [], replaces: [], deleteBeforeReplace: true });
      assert.deepEqual(diff({ description: "b" }).replaces, []);
      assert.deepEqual(diff({ path: "/x/" }), {
        changed: ["path"],
        replaces: ["path"],
        deleteBeforeReplace: true,
      });
      assert.equal(diff({ name: "job-2" }).deleteBeforeReplace, false);
      const made = { ...old, name: "job-0123456" };
      assert.equal(own.provider.diff(ROLE, made, { ...made, path: "/x/" }).deleteBeforeReplace, false);
      return Promise.resolve();
    }));

  it("refuses settings that are bound to no account or Region, or that @pulumi/aws does not declare", () =>
    withAccounts(({ own }) => {
      assert.deepEqual(own.provider.checkConfig(config(ACCOUNT)), []);
      assert.deepEqual(own.provider.checkConfig({ colour: "red" }), [
        "colour is no property that @pulumi/aws declares",
        "allowedAccountIds is not one account",
        "region is missing",
      ]);
      return Promise.resolve();
    }));

  it("keeps a deleted key for its waiting period, and an unconfirmed subscription as long as its topic", () =>
    withAccounts(async ({ own, cloud }) => {
      await own.remove(await own.make("kms/key:Key", "key", { deletionWindowInDays: 7 }));
      assert.equal(own.thing("kms/key:Key", "key").pendingDeletionInDays, 7);
      const topic = await own.make("sns/topic:Topic", "topic", {});
      const subscription = { topic: topic.id, protocol: "email", endpoint: "me@example.com" };
      await own.remove(await own.make("sns/topicSubscription:TopicSubscription", "me", subscription));
      assert.equal(cloud.all("aws:sns/topicSubscription:TopicSubscription").length, 1);
      await own.remove(topic);
      assert.equal(cloud.all("aws:sns/topicSubscription:TopicSubscription").length, 0);
    }));

  it("lets no second resource overwrite what another has set", () =>
    withAccounts(async ({ own }) => {
      await bucket(own, "data");
      const versioning = (name: string) =>
        own.make("s3/bucketVersioning:BucketVersioning", name, {
          bucket: "data",
          versioningConfiguration: { status: "Enabled" },
        });
      await versioning("one");
      const type = "aws:s3/bucketVersioning:BucketVersioning";
      await assert.rejects(versioning("two"), {
        message: `the doubled AWS: ${urn(type, "two")} would overwrite ${urn(type, "one")}, which is data already`,
      });
    }));

  it("forgets what an update takes out, and reads what somebody else has changed", () =>
    withAccounts(async ({ own, cloud }) => {
      const made = await own.make("iam/role:Role", "job", {
        name: "job",
        assumeRolePolicy: TRUST,
        description: "a",
      });
      const inputs = own.checked(ROLE.type, "job", { name: "job", assumeRolePolicy: TRUST });
      const outputs = await own.provider.update(ROLE, made.id, made.outputs, inputs, false);
      assert.equal(outputs["description"], undefined);
      assert.equal(outputs["arn"], made.outputs["arn"]);
      cloud.put({ ...own.thing("iam/role:Role", "job"), inputs: { ...inputs, description: "by hand" } });
      assert.equal(own.provider.read(ROLE, made.id, {})?.inputs["description"], "by hand");
      assert.equal(own.provider.read(ROLE, "another", {}), undefined);
    }));
});
