/** Runs of the pipelines that are under way: CodePipeline ends them when their pipeline is changed. */
import {
  type CodePipelineClient,
  GetPipelineStateCommand,
  PipelineNotFoundException,
  type StageState,
} from "@aws-sdk/client-codepipeline";
import { sourceStage } from "../components/pipeline/stages";
import { cliOptions } from "./aws/accounts";
import type { Delivery } from "./delivery";
import type { State } from "./engine/engine";
import type { Change } from "./engine/ledger";
import { logicalName } from "./format";

/** A run that has not ended. */
export interface PendingRun {
  readonly pipeline: string;
  /** The run's execution id. */
  readonly id: string;
  readonly stage: string;
  /** Whether it waits for somebody's approval. */
  readonly approval: boolean;
  /** When its last action began, where AWS says. */
  readonly since?: Date | undefined;
}

function pendingIn(
  pipeline: string,
  { stageName = "", actionStates = [], ...state }: StageState,
): PendingRun[] {
  const current = state.latestExecution;
  const waiting = actionStates.find(({ latestExecution }) => latestExecution?.status === "InProgress");
  const inside: PendingRun[] =
    current?.status === "InProgress" || current?.status === "Stopping"
      ? [
          {
            pipeline,
            id: current.pipelineExecutionId ?? "",
            stage: stageName,
            approval: waiting?.latestExecution?.token !== undefined, // only an approval has one
            since: waiting?.latestExecution?.lastStatusChange,
          },
        ]
      : [];
  const queued = (state.inboundExecutions ?? []).map(({ pipelineExecutionId = "" }) => ({
    pipeline,
    id: pipelineExecutionId,
    stage: stageName,
    approval: false,
  }));
  return [...inside, ...queued];
}

/** Runs of one pipeline that have not ended; none, where there is no such pipeline. */
export async function pendingRuns(
  client: Pick<CodePipelineClient, "send">,
  pipeline: string,
): Promise<PendingRun[]> {
  try {
    const { stageStates = [] } = await client.send(new GetPipelineStateCommand({ name: pipeline }));
    return stageStates.flatMap((stage) => pendingIn(pipeline, stage));
  } catch (error) {
    if (error instanceof PipelineNotFoundException) return [];
    throw error;
  }
}

/** Why the last run of a pipeline failed to fetch its source; undefined where it did not. */
export async function sourceFailure(
  client: Pick<CodePipelineClient, "send">,
  pipeline: string,
): Promise<string | undefined> {
  const { stageStates = [] } = await client.send(new GetPipelineStateCommand({ name: pipeline }));
  const source = stageStates.find(({ stageName }) => stageName === sourceStage);
  if (source?.latestExecution?.status !== "Failed") return undefined;
  const failed = source.actionStates?.find(({ latestExecution }) => latestExecution?.status === "Failed");
  return failed?.latestExecution?.errorDetails?.message ?? "AWS gives no reason";
}

/** Physical names of the pipelines that a tooling stack has. */
export const pipelinesOf = ({ resources }: State): string[] =>
  resources
    .filter(({ type }) => type === "aws:codepipeline/pipeline:Pipeline")
    .flatMap(({ id }) => (id === undefined ? [] : [id]));

/** Logical names of the pipelines that these changes are about: the project gives them the physical name. */
export const changedPipelines = (changes: readonly Change[]): string[] =>
  changes
    .filter(({ urn }) => urn.includes("aws:codepipeline/pipeline:Pipeline::"))
    .map(({ urn }) => logicalName(urn));

const day = (date: Date | undefined): string => (date ? ` since ${date.toISOString().slice(0, 16)}Z` : "");

/** What changing its pipeline costs this run. */
export const loss = ({ pipeline, id, stage, approval, since }: PendingRun): string =>
  approval
    ? `pipeline ${pipeline}: run ${id} waits for an approval in ${stage}${day(since)}; this ends it, and it has to be released again`
    : `pipeline ${pipeline}: run ${id} is in ${stage}; this stops it, and it does not start again by itself`;

/** The command that stops a run of one of this tooling's pipelines; what waits for an approval would not end otherwise. */
export const stopCommand = ({ pipeline, id, approval }: PendingRun, { tooling: [part] }: Delivery): string =>
  `aws codepipeline stop-pipeline-execution --pipeline-name ${pipeline} --pipeline-execution-id ${id}` +
  `${approval ? " --abandon" : ""}${part ? cliOptions(part.settings.provider) : ""}`;
