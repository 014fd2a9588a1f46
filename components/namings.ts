/** The names that AWS takes: what settings, their tests and the rehearsal's rules judge by. */

/** Form of a name. */
export interface NameForm {
  readonly service: string;
  /** Page of AWS's documentation that says so. */
  readonly page: string;
  readonly min?: number;
  readonly max: number;
  readonly pattern: RegExp;
  /** What a name may not begin with, in large or small letters. */
  readonly reserved?: readonly string[];
}

/** Form of a physical name, the property that has it, and how far it must be unique. */
export interface Naming extends NameForm {
  readonly output: string;
  readonly scope: "world" | "account" | "region" | "role" | "rule" | "vpc";
}

/** Of stages and actions, which are no resources by themselves. */
export const CODEPIPELINE: NameForm = {
  service: "CodePipeline",
  page: "codepipeline/latest/userguide/limits.html",
  max: 100,
  pattern: /^[A-Za-z0-9.@\-_]+$/,
};
/** Of what mails of a topic begin with. */
export const DISPLAY_NAME: NameForm = {
  service: "SNS",
  page: "sns/latest/api/API_CreateTopic.html",
  max: 100,
  pattern: /^[ -~]+$/,
};

/** Of repositories for images, with and without awsx. */
export const REPOSITORY: Naming = {
  service: "ECR",
  page: "AmazonECR/latest/APIReference/API_CreateRepository.html",
  output: "name",
  min: 2,
  max: 256,
  pattern: /^(?:[a-z0-9]+(?:[._-][a-z0-9]+)*\/)*[a-z0-9]+(?:[._-][a-z0-9]+)*$/,
  scope: "region",
};
/** Of chats, Slack's and Teams' alike. */
const CHAT: Naming = {
  service: "Amazon Q Developer in chat applications",
  page: "chatbot/latest/APIReference/API_CreateSlackChannelConfiguration.html",
  output: "configurationName",
  max: 128,
  pattern: /^[A-Za-z0-9\-_]+$/,
  scope: "account",
};
const IAM_NAME = /^[\w+=,.@-]+$/;

/** By type of resource. */
export const NAMINGS: Readonly<Record<string, Naming>> = {
  "aws:chatbot/slackChannelConfiguration:SlackChannelConfiguration": CHAT,
  "aws:chatbot/teamsChannelConfiguration:TeamsChannelConfiguration": CHAT,
  "aws:cloudwatch/eventRule:EventRule": {
    service: "EventBridge",
    page: "eventbridge/latest/APIReference/API_PutRule.html",
    output: "name",
    max: 64,
    pattern: /^[.\-_A-Za-z0-9]+$/,
    scope: "region",
  },
  "aws:cloudwatch/eventTarget:EventTarget": {
    service: "EventBridge",
    page: "eventbridge/latest/APIReference/API_Target.html",
    output: "targetId",
    max: 64,
    pattern: /^[.\-_A-Za-z0-9]+$/,
    scope: "rule",
  },
  "aws:cloudwatch/logGroup:LogGroup": {
    service: "CloudWatch Logs",
    page: "AmazonCloudWatchLogs/latest/APIReference/API_CreateLogGroup.html",
    output: "name",
    max: 512,
    pattern: /^[.\-_/#A-Za-z0-9]+$/,
    scope: "region",
  },
  "aws:codebuild/project:Project": {
    service: "CodeBuild",
    page: "codebuild/latest/APIReference/API_CreateProject.html",
    output: "name",
    min: 2,
    max: 150,
    pattern: /^[A-Za-z0-9][A-Za-z0-9\-_]+$/,
    scope: "region",
  },
  "aws:codebuild/reportGroup:ReportGroup": {
    service: "CodeBuild",
    page: "codebuild/latest/APIReference/API_CreateReportGroup.html",
    output: "name",
    min: 2,
    max: 128,
    pattern: /^[^:/]+$/,
    scope: "region",
  },
  "aws:codecommit/repository:Repository": {
    service: "CodeCommit",
    page: "codecommit/latest/APIReference/API_CreateRepository.html",
    output: "repositoryName",
    max: 100,
    pattern: /^(?!.*\.git$)[\w.-]+$/,
    scope: "region",
  },
  "aws:codeconnections/connection:Connection": {
    service: "CodeConnections",
    page: "codeconnections/latest/APIReference/API_CreateConnection.html",
    output: "name",
    max: 32,
    pattern: /^.+$/,
    scope: "account",
  },
  "aws:codepipeline/pipeline:Pipeline": {
    service: "CodePipeline",
    page: "codepipeline/latest/APIReference/API_PipelineDeclaration.html",
    output: "name",
    max: 100,
    pattern: /^[A-Za-z0-9.@\-_]+$/,
    scope: "region",
  },
  "aws:codestarnotifications/notificationRule:NotificationRule": {
    service: "CodeStar Notifications",
    page: "codestar-notifications/latest/APIReference/API_CreateNotificationRule.html",
    output: "name",
    max: 64,
    pattern: /^[A-Za-z0-9\-_ ]+$/,
    scope: "account",
  },
  "aws:ec2/securityGroup:SecurityGroup": {
    service: "EC2",
    page: "AWSEC2/latest/APIReference/API_CreateSecurityGroup.html",
    output: "name",
    max: 255,
    pattern: /^[\w .:/()#,@[\]+=&;{}!$*-]+$/,
    reserved: ["sg-"],
    scope: "vpc",
  },
  "aws:ecr/repository:Repository": REPOSITORY,
  "aws:ecs/cluster:Cluster": {
    service: "ECS",
    page: "AmazonECS/latest/APIReference/API_CreateCluster.html",
    output: "name",
    max: 255,
    pattern: /^[\w-]+$/,
    scope: "region",
  },
  "awsx:ecr:Repository": REPOSITORY,
  // Its URL tells it from others, so that an account has one for each issuer.
  "aws:iam/openIdConnectProvider:OpenIdConnectProvider": {
    service: "IAM",
    page: "IAM/latest/APIReference/API_CreateOpenIDConnectProvider.html",
    output: "url",
    max: 255,
    pattern: /^https:\/\/[^?#]+$/,
    scope: "account",
  },
  "aws:iam/policy:Policy": {
    service: "IAM",
    page: "IAM/latest/APIReference/API_CreatePolicy.html",
    output: "name",
    max: 128,
    pattern: IAM_NAME,
    scope: "account",
  },
  "aws:iam/role:Role": {
    service: "IAM",
    page: "IAM/latest/APIReference/API_CreateRole.html",
    output: "name",
    max: 64,
    pattern: IAM_NAME,
    scope: "account",
  },
  "aws:iam/rolePolicy:RolePolicy": {
    service: "IAM",
    page: "IAM/latest/APIReference/API_PutRolePolicy.html",
    output: "name",
    max: 128,
    pattern: IAM_NAME,
    scope: "role",
  },
  "aws:kms/alias:Alias": {
    service: "KMS",
    page: "kms/latest/APIReference/API_CreateAlias.html",
    output: "name",
    max: 256,
    pattern: /^alias\/[a-zA-Z0-9/_-]+$/,
    reserved: ["alias/aws/"],
    scope: "region",
  },
  "aws:lb/loadBalancer:LoadBalancer": {
    service: "Elastic Load Balancing",
    page: "elasticloadbalancing/latest/APIReference/API_CreateLoadBalancer.html",
    output: "name",
    max: 32,
    pattern: /^[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?$/,
    reserved: ["internal-"],
    scope: "region",
  },
  "aws:s3/bucket:Bucket": {
    service: "S3",
    page: "AmazonS3/latest/userguide/bucketnamingrules.html",
    output: "bucket",
    min: 3,
    max: 63,
    pattern: /^(?!.*\.\.)[a-z0-9][a-z0-9.-]*[a-z0-9]$/,
    scope: "world",
  },
  "aws:sns/topic:Topic": {
    service: "SNS",
    page: "sns/latest/api/API_CreateTopic.html",
    output: "name",
    max: 256,
    pattern: /^[A-Za-z0-9_-]+(\.fifo)?$/,
    scope: "region",
  },
  // With what AWS puts before it, 1011 characters.
  "aws:ssm/parameter:Parameter": {
    service: "SSM",
    page: "systems-manager/latest/APIReference/API_PutParameter.html",
    output: "name",
    max: 900,
    pattern: /^(\/[\w.-]+){1,15}$/,
    reserved: ["/aws", "/ssm"],
    scope: "region",
  },
};
