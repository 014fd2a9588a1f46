/** What CodePipeline remembers of a pipeline, 12 months long: its runs, and each attempt of each of their actions. */
import {
  type ActionExecutionDetail,
  type CodePipelineClient,
  ListActionExecutionsCommand,
  ListPipelineExecutionsCommand,
  paginateListActionExecutions,
  type PipelineExecutionSummary,
} from "@aws-sdk/client-codepipeline";
import { z } from "zod";
import { printable } from "../format";

export interface Run {
  readonly id: string;
  /** `InProgress`, `Succeeded`, `Failed`, `Stopping`, `Stopped`, `Superseded` or `Cancelled`. */
  readonly status: string;
  readonly started: Date;
  readonly updated: Date;
  readonly commit?: string | undefined;
  /** First line of the commit's message, where the source tells it. */
  readonly subject?: string | undefined;
  /** The run that it goes back to, where it is a roll-back. */
  readonly rollbackTo?: string | undefined;
  /** What CodePipeline, or who stopped it, says of its end. */
  readonly reason?: string | undefined;
}

/** One attempt of an action. */
export interface Step {
  readonly run: string;
  readonly stage: string;
  readonly action: string;
  /** `InProgress`, `Succeeded`, `Failed` or `Abandoned`. */
  readonly status: string;
  readonly started: Date;
  readonly updated: Date;
  /** `project:id` of CodeBuild's build, where it is a job. */
  readonly build?: string | undefined;
  /** Why it failed, in CodePipeline's words. */
  readonly message?: string | undefined;
  readonly variables: Readonly<Record<string, string>>;
}

/** The newest of both first. */
export interface History {
  readonly runs: readonly Run[];
  readonly steps: readonly Step[];
}

/** Most of each that one call gives. */
const PAGE = 100;

const connected = z.object({ CommitMessage: z.string() });

/** A connection tells JSON, CodeCommit the message itself. */
function subjectOf(summary: string | undefined): string | undefined {
  if (summary === undefined) return undefined;
  let message = summary;
  try {
    const read = connected.safeParse(JSON.parse(summary));
    if (read.success) message = read.data.CommitMessage;
  } catch {
    // a message that is no JSON
  }
  return printable(message.split("\n")[0] ?? "") || undefined;
}

const NEVER = new Date(0);

export function runOf(summary: PipelineExecutionSummary): Run {
  const { pipelineExecutionId: id = "", status = "", startTime: started = NEVER } = summary;
  const [source] = summary.sourceRevisions ?? [];
  const reason = summary.stopTrigger?.reason ?? summary.statusSummary;
  return {
    ...{ id, status, started, updated: summary.lastUpdateTime ?? started },
    ...{ commit: source?.revisionId, subject: subjectOf(source?.revisionSummary) },
    rollbackTo: summary.rollbackMetadata?.rollbackTargetPipelineExecutionId,
    reason: reason === undefined ? undefined : printable(reason),
  };
}

function stepOf(detail: ActionExecutionDetail): Step {
  const { pipelineExecutionId: run = "", stageName: stage = "", actionName: action = "" } = detail;
  const { status = "", startTime: started = NEVER, output } = detail;
  const result = output?.executionResult;
  const message = result?.errorDetails?.message ?? result?.externalExecutionSummary;
  return {
    ...{ run, stage, action, status, started, updated: detail.lastUpdateTime ?? started },
    build: result?.externalExecutionId,
    message: message === undefined ? undefined : printable(message),
    variables: output?.outputVariables ?? {},
  };
}

const newestFirst = <T extends { readonly started: Date }>(all: readonly T[]): T[] =>
  [...all].sort((one, other) => other.started.getTime() - one.started.getTime());

/** The newest runs and actions: two calls. */
export async function recentHistory(client: CodePipelineClient, pipelineName: string): Promise<History> {
  const [runs, steps] = await Promise.all([
    client.send(new ListPipelineExecutionsCommand({ pipelineName, maxResults: PAGE })),
    client.send(new ListActionExecutionsCommand({ pipelineName, maxResults: PAGE })),
  ]);
  return {
    runs: newestFirst((runs.pipelineExecutionSummaries ?? []).map(runOf)),
    steps: newestFirst((steps.actionExecutionDetails ?? []).map(stepOf)),
  };
}

/** Every attempt of every action of one run. */
export async function stepsOf(
  client: CodePipelineClient,
  pipelineName: string,
  pipelineExecutionId: string,
): Promise<Step[]> {
  const steps: Step[] = [];
  const pages = paginateListActionExecutions({ client }, { pipelineName, filter: { pipelineExecutionId } });
  for await (const { actionExecutionDetails = [] } of pages)
    steps.push(...actionExecutionDetails.map(stepOf));
  return newestFirst(steps);
}

/** Runs that passed this stage since the pipeline was last changed: what CodePipeline can roll it back to. */
export async function succeededIn(
  client: CodePipelineClient,
  pipelineName: string,
  stageName: string,
  maxResults = PAGE,
): Promise<Run[]> {
  const filter = { succeededInStage: { stageName } };
  const answer = await client.send(new ListPipelineExecutionsCommand({ pipelineName, maxResults, filter }));
  return newestFirst((answer.pipelineExecutionSummaries ?? []).map(runOf));
}
