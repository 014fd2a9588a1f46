/** What doctor looks at in tooling's account: the pipelines' sources, and those that a person has authorised. */
import type { ToolingSettings } from "../../stacks/settings/model";
import { cliOptions, placeOf } from "../aws/accounts";
import type { Aws } from "../aws/clients";
import type { Check } from "./checks";
import { authorising, AVAILABLE, connectionsOf, connectionStatus } from "../aws/connections";
import type { Part } from "../delivery";
import type { State } from "../engine/engine";
import { type Connected, connectedPipeline, seeToPushes } from "../aws/pushes";
import { messageOf } from "../refusal";
import { pipelinesOf, sourceFailure } from "../runs";

const reason = (error: unknown): string => messageOf(error).split("\n")[0] ?? "";

const unseen = (what: string, error: unknown): Check => ({
  what,
  problem: `cannot be looked at: ${reason(error)}`,
  fix: ["ask for the right to read it"],
  state: "waits",
});

/** A check that AWS may not let this person make. */
const asked = (what: string, ask: () => Promise<Check>): Promise<Check> =>
  ask().catch((error: unknown) => unseen(what, error));

/** Releases what is in the source already. */
const startCommand = (pipeline: string, { settings }: Part<ToolingSettings>): string =>
  `aws codepipeline start-pipeline-execution --name ${pipeline}${cliOptions(settings.provider)}`;

const SAVES_AGAIN =
  "npm run doctor tries again. It needs codepipeline:GetPipeline, ListTagsForResource, ListPipelineExecutions, TagResource " +
  "and UpdatePipeline for the pipeline, and iam:PassRole for its role";

/** Sees to it that pushes start one pipeline whose connection is authorised. */
async function pushCheck(part: Part<ToolingSettings>, connected: Connected, aws: Aws): Promise<Check> {
  const { pipeline } = connected;
  const what = `${part.stack}: pushes start pipeline ${pipeline}`;
  try {
    const pushes = await seeToPushes(aws.codePipeline(placeOf(part.settings.provider)), connected);
    switch (pushes.state) {
      case "known":
        return { what };
      case "saved":
        return {
          what: `${what} from now on: it was saved again, since its connection is authorised`,
          fix: [`a push starts a release; for what was pushed before: ${startCommand(pipeline, part)}`],
          state: "fixed",
        };
      case "running":
        return {
          what,
          problem: `not yet: it has to be saved again, since its connection is authorised, and that would stop run ${pushes.run}`,
          fix: ["npm run doctor, once that run has ended (it may wait for an approval)"],
          state: "waits",
        };
    }
  } catch (error) {
    const problem = `not yet: it has to be saved again, since its connection is authorised, which failed: ${reason(error)}`;
    return { what, problem, fix: [SAVES_AGAIN] };
  }
}

/** What is wrong with a connection that nobody has authorised, and what to do about it and its pipelines. */
function pendingCheck(what: string, status: string, how: string, pipelines: readonly string[]): Check {
  const none = pipelines.length > 0 ? `; until then no push starts ${pipelines.join(", ")}` : "";
  const then =
    "then npm run doctor, or npm run up: a pipeline hears of pushes only when it is saved after that";
  return {
    what,
    problem: `is ${status}: a person has to authorise it, once, in the console${none}`,
    fix: [how, ...(pipelines.length > 0 ? [then] : [])],
    state: "waits",
  };
}

/** Every connection that tooling's pipelines use, and whether pushes start these: what they lack for that is done. */
export async function connectionChecks(
  part: Part<ToolingSettings>,
  state: State | undefined,
  aws: Aws,
  interrupted: () => boolean = () => false,
): Promise<{ checks: Check[]; waiting: string[] }> {
  const place = placeOf(part.settings.provider);
  const given = connectionsOf(part, state);
  const checks: Check[] = [];
  const connected: Connected[] = [];
  // One after the other: CodePipeline allows few of these calls in a second.
  for (const pipeline of state && given.length > 0 ? pipelinesOf(state) : []) {
    try {
      const found = await connectedPipeline(aws.codePipeline(place), pipeline);
      if (found) connected.push(found);
    } catch (error) {
      checks.push(unseen(`${part.stack}: pushes start pipeline ${pipeline}`, error));
    }
  }
  const waiting: string[] = [];
  for (const connection of new Set([...given, ...connected.map((each) => each.connection)])) {
    const what = `${part.stack}: connection ${connection}`;
    const behind = connected.filter((each) => each.connection === connection);
    const names = behind.map(({ pipeline }) => pipeline);
    try {
      const status = await connectionStatus(aws.connections(place), connection);
      if (status !== AVAILABLE) {
        waiting.push(...names);
        checks.push(pendingCheck(what, status, authorising(connection, part.settings), names));
        continue;
      }
      checks.push({ what });
    } catch (error) {
      checks.push(unseen(what, error));
      continue;
    }
    for (const each of behind) {
      if (interrupted()) break;
      checks.push(await pushCheck(part, each, aws));
    }
  }
  return { checks, waiting };
}

/** Whether each pipeline's last run got its source. */
function sourceChecks(
  part: Part<ToolingSettings>,
  state: State | undefined,
  aws: Aws,
  without: readonly string[],
): Promise<Check[]> {
  const place = placeOf(part.settings.provider);
  return Promise.all(
    (state ? pipelinesOf(state) : [])
      .filter((pipeline) => !without.includes(pipeline))
      .map((pipeline) => {
        const what = `${part.stack}: source of pipeline ${pipeline}`;
        return asked(what, async () => {
          const failure = await sourceFailure(aws.codePipeline(place), pipeline);
          if (failure === undefined) return { what };
          return {
            what,
            problem: `could not be fetched by the last run: ${failure}`,
            fix: [`push the service to its branch or, if it is there: ${startCommand(pipeline, part)}`],
          };
        });
      }),
  );
}

/** Everything of tooling's account. What waits for its connection has no source before that is authorised. */
export async function toolingChecks(
  part: Part<ToolingSettings>,
  state: State | undefined,
  aws: Aws,
): Promise<Check[]> {
  const { checks, waiting } = await connectionChecks(part, state, aws);
  return [...checks, ...(await sourceChecks(part, state, aws, waiting))];
}
