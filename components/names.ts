/**
 * Every physical name and ARN that one account must know before another account has made the thing.
 * All else is auto-named. Pure: the same settings give the same names in every stack.
 */

/** What the names of one project have in common, in all of its stacks. */
export interface Scope {
  /** The Pulumi project's name: the first part of every role's and job's name. */
  readonly project: string;
  /** Tooling's Region; for what is in an environment, that environment's (`inRegion`). */
  readonly region: string;
  /** Account that builds. */
  readonly toolingAccount: string;
  /** IAM path of every role, with a slash at both ends. */
  readonly path: string;
}

/** A pipeline, as far as names go. */
export interface PipelineId {
  /** Name of the pipeline itself. */
  readonly name: string;
  /** First part of the workloads' names; the pipeline's name unless settings give a shorter one. */
  readonly prefix: string;
}

/** CodePipeline keeps a pipeline's artifacts under its name cut to this length. */
export const ARTIFACT_PREFIX_LENGTH = 20;

/** CloudFormation cuts longer stack names when it makes physical names, and prefix grants stop matching. */
export const WORKLOAD_NAME_LENGTH = 24;

/** The roles, and for all but `pipeline` and `trigger` the CodeBuild projects, that a pipeline has once. */
export const PIPELINE_PRINCIPALS = ["pipeline", "trigger", "build", "verify", "promote", "cleanup"] as const;
/** The roles and CodeBuild projects that a pipeline has in tooling for each environment. */
export const ENVIRONMENT_JOBS = ["plan-job", "release-job", "runner-job"] as const;
/** The roles that a pipeline has in the environment's own account, whatever it releases. */
export const STACK_ROLES = ["plan", "deploy", "cleanup", "execution"] as const;
/** Those of them that it has where it releases code alone, to what another stack owns. */
export const CODE_ROLES = ["plan", "deploy"] as const satisfies readonly (typeof STACK_ROLES)[number][];
/** Those that it has there where the environment has a runner: what starts it, and the CodeBuild project's own. */
export const RUNNER_ROLES = ["starter", "runner"] as const;
/** The roles that some kinds of workload have there besides. */
export const WORKLOAD_ROLES = ["codedeploy", "task", "task-execution"] as const;

/** Those of a pipeline for branches: it registers branches, and marks nothing. */
export const BRANCH_PRINCIPALS = ["pipeline", "trigger", "register", "build", "verify", "cleanup"] as const;

/** Those of the program's own pipeline, which brings the stacks up. */
export const SELF_PRINCIPALS = ["pipeline", "trigger", "preview", "up"] as const;

export type PipelinePrincipal =
  | (typeof PIPELINE_PRINCIPALS)[number]
  | (typeof BRANCH_PRINCIPALS)[number]
  | (typeof SELF_PRINCIPALS)[number];
/** What a CodeBuild project does: the last part of its name. */
export type JobKind = Exclude<PipelinePrincipal, "pipeline" | "trigger"> | EnvironmentJob;
export type EnvironmentJob = (typeof ENVIRONMENT_JOBS)[number];
export type WorkloadRole = (typeof WORKLOAD_ROLES)[number];
export type EnvironmentRole = (typeof STACK_ROLES)[number] | (typeof RUNNER_ROLES)[number] | WorkloadRole;

/** The same names for what is in another Region. Default: it is in tooling's. */
export const inRegion = (scope: Scope, region: string | undefined): Scope =>
  region === undefined ? scope : { ...scope, region };

/** The AWS partition that a Region belongs to. */
export const partition = (region: string): "aws" | "aws-cn" | "aws-us-gov" =>
  region.startsWith("cn-") ? "aws-cn" : region.startsWith("us-gov-") ? "aws-us-gov" : "aws";

/** The domain that the Region's services are called under. */
export const dnsSuffix = (region: string): string =>
  region.startsWith("cn-") ? "amazonaws.com.cn" : "amazonaws.com";

/** The ARN of something in one account and the scope's Region; `service` may be global (`iam`). */
export function arn(scope: Scope, service: string, account: string, resource: string): string {
  const region = service === "iam" ? "" : scope.region;
  return `arn:${partition(scope.region)}:${service}:${region}:${account}:${resource}`;
}

/** The account itself, as a principal of a policy. */
export const accountRoot = (scope: Scope, account: string): string => arn(scope, "iam", account, "root");

/** A role of the project, or a pattern for roles, under the project's path. */
export const roleArn = (scope: Scope, account: string, name: string): string =>
  arn(scope, "iam", account, `role${scope.path}${name}`);

/** A role that another stack owns, by its name behind its path. */
export const ownersRoleArn = (scope: Scope, account: string, name: string): string =>
  arn(scope, "iam", account, `role/${name}`);

/** A managed policy of the project. */
export const policyArn = (scope: Scope, account: string, name: string): string =>
  arn(scope, "iam", account, `policy${scope.path}${name}`);

/** `catalog--test`: the workload's stack, and the prefix of everything in it. */
export const workloadName = (pipeline: PipelineId, environment: string): string =>
  `${pipeline.prefix}--${environment}`;

/** `delivery-catalog-build`: a role, and the CodeBuild project that runs as it. */
export const principalName = (scope: Scope, pipeline: PipelineId, kind: PipelinePrincipal): string =>
  `${scope.project}-${pipeline.prefix}-${kind}`;

/** `delivery-catalog--test-deploy`: a role in one environment's account, or the boundary there. */
export const environmentName = (
  scope: Scope,
  pipeline: PipelineId,
  environment: string,
  kind: EnvironmentRole | "boundary",
): string => `${scope.project}-${workloadName(pipeline, environment)}-${kind}`;

/** `delivery-catalog-build`, or `delivery-catalog--test-plan-job` of one environment: a CodeBuild project and its role. */
export const jobName = (scope: Scope, pipeline: PipelineId, kind: JobKind, environment?: string): string =>
  [
    scope.project,
    environment === undefined ? pipeline.prefix : workloadName(pipeline, environment),
    kind,
  ].join("-");

/** `delivery-test-readonly`: the role that an environment is looked at with. */
export const readOnlyName = ({ project }: Scope, environment: string): string =>
  `${project}-${environment}-readonly`;

/** `delivery-chat`: the role of the project's chats; and `delivery-releases`, how AWS knows the chat `releases`. */
export const chatRoleName = ({ project }: Scope): string => `${project}-chat`;
export const chatName = ({ project }: Scope, chat: string): string => `${project}-${chat}`;

/** `delivery-replication`: the role that S3 copies kept releases to another Region with. */
export const replicationRoleName = ({ project }: Scope): string => `${project}-replication`;

/** What marks names in the program of what waits in another Region: without it they are the names of what it is a copy of. */
export const REPLICA = "--replica";

/** Rule that tells chats of a pipeline's approvals. */
export const chatRuleName = (pipeline: string): string => `${pipeline}-approvals`;

/** What branches have in the place of an environment's name; settings give it to no environment. */
export const BRANCHES = "br";

/** `catalog--br`: the pipeline of a pipeline's branches. No other pipeline's name holds two hyphens. */
export function branchPipeline(pipeline: PipelineId): PipelineId {
  const name = workloadName(pipeline, BRANCHES);
  return { name, prefix: name };
}

/** The longest name that Pulumi makes of a resource's: it adds a hyphen and seven hexadecimal digits. */
export const autoName = (name: string): string => `${name}-0000000`;

/** `artifacts-us-east-1`: logical name of a store, in tooling's Region without a Region. */
export const storeName = (region?: string): string =>
  ["artifacts", ...(region === undefined ? [] : [region])].join("-");

/** `catalog.us-east-1`: logical name of a repository of images, as above; no pipeline's name has a dot. */
export const repositoryName = (pipeline: string, region?: string): string =>
  [pipeline, ...(region === undefined ? [] : [region])].join(".");

/** `catalog.br.us-east-1`: the same of branches; ECR takes no double hyphen. */
export const branchRepository = (pipeline: string, region?: string): string =>
  repositoryName(`${pipeline}.${BRANCHES}`, region);

/** What mails of a pipeline begin with. */
export const topicTitle = (pipeline: string): string => `Pipeline ${pipeline}`;

/** A load balancer's name has at most 32 characters, and Pulumi adds 8. */
const BALANCER_NAME_LENGTH = 24;
/** Logical name of the load balancer of an environment's platform. */
export const balancerName = (environment: string): string => environment.slice(0, BALANCER_NAME_LENGTH);

/** `wave.2`: stands for a wave in names of stages. No environment's name has a dot. */
export const waveName = (number: number): string => `wave.${number}`;

/** Length of what stands for a branch in names: the beginning of the SHA-256 of its full ref, in hexadecimal. */
export const BRANCH_HASH_LENGTH = 8;

/** Stands for any branch, in patterns. */
export const ANY_BRANCH = "?".repeat(BRANCH_HASH_LENGTH);

/** `catalog--br-0a1b2c3d`: a branch's stack, and the prefix of everything in it. */
export const branchName = (pipeline: PipelineId, hash: string): string =>
  `${workloadName(pipeline, BRANCHES)}-${hash}`;

/** The branch that a session is for, in policies: only the jobs that take the role say which. */
export const SESSION_BRANCH = "${aws:PrincipalTag/branch}";

/** `delivery-preview` in tooling, `delivery-test-preview` in an environment: the role of previews in pull requests. */
export const previewName = ({ project }: Scope, environment?: string): string =>
  [project, ...(environment === undefined ? [] : [environment]), "preview"].join("-");

/** What previews of pull requests in CodeCommit have once: a job that runs their code, one that comments, and what starts both. */
export const PULL_REQUEST_PRINCIPALS = ["preview", "comment", "start"] as const;
export type PullRequestPrincipal = (typeof PULL_REQUEST_PRINCIPALS)[number];

/** `delivery-pull-requests-preview`: a role, and the CodeBuild project that runs as it. No pipeline's role is called so. */
export const pullRequestName = ({ project }: Scope, kind: PullRequestPrincipal): string =>
  `${project}-pull-requests-${kind}`;

/** The program's own pipeline, `delivery-self`, in names of its roles and jobs: settings give this to no other, and to no environment. */
export const SELF = "self";
export const selfPipeline = ({ project }: Pick<Scope, "project">): PipelineId => ({
  name: `${project}-${SELF}`,
  prefix: SELF,
});

/** `delivery-self-preview-test`: the role in an environment's account that its stack is previewed with there. */
export const selfPreviewName = (scope: Scope, environment: string): string =>
  `${principalName(scope, selfPipeline(scope), "preview")}-${environment}`;

/** `/delivery/test`: what a stack publishes as SSM parameters is below this. */
export const parameterPath = ({ project }: Scope, stack: string): string => `/${project}/${stack}`;

/** Where the judge of templates is, for the jobs that ask it. */
export const judgePath = (scope: Scope): string => `${parameterPath(scope, "tooling")}/judge`;

/** What the secrets are called that the service's own commands get in Build; branches have their own. */
export const buildSecrets = ({ project }: Scope, { name }: PipelineId): string =>
  `/${project}/${name}/build/`;

/** One value of the container platform of an environment. */
export const platformParameter = (scope: Scope, environment: string, key: string): string =>
  `${parameterPath(scope, environment)}/platform/${key}`;

/** All of them, in the environment's account. */
export const platformParameters = (scope: Scope, account: string, environment: string): string =>
  arn(scope, "ssm", account, `parameter${platformParameter(scope, environment, "*")}`);

/** A CodeBuild project in tooling. */
export const jobArn = (scope: Scope, job: string): string => projectArn(scope, scope.toolingAccount, job);

/** A CodeBuild project in whichever account. */
export const projectArn = (scope: Scope, account: string, name: string): string =>
  arn(scope, "codebuild", account, `project/${name}`);

/** The pipeline in tooling. Its physical name is its own, without the project: 20 characters are too few for both. */
export const pipelineArn = (scope: Scope, pipeline: PipelineId): string =>
  arn(scope, "codepipeline", scope.toolingAccount, pipeline.name);

/** Where CodePipeline keeps this pipeline's artifacts in the bucket. */
export const artifactPrefix = (pipeline: PipelineId): string =>
  pipeline.name.slice(0, ARTIFACT_PREFIX_LENGTH);

/** The bucket's own folders; every other is a pipeline's artifacts, by its name. No pipeline has one of these names. */
export const FOLDERS = ["releases", "kept"] as const;
const [RELEASES, KEPT] = FOLDERS;

/** Where all release files of a pipeline are in the bucket. */
export const releaseFolder = ({ name }: PipelineId): string => `${RELEASES}/${name}/`;

/** Where that is of all pipelines. */
export const KEPT_FOLDER = `${KEPT}/`;

/** Where what outlives a run is: releases that environments ran, and notes of what they run. The jobs' scripts spell it too. */
export const keptFolder = ({ name }: PipelineId): string => `${KEPT}/${name}/`;

/** Where one environment's checked release files are in the bucket. The account lets one statement serve all readers. */
export const releaseFiles = (pipeline: PipelineId, account: string, environment: string): string =>
  `${releaseFolder(pipeline)}${account}/${environment}/`;

/** What a runner gets of them: the source that the release was built of. */
export const sourceFiles = (pipeline: PipelineId, account: string, environment: string): string =>
  `${releaseFiles(pipeline, account, environment)}*/source.tar.gz`;

/** Every role of the project that a settings file leads to, by account: for checks, never for grants. */
export function allRoleNames(
  scope: Scope,
  pipelines: readonly {
    readonly id: PipelineId;
    readonly environments: readonly string[];
    readonly workloadRoles: readonly WorkloadRole[];
    /** Whether its branches have environments. Default: false. */
    readonly branches?: boolean;
  }[],
): string[] {
  const previews = pipelines.flatMap(({ environments }) =>
    environments.flatMap((environment) => [
      previewName(scope, environment),
      readOnlyName(scope, environment),
      selfPreviewName(scope, environment),
    ]),
  );
  const ofBranches = (id: PipelineId, workloadRoles: readonly WorkloadRole[]) => [
    ...BRANCH_PRINCIPALS.map((kind) => principalName(scope, branchPipeline(id), kind)),
    jobName(scope, branchPipeline(id), "release-job"),
    ...(["deploy", ...workloadRoles] as const).map((kind) => environmentName(scope, id, BRANCHES, kind)),
  ];
  const ofPipelines = pipelines.flatMap(({ id, environments, workloadRoles, branches }) => [
    ...(branches === true ? ofBranches(id, workloadRoles) : []),
    ...PIPELINE_PRINCIPALS.map((kind) => principalName(scope, id, kind)),
    ...environments.flatMap((environment) => [
      ...ENVIRONMENT_JOBS.map((kind) => jobName(scope, id, kind, environment)),
      ...[...STACK_ROLES, ...RUNNER_ROLES, ...workloadRoles].map((kind) =>
        environmentName(scope, id, environment, kind),
      ),
    ]),
  ]);
  return [
    ...ofPipelines,
    previewName(scope),
    chatRoleName(scope),
    replicationRoleName(scope),
    ...SELF_PRINCIPALS.map((kind) => principalName(scope, selfPipeline(scope), kind)),
    ...new Set(previews),
  ];
}

/** Tag of a pipeline that the commands write: the connection for which it was saved once more (`commands/aws/pushes.ts`). */
export const CONNECTION_TAG = "delivery:connection";

/** Tag of a workload's CloudFormation stack, which AWS hands on to what is in it. The jobs' scripts spell it too. */
export const WORKLOAD_TAG = "delivery:workload";

/** Days that an image or an artifact outlives the longest approval that may be waiting for it. */
export const APPROVAL_GRACE_IN_DAYS = 30;

/** Days that an image outlives the branch that it was built for: an older commit may be deployed again. */
export const BRANCH_GRACE_IN_DAYS = 30;
