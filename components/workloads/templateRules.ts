/** What a template of one kind may hold, as Plan checks it: data for `jobs/judge.jq`. Pure. */

/** By CloudFormation's type, then by property: `LoadBalancers.TargetGroupArn` is that of each of the list. */
type ByProperty<T> = Readonly<Record<string, Readonly<Record<string, T>>>>;

/** What a role must be given for a property of what has the role. */
export interface RoleNeeds {
  readonly actions: readonly string[];
  /** What AWS does with them. */
  readonly why: string;
  /** AWS's managed policy that has all of them: its path and name. */
  readonly policy: string;
}

export interface TemplateRules {
  /** Types that it may have: those that the execution role may make. */
  readonly types: readonly string[];
  /** AWS services that may take its roles. */
  readonly trusted: readonly string[];
  /** AWS services that its resources may let in, each for sources of the own account alone. */
  readonly callers: readonly string[];
  /** What the release's code is to it. */
  readonly code: "image" | "files";
  /** Properties that must be a parameter which the pipeline gives. */
  readonly given: ByProperty<string>;
  /** Names that must be given and begin in one of these ways, `<stack>` for the stack's name: those that CloudFormation makes up don't. `[]`: each of a list. */
  readonly named?: ByProperty<readonly string[]>;
  /** Properties that must be `Ref` or an attribute of a resource of the same template, by its type. */
  readonly own: ByProperty<Readonly<Record<string, readonly string[]>>>;
  /** Properties that may have these values alone. */
  readonly only: ByProperty<readonly string[]>;
  /** Properties that it must have, and what AWS does without each. */
  readonly needed?: ByProperty<string>;
  /** Properties that it may not have, and what each does. */
  readonly never: ByProperty<string>;
  /** How function URLs may ask who calls; with `NONE`, which asks nobody, everybody may be let in there. Default: `AWS_IAM` alone. */
  readonly authTypes?: readonly string[];
  /** Properties for which the resource's role, where it is one of the template's, must be given these actions: AWS takes that role for them. */
  readonly granted?: ByProperty<RoleNeeds>;
  /** Types that must have a policy of the template's own, as AWS gives them one that is open: types that are one, and where they say of what. */
  readonly policies?: ByProperty<string>;
  /** Of types that the setting `uses` could let in: what follows "may not have". Default: it can let in none. */
  readonly offered?: Readonly<Record<string, string>>;
  /** Namespaces, such as `KMS`, of which the setting `permissions.types` can let in none. Default: that setting is no way out. */
  readonly closed?: readonly string[];
}

/** Of what has no template. */
export const NO_TEMPLATE: TemplateRules = {
  ...{ types: [], trusted: [], callers: [], code: "files" },
  ...{ given: {}, own: {}, only: {}, never: {} },
};

const STORAGE = ["AWS::CloudWatch::Alarm", "AWS::DynamoDB::Table", "AWS::Logs::LogGroup"];
const HTTP_API = ["Api", "Authorizer", "Deployment", "Integration", "IntegrationResponse", "Model", "Route"]
  .concat("RouteResponse", "Stage")
  .map((each) => `AWS::ApiGatewayV2::${each}`);
const LAMBDA = ["Alias", "Function", "Permission", "Version"].map((each) => `AWS::Lambda::${each}`);
const ROLES = ["Policy", "Role", "RolePolicy"].map((each) => `AWS::IAM::${each}`);

const FUNCTION = { "AWS::Lambda::Function": ["Ref", "Arn"] };
/** Where AWS's services are told which function to call. */
export const FUNCTION_ARNS = {
  "AWS::Lambda::Alias": ["Ref", "AliasArn"],
  "AWS::Lambda::Function": ["Arn"],
  "AWS::Lambda::Version": ["Ref", "FunctionArn"],
};
const VERSION = { "AWS::Lambda::Version": ["Version"] };

/** Functions behind an HTTP API, with tables, alarms and roles of their own. */
export const lambdaTemplates = (code: "image" | "files", ...more: string[]): TemplateRules => ({
  types: [...STORAGE, ...HTTP_API, ...LAMBDA, ...ROLES, ...more].sort(),
  trusted: ["lambda.amazonaws.com"],
  callers: ["apigateway.amazonaws.com"],
  code,
  given: {},
  own: {
    // An older version, or another's function, is other code than the release's.
    "AWS::Lambda::Version": { FunctionName: FUNCTION },
    "AWS::Lambda::Alias": {
      FunctionName: FUNCTION,
      FunctionVersion: VERSION,
      "RoutingConfig.AdditionalVersionWeights.FunctionVersion": VERSION,
    },
    "AWS::Lambda::Function": { Layers: { "AWS::Lambda::LayerVersion": ["Ref", "LayerVersionArn"] } },
    // The execution role may have logs delivered to any log group: IAM knows none there.
    "AWS::ApiGatewayV2::Stage": { "AccessLogSettings.DestinationArn": { "AWS::Logs::LogGroup": ["Arn"] } },
  },
  only: {},
  never: {
    "AWS::ApiGatewayV2::Api": { BodyS3Location: "is a part of the template that Plan does not see" },
    "AWS::Lambda::Function": { FileSystemConfigs: "brings code that is not of this release" },
  },
});

const FOREIGN_CODE = "runs what is not in the release's image: have the image say it";
const TARGET_GROUP = { "AWS::ElasticLoadBalancingV2::TargetGroup": ["Ref", "TargetGroupArn"] };

/** Tasks on Fargate behind a load balancer, with tables and alarms. They run as roles of the environment's. */
export const ecsTemplates: TemplateRules = {
  types: [
    ...STORAGE,
    "AWS::ECS::Service",
    "AWS::ECS::TaskDefinition",
    "AWS::ElasticLoadBalancingV2::ListenerRule",
    "AWS::ElasticLoadBalancingV2::TargetGroup",
  ].sort(),
  trusted: [],
  callers: [],
  code: "image",
  // ECS puts tasks into networks with its own role: IAM has no condition for security groups.
  given: {
    "AWS::ECS::Service": {
      Cluster: "Cluster",
      "NetworkConfiguration.AwsvpcConfiguration.Subnets": "SubnetIds",
      "NetworkConfiguration.AwsvpcConfiguration.SecurityGroups": "TaskSecurityGroupId",
    },
    "AWS::ECS::TaskDefinition": { TaskRoleArn: "TaskRoleArn", ExecutionRoleArn: "TaskExecutionRoleArn" },
    "AWS::ElasticLoadBalancingV2::ListenerRule": { ListenerArn: "ListenerArn" },
    "AWS::ElasticLoadBalancingV2::TargetGroup": { VpcId: "VpcId" },
  },
  own: {
    "AWS::ECS::Service": {
      TaskDefinition: { "AWS::ECS::TaskDefinition": ["Ref", "TaskDefinitionArn"] },
      "LoadBalancers.TargetGroupArn": TARGET_GROUP,
    },
    "AWS::ElasticLoadBalancingV2::ListenerRule": {
      "Actions.TargetGroupArn": TARGET_GROUP,
      "Actions.ForwardConfig.TargetGroups.TargetGroupArn": TARGET_GROUP,
    },
  },
  // IAM sees what is named: a key that is not there is let through.
  // https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-properties-ecs-service-awsvpcconfiguration.html
  needed: {
    "AWS::ECS::Service": {
      LaunchType: "ECS may start the tasks on instances of the cluster",
      "NetworkConfiguration.AwsvpcConfiguration.SecurityGroups":
        "ECS puts the tasks into the VPC's default security group",
    },
    "AWS::ECS::TaskDefinition": {
      NetworkMode: "tasks on an instance share its network",
      RequiresCompatibilities: "the tasks may run on instances",
    },
  },
  only: {
    "AWS::ECS::Service": { LaunchType: ["FARGATE"] },
    "AWS::ECS::TaskDefinition": { NetworkMode: ["awsvpc"], RequiresCompatibilities: ["FARGATE"] },
  },
  never: {
    "AWS::ECS::Service": {
      EnableExecuteCommand: "lets people run commands in the tasks",
      "LoadBalancers.AdvancedConfiguration": "names load balancing that is not of this template",
      "LoadBalancers.LoadBalancerName": "names load balancing that is not of this template",
      ServiceConnectConfiguration: "joins a network of services that is not of this template",
      ServiceRegistries: "joins a registry that is not of this template",
      VolumeConfigurations: "brings a volume that is not of this template",
      VpcLatticeConfigurations: "joins a network of services that is not of this template",
    },
    "AWS::ECS::TaskDefinition": {
      "ContainerDefinitions.Command": FOREIGN_CODE,
      "ContainerDefinitions.EntryPoint": FOREIGN_CODE,
      "ContainerDefinitions.EnvironmentFiles": "brings variables that Plan does not see",
      "ContainerDefinitions.FirelensConfiguration": FOREIGN_CODE,
      "ContainerDefinitions.HealthCheck": FOREIGN_CODE,
      "ContainerDefinitions.RepositoryCredentials": "is for images that are not of this release",
      "Volumes.DockerVolumeConfiguration": "brings files that are not of this release",
      "Volumes.EFSVolumeConfiguration": "brings files that are not of this release",
      "Volumes.FSxWindowsFileServerVolumeConfiguration": "brings files that are not of this release",
      "Volumes.Host": "brings files that are not of this release",
      "Volumes.S3FilesVolumeConfiguration": "brings files that are not of this release",
      "Volumes.ConfiguredAtLaunch": "brings files that are not of this release",
      ProxyConfiguration: "passes the tasks' traffic through another program",
    },
  },
};
