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
  waveOf,
  whatIsDeployed,
} from "./stageActions";

/** Something a pipeline does. */
export type Action = {
  readonly name: string;
  /** Namespace that its variables are read by: `#{<namespace>.<variable>}`. */
  readonly namespace?: string;
  /** Actions of a stage with the same number run side by side, the next after them. */
  readonly runOrder: number;
} & (SourceAction | JobAction | ApprovalAction);

export interface SourceAction {
  readonly kind: "source";
  readonly output: string;
}

/** Runs one of the CodeBuild projects. */
export interface JobAction {
  readonly kind: "job";
  /** Physical name of the project. */
  readonly job: string;
  readonly input: string;
  readonly output?: string;
  /** Variables of this run: literals, and the run's id. */
  readonly variables: Readonly<Record<string, string>>;
  /** Variables that its buildspec exports. */
  readonly exports: readonly string[];
}

export interface ApprovalAction {
  readonly kind: "approval";
  /** What people read before they decide. */
  readonly summary: string;
  readonly link: string;
  readonly timeoutInMinutes: number;
}

/** A value that must have its form before a stage is entered. */
export interface EntryCheck {
  readonly name: string;
  /** Reference to a variable of an earlier action. */
  readonly variable: string;
  /** Regular expression, as Java has them. */
  readonly matches: string;
}

export interface Stage {
  readonly name: string;
  /** The stage fails before any action where one of these does not hold. Default: none. */
  readonly entry?: readonly EntryCheck[];
  readonly actions: readonly Action[];
  /** What CodePipeline does when an action fails; it stops where this is not given. */
  readonly onFailure?: "ROLLBACK";
}

/** An environment that a pipeline releases to. */
export interface PipelineEnvironment {
  readonly name: string;
  readonly account: string;
  /** Days that an approval is waited for; no approval where it is not given. */
  readonly approvalTimeoutDays?: number;
  /** Name of the wave that it is released with (`waveName`). Default: it is released alone. */
  readonly wave?: string;
  /** Whether the service's end-to-end tests run after each deployment. Default: true. */
  readonly verify?: boolean;
}

/** Physical names of the CodeBuild projects. */
export interface StageJobs {
  readonly build: string;
  readonly verify: string;
  readonly promote: string;
  readonly plan: (environment: string) => string;
  readonly release: (environment: string) => string;
}

export const sourceStage = SOURCE_STAGE.name;
export const approveStage = (environment: PipelineEnvironment): string => `Approve-${waveOf(environment)}`;
export const deployStage = (environment: PipelineEnvironment): string => `Deploy-${waveOf(environment)}`;
export const approvalAction = (environment: PipelineEnvironment): string =>
  actionName("Approval", environment);
export const asksForApproval = ({ approvalTimeoutDays }: PipelineEnvironment): boolean =>
  approvalTimeoutDays !== undefined;
/** Source and Build once, then for each wave its approvals, where they are asked for, and its deployments. */
export const releaseStages = (environments: readonly PipelineEnvironment[], jobs: StageJobs): Stage[] => [
  SOURCE_STAGE,
  buildStage(jobs.build),
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

function approval(environment: PipelineEnvironment, jobs: StageJobs): Action[] {
  const { name, approvalTimeoutDays } = environment;
  if (approvalTimeoutDays === undefined) return [];
  const namespace = `Plan-${name}`;
  return [
    {
      name: actionName("Plan", environment),
      runOrder: 1,
      kind: "job",
      namespace,
      job: jobs.plan(name),
      input: "Release",
      variables: { EXECUTION_ID: RUN, STAGE: approveStage(environment) },
      exports: EXPORTED_VARIABLES.plan,
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

function deployment(environment: PipelineEnvironment, jobs: StageJobs): Action[] {
  const stage = deployStage(environment);
  const planned = `${approveStage(environment)}/${actionName("Plan", environment)}`;
  const verification = verifyActions(environment, jobs.verify);
  return [
    deployAction(environment, stage, jobs.release(environment.name), {
      ...(asksForApproval(environment) && { PLANNED_BY: planned }),
    }),
    ...verification,
    {
      ...AFTER_BUILD,
      name: actionName("Promote", environment),
      runOrder: verification.length + 2,
      job: jobs.promote,
      variables: { ...whatIsDeployed(environment), STAGE: stage },
      exports: [],
    },
  ];
}
