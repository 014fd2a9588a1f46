import assert from "node:assert/strict";
import { readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { outside } from "../../packages/components/tests/outside";
import { pulumi } from "./commandLine";
import { assertCreatedOnce, emptyWorld, removeWorlds, STACKS } from "./worlds";
import type { World } from "./world";

/** The program of docs/packages.md in the place of this project's own, with the packages from their archives. */
function outsideWorld(): World {
  const world = emptyWorld("acme");
  for (const each of readdirSync(world.project)) rmSync(join(world.project, each));
  for (const each of ["index.js", "package.json", "node_modules"])
    symlinkSync(join(outside().folder, each), join(world.project, each));
  writeFileSync(join(world.project, "Pulumi.yaml"), "name: acme\nruntime: nodejs\nmain: index.js\n");
  return world;
}

async function done(world: World, ...args: string[]): Promise<void> {
  const { code, output } = await pulumi(world, ...args);
  assert.equal(code, 0, `pulumi ${args.join(" ")}\n${output}`);
}

describe("a program outside, with the packages", () => {
  afterEach(removeWorlds);

  it("brings each stack up once, and nothing changes then; an environment before tooling makes nothing", async () => {
    const world = outsideWorld();
    for (const stack of STACKS) await done(world, "stack", "init", stack);
    const early = await pulumi(world, "up", "--stack", "test", "--yes", "--skip-preview");
    assert.equal(early.code, 1);
    assert.match(early.output, /stack organization\/acme\/tooling provides nothing yet: bring it up first/);
    assert.deepEqual(world.writes(), []);
    for (const stack of STACKS) await done(world, "up", "--stack", stack, "--yes", "--skip-preview");
    assertCreatedOnce(world);
    assert.ok(world.inventory().length > 100);
    const before = world.now;
    for (const stack of STACKS) await done(world, "preview", "--stack", stack, "--expect-no-changes");
    assert.deepEqual(world.writes(before), []);
  });
});
