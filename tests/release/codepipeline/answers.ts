/** CodePipeline's API over running pipelines, as its JSON protocol has it: https://docs.aws.amazon.com/codepipeline/latest/APIReference/ */
import { list, map, text } from "../../../packages/iam/src/json";
import { AwsError, type Call, type Handler } from "../model";
import type { CodePipeline } from "./codepipeline";
import type { Attempt, Execution } from "./state";

const seconds = (date: Date): number => date.getTime() / 1000;

const stateOfAction = (attempt: Attempt | undefined) =>
  attempt && {
    actionExecutionId: attempt.id,
    status: attempt.status,
    lastStatusChange: seconds(attempt.lastUpdate),
    summary: attempt.summary,
    token: attempt.token,
    externalExecutionId: attempt.externalExecutionId,
    externalExecutionUrl: attempt.externalExecutionUrl,
    errorDetails: attempt.error,
  };

const state = (pipeline: CodePipeline) => ({
  pipelineName: pipeline.name,
  pipelineVersion: 1,
  stageStates: pipeline.stages.map(({ name, actions, latest, waiting, open }) => {
    const inbound = waiting.map((each) => ({
      pipelineExecutionId: each.id,
      status: "InProgress",
      type: each.type,
    }));
    return {
      stageName: name,
      inboundTransitionState: { enabled: open },
      ...(inbound.length > 0 && { inboundExecution: inbound[0], inboundExecutions: inbound }),
      ...(latest && {
        latestExecution: {
          pipelineExecutionId: latest.execution.id,
          status: latest.status,
          type: latest.execution.type,
        },
      }),
      actionStates: actions.map((action) => ({
        actionName: action.name,
        latestExecution: stateOfAction(pipeline.latest(name, action.name)),
      })),
    };
  }),
});

const execution = (pipeline: CodePipeline, run: Execution) => ({
  pipelineExecution: {
    pipelineName: pipeline.name,
    pipelineVersion: 1,
    pipelineExecutionId: run.id,
    status: run.status,
    executionType: run.type,
    trigger: run.trigger,
    variables: Object.entries(run.variables).map(([name, resolvedValue]) => ({ name, resolvedValue })),
    ...(run.target && { rollbackMetadata: { rollbackTargetPipelineExecutionId: run.target.id } }),
  },
});

const detail = ({ execution: run, action, ...attempt }: Attempt) => ({
  pipelineExecutionId: run.id,
  actionExecutionId: attempt.id,
  pipelineVersion: 1,
  stageName: attempt.stage,
  actionName: action.name,
  startTime: seconds(attempt.startTime),
  lastUpdateTime: seconds(attempt.lastUpdate),
  status: attempt.status,
  input: {
    actionTypeId: { category: action.category, owner: "AWS", provider: action.provider, version: "1" },
    configuration: action.configuration,
    resolvedConfiguration: attempt.configuration,
  },
  output: {
    outputVariables: attempt.outputVariables,
    executionResult: {
      externalExecutionId: attempt.externalExecutionId,
      externalExecutionUrl: attempt.externalExecutionUrl,
      externalExecutionSummary: attempt.summary,
      errorDetails: attempt.error,
    },
  },
});

/** What stands in the list of runs. */
const summary = (pipeline: CodePipeline, run: Execution) => {
  const own = pipeline.attempts.filter((each) => each.execution === run);
  const { outputVariables = {} } = own.find(({ action }) => action.category === "Source") ?? {};
  const { CommitId: revisionId, CommitMessage: revisionSummary } = outputVariables;
  return {
    pipelineExecutionId: run.id,
    status: run.status,
    startTime: seconds(run.startTime),
    lastUpdateTime: Math.max(seconds(run.startTime), ...own.map(({ lastUpdate }) => seconds(lastUpdate))),
    sourceRevisions: revisionId === undefined ? [] : [{ actionName: "Source", revisionId, revisionSummary }],
    trigger: run.trigger,
    executionType: run.type,
    ...(run.target && { rollbackMetadata: { rollbackTargetPipelineExecutionId: run.target.id } }),
  };
};

/** Newest first, all on one page; of a stage those that got through it since the pipeline was changed. */
function runsOf(pipeline: CodePipeline, input: Call["input"]) {
  const stage = text(map(map(input["filter"])["succeededInStage"]), "stageName");
  const all = stage === undefined ? pipeline.executions : pipeline.stage(stage).passed;
  return { pipelineExecutionSummaries: [...all].reverse().map((run) => summary(pipeline, run)) };
}

/** Newest first, a page at a time. */
function listed(pipeline: CodePipeline, input: Call["input"], pageSize: number) {
  const id = text(map(input["filter"]), "pipelineExecutionId");
  const all = pipeline.attempts
    .filter((each) => id === undefined || each.execution.id === id)
    .reverse()
    .map(detail);
  const from = Number(input["nextToken"] ?? 0);
  const size = Math.min(Number(input["maxResults"] ?? 100), pageSize);
  return {
    actionExecutionDetails: all.slice(from, from + size),
    ...(from + size < all.length && { nextToken: String(from + size) }),
  };
}

const given = (input: Call["input"], key: string): string => {
  const value = text(input, key);
  if (value === undefined) throw new AwsError("ValidationException", `${key} is missing`);
  return value;
};

const pairs = (value: unknown, key: string, other: string): Record<string, string> =>
  Object.fromEntries(list(value).map((each) => [String(map(each)[key]), String(map(each)[other])]));

export const startOf = (input: Readonly<Record<string, unknown>>) => ({
  variables: pairs(input["variables"], "name", "value"),
  revisions: pairs(input["sourceRevisions"], "actionName", "revisionValue"),
});

/** `pageSize`: fewer than AWS's 100 make more pages. */
export function codepipelineAnswers(
  pipelines: ReadonlyMap<string, CodePipeline>,
  { pageSize = 100 } = {},
): Handler {
  return ({ operation, input, principal }) => {
    const name = text(
      input,
      operation === "GetPipelineState" || operation === "StartPipelineExecution" ? "name" : "pipelineName",
    );
    const pipeline = pipelines.get(name ?? "");
    if (!pipeline) throw new AwsError("PipelineNotFoundException", `there is no pipeline ${name}`);
    const id = () => given(input, "pipelineExecutionId");
    switch (operation) {
      case "GetPipelineState":
        return state(pipeline);
      case "GetPipelineExecution":
        return execution(pipeline, pipeline.execution(id()));
      case "ListPipelineExecutions":
        return runsOf(pipeline, input);
      case "ListActionExecutions":
        return listed(pipeline, input, pageSize);
      case "StartPipelineExecution": {
        const trigger = { triggerType: "StartPipelineExecution", triggerDetail: principal };
        return { pipelineExecutionId: pipeline.start({ ...startOf(input), trigger }).id };
      }
      case "RetryStageExecution":
        pipeline.retry(
          given(input, "stageName"),
          id(),
          given(input, "retryMode") === "ALL_ACTIONS" ? "ALL_ACTIONS" : "FAILED_ACTIONS",
        );
        return { pipelineExecutionId: id() };
      case "RollbackStage":
        return {
          pipelineExecutionId: pipeline.rollBack(
            given(input, "stageName"),
            given(input, "targetPipelineExecutionId"),
            principal,
          ).id,
        };
      case "StopPipelineExecution":
        pipeline.stop(id(), input["abandon"] === true);
        return { pipelineExecutionId: id() };
      case "PutApprovalResult": {
        const { status, summary } = map(input["result"]);
        pipeline.decide(
          given(input, "stageName"),
          given(input, "actionName"),
          given(input, "token"),
          status === "Approved" ? "Approved" : "Rejected",
          String(summary),
        );
        return { approvedAt: seconds(new Date()) };
      }
      default:
        throw new AwsError("UnknownOperationException", `this CodePipeline does not answer ${operation}`);
    }
  };
}
