import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import * as debuggable from "@pulumi/pulumi/runtime/debuggable";
import * as rpc from "@pulumi/pulumi/runtime/rpc";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import type { StackRun } from "../../../rehearsal/record/record";
import { unknownType } from "../../../rehearsal/aws/registry";
import { ROOT } from "../../../rehearsal/bringUp/commandLine";
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

describe("runStack", () => {
  const loses = (title: string, program: () => unknown, ...failures: string[]) =>
    it(`does not lose ${title}`, async () => {
      assert.deepEqual((await run(program)).failures, failures);
    });

  loses(
    "a RunError of the program",
    () => {
      throw new pulumi.RunError("no such setting");
    },
    "no such setting",
  );
  loses(
    "an error in an apply that feeds an input",
    () => {
      const displayName = pulumi.output("x").apply((): string => {
        throw new Error("thrown in an apply");
      });
      new aws.sns.Topic("topic", { displayName }, { provider: provider() });
    },
    'error serializing property "displayName": thrown in an apply',
  );
  loses(
    "an error in an apply that feeds nothing",
    () => {
      pulumi.output("x").apply(() => {
        throw new Error("thrown in a loose apply");
      });
    },
    "thrown in a loose apply",
  );
  loses(
    "a resource of a type that it does not know, though nothing uses it",
    () => {
      new aws.sqs.Queue("jobs", {}, { provider: provider() });
    },
    `failed to register new resource jobs [aws:sqs/queue:Queue]: ${unknownType("jobs", "aws:sqs/queue:Queue")}`,
  );
  loses(
    "a call to AWS",
    async () => ({ account: (await aws.getCallerIdentity()).accountId }),
    "the rehearsal does not answer the call aws:index/getCallerIdentity:getCallerIdentity: compute the value, or pass it in settings",
  );
  loses(
    "a look at a resource that exists",
    () => {
      aws.sns.Topic.get("mine", "arn:aws:sns:eu-west-1:111111111111:mine");
    },
    "failed to read resource #arn:aws:sns:eu-west-1:111111111111:mine 'mine' [aws:sns/topic:Topic]: the rehearsal reads nothing that exists: mine (aws:sns/topic:Topic) is read, not made",
  );
  loses(
    "a promise that nobody awaits",
    () => {
      void Promise.reject(new Error("floating"));
    },
    "floating",
  );
  loses("an error that is only logged", () => void pulumi.log.error("logged"), "logged");
  loses(
    "a reference to a stack that is not up",
    async () => {
      await new pulumi.StackReference("organization/delivery/nowhere").getOutputDetails("arn");
    },
    "failed to read resource #organization/delivery/nowhere 'organization/delivery/nowhere' [pulumi:pulumi:StackReference]: unknown stack \"organization/delivery/nowhere\"",
  );

  it("does not lose an output that an earlier stack does not have", async () => {
    const earlier = await run(() => ({ arn: "a" }));
    const { failures } = await run(
      () => ({ other: new pulumi.StackReference("organization/delivery/tooling").requireOutput("other") }),
      [earlier],
    );
    assert.deepEqual(failures, [
      "Required output 'other' does not exist on stack 'organization/delivery/tooling'.",
    ]);
  });

  it("gives a resource's property to whoever reads it, before it is up or after", async () => {
    const { outputs, failures } = await run(async () => {
      const topic = new aws.sns.Topic("topic", { name: "news", tags: { a: "b" } }, { provider: provider() });
      const early = topic.name;
      assert.equal(topic.name, early);
      await new Promise((resolve) => topic.urn.apply(resolve));
      await new Promise((resolve) => setImmediate(resolve));
      const { tags } = { ...topic };
      return { early, late: topic.arn, tags };
    });
    const arn = "arn:aws:sns:eu-west-1:111111111111:news";
    assert.deepEqual([outputs, failures], [{ early: "news", late: arn, tags: { a: "b" } }, []]);
  });

  it("tells once why a resource is not there, whoever reads of it, before it is refused or after", async () => {
    const { resources, failures } = await run(async () => {
      const queue = new aws.sqs.Queue("jobs", {}, { provider: provider() });
      new aws.sns.Topic("early", { displayName: queue.arn }, { provider: provider() });
      await new Promise((resolve) => setImmediate(resolve));
      new aws.sns.Topic("late", { name: queue.url }, { provider: provider() });
      await new Promise((resolve) => setImmediate(resolve));
      new aws.sns.Topic("last", { policy: queue.arn }, { provider: provider() });
    });
    const serializing = 'error serializing property "displayName": ';
    const refused = `failed to register new resource jobs [aws:sqs/queue:Queue]: ${unknownType("jobs", "aws:sqs/queue:Queue")}`;
    assert.deepEqual(failures, [`${serializing}${refused}`]);
    assert.deepEqual(
      resources.filter(({ type }) => type.startsWith("aws:")),
      [],
    );
  });

  const waits = (title: string, made: string) =>
    it(`ends with an error where ${title} for ever`, () => {
      const program = `
        const { runStack } = require("./rehearsal/bringUp/runStack");
        const aws = require("@pulumi/aws");
        const pulumi = require("@pulumi/pulumi");
        const program = async () => { ${made} };
        void runStack({ project: "delivery", stack: "tooling", config: {}, earlier: [], program })
          .then(() => console.log("it is up"));`;
      const { status, stdout, stderr } = spawnSync(
        process.execPath,
        ["-r", "./scripts/register.cjs", "-e", program],
        { cwd: ROOT, encoding: "utf8" },
      );
      assert.match(stderr, /^The Pulumi runtime detected that 1 promise was still active/);
      assert.deepEqual([status, stdout], [1, ""]);
    });
  waits(
    "a resource waits",
    `const provider = new aws.Provider("aws", { region: "eu-west-1" });
     new aws.s3.Bucket("data", { bucket: new Promise(() => {}) }, { provider });`,
  );
  waits(
    "a component's outputs wait",
    `new pulumi.ComponentResource("a:b:C", "c").registerOutputs({ later: new Promise(() => {}) });`,
  );

  it("leaves listeners, console, configuration and what it takes out of Pulumi as they were", async () => {
    const replaced: readonly (readonly [object, string])[] = [
      ...([
        [Error, "stackTraceLimit"],
        [pulumi.Resource, "stackTrace"],
        [console, "error"],
      ] as const),
      ...([
        [debuggable, "debuggablePromise"],
        [rpc, "transferProperties"],
        [Struct, "fromJavaScript"],
      ] as const),
    ];
    const state = (): readonly unknown[] => [
      process.listeners("unhandledRejection"),
      ...replaced.map(([of, key]): unknown => Reflect.get(of, key)),
    ];
    const before = state();
    await run(() => {
      assert.deepEqual(
        state().map((each, index) => each === before[index]),
        before.map(() => false),
      );
      throw new Error("on purpose");
    });
    assert.deepEqual(state(), before);
    assert.equal(new pulumi.Config("delivery").get("account"), undefined);
  });
});
