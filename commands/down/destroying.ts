/** Destroys stacks, though others depend on what they protect. */
import { isProtected, withDeletableFiles } from "./deletable";
import type { Part } from "../delivery";
import { type Outcome, report, runStacks } from "../stackRuns";
import { isUp, type Teardown } from "./teardown";

/** Lifts the protection of these stacks, then destroys them, side by side. Returns what went wrong, a line each. */
export async function destroyStacks(teardown: Teardown, parts: readonly Part[]): Promise<string[]> {
  const { session, whole, states } = teardown;
  const there = parts.filter((part) => isUp(teardown, part));
  const failed = (outcomes: readonly Outcome[]) => outcomes.filter(({ state }) => state !== "done");
  const kept = there.filter(({ stack }) =>
    isProtected(states.get(stack) ?? { resources: [], pending: [], outputs: {} }),
  );
  if (kept.length > 0) {
    const lifted = await withDeletableFiles(whole.project, (configFileOf) =>
      runStacks(session, "up", kept, { configFileOf, done: "made deletable" }),
    );
    if (failed(lifted).length > 0)
      return [...report(failed(lifted)), ...stillThere(failed(lifted), "made deletable")];
  }
  if (there.length === 0 || session.interrupts.happened) return [];
  const destroyed = await runStacks(session, "destroy", there);
  return [...report(failed(destroyed)), ...stillThere(failed(destroyed), "destroyed")];
}

const stillThere = (outcomes: readonly Outcome[], what: string): string[] =>
  outcomes.map(
    ({ stack }) =>
      `${stack}: not ${what}; npm run down goes on where this stopped, npm run up brings it back`,
  );
