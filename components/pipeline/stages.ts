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
    const deployments = together.flatMap((environment) => deployment(environment, jobs));
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
      exports: EXPORTED_VARIABLES[environment.ownersFunction ? "code-plan" : "plan"],
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

function deployment(environment: PipelineEnvironment, jobs: JobNames): Action[] {
  const stage = deployStage(environment);
  const planned = `${approveStage(environment)}/${actionName("Plan", environment)}`;
  const verification = verifyActions(environment, jobs("verify"), jobs("runner-job", environment.name));
  return [
    deployAction(environment, stage, jobs("release-job", environment.name), {
      ...(asksForApproval(environment) && { PLANNED_BY: planned }),
    }),
    ...verification,
    {
      ...AFTER_BUILD,
      name: actionName("Promote", environment),
      runOrder: verification.length + 2,
      job: jobs("promote"),
      variables: { ...whatIsDeployed(environment), STAGE: stage },
      exports: [],
    },
  ];
}
