import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pulumi } from "../tests/engine/commandLine";
import { install } from "../tests/engine/install";
import { INSTALLED, World } from "../tests/engine/world";

export const isPulumiThere = (): boolean => spawnSync("pulumi", ["version"]).status === 0;

async function timed(world: World, ...args: string[]): Promise<number> {
  const started = performance.now();
  const { code, output } = await pulumi(world, ...args);
  if (code !== 0) throw new Error(`pulumi ${args.join(" ")} ended with ${code}:\n${output}`);
  return (performance.now() - started) / 1000;
}

/** Seconds of each round, by command: stacks of the sample under Pulumi's own command line, over the doubled AWS of test:engine. */
export async function engineRounds(rounds: number): Promise<ReadonlyMap<string, readonly number[]>> {
  const folder = mkdtempSync(join(tmpdir(), "delivery-bench-engine-"));
  process.env[INSTALLED] = folder; // where worlds are made
  try {
    install(folder);
    const world = World.make();
    const stacks = ["tooling", "test", "prod"];
    for (const stack of stacks) {
      await timed(world, "stack", "init", stack);
      await timed(world, "up", "--stack", stack, "--yes", "--skip-preview");
    }
    const seconds = new Map<string, number[]>();
    for (let round = 1; round <= rounds; round++) {
      console.log(`engine: round ${round} of ${rounds}`);
      for (const stack of stacks)
        for (const args of [["preview"], ["up", "--yes", "--skip-preview"]]) {
          const title = `${args[0] === "up" ? "second up" : "preview"} of ${stack}`;
          const took = await timed(world, ...args, "--stack", stack, "--expect-no-changes");
          seconds.set(title, [...(seconds.get(title) ?? []), took]);
        }
    }
    return seconds;
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 10 });
  }
}
