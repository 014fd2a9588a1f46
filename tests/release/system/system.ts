/** A whole delivery system over an emulated AWS: what the stacks register, CodePipeline, CodeBuild and EventBridge over it. */
import assert from "node:assert/strict";
import { linkSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { map } from "../../../packages/iam/src/json";
import { inventoryOf } from "../../../rehearsal/record/inventory";
import { ofType, type Rehearsed } from "../../../rehearsal/record/record";
import { Activity } from "../activity";
import { Artifacts } from "../artifacts";
import { startAws } from "../aws/start";
import type { Tools } from "../aws/tools";
import { codebuildAnswers } from "../codebuild/answers";
import { type Build, CodeBuild } from "../codebuild/codebuild";
import { variablesIn } from "../codebuild/environment";
import { IMAGE_VERSIONS } from "../codebuild/nodejs";
import { codepipelineAnswers, startOf } from "../codepipeline/answers";
import { CodePipeline } from "../codepipeline/codepipeline";
import { type Delivery, EventBridge, pipelineEvent } from "../codepipeline/eventBridge";
import type { Attempt } from "../codepipeline/state";
import { type Aws, AwsError, type DecidedCall } from "../model";
import { SHARD } from "../whole";
import { type Containers, containers } from "./containers";
import { OUT, ownFolder, replaced, TRACES } from "./folders";
import { pullRequestsOf, type PullRequests } from "./pullRequests";
import { repositoriesOf, type Repository } from "./repository";

const PART = SHARD?.replace("/", "-of-") ?? "";

export interface SystemOptions {
  readonly tools: Tools;
  readonly record: Rehearsed;
  /** Of the logs' folder. */
  readonly name: string;
  readonly rollbackPastes?: "own" | "target";
  /** Called when a build starts, before its first command. */
  readonly started?: (build: Build) => void;
}

export interface System {
  readonly aws: Aws;
  readonly record: Rehearsed;
  readonly pipelines: ReadonlyMap<string, CodePipeline>;
  readonly codebuild: CodeBuild;
  readonly bus: EventBridge;
  /** Of the first pipeline, and of most scenarios' only one. */
  readonly repository: Repository;
  readonly repositoryOf: (pipeline: string) => Repository;
  /** Of the repository whose pull requests are previewed, where settings have that. */
  readonly pullRequests: PullRequests | undefined;
  readonly activity: Activity;
  readonly containers: Containers;
  /** Readable folder with a log for each build. */
  readonly logs: string;
  /** What EventBridge could not deliver, and builds that somebody else than a pipeline started. */
  readonly undelivered: readonly string[];
  /** The calls that a build's own processes have made, in order. */
  readonly callsOf: (build: Build) => readonly DecidedCall[];
  readonly stop: () => Promise<void>;
}

/** A line for each step, as it happens: a whole run takes many minutes. */
const say = (line: string): void => console.log(`      ${line}`);

const shown = (
  pipeline: string,
  { execution, stage, action, status, startTime, lastUpdate, error }: Attempt,
): string => {
  const seconds = ((lastUpdate.getTime() - startTime.getTime()) / 1000).toFixed(1);
  const why = error === undefined ? "" : `: ${error.message.split("\n", 1)[0]}`;
  const kind = execution.type === "ROLLBACK" ? " (roll-back)" : "";
  return `run ${execution.number}${kind} of ${pipeline}: ${stage}/${action.name} ${status}${status === "InProgress" ? "" : ` ${seconds} s${why}`}`;
};

export async function startSystem(options: SystemOptions): Promise<System> {
  const { tools, record, name, rollbackPastes = "own" } = options;
  const folder = name.replace(/[^A-Za-z0-9]+/g, "-");
  const logs = ownFolder(folder);
  const started = await startAws(tools, record);
  const byServices = new Set<DecidedCall>();
  const aws: Aws = {
    ...started,
    ask: (session, asked) => {
      try {
        started.ask(session, asked);
      } finally {
        const last = started.calls().at(-1);
        if (last) byServices.add(last);
      }
    },
  };
  const activity = new Activity();
  const container = join(logs, "container");
  const trace = join(container, "trace");
  const made = containers({ folder: container, tools: OUT, python: tools.python, cli: aws.cli, trace });
  // Of two that run the same scenario, the later one's counts.
  mkdirSync(TRACES, { recursive: true });
  replaced(join(TRACES, [folder, PART].filter(Boolean).join("-")), (at) => linkSync(trace, at));
  const pullRequests = pullRequestsOf(record, (...asked) => aws.ask(...asked));
  let builds = 0;
  const codebuild = new CodeBuild({
    ...{ record, aws, tools: OUT, bin: made.bin, bashEnv: made.bashEnv, env: IMAGE_VERSIONS },
    logFile: (project) => join(logs, `${String(++builds).padStart(2, "0")}-${project}.log`),
    ...(options.started && { started: options.started }),
    ...(pullRequests && {
      clone: async (_: string, commit: string) =>
        (await pullRequests.repository.source.fetch("", commit)).zip,
    }),
  });
  const undelivered: string[] = [];
  const pipelines = new Map<string, CodePipeline>();
  const bus = new EventBridge(record, ({ rule, target, input }: Delivery) => {
    try {
      const arn = String(target.inputs["arn"]);
      const role = aws.session({
        roleArn: String(target.inputs["roleArn"]),
        name: "events",
        by: { service: "events.amazonaws.com", sourceArn: String(rule.outputs["arn"]) },
      });
      const project = ofType(record, "aws:codebuild/project:Project").find(
        ({ outputs }) => outputs["arn"] === arn,
      );
      if (project) {
        const build = codebuild.start(role, {
          projectName: String(project.outputs["name"]),
          initiator: `rule/${rule.name}`,
          sourceVersion: String(map(input)["sourceVersion"]),
          environmentVariablesOverride: variablesIn(map(input)["environmentVariablesOverride"]),
        });
        say(`rule ${rule.name} starts ${build.project}`);
        void activity.track(
          build.ended.then(() => {
            say(`${build.project} ${build.status}`);
            bus.put(buildEvent(build));
          }),
        );
        return;
      }
      const pipeline = [...pipelines.values()].find((each) => each.arn === arn);
      if (!pipeline) throw new Error(`nothing has the ARN ${arn}`);
      aws.ask(role, { action: "codepipeline:StartPipelineExecution", resource: arn });
      const trigger = { triggerType: "CloudWatchEvent", triggerDetail: String(rule.outputs["arn"]) };
      pipeline.start({ ...startOf(map(input)), trigger });
    } catch (error) {
      undelivered.push(`${rule.name}: ${String(error)}`);
    }
  });
  const repositories = repositoriesOf(record);
  const [first = ""] = repositories.keys();
  const repositoryOf = (pipeline: string): Repository =>
    repositories.get(pipeline) ?? assert.fail(`no pipeline ${pipeline}`);
  for (const each of inventoryOf(record)) {
    const pipeline: CodePipeline = new CodePipeline({
      ...{ resource: each.resource, aws, codebuild, activity, rollbackPastes },
      artifacts: new Artifacts(aws, each),
      source: repositoryOf(each.name).source,
      changed: ({ execution, state }) => {
        say(`run ${execution.number} of ${each.name} ${state}`);
        bus.put(pipelineEvent(each.arn, each.name, execution.id, state));
      },
      passed: ({ id }, stage) =>
        bus.put(pipelineEvent(each.arn, each.name, id, "SUCCEEDED", ["Stage", { stage }])),
      progress: (attempt) => {
        say(shown(each.name, attempt));
        const { stage, execution, action } = attempt;
        const { name: own, category, provider } = action;
        const type = { owner: "AWS", category, provider, version: "1" };
        if (attempt.status === "InProgress")
          bus.put(
            pipelineEvent(each.arn, each.name, execution.id, "STARTED", [
              "Action",
              { stage, action: own, type },
            ]),
          );
      },
    });
    pipelines.set(each.name, pipeline);
  }
  aws.answer("ecr:DescribeImageScanFindings", () => ({
    imageScanStatus: { status: "COMPLETE" },
    imageScanFindings: { imageScanCompletedAt: Date.now() / 1000, findingSeverityCounts: { LOW: 1 } },
  }));
  aws.answer("codepipeline", codepipelineAnswers(pipelines));
  aws.answer(
    "codebuild",
    codebuildAnswers(codebuild, (build) => {
      say(`${build.initiator} starts ${build.project}`);
      void activity.track(build.ended.then(() => say(`${build.project} ${build.status}`)));
    }),
  );
  aws.answer("codecommit", (call) => {
    const answered = pullRequests?.answers(call);
    if (answered !== undefined) return answered;
    const asked = String(call.input["repositoryName"]);
    const repository = [...repositories.values()].find((each) => each.name === asked);
    if (!repository) throw new AwsError("RepositoryDoesNotExistException", `${asked} does not exist`);
    return repository.answers(call);
  });
  return {
    ...{ aws, record, pipelines, codebuild, bus, activity, logs, undelivered, containers: made },
    ...{ repositoryOf, repository: repositoryOf(first), pullRequests },
    callsOf: ({ session }) =>
      aws.calls().filter((call) => call.session === session.id && !byServices.has(call)),
    stop: () => aws.stop(),
  };
}

/** https://docs.aws.amazon.com/codebuild/latest/userguide/sample-build-notifications.html#sample-build-notifications-ref */
const buildEvent = ({ arn, project, status }: Build) => {
  const [, , , region, account] = arn.split(":");
  return {
    ...{ source: "aws.codebuild", "detail-type": "CodeBuild Build State Change", account, region },
    ...{ resources: [arn], detail: { "build-status": status, "project-name": project, "build-id": arn } },
  };
};

/** What CodeCommit tells of a branch. */
export const branchEvent = (
  repository: Repository,
  event: "referenceCreated" | "referenceUpdated" | "referenceDeleted",
  branch: string,
) => {
  const [, , , region, account] = repository.arn.split(":");
  return {
    ...{ source: "aws.codecommit", "detail-type": "CodeCommit Repository State Change", account, region },
    resources: [repository.arn],
    detail: {
      ...{ event, repositoryName: repository.name, referenceType: "branch", referenceName: branch },
      commitId: repository.branches.get(branch) ?? "",
    },
  };
};

/** The bucket with artifacts. */
export const bucketOf = ({ record }: Pick<System, "record">): string =>
  inventoryOf(record)[0]?.bucketArn.replace(/^.*:::/, "") ?? "";
