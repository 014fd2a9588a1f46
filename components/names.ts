/**
 * Every physical name and ARN that one account must know before another account has made the thing.
 * All else is auto-named. Pure: the same settings give the same names in every stack.
 */

/** What the names of one project have in common, in all of its stacks. */
export interface Scope {
  /** The Pulumi project's name: the first part of every role's and job's name. */
  readonly project: string;
  /** The one Region that all stacks are in. */
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
export const PIPELINE_PRINCIPALS = ["pipeline", "trigger", "build", "verify", "mark", "cleanup"] as const;
/** The roles and CodeBuild projects that a pipeline has in tooling for each environment. */
export const ENVIRONMENT_JOBS = ["plan-job", "release-job"] as const;
/** The roles that a pipeline has in the environment's own account. */
export const ENVIRONMENT_ROLES = ["plan", "deploy", "cleanup", "execution", "codedeploy"] as const;

export type PipelinePrincipal = (typeof PIPELINE_PRINCIPALS)[number];
export type EnvironmentJob = (typeof ENVIRONMENT_JOBS)[number];
export type EnvironmentRole = (typeof ENVIRONMENT_ROLES)[number];

/** The AWS partition that a Region belongs to. */
export const partition = (region: string): string =>
  region.startsWith("cn-") ? "aws-cn" : region.startsWith("us-gov-") ? "aws-us-gov" : "aws";

/** The domain that the Region's services are called under. */
export const dnsSuffix = (region: string): string =>
  region.startsWith("cn-") ? "amazonaws.com.cn" : "amazonaws.com";

/** The ARN of something in one account and the project's Region; `service` may be global (`iam`). */
export function arn(scope: Scope, service: string, account: string, resource: string): string {
  const region = service === "iam" ? "" : scope.region;
  return `arn:${partition(scope.region)}:${service}:${region}:${account}:${resource}`;
}

/** The account itself, as a principal of a policy. */
export const accountRoot = (scope: Scope, account: string): string => arn(scope, "iam", account, "root");

/** A role of the project, or a pattern for roles, under the project's path. */
export const roleArn = (scope: Scope, account: string, name: string): string =>
  arn(scope, "iam", account, `role${scope.path}${name}`);

/** A managed policy of the project. */
export const policyArn = (scope: Scope, account: string, name: string): string =>
  arn(scope, "iam", account, `policy${scope.path}${name}`);

/** `catalog--test`: the workload's stack, and the prefix of everything in it. */
export const workloadName = (pipeline: PipelineId, environment: string): string =>
  `${pipeline.prefix}--${environment}`;

/** `delivery-catalog-build`: a role, and the CodeBuild project that runs as it. */
export const principalName = (scope: Scope, pipeline: PipelineId, kind: PipelinePrincipal): string =>
  `${scope.project}-${pipeline.prefix}-${kind}`;

/** `delivery-catalog--test-deploy`: a role, a CodeBuild project, or the boundary of one environment. */
export const environmentName = (
  scope: Scope,
  pipeline: PipelineId,
  environment: string,
  kind: EnvironmentJob | EnvironmentRole | "boundary",
): string => `${scope.project}-${workloadName(pipeline, environment)}-${kind}`;

/** `delivery-preview` in tooling, `delivery-test-preview` in an environment: the role of previews in pull requests. */
export const previewName = ({ project }: Scope, environment?: string): string =>
  [project, ...(environment === undefined ? [] : [environment]), "preview"].join("-");

/** A CodeBuild project in tooling. */
export const jobArn = (scope: Scope, job: string): string =>
  arn(scope, "codebuild", scope.toolingAccount, `project/${job}`);

/** The pipeline in tooling. Its physical name is its own, without the project: 20 characters are too few for both. */
export const pipelineArn = (scope: Scope, pipeline: PipelineId): string =>
  arn(scope, "codepipeline", scope.toolingAccount, pipeline.name);

/** Where CodePipeline keeps this pipeline's artifacts in the bucket. */
export const artifactPrefix = (pipeline: PipelineId): string =>
  pipeline.name.slice(0, ARTIFACT_PREFIX_LENGTH);

/** Where one environment's checked release files are in the bucket. The account lets one statement serve all readers. */
export const releaseFiles = (pipeline: PipelineId, account: string, environment: string): string =>
  `releases/${pipeline.name}/${account}/${environment}/`;

/** Every role of the project that a settings file leads to, by account: for checks, never for grants. */
export function allRoleNames(
  scope: Scope,
  pipelines: readonly { readonly id: PipelineId; readonly environments: readonly string[] }[],
): string[] {
  const previews = pipelines.flatMap(({ environments }) =>
    environments.map((environment) => previewName(scope, environment)),
  );
  const ofPipelines = pipelines.flatMap(({ id, environments }) => [
    ...PIPELINE_PRINCIPALS.map((kind) => principalName(scope, id, kind)),
    ...environments.flatMap((environment) =>
      [...ENVIRONMENT_JOBS, ...ENVIRONMENT_ROLES].map((kind) =>
        environmentName(scope, id, environment, kind),
      ),
    ),
  ]);
  return [...ofPipelines, previewName(scope), ...new Set(previews)];
}
