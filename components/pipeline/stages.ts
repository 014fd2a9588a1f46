/**
 * The stages of a pipeline as a value: what runs in which order, what it is given and what it hands on.
 * Pure. `pipelineDefinition.ts` maps it to CodePipeline.
 */

import { EXPORTED_VARIABLES } from "../jobs/buildspec";
import {
  actionName,
  AFTER_BUILD,
  buildStage,
  deployAction,
  ENTRY,
  RUN,
  SOURCE_STAGE,
  stepActions,
  verifyActions,
  whatIsDeployed,
} from "./stageActions";
import {
  waveOf,
  type Action,
  type Stage,
  type PipelineEnvironment,
  type JobNames,
  deployStage,
  asksForApproval,
  hasStack,
  runsInside,
} from "../stage";

export const sourceStage = SOURCE_STAGE.name;
export const approveStage = (environment: PipelineEnvironment): string => `Approve-${waveOf(environment)}`;
export const approvalAction = (environment: PipelineEnvironment): string =>
  actionName("Approval", environment);
/** Stages after which a run stands before one with an approval. */
export const stagesBeforeApprovals = (stages: readonly Stage[]): string[] =>
  stages.flatMap(({ name }, at) =>
    stages[at + 1]?.actions.some(({ kind }) => kind === "approval") ? [name] : [],
  );
/** Source and Build once, then for each wave its approvals, where they are asked for, and its deployments. */
export const releaseStages = (environments: readonly PipelineEnvironment[], jobs: JobNames): Stage[] => [
  SOURCE_STAGE,
  buildStage(jobs("build")),
  ...[...new Set(environments.map(waveOf))].flatMap((wave) => {
    const together = environments.filter((environment) => waveOf(environment) === wave);
    const approvals = together.flatMap((environment) => approval(environment, jobs));
    const deployments = together.flatMap((environment) => deployment(environment, jobs, together));
    // Environments of a wave keep step: all deploy, then all verify.
    const stage = (name: string, actions: readonly Action[]): Stage => ({
      name,
      entry: ENTRY,
      actions: [...actions].sort((one, other) => one.runOrder - other.runOrder),
    });
    return [
      ...(approvals.length > 0 ? [stage(`Approve-${wave}`, approvals)] : []),
      { ...stage(`Deploy-${wave}`, deployments), onFailure: "ROLLBACK" as const },
    ];
  }),
];

function approval(environment: PipelineEnvironment, jobs: JobNames): Action[] {
  const { name, approvalTimeoutDays } = environment;
  if (approvalTimeoutDays === undefined) return [];
  const namespace = `Plan-${name}`;
  return [
    {
      name: actionName("Plan", environment),
      runOrder: 1,
      kind: "job",
      namespace,
      job: jobs("plan-job", name),
      input: "Release",
      variables: { EXECUTION_ID: RUN, STAGE: approveStage(environment) },
      exports: EXPORTED_VARIABLES[hasStack(environment) ? "plan" : "code-plan"],
    },
    {
      name: approvalAction(environment),
      runOrder: 2,
      kind: "approval",
      summary: `#{${namespace}.SUMMARY}`,
      link: `#{${namespace}.PLAN_LINK}`,
      timeoutInMinutes: approvalTimeoutDays * 24 * 60,
    },
  ];
}

function deployment(
  environment: PipelineEnvironment,
  jobs: JobNames,
  together: readonly PipelineEnvironment[],
): Action[] {
  const stage = deployStage(environment);
  const planned = `${approveStage(environment)}/${actionName("Plan", environment)}`;
  const inside = jobs("runner-job", environment.name);
  const before = stepActions(environment, ["BeforeDeploy", "beforeDeploy"], inside);
  // What another of the wave runs before Deploy, this one waits for.
  const first = before.length === 0 && together.some((each) => runsInside(each, "beforeDeploy")) ? 2 : 1;
  const actions: Action[] = [
    ...before,
    deployAction(environment, stage, jobs("release-job", environment.name), {
      ...(asksForApproval(environment) && { PLANNED_BY: planned }),
    }),
    ...stepActions(environment, ["AfterDeploy", "afterDeploy"], inside),
    ...verifyActions(environment, jobs("verify"), inside),
    {
      ...AFTER_BUILD,
      name: actionName("Promote", environment),
      runOrder: 1,
      job: jobs("promote"),
      variables: { ...whatIsDeployed(environment), STAGE: stage },
      exports: [],
    },
  ];
  return actions.map((action, at) => ({ ...action, runOrder: first + at }));
}
