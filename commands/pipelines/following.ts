/** Follows a run until it ends or waits for somebody; Ctrl-C leaves it running. */
import type { CodePipelineClient } from "@aws-sdk/client-codepipeline";
import { GetPipelineExecutionCommand } from "@aws-sdk/client-codepipeline";
import type { ReleasedEnvironment } from "../../stacks/settings/model";
import type { Place } from "../aws/accounts";
import { duration } from "../format";
import type { Desk, Patience } from "./desk";
import { type Step, stepsOf } from "./history";
import { errorLine } from "./jobLog";
import { approvedBy } from "./releases";
import { short } from "./screen";

/** Between two looks, in milliseconds: two calls each. */
const DISTANCE = 10_000;

const WELL = "Succeeded";
/** How a run goes on that has not ended. */
const GOING = ["InProgress", "Stopping"];

const ENDS: Readonly<Record<string, string>> = {
  Failed: "has failed",
  Stopped: "was stopped",
  Superseded: "was superseded: a newer run has overtaken it",
  Cancelled: "was cancelled, since the pipeline was changed: start it again",
};

export interface Followed {
  readonly client: CodePipelineClient;
  readonly place: Place;
  readonly pipeline: string;
  readonly run: string;
  readonly environments: readonly ReleasedEnvironment[];
}

async function tell(
  desk: Desk,
  place: Place,
  { stage, action, status, started, updated, build, message }: Step,
): Promise<void> {
  const where = stage === action ? stage : `${stage}/${action}`;
  if (status === "InProgress") return desk.say(`  ${where} …`);
  const line =
    status === "Failed" && build !== undefined ? await errorLine(desk.aws.logs(place), build) : undefined;
  const why = line ?? (status === "Failed" ? message : undefined);
  desk.say(
    `  ${where}: ${status}, ${duration(updated.getTime() - started.getTime())}${why === undefined ? "" : `: ${why}`}`,
  );
}

/** Returns the exit code: 0 where it has succeeded or waits for an approval, 130 where somebody has interrupted. */
async function follow(desk: Desk, patience: Patience, followed: Followed): Promise<number> {
  const { client, place, pipeline, run, environments } = followed;
  const told = new Map<string, string>();
  for (;;) {
    const { pipelineExecution } = await client.send(
      new GetPipelineExecutionCommand({ pipelineName: pipeline, pipelineExecutionId: run }),
    );
    const status = pipelineExecution?.status ?? "";
    const steps = (await stepsOf(client, pipeline, run)).reverse();
    for (const step of steps) {
      const key = `${step.stage}/${step.action} ${step.started.getTime()}`;
      if (told.get(key) === step.status) continue;
      told.set(key, step.status);
      await tell(desk, place, step);
    }
    if (!GOING.includes(status)) {
      desk.say(
        status === WELL
          ? `run ${short(run)} has succeeded`
          : `run ${short(run)} ${ENDS[status] ?? `is ${status}`}`,
      );
      return status === WELL ? 0 : 1;
    }
    const asking = steps.filter((step) => step.status === "InProgress");
    const [approval] = asking.flatMap((step) => approvedBy(step, environments) ?? []);
    if (approval && asking.every((step) => approvedBy(step, environments))) {
      desk.say(`run ${short(run)} waits for an approval: npm run approve -- ${pipeline} ${approval.name}`);
      return 0;
    }
    if (!(await patience.wait(DISTANCE))) {
      desk.say(`run ${run} goes on without you: npm run status -- ${pipeline}`);
      desk.say(
        `to stop it: aws codepipeline stop-pipeline-execution --pipeline-name ${pipeline} --pipeline-execution-id ${run}`,
      );
      return 130;
    }
  }
}

/** Starts a run and, where that is wanted, follows it. Returns the exit code. */
export async function startAndFollow(
  desk: Desk,
  { wait, ...followed }: Omit<Followed, "run"> & { readonly wait: boolean },
  start: () => Promise<string>,
): Promise<number> {
  const patience = desk.patience(); // from here on Ctrl-C leaves a run behind, and says so
  try {
    const run = await start();
    desk.say(`started: run ${run}`);
    return wait ? await follow(desk, patience, { ...followed, run }) : 0;
  } finally {
    patience.close();
  }
}
