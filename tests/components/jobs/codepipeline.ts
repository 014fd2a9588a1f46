import type { Call } from "./commands";
import { type ActionRun, emptyWorld, EXECUTION_ID, type ShownStage, TARGET_ID, type World } from "./world";
import { ServiceError, type Service } from "./service";

const one = (call: Call, name: string): string => call.options[name]?.[0] ?? "";

const ran = (
  stageName: string,
  actionName: string,
  outputVariables: Readonly<Record<string, unknown>>,
): ActionRun => ({
  stageName,
  actionName,
  status: "Succeeded",
  startTime: "2026-01-01T10:00:00.250000+00:00",
  output: { outputVariables },
});

/** The actions of a run that handed these on, newest first. */
export function handing({
  COMMIT_ID,
  CODE_DIGEST,
  RELEASE_SHA256,
  CHANGE_SET,
  PLANNED,
  BRANCH_HASH,
  BRANCH_LABEL,
  BRANCH_PRIORITY,
}: Readonly<Record<string, unknown>>): ActionRun[] {
  return [
    ran("Approve-test", "Plan", { CHANGE_SET, PLANNED }),
    ran("Build", "Build", { CODE_DIGEST, RELEASE_SHA256 }),
    ran("Register", "Register", { BRANCH_HASH, BRANCH_LABEL, BRANCH_PRIORITY }),
    ran("Source", "Source", { CommitId: COMMIT_ID }),
  ];
}

/** The stage of the job that runs: by default in the hands of its run, with an action that is this very build. */
function ownStage({ env = {}, seen, executions }: World) {
  const id = env["EXECUTION_ID"] ?? "";
  const shown = (seen && (seen.length > 1 ? seen.shift() : seen[0])) ?? {};
  const build = env["CODEBUILD_BUILD_ID"] ?? "";
  const { actions = [{ build, status: "InProgress" }], type = executions[id]?.type ?? "STANDARD" } = shown;
  return {
    stageName: env["STAGE"],
    latestExecution: { pipelineExecutionId: shown.id ?? id, status: "InProgress", ...(type && { type }) },
    actionStates: [
      { actionName: "Waits" },
      ...actions.map((each) => ({
        actionName: "Each",
        latestExecution: { externalExecutionId: each.build, status: each.status },
      })),
    ],
  };
}

function state(world: World) {
  if (world.shown) return { stageStates: world.shown };
  const others = Object.entries(world.stages).map(([stageName, stage]) => ({
    stageName,
    latestExecution: { status: stage.latest[0] },
    actionStates: [],
    ...(stage.inbound !== undefined && { inboundExecution: { status: stage.inbound } }),
  }));
  const own = ownStage(world);
  return { stageStates: [...others.filter(({ stageName }) => stageName !== own.stageName), own] };
}

function execution(id: string, world: World) {
  const found = world.executions[id];
  if (!found) throw new ServiceError("PipelineExecutionNotFoundException", "no such run");
  const { type, status, variables = {}, trigger } = found;
  const target = found.target ?? (type === "ROLLBACK" ? TARGET_ID : undefined);
  return {
    pipelineExecution: {
      executionType: type,
      status,
      variables: Object.entries(variables).map(([name, resolvedValue]) => ({ name, resolvedValue })),
      trigger: trigger ?? {
        triggerType: "CloudWatchEvent",
        triggerDetail: "arn:aws:events:eu-west-1:111111111111:rule/catalog--br-source",
      },
      ...(target !== undefined && { rollbackMetadata: { rollbackTargetPipelineExecutionId: target } }),
    },
  };
}

const startedAt = (startTime: string): ActionRun[] => [
  { stageName: "Build", actionName: "Build", startTime: "2026-02-01T00:00:00+00:00" },
  { stageName: "Source", actionName: "Source", startTime },
];
/** Runs that were started at these times. */
export const started = (older: string, newer: string) => ({
  [TARGET_ID]: startedAt(older),
  [EXECUTION_ID]: startedAt(newer),
});

export const WAITING = { actionName: "Approval", latestExecution: { status: "InProgress", token: "t0k3n" } };
export const PLANNED = {
  actionName: "Plan",
  latestExecution: { status: "Succeeded", externalExecutionId: "p:1" },
};

/** One run waits for an approval, and a newer one behind it; or whatever this stage shows. */
export const staleApproval = (changes: Partial<ShownStage> = {}): World => ({
  ...emptyWorld(),
  shown: [
    { stageName: "Source", actionStates: [{ actionName: "Source" }] },
    {
      stageName: "Approve-prod",
      latestExecution: { pipelineExecutionId: TARGET_ID, status: "InProgress", type: "STANDARD" },
      inboundExecution: { pipelineExecutionId: EXECUTION_ID },
      actionStates: structuredClone([PLANNED, WAITING]),
      ...structuredClone(changes),
    },
    { stageName: "Deploy-prod", actionStates: [{ actionName: "Deploy" }] },
  ],
  executions: Object.fromEntries(
    [TARGET_ID, EXECUTION_ID].map((id) => [id, { type: "STANDARD", status: "InProgress" }]),
  ),
  runs: started("2026-01-01T10:00:00+00:00", "2026-01-01T10:00:00.250000+00:00"),
});

/** The run starts no further action; once nothing of it is in progress, it has stopped. */
function stop(id: string, abandon: boolean, world: World) {
  const run = world.executions[id];
  if (run?.status === "Stopping" && !abandon)
    throw new ServiceError("DuplicatedStopRequestException", "the run is stopping already");
  if (run?.status !== "InProgress" && run?.status !== "Stopping")
    throw new ServiceError("PipelineExecutionNotStoppableException", "the run can't be stopped");
  const stage = world.shown?.find(({ latestExecution: latest }) => latest?.pipelineExecutionId === id);
  const busy = stage?.actionStates.filter(({ latestExecution: latest }) => latest?.status === "InProgress");
  world.executions[id] = { ...run, status: abandon ? "Stopped" : "Stopping" };
  if (abandon) for (const each of busy ?? []) each.latestExecution = { status: "Abandoned" };
  return { pipelineExecutionId: id };
}

export const codepipeline: Service = (call, _who, world) => {
  if (!call.operation.startsWith("codepipeline ")) return undefined;
  if (![one(call, "pipeline-name"), one(call, "name")].includes(world.pipeline))
    throw new ServiceError("PipelineNotFoundException", "no such pipeline");
  if (world.throttled) {
    world.throttled--;
    throw new ServiceError("ThrottlingException", "Rate exceeded");
  }
  switch (call.operation) {
    case "codepipeline get-pipeline-state":
      return state(world);
    case "codepipeline get-pipeline-execution":
      return execution(one(call, "pipeline-execution-id"), world);
    case "codepipeline stop-pipeline-execution":
      return stop(one(call, "pipeline-execution-id"), "abandon" in call.options, world);
    case "codepipeline list-action-executions": {
      const filtered = "filter" in call.options;
      const [, id = ""] =
        /^pipelineExecutionId=([0-9a-f-]{36})$/.exec(filtered ? one(call, "filter") : "") ?? [];
      if (filtered && id === "") throw new Error("bad filter");
      // As text the CLI queries each page by itself; as JSON it puts all of them together, unless it is told not to.
      if (one(call, "output") !== "json") throw new Error("as text, each page would be queried by itself");
      const all = !filtered
        ? [...world.actions, ...Object.values(world.runs ?? {}).flat()]
        : (world.runs?.[id] ?? (world.actions.length > 0 ? world.actions : handing(world.handed ?? {})));
      return { actionExecutionDetails: call.options["no-paginate"] ? all.slice(0, 1) : all };
    }
    default:
      return undefined;
  }
};
