/** `npm run release`: starts a run of one commit, and follows it. */
import {
  type CodePipelineClient,
  ConcurrentPipelineExecutionsLimitExceededException,
  StartPipelineExecutionCommand,
} from "@aws-sdk/client-codepipeline";
import { SOURCE_ACTION } from "../../components/pipeline/stageActions";
import type { Delivery } from "../delivery";
import { Refusal } from "../refusal";
import { findCommit, type Found, onlyOne, type Wanted } from "./commits";
import { allowed, policyOf } from "./denial";
import type { Desk } from "./desk";
import { startAndFollow } from "./following";
import { type History, recentHistory } from "./history";
import { ifUp, noMore, type PipelinePlace, pipelineNamed, reach } from "./places";
import { promotedIn, underWay } from "./releases";
import { short } from "./screen";

export interface ReleaseOptions extends Wanted {
  readonly wait: boolean;
  readonly yes: boolean;
  readonly profile?: string;
}

const USAGE = "npm run release -- PIPELINE [--commit SHA | --tag TAG | --branch NAME]";

/** Whether Build will find the code of this commit among what Promote has kept, as far as this history goes back. */
function keptBy(history: History, { pipeline }: PipelinePlace, commit: string): string | undefined {
  for (const environment of pipeline.environments) {
    const kept = promotedIn(history, environment).slice(0, pipeline.keepReleases);
    const found = kept.find((each) => each.commit === commit);
    if (found)
      return `its code exists: run ${short(found.run)} has released it to ${environment.name}; nothing is built again`;
  }
  return undefined;
}

/** Starts a run of this commit, or of what is on the pipeline's branch. Returns its id. */
export async function startRun(
  client: CodePipelineClient,
  name: string,
  commit: string | undefined,
): Promise<string> {
  try {
    const { pipelineExecutionId = "" } = await client.send(
      new StartPipelineExecutionCommand({
        name,
        ...(commit !== undefined && {
          sourceRevisions: [{ actionName: SOURCE_ACTION, revisionType: "COMMIT_ID", revisionValue: commit }],
        }),
      }),
    );
    return pipelineExecutionId;
  } catch (error) {
    if (error instanceof ConcurrentPipelineExecutionsLimitExceededException)
      throw new Refusal(
        `pipeline ${name} has as many runs under way as CodePipeline takes: wait, or stop one`,
      );
    throw error;
  }
}

/** What is known of the commit; for the branch of a connection, what Source will find there. */
async function wantedCommit(
  desk: Desk,
  which: PipelinePlace,
  place: Parameters<Desk["aws"]["codeCommit"]>[0],
  wanted: Wanted,
): Promise<Found | undefined> {
  const { source } = which.pipeline;
  const given = wanted.commit ?? wanted.tag ?? wanted.branch;
  if (given === undefined && source.kind !== "codecommit") return undefined;
  return allowed(
    `look at CodeCommit repository ${source.repository}`,
    policyOf(which.part.stack, which.name),
    () => findCommit(desk, () => desk.aws.codeCommit(place), which, wanted),
  );
}

export async function release(
  desk: Desk,
  delivery: Delivery,
  words: readonly string[],
  { wait, yes, profile, ...wanted }: ReleaseOptions,
): Promise<number> {
  noMore(words, 1, USAGE);
  onlyOne(wanted);
  const which = pipelineNamed(delivery, words[0], USAGE);
  const { name, part, pipeline } = which;
  const place = await reach(desk.aws, part, profile);
  const client = desk.aws.codePipeline(place);
  const policy = policyOf(part.stack, name);
  const history = await ifUp(which, () =>
    allowed(`look at pipeline ${name}`, policy, () => recentHistory(client, name)),
  );
  const found = await wantedCommit(desk, which, place, wanted);
  if (found) {
    desk.say(`${name}: commit ${found.commit}${found.subject === undefined ? "" : ` ${found.subject}`}`);
    found.notes.forEach((note) => desk.say(`  ${note}`));
    desk.say(
      `  ${keptBy(history, which, found.commit) ?? "Build makes its code: it is not among what was released lately"}`,
    );
  } else
    desk.say(`${name}: what branch ${pipeline.source.branch} of ${pipeline.source.repository} holds now`);
  const before = new Set(underWay(history, pipeline.environments).map(({ run }) => short(run)));
  if (before.size > 0)
    desk.say(
      `  under way already: ${[...before].join(", ")}; ` +
        (pipeline.executionMode === "QUEUED"
          ? "this one comes after it"
          : "this one overtakes what waits between stages"),
    );
  if (found?.onBranch === false && !yes) {
    const question = `Release a commit that is not on branch ${pipeline.source.branch}?`;
    if (!(await desk.confirmed(question, "--yes"))) {
      desk.say("nothing was started");
      return 1;
    }
  }
  const followed = { client, place, pipeline: name, environments: pipeline.environments, wait };
  return startAndFollow(desk, followed, () =>
    allowed(`start pipeline ${name}`, policy, () => startRun(client, name, found?.commit)),
  );
}
