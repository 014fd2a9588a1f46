/** `npm run rollback`: brings an environment back to a release that it ran. */
import {
  ConflictException,
  PipelineExecutionOutdatedException,
  RollbackStageCommand,
  UnableToRollbackStageException,
} from "@aws-sdk/client-codepipeline";
import { deployStage } from "../../components/stage";
import type { ReleasedEnvironment } from "../../stacks/settings/model";
import { didYouMean } from "../../stacks/settings/problems";
import type { Delivery } from "../delivery";
import { Refusal } from "../refusal";
import { allowed, policyOf } from "./denial";
import type { Desk } from "./desk";
import { startAndFollow } from "./following";
import { type History, recentHistory, type Run, succeededIn } from "./history";
import { completed } from "./overview";
import { environmentNamed, ifUp, noMore, type PipelinePlace, pipelineNamed, reach } from "./places";
import { deployedIn, promotedIn, stageNames } from "./releases";
import { startRun } from "./release";
import { age, named, short } from "./screen";

export interface RollbackOptions {
  readonly to?: string;
  readonly wait: boolean;
  readonly yes: boolean;
  readonly profile?: string;
}

const USAGE = "npm run rollback -- PIPELINE ENVIRONMENT [--to COMMIT]";
/** As much of a commit as must be given. */
const PREFIX = /^[0-9a-f]{7,64}$/;

/** A release that the environment ran, and can go back to. */
interface Earlier {
  readonly commit: string;
  readonly subject?: string | undefined;
  readonly since: Date;
  /** The run that CodePipeline can roll the stage back to; none where it cannot. */
  readonly target?: string;
}

/**
 * What the environment ran, each commit once, the newest first, as many as Promote keeps. CodePipeline rolls back to runs
 * that passed the stage since the pipeline was last changed, and to no roll-back.
 */
function earlierReleases(
  history: History,
  passed: readonly Run[],
  environment: ReleasedEnvironment,
  most: number,
): Earlier[] {
  const targets = passed.filter(({ rollbackTo, commit }) => rollbackTo === undefined && commit !== undefined);
  const all = [
    ...promotedIn(history, environment),
    ...targets.map(({ commit, subject, updated }) => ({ commit, subject, since: updated })),
  ];
  return all
    .flatMap(({ commit, subject, since }, at): Earlier[] => {
      if (commit === undefined || all.findIndex((each) => each.commit === commit) !== at) return [];
      const target = targets.find((run) => run.commit === commit)?.id;
      return [{ commit, subject, since, ...(target !== undefined && { target }) }];
    })
    .slice(0, most);
}

/** The release that is meant by `--to`: one of those, or any commit by its whole id. */
function releaseNamed(to: string, earlier: readonly Earlier[], environment: string): Earlier {
  const known = earlier.map(({ commit }) => commit);
  const [found, another] = earlier.filter(({ commit }) => commit.startsWith(to));
  if (another) throw new Refusal(`--to ${to} begins several commits: write more of it`);
  if (found) return found;
  throw new Refusal(
    `${environment} has not run commit ${to}, as far as is known here: ${didYouMean(to, known.map(short))}` +
      `it ran ${known.map(short).join(", ")}; npm run release -- PIPELINE --commit releases any commit`,
  );
}

/** Asks which of them. */
async function chosenRelease(at: Desk, all: readonly Earlier[]): Promise<Earlier> {
  const value = await at.chosen(
    "Back to which release?",
    all.map((each) => ({
      value: each.commit,
      name: `${named(each)}, released ${age(each.since, at.now())} ago`,
    })),
    `--to COMMIT (${all.map(({ commit }) => short(commit)).join(", ")})`,
  );
  return releaseNamed(value, all, "");
}

/** What is said before the question: which way it goes, and what that means. */
function way(which: PipelinePlace, environment: ReleasedEnvironment, chosen: Earlier): string[] {
  const stage = deployStage(environment);
  const { environments } = which.pipeline;
  if (chosen.target !== undefined) {
    const together = environments.filter((each) => deployStage(each) === stage).map(({ name }) => name);
    return [
      `CodePipeline rolls stage ${stage} back to run ${short(chosen.target)}: the same bytes, no build, no approval;`,
      "  Deploy refuses to replace or delete what holds data",
      ...(together.length > 1 ? [`  all environments of its wave go back: ${together.join(", ")}`] : []),
    ];
  }
  const stages = stageNames(environments).filter((each) => /^(Approve|Deploy)-/.test(each));
  return [
    "CodePipeline cannot roll back to it: it does so only to a run that passed the stage since the pipeline was last changed.",
    `  There is no way for ${environment.name} alone: a new run of that commit goes through ${stages.join(", ")}.`,
    "  Nothing is built as long as Promote keeps that release; approvals are asked for as always.",
  ];
}

export async function rollback(
  desk: Desk,
  delivery: Delivery,
  words: readonly string[],
  { to, wait, yes, profile }: RollbackOptions,
): Promise<number> {
  noMore(words, 2, USAGE);
  const which = pipelineNamed(delivery, words[0], USAGE);
  const environment = environmentNamed(which, words[1], USAGE);
  if (to !== undefined && !PREFIX.test(to))
    throw new Refusal(`--to ${to}: write a commit's id, 7 hexadecimal digits of it at least`);
  const { name, part, pipeline } = which;
  const place = await reach(desk.aws, part, profile);
  const client = desk.aws.codePipeline(place);
  const policy = policyOf(part.stack, name);
  const stage = deployStage(environment);
  const { history, passed } = await ifUp(which, () =>
    allowed(`look at pipeline ${name}`, policy, async () => ({
      history: await completed(client, name, await recentHistory(client, name), [environment]),
      passed: await succeededIn(client, name, stage),
    })),
  );
  const now = deployedIn(history, environment);
  const releases = earlierReleases(history, passed, environment, pipeline.keepReleases);
  const earlier = releases.filter(({ commit }) => commit !== now?.commit);
  desk.say(`${name} in ${environment.name} runs ${now ? named(now) : "nothing that CodePipeline remembers"}`);
  if (to !== undefined && now?.commit?.startsWith(to) === true)
    throw new Refusal(`${environment.name} runs commit ${to} already`);
  if (earlier.length === 0)
    throw new Refusal(
      `there is no earlier release of ${name} in ${environment.name}, as far as is known here: npm run release -- ${name} --commit SHA`,
    );
  const busy = history.steps.find((step) => step.stage === stage && step.status === "InProgress");
  if (busy) throw new Refusal(`stage ${stage} is busy with run ${busy.run}: wait for its end, or stop it`);
  const chosen =
    to === undefined ? await chosenRelease(desk, earlier) : releaseNamed(to, earlier, environment.name);
  way(which, environment, chosen).forEach((line) => desk.say(line));
  const question = `Bring ${environment.name} back to ${named(chosen)}?`;
  if (!yes && !(await desk.confirmed(question, "--yes"))) {
    desk.say("nothing was started");
    return 1;
  }
  const followed = { client, place, pipeline: name, environments: pipeline.environments, wait };
  try {
    return await startAndFollow(desk, followed, () =>
      allowed(`roll back pipeline ${name}`, policy, async () => {
        if (chosen.target === undefined) return startRun(client, name, chosen.commit);
        const answer = await client.send(
          new RollbackStageCommand({
            pipelineName: name,
            stageName: stage,
            targetPipelineExecutionId: chosen.target,
          }),
        );
        return answer.pipelineExecutionId ?? "";
      }),
    );
  } catch (error) {
    if (error instanceof ConflictException || error instanceof UnableToRollbackStageException)
      throw new Refusal(
        `CodePipeline does not roll stage ${stage} back just now (${error.message}): npm run status -- ${name}`,
      );
    if (error instanceof PipelineExecutionOutdatedException)
      throw new Refusal(
        `the pipeline was changed just now: npm run rollback -- ${name} ${environment.name} says what is possible`,
      );
    throw error;
  }
}
