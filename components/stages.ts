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

export interface Stage {
  readonly name: string;
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
  /** Names of all environments that are released beside it, joined by dots. Default: it is released alone. */
  readonly wave?: string;
  /** Whether the service's end-to-end tests run after each deployment. Default: true. */
  readonly verify?: boolean;
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
/** Environments of one wave have their stages together, named after all of them. */
const waveOf = ({ name, wave }: PipelineEnvironment): string => wave ?? name;
export const approveStage = (environment: PipelineEnvironment): string => `Approve-${waveOf(environment)}`;
export const deployStage = (environment: PipelineEnvironment): string => `Deploy-${waveOf(environment)}`;
/** `Deploy`, and in a wave `Deploy-qa`. */
const actionName = (
  kind: "Plan" | "Approval" | "Deploy" | "Verify" | "Mark",
  environment: PipelineEnvironment,
) => (waveOf(environment) === environment.name ? kind : `${kind}-${environment.name}`);
export const approvalAction = (environment: PipelineEnvironment): string =>
  actionName("Approval", environment);
export const asksForApproval = ({ approvalTimeoutDays }: PipelineEnvironment): boolean =>
  approvalTimeoutDays !== undefined;
/** The action that every trigger and every source revision names. */
export const SOURCE_ACTION = "Source";

const RUN = "#{codepipeline.PipelineExecutionId}";
const COMMIT = "#{SourceVariables.CommitId}";
const DIGEST = "#{Build.IMAGE_DIGEST}";
/** What ties every later job to what Build made: it cannot be rewritten once Build has ended. */
const HANDED_OVER = { COMMIT_ID: COMMIT, IMAGE_DIGEST: DIGEST, RELEASE_SHA256: "#{Build.RELEASE_SHA256}" };

/** Source and Build once, then for each wave its approvals, where they are asked for, and its deployments. */
export const releaseStages = (environments: readonly PipelineEnvironment[], jobs: StageJobs): Stage[] => [
  {
    name: sourceStage,
    actions: [
      { name: SOURCE_ACTION, runOrder: 1, kind: "source", namespace: "SourceVariables", output: "Source" },
    ],
  },
  {
    name: "Build",
    actions: [
      {
        name: "Build",
        runOrder: 1,
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
  ...[...new Set(environments.map(waveOf))].flatMap((wave) => {
    const together = environments.filter((environment) => waveOf(environment) === wave);
    const approvals = together.flatMap((environment) => approval(environment, jobs));
    const deployments = together.flatMap((environment) => deployment(environment, jobs));
    // Environments of a wave keep step: all deploy, then all verify.
    const stage = (name: string, actions: readonly Action[]): Stage => ({
      name,
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
      variables: { EXECUTION_ID: RUN, ...HANDED_OVER },
      exports: EXPORTED_VARIABLES.plan,
    },
    {
      name: approvalAction(environment),
      runOrder: 2,
      kind: "approval",
      summary: `${name}: commit ${COMMIT}, image ${DIGEST}: #{${namespace}.CHANGES}`,
      link: `#{${namespace}.PLAN_LINK}`,
      timeoutInMinutes: approvalTimeoutDays * 24 * 60,
    },
  ];
}

function deployment(environment: PipelineEnvironment, jobs: StageJobs): Action[] {
  const { name, account, verify = true } = environment;
  const namespace = `Deploy-${name}`;
  const run = { EXECUTION_ID: RUN, ...HANDED_OVER };
  const approved = asksForApproval(environment) && { CHANGE_SET: `#{Plan-${name}.CHANGE_SET}` };
  const after = { kind: "job", input: "Release", exports: [] } as const;
  const verification: Action = {
    ...after,
    name: actionName("Verify", environment),
    runOrder: 2,
    job: jobs.verify,
    variables: { ENVIRONMENT: name, ENDPOINT: `#{${namespace}.ENDPOINT}`, ...HANDED_OVER },
  };
  return [
    {
      name: actionName("Deploy", environment),
      runOrder: 1,
      kind: "job",
      namespace,
      job: jobs.release(name),
      input: "Release",
      variables: { ...run, ...approved },
      exports: EXPORTED_VARIABLES.deploy,
    },
    ...(verify ? [verification] : []),
    {
      ...after,
      name: actionName("Mark", environment),
      runOrder: verify ? 3 : 2,
      job: jobs.mark,
      variables: {
        ENVIRONMENT: name,
        ENVIRONMENT_ACCOUNT: account,
        EXECUTION_ID: RUN,
        COMMIT_ID: COMMIT,
        IMAGE_DIGEST: DIGEST,
      },
    },
  ];
}
