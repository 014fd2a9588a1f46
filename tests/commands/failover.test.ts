import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { readDelivery } from "../../commands/delivery";
import { type ExportedStack, exportedStack, moved } from "../../commands/failover/moving";
import { KEPT_IN, type Options, takeOver } from "../../commands/failover/takeOver";
import { withValue } from "../../commands/stackFiles/edits";
import { Refusal } from "../../commands/refusal";
import { write } from "../folders";
import { fake, projectFolder } from "./fake";

const [FROM, TO] = ["eu-west-1", "eu-central-1"];
const urn = (type: string, name: string) => `urn:pulumi:tooling::delivery::${type}::${name}`;
const STACK = urn("pulumi:pulumi:Stack", "delivery-tooling");
const provider = (name: string, region: string) => ({
  ...{ urn: urn("pulumi:providers:aws", name), type: "pulumi:providers:aws", custom: true, id: name },
  ...{ parent: STACK, inputs: { region, allowedAccountIds: "[]" }, outputs: { region } },
});
const ref = (name: string) => `${urn("pulumi:providers:aws", name)}::${name}`;
const component = (type: string, name: string, parent = STACK) => ({
  ...{ urn: urn(type, name), type: type.split("$").at(-1), parent },
});
const thing = (type: string, name: string, parent: string, more: object = {}) => ({
  ...{ urn: urn(type, name), type: type.split("$").at(-1), custom: true, id: name, parent },
  ...{ provider: ref("account"), inputs: {}, dependencies: [], ...more },
});

const STORE = "delivery:index:ArtifactStore";
const REPLICA = "delivery:index:Replica";
const OWN = urn(STORE, "artifacts");
const COPY = urn(`${REPLICA}$${STORE}`, "artifacts--replica");
const BUCKET = "aws:s3/bucket:Bucket";
const IMAGES = "aws:ecr/repository:Repository";

/** A stack with a bucket, a role that depends on it, and what waits in the other Region. */
const state = (region = FROM, replica = TO): ExportedStack =>
  exportedStack.parse({
    version: 3,
    deployment: {
      manifest: { magic: "kept" },
      secrets_providers: { type: "passphrase" },
      resources: [
        { urn: STACK, type: "pulumi:pulumi:Stack", outputs: { contract: "kept" } },
        provider("account", region),
        provider("replica", replica),
        component(STORE, "artifacts"),
        thing(`${STORE}$${BUCKET}`, "artifacts", OWN, { protect: true }),
        component("delivery:index:Job", "catalog-build"),
        thing(
          "delivery:index:Job$aws:iam/role:Role",
          "catalog-build",
          urn("delivery:index:Job", "catalog-build"),
          {
            dependencies: [urn(`${STORE}$${BUCKET}`, "artifacts")],
            propertyDependencies: { name: null, description: [urn(`${STORE}$${BUCKET}`, "artifacts")] },
          },
        ),
        component(REPLICA, "replica"),
        component(`${REPLICA}$${STORE}`, "artifacts--replica", urn(REPLICA, "replica")),
        thing(`${REPLICA}$${STORE}$${BUCKET}`, "artifacts--replica", COPY, {
          ...{ provider: ref("replica"), protect: true, inputs: { bucket: "artifacts--replica-0123456" } },
        }),
        thing(`${REPLICA}$${STORE}$aws:s3/bucketPolicy:BucketPolicy`, "artifacts--replica", COPY, {
          provider: ref("replica"),
          dependencies: [urn(`${REPLICA}$${STORE}$${BUCKET}`, "artifacts--replica")],
        }),
        thing(`${REPLICA}$${STORE}$${IMAGES}`, "catalog--replica", COPY, {
          provider: ref("replica"),
          inputs: { name: "catalog-0123456", __defaults: ["forceDelete"] },
        }),
      ],
      pending_operations: [{ type: "updating", resource: thing(`${STORE}$${BUCKET}`, "artifacts", OWN) }],
    },
  });

/** The same stack with a bucket near environments in a third Region. */
const near = (region: string): ExportedStack => {
  const name = `artifacts-${region}`;
  const { deployment, ...rest } = state();
  const resources = [
    provider(region, region),
    component(STORE, name),
    thing(`${STORE}$${BUCKET}`, name, urn(STORE, name), { provider: ref(region), protect: true }),
  ];
  return exportedStack.parse({
    ...rest,
    deployment: { ...deployment, resources: [...(deployment.resources ?? []), ...resources] },
  });
};

const EMPTY = { version: 3, deployment: { resources: [{ urn: STACK, type: "pulumi:pulumi:Stack" }] } };

/** The command in a copy of the project's own folder. */
function failover(
  exported: Readonly<Record<string, object>>,
  options: Partial<Options> = {},
  imported?: (stack: string) => Promise<void>,
) {
  const folder = projectFolder();
  const path = join(folder, "Pulumi.tooling.yaml");
  const files = () =>
    ["tooling", "test", "prod"].map((stack) => readFileSync(join(folder, `Pulumi.${stack}.yaml`), "utf8"));
  const text = readFileSync(path, "utf8");
  write(folder, { "Pulumi.tooling.yaml": withValue(text, ["config", "replication"], { region: TO }) });
  const before = files();
  const { session, ...rest } = fake({ exported, answer: false, ...(imported && { imported }) });
  const all = { from: FROM, to: TO, dryRun: false, yes: true, ...options };
  const run = () => takeOver(session, readDelivery(folder), all);
  return { run, folder, before, files, ...rest };
}
const ALL = { tooling: state(), test: EMPTY, prod: EMPTY };

describe("failover", () => {
  it("keeps what lies near environments in a third Region, with its provider", () => {
    const { exported, lost, kept } = moved(near("us-east-1"), FROM, TO);
    assert.deepEqual([lost.map(({ id }) => id), kept], [["artifacts"], 2]);
    const there = exported.deployment.resources?.filter(({ urn: each }) => each.endsWith("us-east-1")) ?? [];
    assert.deepEqual(
      there.map(({ type, provider: by }) => [type, by]),
      [
        ["pulumi:providers:aws", undefined],
        [STORE, undefined],
        [BUCKET, ref("us-east-1")],
      ],
    );
  });

  it("keeps channels of chats, which lie in no Region, and goes by a resource's own Region before its provider's", () => {
    const { deployment, ...rest } = state();
    const more = [
      thing("aws:chatbot/slackChannelConfiguration:SlackChannelConfiguration", "team", STACK, {
        inputs: { region: FROM },
      }),
      thing("aws:sns/topic:Topic", "elsewhere", STACK, { inputs: { region: "us-east-1" } }),
      thing("aws:sns/topic:Topic", "here", STACK),
    ];
    const all = {
      ...rest,
      deployment: { ...deployment, resources: [...(deployment.resources ?? []), ...more] },
    };
    const { exported, lost, kept } = moved(exportedStack.parse(all), FROM, TO);
    assert.deepEqual([lost.map(({ id }) => id), kept], [["artifacts", "here"], 3]);
    const names = exported.deployment.resources?.map(({ urn: each }) => each.split("::").at(-1));
    assert.deepEqual(
      ["team", "elsewhere", "here"].map((name) => names?.includes(name)),
      [true, true, false],
    );
  });

  it("forgets what lies in the lost Region, keeps roles, and calls the replica by its original's names", () => {
    const { exported, lost, kept, adopted } = moved(state(), FROM, TO);
    const { deployment } = exported;
    assert.deepEqual([lost.map(({ id }) => id), kept, adopted], [["artifacts"], 1, 3]);
    assert.deepEqual(
      deployment.resources?.map((each) => [
        each.urn.split("::").slice(2).join(" "),
        each.parent?.split("::")[2],
      ]),
      [
        ["pulumi:pulumi:Stack delivery-tooling", undefined],
        ["pulumi:providers:aws account", "pulumi:pulumi:Stack"],
        ["delivery:index:Job catalog-build", "pulumi:pulumi:Stack"],
        ["delivery:index:Job$aws:iam/role:Role catalog-build", "delivery:index:Job"],
        [`${STORE} artifacts`, "pulumi:pulumi:Stack"],
        [`${STORE}$${BUCKET} artifacts`, STORE],
        [`${STORE}$aws:s3/bucketPolicy:BucketPolicy artifacts`, STORE],
        [`${STORE}$${IMAGES} catalog`, STORE],
      ],
    );
    const byType = (type: string) => deployment.resources?.filter((each) => each.type === type) ?? [];
    assert.deepEqual(byType("pulumi:providers:aws")[0], provider("account", TO));
    for (const type of [BUCKET, IMAGES, "aws:iam/role:Role"])
      assert.deepEqual(
        byType(type).map((each) => each.provider),
        [ref("account")],
      );
    // What is gone, nothing depends on; what was renamed, by its new name.
    const [role] = byType("aws:iam/role:Role");
    assert.deepEqual([role?.dependencies, role?.propertyDependencies], [[], { name: null, description: [] }]);
    assert.deepEqual(byType("aws:s3/bucketPolicy:BucketPolicy")[0]?.dependencies, [
      urn(`${STORE}$${BUCKET}`, "artifacts"),
    ]);
    // The name of a copy was given to it; Pulumi keeps it as one that it has made.
    assert.deepEqual(byType(IMAGES)[0]?.inputs?.["__defaults"], ["forceDelete", "name"]);
    assert.equal(byType(BUCKET)[0]?.["protect"], true);
    assert.deepEqual(deployment.pending_operations, []);
    assert.deepEqual(
      [deployment["manifest"], deployment["secrets_providers"]],
      [{ magic: "kept" }, { type: "passphrase" }],
    );
  });

  it("moves the stacks that were there and names the Region in all files, and a second time does nothing", async () => {
    const { run, folder, asked, said } = failover(ALL);
    assert.equal(await run(), 0);
    assert.deepEqual(
      said.filter((each) => /^(tooling|test|prod):/.test(each)),
      [
        "test: has nothing in eu-west-1",
        "prod: has nothing in eu-west-1",
        "tooling: forgets 1 resource in eu-west-1, keeps 1 of no Region, takes 3 of the replica in eu-central-1 for its own",
        `tooling: done; its state as it was: ${join(KEPT_IN, "tooling.before.json")}`,
      ],
    );
    const after = moved(state(), FROM, TO).exported;
    assert.deepEqual(asked, [`import tooling ${JSON.stringify(after)}`]);
    for (const stack of ["tooling", "test", "prod"]) {
      const { config } = parse(readFileSync(join(folder, `Pulumi.${stack}.yaml`), "utf8")) as {
        config: Record<string, unknown>;
      };
      assert.deepEqual([config["aws:region"], config["replication"]], [TO, undefined]);
    }
    const noted = JSON.parse(readFileSync(join(folder, KEPT_IN, "tooling.before.json"), "utf8")) as unknown;
    assert.deepEqual(noted, state());
    const again = fake({ exported: { ...ALL, tooling: after } });
    const all = { from: FROM, to: TO, dryRun: false, yes: false };
    assert.equal(await takeOver(again.session, readDelivery(folder), all), 0);
    assert.deepEqual(again.asked, []);
    assert.equal(again.said.at(-1), "nothing is left to do: npm run up");
  });

  for (const [why, options, code] of [
    ["with --dry-run", { dryRun: true }, 0],
    ["where somebody says no", { yes: false }, 1],
  ] as const)
    it(`changes nothing ${why}`, async () => {
      const { run, folder, before, files, asked } = failover(ALL, options);
      assert.equal(await run(), code);
      assert.deepEqual([asked.filter((each) => each.startsWith("import")), files()], [[], before]);
      assert.equal(existsSync(join(folder, KEPT_IN)), false);
    });

  const refuses = (title: string, exported: object, message: RegExp, imported?: () => Promise<void>) =>
    it(`refuses ${title}`, async () => {
      const { run, before, files, asked } = failover({ ...ALL, ...exported }, {}, imported);
      await assert.rejects(run(), (error) => error instanceof Refusal && message.test(error.message));
      assert.deepEqual(asked.filter((each) => each.startsWith("import")).length, imported ? 1 : 0);
      assert.deepEqual(files(), before);
    });
  refuses(
    "another Region than the replica's",
    { tooling: state(FROM, "eu-north-1") },
    /the replica of stack tooling is in eu-north-1: give --to eu-north-1/,
  );
  refuses(
    "a stack whose state it can't read, before it changes any",
    { prod: undefined },
    /^the state of stack prod cannot be read: .*; nothing was changed$/,
  );
  refuses(
    "to go on where a stack is locked",
    {},
    /^tooling: its state was not changed: it is locked by me@host \(pid 1\) since now: pulumi cancel/,
    () =>
      Promise.reject(
        new Error("the stack is currently locked by 1 lock(s). created by me@host (pid 1) at now"),
      ),
  );
});
