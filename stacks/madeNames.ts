/** Every name that the stacks make of names in the settings, as long as it can get, and what AWS says of it. Pure. */
import {
  allRoleNames,
  autoName,
  balancerName,
  BRANCH_PRINCIPALS,
  branchPipeline,
  branchRepository,
  BRANCHES,
  chatName,
  chatRoleName,
  chatRuleName,
  ENVIRONMENT_JOBS,
  environmentName,
  parameterPath,
  PIPELINE_PRINCIPALS,
  type PipelineId,
  platformParameter,
  previewName,
  PULL_REQUEST_PRINCIPALS,
  pullRequestName,
  readOnlyName,
  RUNNER_ROLES,
  type Scope,
  SELF_PRINCIPALS,
  principalName,
  selfPipeline,
  selfPreviewName,
  topicTitle,
  STACK_ROLES,
  WORKLOAD_ROLES,
  workloadName,
  type WorkloadRole,
} from "../components/names";
import { CODEPIPELINE, DISPLAY_NAME, type NameForm, NAMINGS } from "../components/namings";

export interface Made {
  /** Pulumi's type, or what it is of that is no resource. */
  readonly type: string;
  /** As people call it. */
  readonly what: string;
  readonly form: NameForm;
  readonly name: string;
}

/** A pipeline, as far as names go. */
export interface NamedPipeline {
  readonly id: PipelineId;
  readonly environments: readonly string[];
  readonly workloadRoles: readonly WorkloadRole[];
  readonly branches: boolean;
}

/** An environment, likewise. */
export interface NamedEnvironment {
  readonly name: string;
  /** Whether somebody may look at it. */
  readonly readers: boolean;
  /** Whether its stack builds a container platform. */
  readonly built: boolean;
}

const WHAT = {
  "aws:chatbot/slackChannelConfiguration:SlackChannelConfiguration": "chat",
  "aws:cloudwatch/eventRule:EventRule": "rule",
  "aws:cloudwatch/eventTarget:EventTarget": "target of a rule",
  "aws:cloudwatch/logGroup:LogGroup": "log group",
  "aws:codebuild/project:Project": "project",
  "aws:codebuild/reportGroup:ReportGroup": "report group",
  "aws:codepipeline/pipeline:Pipeline": "pipeline",
  "aws:codestarnotifications/notificationRule:NotificationRule": "notification rule",
  "aws:ec2/securityGroup:SecurityGroup": "security group",
  "aws:ecs/cluster:Cluster": "cluster",
  "aws:iam/policy:Policy": "managed policy",
  "aws:iam/role:Role": "role",
  "aws:iam/rolePolicy:RolePolicy": "inline policy",
  "aws:lb/loadBalancer:LoadBalancer": "load balancer",
  "aws:sns/topic:Topic": "topic",
  "aws:ssm/parameter:Parameter": "parameter",
  "awsx:ecr:Repository": "repository",
} as const;

function made(type: keyof typeof WHAT, ...names: readonly string[]): Made[] {
  const form = NAMINGS[type];
  return form === undefined ? [] : names.map((name) => ({ type, what: WHAT[type], form, name }));
}

const written = (what: string, form: NameForm, ...names: readonly string[]): Made[] =>
  names.map((name) => ({ type: what, what, form, name }));

/** Those that a pipeline's own name is in. */
export function namesOfPipeline(
  scope: Scope,
  { id: { name }, environments, branches }: NamedPipeline,
): Made[] {
  const bases = branches ? [name, `${name}--${BRANCHES}`] : [name];
  const each = (...parts: readonly string[]) =>
    bases.flatMap((base) => parts.map((part) => autoName(`${base}-${part}`)));
  const inEnvironments = (...parts: readonly string[]) =>
    environments.flatMap((environment) => parts.map((part) => autoName(`${name}--${environment}-${part}`)));
  const rules = each("source", "cleanup", ...(branches ? ["removal", "sweep"] : []));
  const images = branches ? [name, branchRepository(name)] : [name];
  return [
    ...made("aws:codepipeline/pipeline:Pipeline", name),
    ...made("aws:cloudwatch/eventRule:EventRule", ...rules),
    ...made("aws:cloudwatch/eventTarget:EventTarget", ...rules),
    ...made("aws:codebuild/reportGroup:ReportGroup", ...each("tests", "coverage", "verify")),
    ...made("aws:iam/rolePolicy:RolePolicy", ...bases.map(autoName)),
    ...made("aws:iam/rolePolicy:RolePolicy", ...each(...PIPELINE_PRINCIPALS, ...BRANCH_PRINCIPALS)),
    ...made("aws:iam/rolePolicy:RolePolicy", ...inEnvironments(...ENVIRONMENT_JOBS)),
    ...made("aws:iam/policy:Policy", autoName(`${name}-operator`), ...inEnvironments("approver")),
    ...made("aws:codestarnotifications/notificationRule:NotificationRule", chatRuleName(name)),
    ...made("aws:sns/topic:Topic", autoName(name)),
    ...written("display name", DISPLAY_NAME, topicTitle(name)),
    ...made("awsx:ecr:Repository", ...images.flatMap((one) => [autoName(one), autoName(`${one}.cache`)])),
    ...made(
      "aws:ssm/parameter:Parameter",
      `${parameterPath(scope, "tooling")}/pipelines/${name}/operator-policy-arn`,
      ...environments.flatMap((environment) =>
        [...STACK_ROLES, ...WORKLOAD_ROLES].map(
          (role) => `${parameterPath(scope, environment)}/workloads/${name}/role-arns/${role}`,
        ),
      ),
    ),
  ];
}

/** Those that a pipeline's prefix is in. */
export function namesOfPrefix(scope: Scope, pipeline: NamedPipeline): Made[] {
  const { id, environments, branches, workloadRoles } = pipeline;
  const roles = allRoleNames(scope, [pipeline]);
  const places = [...environments, ...(branches ? [BRANCHES] : [])];
  const each = (...parts: readonly string[]) =>
    places.flatMap((place) => parts.map((part) => autoName(`${workloadName(id, place)}-${part}`)));
  return [
    ...made("aws:iam/role:Role", ...roles),
    ...made("aws:codebuild/project:Project", ...roles),
    ...made("aws:cloudwatch/logGroup:LogGroup", ...roles.map((role) => `/aws/codebuild/${role}`)),
    ...made("aws:iam/policy:Policy", ...places.map((place) => environmentName(scope, id, place, "boundary"))),
    ...made("aws:iam/rolePolicy:RolePolicy", ...each(...STACK_ROLES, ...RUNNER_ROLES, ...workloadRoles)),
    ...made("aws:codebuild/reportGroup:ReportGroup", ...each("verify")),
    ...(branches ? made("aws:codepipeline/pipeline:Pipeline", branchPipeline(id).name) : []),
    ...written("stage", CODEPIPELINE, ...environments.map((environment) => `Approve-${environment}`)),
    ...written("action", CODEPIPELINE, ...environments.map((environment) => `Approval-${environment}`)),
  ];
}

/** Those that an environment's name is in, and no pipeline's. */
export function namesOfEnvironment(scope: Scope, { name, readers, built }: NamedEnvironment): Made[] {
  return [
    ...(readers ? made("aws:iam/role:Role", readOnlyName(scope, name)) : []),
    ...(built
      ? [
          ...made("aws:lb/loadBalancer:LoadBalancer", autoName(balancerName(name))),
          ...made(
            "aws:ec2/securityGroup:SecurityGroup",
            autoName(`${name}-balancer`),
            autoName(`${name}-tasks`),
          ),
          ...made("aws:ecs/cluster:Cluster", autoName(name)),
          ...made("aws:ssm/parameter:Parameter", platformParameter(scope, name, "task-security-group-id")),
        ]
      : []),
  ];
}

/** Those of a chat, and of the role that all of them have. */
export const namesOfChat = (scope: Scope, chat: string): Made[] => [
  ...made("aws:chatbot/slackChannelConfiguration:SlackChannelConfiguration", chatName(scope, chat)),
  ...made("aws:iam/role:Role", chatRoleName(scope)),
];

/** The role of previews, of an environment's stack or of tooling's. */
export const namesOfPreviews = (scope: Scope, environment?: string): Made[] =>
  made("aws:iam/role:Role", previewName(scope, environment));

/** Those of the jobs of pull requests in CodeCommit: the project's name alone is in them. */
export function namesOfPullRequests(scope: Scope): Made[] {
  const names = PULL_REQUEST_PRINCIPALS.map((kind) => pullRequestName(scope, kind));
  return [
    ...made("aws:iam/role:Role", ...names),
    ...made("aws:codebuild/project:Project", ...names),
    ...made("aws:cloudwatch/logGroup:LogGroup", ...names.map((name) => `/aws/codebuild/${name}`)),
  ];
}

/** Those of the pipeline that brings the stacks up. */
export function namesOfSelfUpdate(scope: Scope, environments: readonly string[]): Made[] {
  const pipeline = selfPipeline(scope);
  const roles = SELF_PRINCIPALS.map((kind) => principalName(scope, pipeline, kind));
  return [
    ...made("aws:iam/role:Role", ...roles, ...environments.map((each) => selfPreviewName(scope, each))),
    ...made("aws:codebuild/project:Project", ...roles),
    ...made("aws:cloudwatch/logGroup:LogGroup", ...roles.map((role) => `/aws/codebuild/${role}`)),
    ...made("aws:codepipeline/pipeline:Pipeline", pipeline.name),
    ...written("display name", DISPLAY_NAME, topicTitle(pipeline.name)),
  ];
}

/** How many characters a name has too many. */
export const excess = ({ form, name }: Made): number => name.length - form.max;

/** What a name begins with and may not. */
export const reserved = ({ form, name }: Made): string | undefined =>
  form.reserved?.find((beginning) => name.toLowerCase().startsWith(beginning));
