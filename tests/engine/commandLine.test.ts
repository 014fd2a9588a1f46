import assert from "node:assert/strict";
import { pulumi } from "./commandLine";
import { assertCreatedOnce, emptyWorld, removeWorlds, STACKS } from "./worlds";
import type { World } from "./world";

/** Runs a command that must succeed; returns what it printed. */
async function done(world: World, ...args: string[]): Promise<string> {
  const { code, output } = await pulumi(world, ...args);
  assert.equal(code, 0, `pulumi ${args.join(" ")}\n${output}`);
  return output;
}

/** The lines at the end that count resources: `88 created`, `88 unchanged`. */
const counts = (output: string): string[] =>
  [...output.matchAll(/^ +[-+~] ?(\d+ \w+)$|^ +(\d+ unchanged)$/gm)].map(
    ([, made, same]) => made ?? String(same),
  );

describe("the command line", () => {
  afterEach(removeWorlds);

  it("brings each stack up once, with its preview; then nothing changes, and a refresh finds nothing", async () => {
    const world = emptyWorld();
    for (const stack of STACKS) await done(world, "stack", "init", stack);
    const made: Record<string, string[]> = {};
    for (const stack of STACKS) {
      const output = await done(world, "up", "--stack", stack, "--yes");
      made[stack] = counts(output.slice(output.indexOf("Updating")));
      assert.match(made[stack].join(), /^\d+ created$/);
    }
    assertCreatedOnce(world);
    const before = world.now;
    for (const stack of STACKS) {
      const options = ["--stack", stack, "--yes", "--skip-preview"];
      const again = await done(world, "up", ...options, "--expect-no-changes");
      assert.deepEqual(counts(again), [made[stack]?.join().replace("created", "unchanged")]);
      assert.match(counts(await done(world, "refresh", ...options)).join(), /^\d+ unchanged$/);
    }
    assert.deepEqual(world.writes(before), []);
  });

  it("tells an environment before tooling in one line what to do, without a trace", async () => {
    const world = emptyWorld();
    for (const stack of ["tooling", "test"]) await done(world, "stack", "init", stack);
    const { code, output } = await pulumi(world, "up", "--stack", "test", "--yes", "--skip-preview");
    assert.equal(code, 1);
    const [, diagnostics = ""] = output.split("Diagnostics:\n");
    assert.deepEqual(diagnostics.split("\n\n")[0]?.split("\n"), [
      "  pulumi:pulumi:Stack (delivery-test):",
      "    error: stack organization/delivery/tooling provides nothing yet: bring it up first, " +
        "with 'pulumi up --stack tooling', then this stack again (or set 'tooling' if another stack is meant)",
    ]);
    assert.deepEqual(world.writes(), []);
  });
});
