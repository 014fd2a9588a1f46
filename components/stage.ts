import { APPROVAL_GRACE_IN_DAYS, type EnvironmentJob, type JobKind } from "./names";

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
  /** It is skipped then, and the run goes on. Default: it fails. */
  readonly skipped?: true;
  readonly actions: readonly Action[];
  /** What CodePipeline does when an action fails; it stops where this is not given. */
  readonly onFailure?: "ROLLBACK";
}

/** Where functions of an environment may be. */
export interface FunctionNetwork {
  /** Ids. */
  readonly subnets: readonly string[];
  readonly securityGroups: readonly string[];
}

/** A function that another stack owns: its configuration is that stack's, its code and its alias are released to. */
export interface OwnersFunction {
  readonly name: string;
  /** Alias that what is released is called by. */
  readonly alias: string;
  /** What the code is built for, as Lambda calls it: `nodejs22.x`. An image has its own. */
  readonly runtime?: string | undefined;
  /** Where the service is reached through the alias, an https URL without a slash at its end. */
  readonly endpoint: string;
}

/** A service of ECS that another stack owns: what it is, is that stack's; which image its tasks run is released to. */
export interface OwnersService {
  readonly cluster: string;
  readonly name: string;
  /** Family of its task definition. */
  readonly family: string;
  /** Container in it that runs the image. */
  readonly container: string;
  /** Names of the roles in it, behind their paths: who starts its tasks, and what they run as. */
  readonly executionRole: string;
  readonly taskRole?: string | undefined;
  /** That of the instances that its tasks run on: who pulls the image there. Default: they run on Fargate. */
  readonly instanceRole?: string | undefined;
  /** Where the service is reached, an https URL without a slash at its end. */
  readonly endpoint: string;
}

/** What of a service's own commands can run inside an environment's account: before Deploy, after it, and as Verify. */
export const RUNNER_STEPS = ["beforeDeploy", "afterDeploy", "verify"] as const;
export type RunnerStep = (typeof RUNNER_STEPS)[number];

/** Jobs that a pipeline may say are short: that they always end within 14 minutes, whatever they wait for. */
export const SHORT_JOBS = ["plan", "deploy", "verify"] as const;
export type ShortJob = (typeof SHORT_JOBS)[number];

/** An environment that a pipeline releases to. */
export interface PipelineEnvironment {
  readonly name: string;
  readonly account: string;
  /** Default: tooling's Region. */
  readonly region?: string | undefined;
  /** Days that an approval is waited for; no approval where it is not given. */
  readonly approvalTimeoutDays?: number | undefined;
  /** Name of the wave that it is released with (`waveName`). Default: it is released alone. */
  readonly wave?: string | undefined;
  /** Whether the service's end-to-end tests run after each deployment. Default: true. */
  readonly verify?: boolean | undefined;
  /** Default: its functions are in none. */
  readonly functionNetwork?: FunctionNetwork | undefined;
  /** Where code alone is released: one of these, which it is released to. Default: to a stack of the workload's own. */
  readonly ownersFunction?: OwnersFunction | undefined;
  readonly ownersService?: OwnersService | undefined;
  /** What runs inside its account. Default: there is no runner. */
  readonly runner?: { readonly steps: readonly RunnerStep[] } | undefined;
}

/** Whether the workload has a stack of its own there; otherwise code alone is released. */
export const hasStack = ({
  ownersFunction,
  ownersService,
}: Pick<PipelineEnvironment, "ownersFunction" | "ownersService">): boolean =>
  ownersFunction === undefined && ownersService === undefined;

/** Physical name of a CodeBuild project; those that release have one for each environment. */
export type JobNames = (kind: JobKind, environment?: string) => string;

/** Environments of one wave have their stages together, named after the wave. */
export const waveOf = ({ name, wave }: PipelineEnvironment): string => wave ?? name;

export const deployStage = (environment: PipelineEnvironment): string => `Deploy-${waveOf(environment)}`;

export const asksForApproval = ({
  approvalTimeoutDays,
}: Pick<PipelineEnvironment, "approvalTimeoutDays">): boolean => approvalTimeoutDays !== undefined;

/** Whether a step of the service's own runs inside the environment's account. */
export const runsInside = ({ runner }: Pick<PipelineEnvironment, "runner">, step: RunnerStep): boolean =>
  runner?.steps.includes(step) === true;

/** Whether Verify runs in tooling's account for one of these: it may be wanted nowhere, or run inside each that wants it. */
export const verifiesInTooling = (
  environments: readonly Pick<PipelineEnvironment, "verify" | "runner">[],
): boolean => environments.some((each) => each.verify !== false && !runsInside(each, "verify"));

/** The jobs that a pipeline has once, and that its stages start. */
export const pipelineJobs = (environments: readonly PipelineEnvironment[]) => [
  "build" as const,
  ...(verifiesInTooling(environments) ? (["verify"] as const) : []),
  "promote" as const,
];

/** The jobs that one of these environments or another has for itself. */
export const environmentJobs = (environments: readonly PipelineEnvironment[]): EnvironmentJob[] => [
  ...(environments.some(asksForApproval) ? (["plan-job"] as const) : []),
  "release-job",
  ...(environments.some(({ runner }) => runner) ? (["runner-job"] as const) : []),
];

/** Days after which no approval of these can still be waiting for a release. */
export const expirationInDays = (environments: readonly PipelineEnvironment[]): number =>
  APPROVAL_GRACE_IN_DAYS +
  Math.max(0, ...environments.map(({ approvalTimeoutDays = 0 }) => approvalTimeoutDays));
