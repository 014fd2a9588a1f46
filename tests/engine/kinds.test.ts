import assert from "node:assert/strict";
import { without } from "./dependence";
import { run } from "./stack";
import {
  assertCreatedOnce,
  assertFine,
  assertNothingChanges,
  removeWorlds,
  createdIn,
  takeDown,
  up,
  upAll,
} from "./worlds";
import type { World } from "./world";
import { ACCOUNTS, ENVIRONMENTS, TOOLING, worldOfKinds } from "./worldOfKinds";

const created = (world: World, account: string, type: string): string[] =>
  world.cloud.all(`aws:${type}`, account).map(({ id }) => id);

/** A preview from nothing makes nothing. */
async function preview(world: World, stacks: readonly string[]): Promise<void> {
  const before = world.now;
  for (const stack of stacks) {
    const ran = await run(world, stack, "preview");
    assertFine(ran);
    assert.deepEqual(Object.keys(ran.changes), ["create"]);
  }
  assert.deepEqual(world.writes(before), []);
}

async function refresh(world: World, stacks: readonly string[]): Promise<void> {
  for (const stack of stacks) {
    const ran = await run(world, stack, "refresh");
    assertFine(ran);
    assert.deepEqual(ran.changes, {});
  }
}

/** From nothing to nothing. */
async function live(world: World): Promise<void> {
  const stacks = ["tooling", ...ENVIRONMENTS];
  await preview(world, ["tooling"]);
  await up(world, "tooling");
  await preview(world, ENVIRONMENTS);
  await Promise.all(ENVIRONMENTS.map((stack) => up(world, stack)));
  assertCreatedOnce(world);
  await assertNothingChanges(world, stacks);
  await refresh(world, stacks);
}

async function goAgain(world: World): Promise<void> {
  world.fill();
  for (const stack of [...ENVIRONMENTS, "tooling"]) await takeDown(world, stack);
  assert.deepEqual(world.inventory(), [`${TOOLING} aws:kms/key:Key artifacts`]);
}

describe("every kind of workload over one store", () => {
  afterEach(removeWorlds);

  it("in accounts of their own come up once, change nothing then, and go again", async () => {
    const world = worldOfKinds(ACCOUNTS);
    await live(world);
    const pipelines = created(world, TOOLING, "codepipeline/pipeline:Pipeline").sort();
    assert.deepEqual(pipelines, ["catalog", "catalog--br", "jobs", "lamps", "web", "zip", "zip--br"]);
    // What exists already is taken as it is.
    assert.equal(created(world, ACCOUNTS.test, "ec2/vpc:Vpc").length, 1);
    for (const account of [ACCOUNTS.stage, ACCOUNTS.prod]) {
      assert.deepEqual(created(world, account, "ec2/vpc:Vpc"), []);
      assert.deepEqual(created(world, account, "ecs/cluster:Cluster"), []);
    }
    const cluster = (account: string, environment: string) =>
      world.cloud.get({
        ...{ account, region: "eu-west-1", type: "aws:ssm/parameter:Parameter" },
        id: `/delivery/${environment}/platform/cluster`,
      })?.outputs["value"];
    assert.equal(cluster(ACCOUNTS.stage, "stage"), "apps");
    assert.match(String(cluster(ACCOUNTS.test, "test")), /^test-[0-9a-f]{7}$/);
    assert.equal(cluster(ACCOUNTS.prod, "prod"), undefined);
    await goAgain(world);
  });

  it("hold back all that AWS would refuse without a policy, and the next up completes the rest", async () => {
    const world = worldOfKinds(ACCOUNTS);
    await upAll(world, ["tooling", "test"]);
    for (const stack of ["tooling", "test"]) {
      const creates = createdIn(world, stack);
      const again = worldOfKinds(ACCOUNTS);
      if (stack !== "tooling") await up(again, "tooling");
      await without(
        again,
        stack,
        creates.filter((urn) => /Policy::/.test(urn)),
        creates,
      );
    }
  });

  it("in one account do the same", async () => {
    const world = worldOfKinds(Object.fromEntries(ENVIRONMENTS.map((name) => [name, TOOLING])));
    await live(world);
    await goAgain(world);
  });
});
