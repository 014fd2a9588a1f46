/** `npm run logs`: what a job has said, or says just now. */
import type { ReleasedEnvironment } from "../../stacks/settings/model";
import { actionName } from "../../components/pipeline/stageActions";
import type { Delivery } from "../delivery";
import { oneOf } from "../known";
import { Refusal } from "../refusal";
import { allowed, policyOf } from "./denial";
import { harmless } from "../format";
import type { Desk } from "./desk";
import { recentHistory, type Step, stepsOf } from "./history";
import { readLog } from "./jobLog";
import { environmentNamed, ifUp, noMore, pipelineNamed, reach } from "./places";
import { age } from "./screen";
import { serviceLogs } from "./serviceLogs";

export interface LogOptions {
  readonly job?: string;
  /** What the service says, instead of a job. */
  readonly service?: boolean;
  readonly follow: boolean;
  readonly profile?: string;
}

const JOBS = {
  build: "Build",
  plan: "Plan",
  beforeDeploy: "BeforeDeploy",
  deploy: "Deploy",
  afterDeploy: "AfterDeploy",
  verify: "Verify",
  promote: "Promote",
} as const;
type JobName = keyof typeof JOBS;
const USAGE = `npm run logs -- PIPELINE [ENVIRONMENT] [--job ${Object.keys(JOBS).join("|")} | --service]`;

/** Between two looks at a log that grows, in milliseconds. */
const DISTANCE = 5000;

const names = (job: JobName, environment: ReleasedEnvironment): string =>
  job === "build" ? JOBS.build : actionName(JOBS[job], environment);

/** The attempt whose log is meant: what runs just now, or else what ran last. */
function chosenStep(steps: readonly Step[], wanted: readonly string[]): Step | undefined {
  const jobs = steps.filter(({ action, build }) => build !== undefined && wanted.includes(action));
  return jobs.find(({ status }) => status === "InProgress") ?? jobs[0];
}

/** The names of the actions that are meant. */
function wantedActions(
  job: string | undefined,
  environments: readonly ReleasedEnvironment[],
  named: boolean,
): string[] {
  const all = Object.keys(JOBS) as JobName[];
  const jobs =
    job !== undefined ? [oneOf("job", job, all)] : all.filter((each) => !named || each !== "build");
  return [...new Set(jobs.flatMap((each) => environments.map((environment) => names(each, environment))))];
}

/** Prints the log of a job or of the service. Returns 0, whatever has become of the job. */
export async function logs(
  desk: Desk,
  delivery: Delivery,
  words: readonly string[],
  { job, service = false, follow, profile }: LogOptions,
): Promise<number> {
  noMore(words, 2, USAGE);
  const which = pipelineNamed(delivery, words[0], USAGE);
  const environment = words[1] === undefined ? undefined : environmentNamed(which, words[1], USAGE);
  const { name, part, pipeline } = which;
  if (service) {
    if (job !== undefined) throw new Refusal("--job and --service exclude each other: give one of them");
    const where = environment ?? environmentNamed(which, words[1], USAGE);
    return serviceLogs(desk, delivery, which, where, { follow, ...(profile !== undefined && { profile }) });
  }
  if (environment && job === "build")
    throw new Refusal("Build is done once for all environments: leave the environment out");
  const wanted = wantedActions(
    job,
    environment ? [environment] : pipeline.environments,
    environment !== undefined,
  );
  if (
    job === "plan" &&
    (environment ? [environment] : pipeline.environments).every(({ approval }) => approval === undefined)
  )
    throw new Refusal(
      `there is no plan job for ${environment?.name ?? name}: nobody is asked for approval; --job deploy`,
    );
  const place = await reach(desk.aws, part, profile);
  const client = desk.aws.codePipeline(place);
  const policy = policyOf(part.stack, name);
  const { steps } = await ifUp(which, () =>
    allowed(`look at pipeline ${name}`, policy, () => recentHistory(client, name)),
  );
  const ofEnvironment = environment
    ? steps.filter(({ stage }) => stage.endsWith(`-${environment.wave ?? environment.name}`))
    : steps;
  const step = chosenStep(ofEnvironment, wanted);
  if (step?.build === undefined)
    throw new Refusal(
      `none of the last ${steps.length} actions of ${name} is ${job === undefined ? "a job" : `the job ${job}`}` +
        `${environment ? ` for ${environment.name}` : ""}: npm run status -- ${name}`,
    );
  const { run, stage, action, build } = step;
  desk.say(
    `${stage}/${action} of run ${run}, ${step.status}, began ${age(step.started, desk.now())} ago (${build})`,
  );
  const logClient = desk.aws.logs(place);
  let token: string | undefined;
  const show = async (): Promise<void> => {
    const more = await allowed(`read the log of ${build}`, policy, () => readLog(logClient, build, token));
    token = more.token;
    more.lines.forEach((line) => desk.say(harmless(line)));
  };
  await show();
  if (!follow) return 0;
  const patience = desk.patience();
  try {
    let ended = step.status !== "InProgress";
    while (!ended && (await patience.wait(DISTANCE))) {
      // First whether it has ended, then what it has said: so its last lines are not missed.
      const now = (await stepsOf(client, name, run)).find((each) => each.build === build);
      ended = now?.status !== "InProgress";
      await show();
      if (ended) desk.say(`${stage}/${action}: ${now?.status ?? "ended"}`);
    }
  } finally {
    patience.close();
  }
  return 0;
}
