/** `npm run approve` and `npm run reject`: shows what an approval is about, asks, and answers it. */
import {
  ApprovalAlreadyCompletedException,
  type CodePipelineClient,
  GetPipelineStateCommand,
  InvalidApprovalTokenException,
  PutApprovalResultCommand,
} from "@aws-sdk/client-codepipeline";
import { approvalAction, approveStage } from "../../components/pipeline/stages";
import { actionName } from "../../components/pipeline/stageActions";
import type { ReleasedEnvironment } from "../../stacks/settings/model";
import type { Delivery } from "../delivery";
import { count, printable } from "../format";
import { Refusal } from "../refusal";
import { allowed, policyOf } from "./denial";
import type { Desk } from "./desk";
import { type History, recentHistory, stepsOf } from "./history";
import { readLog } from "./jobLog";
import { completed } from "./overview";
import { environmentNamed, ifUp, noMore, pipelineNamed, reach } from "./places";
import { deployedIn, releaseOf, succeededStep } from "./releases";
import { moment, named, short } from "./screen";

export interface AnswerOptions {
  readonly reason?: string;
  /** The run whose approval is answered without a question. */
  readonly run?: string;
  readonly profile?: string;
}

/** What an approval takes at most. */
const REASON_LENGTH = 512;

/** An approval that waits: whoever answers must name it by its token. */
interface Waiting {
  readonly token: string;
  readonly run: string;
  readonly since?: Date | undefined;
}

async function waitingApproval(
  client: CodePipelineClient,
  name: string,
  environment: ReleasedEnvironment,
): Promise<Waiting | undefined> {
  const { stageStates = [] } = await client.send(new GetPipelineStateCommand({ name }));
  const stage = stageStates.find(({ stageName }) => stageName === approveStage(environment));
  const action = stage?.actionStates?.find((each) => each.actionName === approvalAction(environment));
  const { status, token, lastStatusChange } = action?.latestExecution ?? {};
  const run = stage?.latestExecution?.pipelineExecutionId;
  return status === "InProgress" && token !== undefined && run !== undefined
    ? { token, run, since: lastStatusChange }
    : undefined;
}

/** Lines of Plan's log that say what will change, and which rights: `REPLACE Table (…) …`, `GROWS Role: may now …`. */
const CHANGE =
  /^((ADD|MODIFY|REMOVE|REPLACE|MAY REPLACE)( PERMISSION)? [A-Za-z0-9]+ \(|(GROWS|SHRINKS|MAY GROW|MAY SHRINK) [A-Za-z0-9]+: )/;

/** Commits of runs that began after the one whose release the environment runs, up to this one: each once. */
function commitsBetween(history: History, run: string, deployed: string | undefined): string[] {
  const at = (id: string | undefined) => history.runs.findIndex((each) => each.id === id);
  const [from, to] = [at(run), at(deployed)];
  if (from < 0 || to < 0 || to <= from) return [];
  const between = history.runs.slice(from, to).map(named);
  return between.filter((each, index) => between.indexOf(each) === index);
}

/** Answers the approval of an environment. Returns the exit code. */
export async function answer(
  desk: Desk,
  delivery: Delivery,
  verdict: "approve" | "reject",
  words: readonly string[],
  { reason = "", run: wanted, profile }: AnswerOptions,
): Promise<number> {
  const usage = `npm run ${verdict} -- PIPELINE ENVIRONMENT`;
  noMore(words, 2, usage);
  const which = pipelineNamed(delivery, words[0], usage);
  const environment = environmentNamed(which, words[1], usage);
  const { name, part } = which;
  if (environment.approval === undefined)
    throw new Refusal(`releases of ${name} to ${environment.name} ask for no approval (setting approval)`);
  if (reason.length > REASON_LENGTH)
    throw new Refusal(
      `--reason has ${reason.length} characters, CodePipeline takes ${REASON_LENGTH}: shorten it`,
    );
  const place = await reach(desk.aws, part, profile);
  const client = desk.aws.codePipeline(place);
  const policy = policyOf(part.stack, name, environment.name);
  const look = () =>
    ifUp(which, () =>
      allowed(`look at pipeline ${name}`, policy, () => waitingApproval(client, name, environment)),
    );
  const waiting = await look();
  const gone = `no approval of ${name} waits for ${environment.name}: it was answered, its time is over, or no release has come so far; npm run status -- ${name}`;
  if (!waiting) throw new Refusal(gone);
  if (wanted !== undefined && waiting.run !== wanted)
    throw new Refusal(
      `the approval that waits is of run ${waiting.run}, not ${wanted}: look at it first, without --run`,
    );

  const history = await completed(client, name, await recentHistory(client, name), [environment]);
  const own = { ...history, steps: [...(await stepsOf(client, name, waiting.run)), ...history.steps] };
  const release = releaseOf(own, waiting.run);
  const plan = succeededStep(own.steps, waiting.run, actionName("Plan", environment));
  const deployed = deployedIn(own, environment);
  desk.say(`${name} to ${environment.name}: run ${waiting.run}`);
  desk.say(
    `  commit   ${release.commit ?? "-"}${release.subject === undefined ? "" : ` ${release.subject}`}`,
  );
  desk.say(`  code     ${release.digest ?? "-"}`);
  desk.say(
    `  runs now ${deployed ? `${named(deployed)}, since ${moment(deployed.since)}` : "nothing that CodePipeline remembers"}`,
  );
  const commits = commitsBetween(own, waiting.run, deployed?.run);
  if (commits.length > 0) {
    desk.say(`  ${count(commits.length, "commit")} since then, by the runs of this pipeline:`);
    commits.forEach((each) => desk.say(`    ${each}`));
  }
  desk.say(`  plan     ${printable(plan?.variables["SUMMARY"] ?? "Plan has left no summary")}`);
  for (const line of await changes(desk, place, plan?.build)) desk.say(`    ${line}`);
  const started = own.runs.find(({ id }) => id === waiting.run)?.started;
  const newer = own.runs.find(
    (each) => each.status === "InProgress" && started !== undefined && each.started > started,
  );
  if (newer) desk.say(`  stale?   run ${short(newer.id)} is newer: ${named(releaseOf(own, newer.id))}`);

  const question = `${verdict === "approve" ? "Approve" : "Reject"} this release of ${name} to ${environment.name}?`;
  if (wanted === undefined && !(await desk.confirmed(question, `--run ${waiting.run}`))) {
    desk.say("not answered: the approval still waits");
    return 1;
  }
  const still = await look();
  if (!still) throw new Refusal(gone);
  if (still.token !== waiting.token)
    throw new Refusal(
      `another approval waits by now, of run ${still.run}; what was shown is of run ${waiting.run}: nothing was answered; look again`,
    );
  try {
    await allowed(`answer the approval of ${name} for ${environment.name}`, policy, () =>
      client.send(
        new PutApprovalResultCommand({
          ...{
            pipelineName: name,
            stageName: approveStage(environment),
            actionName: approvalAction(environment),
          },
          result: { status: verdict === "approve" ? "Approved" : "Rejected", summary: reason },
          token: waiting.token,
        }),
      ),
    );
  } catch (error) {
    if (error instanceof InvalidApprovalTokenException || error instanceof ApprovalAlreadyCompletedException)
      throw new Refusal(
        `somebody was faster, or its time is over: nothing was answered; npm run status -- ${name}`,
      );
    throw error;
  }
  desk.say(
    verdict === "approve"
      ? `approved: run ${short(waiting.run)} goes on; npm run status -- ${name} --watch`
      : `rejected: run ${short(waiting.run)} ends, and ${environment.name} stays as it is`,
  );
  return 0;
}

/** What Plan says of each change; where its log may not be read, so. */
async function changes(
  desk: Desk,
  place: Parameters<Desk["aws"]["logs"]>[0],
  build: string | undefined,
): Promise<string[]> {
  if (build === undefined) return [];
  try {
    return (await readLog(desk.aws.logs(place), build)).lines
      .filter((line) => CHANGE.test(line))
      .map(printable);
  } catch (error) {
    if (error instanceof Error && /AccessDenied/.test(error.name))
      return ["(the plan's log may not be read with these rights: each change is in it)"];
    throw error;
  }
}
