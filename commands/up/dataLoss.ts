/** Asks before runs of pipelines are ended that nobody thought of. */
import type { ToolingSettings } from "../../stacks/settings/model";
import { placeOf } from "../aws/accounts";
import type { Aws } from "../aws/clients";
import type { Part } from "../delivery";
import type { State } from "../engine/engine";
import { messageOf } from "../refusal";
import { changedPipelines, loss, type PendingRun, pendingRuns, pipelinesOf } from "../runs";
import type { Outcome } from "../stackRuns";

/** Runs under way in the pipelines that these stacks have. */
export async function runsUnderWay(
  aws: Aws,
  parts: readonly Part<ToolingSettings>[],
  states: ReadonlyMap<string, State>,
): Promise<PendingRun[]> {
  const asked = parts.flatMap((part) => {
    const state = states.get(part.stack);
    const pipelines = state ? pipelinesOf(state) : [];
    if (pipelines.length === 0) return [];
    const client = aws.codePipeline(placeOf(part.settings.provider));
    return pipelines.map((pipeline) => pendingRuns(client, pipeline));
  });
  return (await Promise.all(asked)).flat();
}

/** What an up with these previews would cost, and what it would leave alone, a line each. */
export function losses(
  outcomes: readonly Outcome[],
  runs: readonly PendingRun[],
): { lost: string[]; kept: string[] } {
  const changed = outcomes.flatMap(({ state, ledger }) =>
    state === "done" ? changedPipelines(ledger.changes) : runs.map(({ pipeline }) => pipeline),
  );
  const ends = ({ pipeline }: PendingRun) => changed.includes(pipeline);
  return {
    lost: runs.filter(ends).map(loss),
    kept: runs
      .filter((each) => !ends(each))
      .map(
        ({ pipeline, id, stage }) =>
          `pipeline ${pipeline}: run ${id} in ${stage} goes on, since nothing of the pipeline changes`,
      ),
  };
}

/** For those who may not read pipelines: it is said, and does not stop them. */
export async function runsOrWarning(
  look: () => Promise<PendingRun[]>,
  say: (line: string) => void,
): Promise<PendingRun[]> {
  try {
    return await look();
  } catch (error) {
    say(`whether runs are under way is not known: ${messageOf(error).split("\n")[0]}`);
    return [];
  }
}
