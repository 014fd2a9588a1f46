import assert from "node:assert/strict";
import { join } from "node:path";
import { openEngine } from "../../commands/engine/automation";
import { readState } from "../../commands/engine/engine";
import { readDelivery } from "../../commands/delivery";
import { type Options, takeOver } from "../../commands/failover/takeOver";
import { realAws } from "../../commands/aws/clients";
import type { Session } from "../../commands/session";
import { walk } from "../../rehearsal/access/calls/walk";
import { makeWorld } from "../../rehearsal/access/estate/world";
import { act3 } from "../../rehearsal/release/check";
import type { Act3 } from "../../rehearsal/release/report";
import { recordOf } from "../../rehearsal/record/states";
import { readStackFiles } from "../../rehearsal/record/stackFiles";
import { emptyFolder } from "../folders";
import { service } from "../rehearsal/release/service";
import { ROOT } from "../rehearsal/sample";
import { exported } from "./stack";
import type { Thing } from "./aws/cloud";
import type { World } from "./world";
import { assertNothingChanges, emptyWorld, fails, removeWorlds, STACKS, upAll } from "./worlds";

const [LOST, OTHER] = ["eu-west-1", "eu-central-1"];
const TOOLING = "111111111111";

/** The project's own stacks, which copy what they keep, up; a release is kept, its image and its record are copied. */
async function replicated(): Promise<World> {
  const world = emptyWorld();
  world.set("tooling", { replication: { region: OTHER } });
  await upAll(world);
  const contents = ["kept/catalog/environments/prod.json", "kept/catalog/0123/release.json"];
  for (const thing of world.cloud.all("aws:s3/bucket:Bucket")) world.cloud.put({ ...thing, contents });
  for (const thing of world.cloud.all("aws:ecr/repository:Repository"))
    world.cloud.put({ ...thing, contents: ["sha256:0123"] });
  return world;
}

/** `npm run failover` in the world's folder, whoever types there. */
async function failover(world: World, options: Partial<Options> = {}) {
  const said: string[] = [];
  const before = { ...process.env };
  Object.assign(process.env, world.environment);
  try {
    const session: Session = {
      engine: await openEngine(world.project),
      aws: realAws,
      interrupts: { happened: false, follow: () => new AbortController().signal, ended: () => undefined },
      say: (line) => void said.push(line),
      show: () => Promise.reject(new Error("it runs nothing")),
      confirmed: () => Promise.resolve(false),
      wait: () => Promise.reject(new Error("it waits for nothing")),
      typed: () => Promise.reject(new Error("it asks nothing")),
    };
    const all = { from: LOST, to: OTHER, dryRun: false, yes: true, ...options };
    return { code: await takeOver(session, readDelivery(world.project), all), said };
  } finally {
    for (const key of Object.keys(world.environment))
      if (before[key] === undefined) delete process.env[key];
      else process.env[key] = before[key];
  }
}

const inRegion = (world: World, region: string, type: string): Thing[] =>
  world.cloud.all(type, TOOLING).filter((thing) => thing.region === region);

/** The settings, and the record of what the engine has written. */
async function stateOfAll(world: World) {
  const states = [];
  for (const stack of STACKS) {
    const { resources, outputs } = readState((await exported(world, stack)).deployment as unknown);
    const { account, "aws:region": region } = world.settings(stack) as Record<string, string>;
    states.push({ stack, resources, outputs, account: account ?? "", region: region ?? "" });
  }
  const folder = readStackFiles(world.project, join(world.project, "Pulumi.yaml"));
  return { folder, record: recordOf(states) };
}

type Stacks = Awaited<ReturnType<typeof stateOfAll>>;

/** A release on this machine, by the pipeline and the roles that there are; what it says is not printed. */
async function released({ folder, record }: Stacks): Promise<Act3 | string> {
  const { log } = console;
  console.log = () => undefined;
  try {
    return await act3(folder, record, {
      ...{
        places: [],
        app: service(),
        pipeline: "catalog",
        from: undefined,
        yes: true,
        reject: false,
        serve: false,
      },
      ...{ permitted: Promise.resolve(true), work: emptyFolder(), shown: () => "lamps" },
    });
  } finally {
    console.log = log;
  }
}

describe("another Region takes over", () => {
  afterEach(removeWorlds);

  it("from 'the Region is gone' to 'prod can be released again', with what was kept", async () => {
    const world = await replicated();
    const replica = inRegion(world, OTHER, "aws:s3/bucket:Bucket").map(({ id }) => id);
    assert.equal(replica.length, 2);
    const roles = world.cloud.all("aws:iam/role:Role").map(({ id, account }) => `${account} ${id}`);

    world.lose(LOST);
    assert.match((await fails(world, "tooling", "refresh")).errors.join(), /eu-west-1 does not answer/);
    const lost = world.now;
    const { code, said } = await failover(world);
    assert.equal(code, 0, said.join("\n"));
    assert.deepEqual(world.writes(lost), [], "failover asks AWS for nothing");
    await upAll(world);

    // The replica is tooling's own store now, with all that was copied, and nothing of it was made anew.
    const buckets = inRegion(world, OTHER, "aws:s3/bucket:Bucket");
    assert.deepEqual(buckets.map(({ id }) => id).sort(), replica.sort());
    const store = buckets.find(({ urn }) =>
      urn.endsWith("ArtifactStore$aws:s3/bucket:Bucket::artifacts--replica"),
    );
    assert.deepEqual(store?.contents?.length, 2);
    const images = inRegion(world, OTHER, "aws:ecr/repository:Repository");
    assert.deepEqual(
      images.map(({ contents }) => contents),
      [["sha256:0123"]],
    );
    const [pipeline] = inRegion(world, OTHER, "aws:codepipeline/pipeline:Pipeline");
    assert.deepEqual(
      (pipeline?.inputs["artifactStores"] as { location: string }[]).map(({ location }) => location),
      [store?.id],
    );
    // No role was made twice or lost, but the one that copied.
    const after = world.cloud.all("aws:iam/role:Role").map(({ id, account }) => `${account} ${id}`);
    assert.deepEqual(
      after,
      roles.filter((each) => each !== `${TOOLING} delivery-replication`),
    );
    const writes = world.writes(lost);
    assert.deepEqual(
      writes.filter(({ op }) => op !== "create" && op !== "update" && op !== "delete"),
      [],
    );
    assert.deepEqual(
      writes.filter(({ op }) => op === "delete").map(({ urn }) => urn.split("$").at(-1)),
      ["aws:iam/rolePolicy:RolePolicy::replication", "aws:iam/role:Role::replication"],
    );
    await assertNothingChanges(world);

    // Every call of a release to prod is allowed there, and nothing of it is asked of what is gone.
    const stacks = await stateOfAll(world);
    const { calls, findings } = walk(
      await makeWorld(stacks.folder, stacks.record, { places: [ROOT], app: undefined }),
    );
    assert.deepEqual(findings, []);
    const toProd = calls.filter(({ environment }) => environment === "prod");
    assert.ok(toProd.length > 100, `${toProd.length} calls`);
    assert.equal(
      JSON.stringify(calls.map(({ resource, context }) => [resource, context])).includes(LOST),
      false,
    );
    const kept = `arn:aws:s3:::${store?.id}/kept/catalog/`;
    assert.ok(calls.some(({ why, resource }) => why.includes("build.sh") && resource.startsWith(kept)));

    // And prod is released again.
    const act = await released(stacks);
    assert.ok(typeof act === "object", "there was nothing to release");
    assert.equal(act.stopped, undefined);
    assert.deepEqual(
      act.environments.map(({ environment, state }) => [environment, state]),
      [
        ["test", "live"],
        ["prod", "live"],
      ],
    );
  });
});
