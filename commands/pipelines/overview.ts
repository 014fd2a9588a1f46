/** One pipeline as `status` shows it: history, read in two calls, and what that leaves out. */
import { type CodePipelineClient, PipelineNotFoundException } from "@aws-sdk/client-codepipeline";
import type { CloudWatchLogsClient } from "@aws-sdk/client-cloudwatch-logs";
import { deployStage } from "../../components/stage";
import type { ReleasedEnvironment } from "../../stacks/settings/model";
import type { Place } from "../aws/accounts";
import type { Aws } from "../aws/clients";
import { type History, recentHistory, type Run, type Step, stepsOf, succeededIn } from "./history";
import { errorLine } from "./jobLog";
import { branchesOf, type PipelinePlace } from "./places";
import {
  type Deployed,
  deployedIn,
  type Ended,
  lastEnd,
  originOf,
  type UnderWay,
  underWay,
} from "./releases";

export interface EnvironmentView {
  readonly environment: string;
  /** Whom settings mail an approval; none where nobody is asked. */
  readonly approvers?: readonly string[];
  readonly deployed?: Deployed | undefined;
}

export interface BranchView {
  readonly branch: string;
  readonly deployed: Deployed;
}

export interface Overview {
  readonly pipeline: string;
  readonly source: string;
  /** False where the pipeline has not been brought up. */
  readonly up: boolean;
  readonly environments: readonly EnvironmentView[];
  readonly underWay: readonly UnderWay[];
  /** Whether the clean-up job stops a run whose approval is stale. */
  readonly endsStaleApprovals: boolean;
  readonly ended?: Ended | undefined;
  readonly branches?: readonly BranchView[];
}

const keyOf = ({ run, action, started }: Step): string => `${run} ${action} ${started.getTime()}`;

/** Both histories, each run and each attempt once. */
function merged({ runs, steps }: History, more: Partial<History>): History {
  const [ids, keys] = [new Set(runs.map(({ id }) => id)), new Set(steps.map(keyOf))];
  return {
    runs: [...runs, ...(more.runs ?? []).filter(({ id }) => !ids.has(id))],
    steps: [...steps, ...(more.steps ?? []).filter((step) => !keys.has(keyOf(step)))],
  };
}

/** The history with every action of these runs, and of those that they go back to. */
async function withRuns(
  client: CodePipelineClient,
  name: string,
  history: History,
  runs: readonly Run[],
): Promise<History> {
  let all = merged(history, { runs });
  const ids = new Set(
    runs.flatMap(({ id, rollbackTo }) => [id, ...(rollbackTo === undefined ? [] : [rollbackTo])]),
  );
  for (const id of ids) all = merged(all, { steps: await stepsOf(client, name, id) });
  return all;
}

/** The same history, with what older pages have of what the environments run: calls only where the newest page lacks it. */
export async function completed(
  client: CodePipelineClient,
  name: string,
  history: History,
  environments: readonly ReleasedEnvironment[],
): Promise<History> {
  let all = history;
  for (const environment of environments) {
    if (deployedIn(all, environment) === undefined) {
      const [last] = await succeededIn(client, name, deployStage(environment), 1);
      if (last) all = await withRuns(client, name, all, [last]);
    }
    const deployed = deployedIn(all, environment);
    if (deployed && deployed.digest === undefined) {
      const origin = originOf(all, deployed.run);
      all = merged(all, { steps: await stepsOf(client, name, origin) });
    }
  }
  return all;
}

const sourceOf = ({ pipeline: { source } }: PipelinePlace): string =>
  source.kind === "codecommit"
    ? `codecommit ${source.repository}, ${source.branch}`
    : `${source.repository}, ${source.branch}`;

/** Each branch that has been deployed lately, by the newest run that has. */
function branchesIn(history: History): BranchView[] {
  const label = (run: string) =>
    history.steps.find((step) => step.run === run && step.variables["BRANCH_LABEL"] !== undefined)?.variables[
      "BRANCH_LABEL"
    ];
  const all = history.steps
    .filter(({ action, status }) => action === "Deploy" && status === "Succeeded")
    .flatMap(({ run, updated }): BranchView[] => {
      const branch = label(run);
      const own = history.runs.find(({ id }) => id === run);
      const built = history.steps.find((step) => step.run === run && step.action === "Build");
      return branch === undefined
        ? []
        : [
            {
              branch,
              deployed: {
                ...{ run, since: updated, promoted: true, commit: own?.commit, subject: own?.subject },
                digest: built?.variables["CODE_DIGEST"],
              },
            },
          ];
    });
  return all.filter(({ branch }, at) => all.findIndex((each) => each.branch === branch) === at);
}

async function endedWith(logs: CloudWatchLogsClient, ended: Ended | undefined): Promise<Ended | undefined> {
  if (ended?.build === undefined) return ended;
  const line = await errorLine(logs, ended.build);
  return {
    ...ended,
    reason:
      line?.startsWith("error: ") === true
        ? line
        : [ended.reason, line].filter((each) => each !== undefined).join(" "),
  };
}

/** What is to be shown of a pipeline. */
export async function overview(
  aws: Aws,
  place: Place,
  which: PipelinePlace,
  withBranches: boolean,
): Promise<Overview> {
  const { name, pipeline } = which;
  const client = aws.codePipeline(place);
  const environments = pipeline.environments.map(({ name: environment, approval }) => ({
    environment,
    ...(approval && { approvers: approval.emails }),
  }));
  const head = {
    ...{ pipeline: name, source: sourceOf(which) },
    endsStaleApprovals: pipeline.staleApprovals === "stop",
  };
  try {
    const history = await completed(client, name, await recentHistory(client, name), pipeline.environments);
    const ofBranches = withBranches ? branchesOf(which) : undefined;
    return {
      ...{ ...head, up: true },
      environments: environments.map((each, at) => {
        const environment = pipeline.environments[at];
        return { ...each, deployed: environment && deployedIn(history, environment) };
      }),
      underWay: underWay(history, pipeline.environments),
      ended: await endedWith(aws.logs(place), lastEnd(history)),
      ...(ofBranches !== undefined && { branches: branchesIn(await recentHistory(client, ofBranches)) }),
    };
  } catch (error) {
    if (error instanceof PipelineNotFoundException) return { ...head, up: false, environments, underWay: [] };
    throw error;
  }
}
