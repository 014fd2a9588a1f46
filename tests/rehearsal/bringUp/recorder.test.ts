import assert from "node:assert/strict";
import * as aws from "@pulumi/aws";
import * as awsx from "@pulumi/awsx";
import * as pulumi from "@pulumi/pulumi";
import type { StackRun } from "../../../rehearsal/record/record";
import { runStack } from "../../../rehearsal/bringUp/runStack";

const CONFIG = { "delivery:account": "111111111111", "aws:region": "eu-west-1" };
const run = (program: () => unknown, earlier: readonly StackRun[] = []): Promise<StackRun> =>
  runStack({
    project: "delivery",
    stack: "tooling",
    config: CONFIG,
    program: () => Promise.resolve().then(program),
    earlier,
  });
const provider = () => new aws.Provider("aws", { region: "eu-west-1", allowedAccountIds: ["111111111111"] });

class Holder extends pulumi.ComponentResource {
  constructor(opts?: pulumi.ComponentResourceOptions) {
    super("test:index:Holder", "holder", {}, opts);
    this.registerOutputs();
  }
}

describe("recorder", () => {
  it("hands the outputs of an earlier stack on, whatever the organization is called", async () => {
    const earlier = await run(() => ({ arn: "a", list: [{ b: 1 }] }));
    const { outputs, failures } = await run(
      async () => (await new pulumi.StackReference("acme/delivery/tooling").getOutputDetails("list")).value,
      [earlier],
    );
    assert.deepEqual([outputs, failures], [{ 0: { b: 1 } }, []]);
  });

  it("hands objects over by the alphabet, as the engine does", async () => {
    const { resources, outputs } = await run(() => {
      const tags = { zebra: "z", ant: "a" };
      return {
        tags: new aws.s3.Bucket("data", { tags }, { provider: provider() }).tags,
        deep: [{ b: 1, a: 2 }],
      };
    });
    const told = [resources.at(-1)?.inputs["tags"], outputs["tags"], outputs["deep"]];
    assert.equal(JSON.stringify(told), '[{"ant":"a","zebra":"z"},{"ant":"a","zebra":"z"},[{"a":2,"b":1}]]');
  });

  it("records parent, provider, account, Region, dependencies and outputs of every resource", async () => {
    const { resources, outputs, failures } = await run(() => {
      const parent = new Holder({ providers: [provider()] });
      const bucket = new aws.s3.Bucket("data", {}, { parent });
      new aws.s3.BucketPolicy("data", { bucket: bucket.bucket, policy: "{}" }, { parent });
      return { bucket: bucket.arn };
    });
    const [stack, cloud, holder, bucket, policy] = resources;
    assert.equal(resources.length, 5);
    assert.deepEqual(failures, []);
    assert.deepEqual(outputs, { bucket: bucket?.outputs["arn"] });
    assert.deepEqual(
      [stack, holder].map((each) => [each?.type, each?.custom]),
      [
        ["pulumi:pulumi:Stack", false],
        ["test:index:Holder", false],
      ],
    );
    const name = String(bucket?.outputs["bucket"]);
    assert.match(name, /^data-[0-9a-f]{7}$/);
    assert.deepEqual(policy, {
      stack: "tooling",
      type: "aws:s3/bucketPolicy:BucketPolicy",
      name: "data",
      urn: "urn:pulumi:tooling::delivery::test:index:Holder$aws:s3/bucketPolicy:BucketPolicy::data",
      id: name,
      parent: holder?.urn,
      custom: true,
      remote: false,
      protect: false,
      provider: cloud?.urn,
      account: "111111111111",
      region: "eu-west-1",
      dependsOn: [bucket?.urn],
      inputs: { bucket: name, policy: "{}" },
      outputs: { bucket: name, policy: "{}" },
    });
  });

  it("tells the account of a remote component by the providers of what holds it", async () => {
    const { resources } = await run(() => {
      const parent = new Holder({ parent: new Holder({ providers: [provider()] }) });
      new awsx.ecr.Repository("images", {}, { parent });
      new awsx.ecr.Repository("loose");
    });
    assert.deepEqual(
      resources.filter(({ remote }) => remote).map(({ name, account, region }) => [name, account, region]),
      [
        ["loose", undefined, undefined],
        ["images", "111111111111", "eu-west-1"],
      ],
    );
  });

  it("takes a provider for bound only if it allows exactly one account", async () => {
    const { resources } = await run(() => {
      const wide = new aws.Provider("wide", { allowedAccountIds: ["111111111111", "222222222222"] });
      new aws.sns.Topic("wide", {}, { provider: wide });
      new aws.sns.Topic("none", {}, { provider: new aws.Provider("none") });
    });
    assert.deepEqual(
      resources.filter(({ type }) => type.startsWith("aws:")).map(({ account }) => account),
      [undefined, undefined],
    );
  });

  it("keeps no secret", async () => {
    const { resources, outputs } = await run(() => {
      new aws.sns.Topic("topic", { displayName: pulumi.secret("hush") }, { provider: provider() });
      return { hidden: pulumi.secret("hush"), shown: "x", nested: [{ a: pulumi.secret("hush") }] };
    });
    assert.equal(JSON.stringify([resources, outputs]).includes("hush"), false);
    assert.deepEqual(outputs["shown"], "x");
    assert.equal(resources.at(-1)?.inputs["displayName"], "[secret]");
  });

  it("gives the same names in every run, and another to each resource", async () => {
    const names = async () =>
      (
        await run(() => {
          const opts = { provider: provider() };
          new aws.sns.Topic("a", {}, opts);
          new aws.sns.Topic("b", {}, opts);
          new aws.sns.Topic("c", { name: "fixed" }, opts);
        })
      ).resources.flatMap(({ type, outputs }) => (type === "aws:sns/topic:Topic" ? [outputs["name"]] : []));
    const [first, second] = [await names(), await names()];
    assert.deepEqual(first, second);
    assert.equal(new Set(first).size, 3);
    assert.equal(first[2], "fixed");
  });
});
