import assert from "node:assert/strict";
import { assertNothingChanges, removeWorlds, STACKS, takeDown, up, upAll, upWorld } from "./worlds";
import type { World } from "./world";

type Entry = Record<string, unknown>;

const listed = (world: World, key: string): Entry[] => world.settings("tooling")[key] as Entry[];

/** Operations of these kinds since then, by stack. */
const stacksOf = (world: World, since: number, ...ops: string[]): string[] => [
  ...new Set(
    world
      .writes(since)
      .filter(({ op }) => ops.includes(op))
      .map(({ urn }) => urn.split("::")[0]?.split(":").at(-1) ?? ""),
  ),
];

describe("what is added later", () => {
  afterEach(removeWorlds);

  it("as an environment takes one up of tooling and one of its own, replaces nothing, and goes without a trace", async () => {
    const world = await upWorld();
    const [before, inventory] = [world.now, world.inventory()];
    const environments = listed(world, "environments");
    const account = "444444444444";
    world.set("tooling", { environments: [...environments, { name: "stage", account }] });
    world.set("stage", { "aws:region": "eu-west-1", kind: "environment", account });
    for (const stack of ["tooling", "stage"]) await up(world, stack);
    assert.deepEqual(stacksOf(world, before, "create"), ["tooling", "stage"]);
    assert.deepEqual(stacksOf(world, before, "update"), ["tooling"]);
    assert.deepEqual(stacksOf(world, before, "delete", "refused"), []);
    await assertNothingChanges(world, [...STACKS, "stage"]);

    await takeDown(world, "stage");
    world.set("tooling", { environments });
    await up(world, "tooling");
    assert.deepEqual(world.inventory(), inventory);
    await assertNothingChanges(world);
  });

  it("as a pipeline takes one up of each stack, replaces nothing, and goes with its images and reports", async () => {
    const world = await upWorld();
    const [before, inventory] = [world.now, world.inventory()];
    const pipelines = listed(world, "pipelines");
    world.set("tooling", { pipelines: [...pipelines, { name: "search", source: { codecommit: "search" } }] });
    await upAll(world);
    assert.deepEqual(stacksOf(world, before, "create").sort(), [...STACKS].sort());
    assert.deepEqual(stacksOf(world, before, "delete", "refused"), []);
    await assertNothingChanges(world);

    world.fill();
    for (const stack of STACKS) world.set(stack, { deletable: true });
    await upAll(world);
    world.set("tooling", { pipelines });
    await upAll(world);
    for (const stack of STACKS) world.set(stack, { deletable: undefined });
    await upAll(world);
    assert.deepEqual(world.inventory(), inventory);
    await assertNothingChanges(world);
  });
});
