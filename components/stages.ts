/**
 * The stages of a pipeline as a value: what runs in which order, what it is given and what it hands on.
 * Pure. `pipelineDefinition.ts` maps it to CodePipeline.
 */

import { EXPORTED_VARIABLES } from "./jobs/buildspec";

/** Something a pipeline does. */
export type Action = {
  readonly name: string;
  /** Namespace that its variables are read by: `#{<namespace>.<variable>}`. */
  readonly namespace?: string;
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
  /** Variables of this run; a value may refer to variables of earlier actions. */
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

/** Actions run one after the other. */
export interface Stage {
  readonly name: string;
  readonly actions: readonly Action[];
  /** What CodePipeline does when an action fails; it stops where this is not given. */
  readonly onFailure?: "ROLLBACK";
}

/** An environment, as far as stages go. */
export interface StageEnvironment {
  readonly name: string;
  readonly account: string;
  /** Days that an approval is waited for; no approval where it is not given. */
  readonly approvalTimeoutDays?: number;
}

/** Physical names of the CodeBuild projects. */
export interface StageJobs {
  readonly build: string;
  readonly verify: string;
  readonly mark: string;
  readonly plan: (environment: string) => string;
  readonly release: (environment: string) => string;
}

export const sourceStage = "Source";
export const approveStage = (environment: string): string => `Approve-${environment}`;
export const deployStage = (environment: string): string => `Deploy-${environment}`;
export const APPROVAL_ACTION = "Approval";
/** The action that every trigger and every source revision names. */
export const SOURCE_ACTION = "Source";

const RUN = "#{codepipeline.PipelineExecutionId}";
const COMMIT = "#{SourceVariables.CommitId}";
const DIGEST = "#{Build.IMAGE_DIGEST}";
/** What ties every later job to what Build made: it cannot be rewritten once Build has ended. */
const HANDED_OVER = { COMMIT_ID: COMMIT, IMAGE_DIGEST: DIGEST, RELEASE_SHA256: "#{Build.RELEASE_SHA256}" };

/** Source and Build once, then for each environment its approval, where it asks for one, and its deployment. */
export const releaseStages = (environments: readonly StageEnvironment[], jobs: StageJobs): Stage[] => [
  {
    name: sourceStage,
    actions: [{ name: SOURCE_ACTION, kind: "source", namespace: "SourceVariables", output: "Source" }],
  },
  {
    name: "Build",
    actions: [
      {
        name: "Build",
        kind: "job",
        namespace: "Build",
        job: jobs.build,
        input: "Source",
        output: "Release",
        variables: { COMMIT_ID: COMMIT },
        exports: EXPORTED_VARIABLES.build,
      },
    ],
  },
  ...environments.flatMap((environment) => [
    ...(environment.approvalTimeoutDays === undefined
      ? []
      : [approval(environment.name, environment.approvalTimeoutDays, jobs)]),
    deployment(environment, jobs),
  ]),
];

function approval(environment: string, timeoutDays: number, jobs: StageJobs): Stage {
  const namespace = `Plan-${environment}`;
  return {
    name: approveStage(environment),
    actions: [
      {
        name: "Plan",
        kind: "job",
        namespace,
        job: jobs.plan(environment),
        input: "Release",
        variables: { EXECUTION_ID: RUN, ...HANDED_OVER },
        exports: EXPORTED_VARIABLES.plan,
      },
      {
        name: APPROVAL_ACTION,
        kind: "approval",
        summary: `${environment}: commit ${COMMIT}, image ${DIGEST}: #{${namespace}.CHANGES}`,
        link: `#{${namespace}.PLAN_LINK}`,
        timeoutInMinutes: timeoutDays * 24 * 60,
      },
    ],
  };
}

function deployment({ name, account, approvalTimeoutDays }: StageEnvironment, jobs: StageJobs): Stage {
  const namespace = `Deploy-${name}`;
  const run = { EXECUTION_ID: RUN, ...HANDED_OVER };
  const approved = approvalTimeoutDays !== undefined && { CHANGE_SET: `#{Plan-${name}.CHANGE_SET}` };
  const after = { kind: "job", input: "Release", exports: [] } as const;
  return {
    name: deployStage(name),
    onFailure: "ROLLBACK",
    actions: [
      {
        name: "Deploy",
        kind: "job",
        namespace,
        job: jobs.release(name),
        input: "Release",
        variables: { ...run, ...approved },
        exports: EXPORTED_VARIABLES.deploy,
      },
      {
        ...after,
        name: "Verify",
        job: jobs.verify,
        variables: { ENVIRONMENT: name, ENDPOINT: `#{${namespace}.ENDPOINT}`, ...HANDED_OVER },
      },
      {
        ...after,
        name: "Mark",
        job: jobs.mark,
        variables: {
          ENVIRONMENT: name,
          ENVIRONMENT_ACCOUNT: account,
          EXECUTION_ID: RUN,
          COMMIT_ID: COMMIT,
          IMAGE_DIGEST: DIGEST,
        },
      },
    ],
  };
}
