/** Form of a physical name, and how far it must be unique. */
export interface Naming {
  /** Page of AWS's documentation that says so. */
  readonly page: string;
  readonly output: string;
  readonly min?: number;
  readonly max: number;
  readonly pattern: RegExp;
  readonly scope: "world" | "account" | "region" | "role" | "rule";
}

/** Of repositories for images, with and without awsx. */
export const REPOSITORY: Naming = {
  page: "AmazonECR/latest/APIReference/API_CreateRepository.html",
  output: "name",
  min: 2,
  max: 256,
  pattern: /^(?:[a-z0-9]+(?:[._-][a-z0-9]+)*\/)*[a-z0-9]+(?:[._-][a-z0-9]+)*$/,
  scope: "region",
};
const IAM_NAME = /^[\w+=,.@-]+$/;

/** By type of resource. */
export const NAMINGS: Readonly<Record<string, Naming>> = {
  "aws:cloudwatch/eventRule:EventRule": {
    page: "eventbridge/latest/APIReference/API_PutRule.html",
    output: "name",
    max: 64,
    pattern: /^[.\-_A-Za-z0-9]+$/,
    scope: "region",
  },
  "aws:cloudwatch/eventTarget:EventTarget": {
    page: "eventbridge/latest/APIReference/API_Target.html",
    output: "targetId",
    max: 64,
    pattern: /^[.\-_A-Za-z0-9]+$/,
    scope: "rule",
  },
  "aws:cloudwatch/logGroup:LogGroup": {
    page: "AmazonCloudWatchLogs/latest/APIReference/API_CreateLogGroup.html",
    output: "name",
    max: 512,
    pattern: /^[.\-_/#A-Za-z0-9]+$/,
    scope: "region",
  },
  "aws:codebuild/project:Project": {
    page: "codebuild/latest/APIReference/API_CreateProject.html",
    output: "name",
    min: 2,
    max: 150,
    pattern: /^[A-Za-z0-9][A-Za-z0-9\-_]+$/,
    scope: "region",
  },
  "aws:codebuild/reportGroup:ReportGroup": {
    page: "codebuild/latest/APIReference/API_CreateReportGroup.html",
    output: "name",
    min: 2,
    max: 128,
    pattern: /^[^:/]+$/,
    scope: "region",
  },
  "aws:codecommit/repository:Repository": {
    page: "codecommit/latest/APIReference/API_CreateRepository.html",
    output: "repositoryName",
    max: 100,
    pattern: /^(?!.*\.git$)[\w.-]+$/,
    scope: "region",
  },
  "aws:codeconnections/connection:Connection": {
    page: "codeconnections/latest/APIReference/API_CreateConnection.html",
    output: "name",
    max: 32,
    pattern: /^.+$/,
    scope: "account",
  },
  "aws:codepipeline/pipeline:Pipeline": {
    page: "codepipeline/latest/APIReference/API_PipelineDeclaration.html",
    output: "name",
    max: 100,
    pattern: /^[A-Za-z0-9.@\-_]+$/,
    scope: "region",
  },
  "aws:ecr/repository:Repository": REPOSITORY,
  "aws:ecs/cluster:Cluster": {
    page: "AmazonECS/latest/APIReference/API_CreateCluster.html",
    output: "name",
    max: 255,
    pattern: /^[\w-]+$/,
    scope: "region",
  },
  "awsx:ecr:Repository": REPOSITORY,
  // Its URL tells it from others, so that an account has one for each issuer.
  "aws:iam/openIdConnectProvider:OpenIdConnectProvider": {
    page: "IAM/latest/APIReference/API_CreateOpenIDConnectProvider.html",
    output: "url",
    max: 255,
    pattern: /^https:\/\/[^?#]+$/,
    scope: "account",
  },
  "aws:iam/policy:Policy": {
    page: "IAM/latest/APIReference/API_CreatePolicy.html",
    output: "name",
    max: 128,
    pattern: IAM_NAME,
    scope: "account",
  },
  "aws:iam/role:Role": {
    page: "IAM/latest/APIReference/API_CreateRole.html",
    output: "name",
    max: 64,
    pattern: IAM_NAME,
    scope: "account",
  },
  "aws:iam/rolePolicy:RolePolicy": {
    page: "IAM/latest/APIReference/API_PutRolePolicy.html",
    output: "name",
    max: 128,
    pattern: IAM_NAME,
    scope: "role",
  },
  "aws:kms/alias:Alias": {
    page: "kms/latest/APIReference/API_CreateAlias.html",
    output: "name",
    max: 256,
    pattern: /^alias\/(?!aws\/)[a-zA-Z0-9/_-]+$/,
    scope: "region",
  },
  "aws:lb/loadBalancer:LoadBalancer": {
    page: "elasticloadbalancing/latest/APIReference/API_CreateLoadBalancer.html",
    output: "name",
    max: 32,
    pattern: /^(?!internal-)[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?$/,
    scope: "region",
  },
  "aws:s3/bucket:Bucket": {
    page: "AmazonS3/latest/userguide/bucketnamingrules.html",
    output: "bucket",
    min: 3,
    max: 63,
    pattern: /^(?!.*\.\.)[a-z0-9][a-z0-9.-]*[a-z0-9]$/,
    scope: "world",
  },
  "aws:sns/topic:Topic": {
    page: "sns/latest/api/API_CreateTopic.html",
    output: "name",
    max: 256,
    pattern: /^[A-Za-z0-9_-]+(\.fifo)?$/,
    scope: "region",
  },
  // With what AWS puts before it, 1011 characters.
  "aws:ssm/parameter:Parameter": {
    page: "systems-manager/latest/APIReference/API_PutParameter.html",
    output: "name",
    max: 900,
    pattern: /^(?!\/?(aws|ssm))(\/[\w.-]+){1,15}$/i,
    scope: "region",
  },
};
