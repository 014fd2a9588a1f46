/** What a pipeline's history says: what each environment runs, what is under way, what came of the last run. Pure. */
import { deployStage } from "../../components/stage";
import { approvalAction, approveStage, sourceStage } from "../../components/pipeline/stages";
import { actionName } from "../../components/pipeline/stageActions";
import type { ReleasedEnvironment } from "../../stacks/settings/model";
import type { History, Run, Step } from "./history";

/** What a run releases. */
export interface Release {
  readonly run: string;
  readonly commit?: string | undefined;
  readonly subject?: string | undefined;
  /** Of the code, as Build has handed it on. */
  readonly digest?: string | undefined;
}

/** What an environment runs. */
export interface Deployed extends Release {
  /** Since when. */
  readonly since: Date;
  /** Whether Promote has recorded it: its tests have passed. */
  readonly promoted: boolean;
}

/** A run that has not ended. */
export interface UnderWay extends Release {
  readonly stage: string;
  /** None, where the run waits to enter the stage. */
  readonly action?: string | undefined;
  readonly since: Date;
  /** The environment whose approval it waits for, and until when. */
  readonly approval?: { readonly environment: string; readonly until: Date };
  /** Newer runs that wait behind this approval. */
  readonly stale: readonly string[];
}

/** How the last run ended that did not succeed, where nothing newer has. */
export interface Ended extends Release {
  readonly status: string;
  readonly at: Date;
  readonly stage?: string | undefined;
  readonly action?: string | undefined;
  /** CodeBuild's build, whose log says more. */
  readonly build?: string | undefined;
  readonly reason?: string | undefined;
}

/** The run whose code this run deploys: another one's, in a roll-back. */
export const originOf = ({ runs }: History, id: string): string =>
  runs.find((run) => run.id === id)?.rollbackTo ?? id;

/** The newest attempt of an action that has succeeded in this run. */
export const succeededStep = (steps: readonly Step[], run: string, action: string): Step | undefined =>
  steps.find((step) => step.run === run && step.action === action && step.status === "Succeeded");

/** Source's own variables say what CodePipeline's list of runs may not. */
export function releaseOf(history: History, id: string): Release {
  const origin = originOf(history, id);
  const run = history.runs.find((each) => each.id === origin);
  const source = succeededStep(history.steps, origin, sourceStage)?.variables;
  return {
    run: id,
    commit: run?.commit ?? source?.["CommitId"],
    subject: run?.subject,
    digest: succeededStep(history.steps, origin, "Build")?.variables["CODE_DIGEST"],
  };
}

const isOf = (environment: ReleasedEnvironment, kind: "Deploy" | "Promote") => (step: Step) =>
  step.stage === deployStage(environment) &&
  step.action === actionName(kind, environment) &&
  step.status === "Succeeded";

/** What the environment runs; undefined where this history does not go back to it. */
export function deployedIn(history: History, environment: ReleasedEnvironment): Deployed | undefined {
  const step = history.steps.find(isOf(environment, "Deploy"));
  if (!step) return undefined;
  const promoted = history.steps.some((each) => each.run === step.run && isOf(environment, "Promote")(each));
  return { ...releaseOf(history, step.run), since: step.updated, promoted };
}

/** Each release that Promote has recorded for the environment, once, the newest first. */
export function promotedIn(history: History, environment: ReleasedEnvironment): Deployed[] {
  const all = history.steps
    .filter(isOf(environment, "Promote"))
    .map((step): Deployed => ({ ...releaseOf(history, step.run), since: step.updated, promoted: true }));
  return all.filter(
    ({ commit, digest }, at) =>
      all.findIndex((each) => each.commit === commit && each.digest === digest) === at,
  );
}

/** The stages in their order. */
export const stageNames = (environments: readonly ReleasedEnvironment[]): string[] => [
  ...new Set([
    sourceStage,
    "Build",
    ...environments.flatMap((environment) => {
      const together = environments.filter((each) => deployStage(each) === deployStage(environment));
      const asks = together.some(({ approval }) => approval !== undefined);
      return [...(asks ? [approveStage(environment)] : []), deployStage(environment)];
    }),
  ]),
];

const DAY = 24 * 60 * 60 * 1000;

/** The environment whose approval this is. */
export const approvedBy = (
  { stage, action }: Pick<Step, "stage" | "action">,
  environments: readonly ReleasedEnvironment[],
): ReleasedEnvironment | undefined =>
  environments.find((each) => approveStage(each) === stage && approvalAction(each) === action);

/** Where a run is. */
function standing(
  run: Run,
  history: History,
  environments: readonly ReleasedEnvironment[],
): Omit<UnderWay, "stale">[] {
  const release = releaseOf(history, run.id);
  const own = history.steps.filter((step) => step.run === run.id);
  const busy = own.filter(({ status }) => status === "InProgress");
  if (busy.length === 0) {
    const names = stageNames(environments);
    const reached = Math.max(-1, ...own.map(({ stage }) => names.indexOf(stage)));
    const next = names[reached + 1] ?? names.at(-1) ?? "";
    return [{ ...release, stage: next, since: own[0]?.updated ?? run.started }];
  }
  return busy.map(({ stage, action, started }) => {
    const environment = approvedBy({ stage, action }, environments);
    const days = environment?.approval?.timeoutDays ?? 0;
    return {
      ...{ ...release, stage, action, since: started },
      ...(environment && {
        approval: { environment: environment.name, until: new Date(started.getTime() + days * DAY) },
      }),
    };
  });
}

/** Runs that have not ended, the newest first. An approval is stale once a newer run stands before its stage. */
export function underWay(history: History, environments: readonly ReleasedEnvironment[]): UnderWay[] {
  const all = history.runs
    .filter(({ status }) => status === "InProgress" || status === "Stopping")
    .flatMap((run) => standing(run, history, environments));
  return all.map((each) => ({
    ...each,
    stale:
      each.approval === undefined
        ? []
        : all
            .filter(
              ({ stage, action, run }) => stage === each.stage && action === undefined && run !== each.run,
            )
            .map(({ run }) => run),
  }));
}

const UNHAPPY = ["Failed", "Stopped", "Cancelled"];

/** The newest run that failed, was stopped or cancelled; undefined where a newer one has succeeded. */
export function lastEnd(history: History): Ended | undefined {
  const run = history.runs.find(({ status }) => UNHAPPY.includes(status) || status === "Succeeded");
  if (!run || run.status === "Succeeded") return undefined;
  const ends = ["Failed", "Abandoned"];
  const step = history.steps.find((each) => each.run === run.id && ends.includes(each.status));
  return {
    ...{ ...releaseOf(history, run.id), status: run.status, at: run.updated },
    ...{ stage: step?.stage, action: step?.action, build: step?.build },
    reason: step?.message ?? run.reason,
  };
}
