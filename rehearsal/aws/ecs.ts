import { list, map, text, type Values, texts } from "../../packages/iam/src/json";
import { notKnown } from "../../packages/iam/src/policy/notKnown";
import { service, session } from "../../packages/iam/src/policy/principals";
import { partition } from "../../components/names";
import { named as mockNamed, plain } from "./mockRows";
import { after, arn, named, property, version } from "./physicalNames";
import { ofType, on, one, requestTags, several } from "./requests";
import type {
  Asked,
  DeployedResource,
  DeployedStack,
  LaterCalls,
  Operation,
  Service,
  Subject,
} from "./types";

const GUIDE = "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/";
const PULL = ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"];
/** What a service does with its tables; which of it a task calls, no template says. */
const USE = ["dynamodb:GetItem", "dynamodb:PutItem"];
const TASKS = "ecs-tasks.amazonaws.com";

const taskDefinition = arn(
  "ecs",
  (site, resource) => `task-definition/${named("Family")(site, resource)}:${version(site, resource)}`,
);
const serviceName = named("ServiceName");
const cluster = property("Cluster", () => "default");
const serviceRef = arn(
  "ecs",
  (site, resource) => `service/${cluster(site, resource)}/${serviceName(site, resource)}`,
);
/** A service is in a cluster, which templates name or give the ARN of. */
const serviceArn = arn(
  "ecs",
  (site, resource) => `service/${cluster(site, resource).split("/").at(-1)}/${serviceName(site, resource)}`,
);

/** A deployment of a service: `service-deployment/<cluster>/<service>/<id>`. */
const deploymentOf = (arn: string): string => `${arn.replace(":service/", ":service-deployment/")}/rehearsal`;

const ofService = (properties: Values) => {
  const network = map(map(properties["NetworkConfiguration"])["AwsvpcConfiguration"]);
  const connect = map(properties["ServiceConnectConfiguration"]);
  return {
    ...one("ecs:task-definition", text(properties, "TaskDefinition")),
    ...several("ecs:subnet", texts(network["Subnets"])),
    ...one("ecs:auto-assign-public-ip", network["AssignPublicIp"] === "ENABLED"),
    ...one("ecs:enable-execute-command", properties["EnableExecuteCommand"] === true),
    ...one("ecs:enable-service-connect", connect["Enabled"] === true),
    ...one("ecs:enable-ebs-volumes", properties["VolumeConfigurations"] !== undefined),
    ...one("ecs:enable-vpc-lattice", properties["VpcLatticeConfigurations"] !== undefined),
    ...one("ecs:namespace", text(connect, "Namespace")),
    ...several(
      "ecs:capacity-provider",
      list(properties["CapacityProviderStrategy"]).map((each) => String(map(each)["CapacityProvider"])),
    ),
  };
};

const ofDefinition = (properties: Values) => ({
  ...several("ecs:compute-compatibility", texts(properties["RequiresCompatibilities"])),
  ...one(
    "ecs:privileged",
    list(properties["ContainerDefinitions"]).some((each) => map(each)["Privileged"] === true),
  ),
});

const PASSED_ON: NonNullable<Service["passedOn"]> = {
  "ecs:CreateService": ofService,
  "ecs:RegisterTaskDefinition": ofDefinition,
  "ecs:UpdateService": ofService,
};

/** https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonelasticcontainerservice.html */
function asked({ resource, stack }: Subject, operation: Operation, action: string): Asked[] {
  const { arn, properties } = resource;
  if (/TaskDefinition$/.test(action) && action !== "ecs:RegisterTaskDefinition") return on("*", [action]);
  if (/:(Describe|Stop)ServiceDeployments?$/.test(action))
    return [...on(arn, [action]), ...on(deploymentOf(arn), [action])];
  const created = {
    "ecs:CreateAction": arn.includes(":service/") ? "CreateService" : "RegisterTaskDefinition",
  };
  const tags = requestTags(stack);
  if (action === "ecs:TagResource")
    return on(arn, [action], operation === "create" ? { ...tags, ...created } : tags);
  const says = operation === "create" ? tags : {};
  const passes = PASSED_ON[action]?.(properties) ?? {};
  // Whether CloudFormation names in an update what has not changed is not documented.
  return [
    ...on(arn, [action], { ...says, ...passes }),
    ...(Object.keys(passes).length > 0 && operation !== "create"
      ? on(arn, [action], says).map((each) => ({ ...each, reading: "an update names only what changes" }))
      : []),
  ];
}

/** For which task ECS takes a role. */
const taskSource = ({ region, account }: DeployedStack) => ({
  "aws:SourceArn": `arn:${partition(region)}:ecs:${region}:${account}:task/rehearsal`,
  "aws:SourceAccount": account,
});

/** Before a task starts: its image, its log, its secrets, with the role that the template hands over for it. */
function starts({ arn, properties }: DeployedResource, stack: DeployedStack): Asked[] {
  const { repositoryArn = "", region, account } = stack;
  const containers = list(properties["ContainerDefinitions"]).map(map);
  const logs = containers.flatMap((each) => {
    const { LogDriver: driver, Options: options } = map(each["LogConfiguration"]);
    if (driver !== "awslogs") return [];
    const group = text(map(options), "awslogs-group") ?? notKnown(`a container of ${arn} logs to no group`);
    const stream = `arn:${partition(region)}:logs:${region}:${account}:log-group:${group}:log-stream:task/api/1`;
    return on(stream, ["logs:CreateLogStream", "logs:PutLogEvents"]);
  });
  const secrets = containers
    .flatMap((each) => list(each["Secrets"]).map((secret) => String(map(secret)["ValueFrom"])))
    .flatMap((from) =>
      from.includes(":secretsmanager:")
        ? // What stands behind a secret's name is a part of it.
          on(from.split(":").slice(0, 7).join(":"), ["secretsmanager:GetSecretValue"])
        : on(
            from.startsWith("arn:")
              ? from
              : `arn:${partition(region)}:ssm:${region}:${account}:parameter/${from.replace(/^\//, "")}`,
            ["ssm:GetParameters"],
          ),
    );
  return [...on("*", ["ecr:GetAuthorizationToken"]), ...on(repositoryArn, PULL), ...logs, ...secrets];
}

/** What ECS does to run tasks, and what the tasks do. */
function runs(definition: DeployedResource, stack: DeployedStack): LaterCalls[] {
  const { logicalId, properties } = definition;
  const [starting, running] = ["ExecutionRoleArn", "TaskRoleArn"].map((each) => text(properties, each));
  const takes = [starting, running].flatMap((role) =>
    role === undefined ? [] : on(role, ["sts:AssumeRole"], taskSource(stack)),
  );
  const tables = ofType(stack, "AWS::DynamoDB::Table").flatMap(({ arn }) => on(arn, USE));
  const by = (role: string | undefined, made: readonly Asked[], why: string, page: string): LaterCalls[] =>
    role === undefined
      ? []
      : [
          {
            when: "in use",
            principal: session(role, "task"),
            asked: made,
            why,
            source: `${GUIDE}${page}.html`,
          },
        ];
  return [
    {
      when: "in use",
      principal: service(TASKS),
      asked: takes,
      why: `ECS takes the roles of ${logicalId}`,
      source: `${GUIDE}task-iam-roles.html`,
    },
    ...by(
      starting,
      starts(definition, stack),
      `ECS starts a task of ${logicalId}`,
      "task_execution_IAM_role",
    ),
    ...by(running, tables, `a task of ${logicalId} uses the stack's tables`, "task-iam-roles"),
  ];
}

export const ecs: Service = {
  file: "ecs",
  cloudFormation: {
    "AWS::ECS::TaskDefinition": {
      createOnly: [
        ...["ContainerDefinitions", "Cpu", "EnableFaultInjection", "EphemeralStorage", "ExecutionRoleArn"],
        ...["Family", "InferenceAccelerators", "IpcMode", "Memory", "NetworkMode", "PidMode"],
        ...["PlacementConstraints", "ProxyConfiguration", "RequiresCompatibilities", "RuntimePlatform"],
        ...["TaskRoleArn", "Volumes"],
      ],
      ref: taskDefinition,
      attributes: { TaskDefinitionArn: taskDefinition },
      runs: true,
      arn: arn("ecs", after("task-definition/", named("Family"), ":1")),
      carries: "nothing",
      handlers: {
        create: { ecs: "RegisterTaskDefinition DescribeTaskDefinition TagResource", iam: "GetRole PassRole" },
        read: { ecs: "DescribeTaskDefinition" },
        update: {
          ecs: "TagResource UntagResource ListTagsForResource DescribeTaskDefinition",
          iam: "GetRole PassRole",
        },
        delete: { ecs: "DeregisterTaskDefinition DescribeTaskDefinition", iam: "GetRole PassRole" },
        tagging: { ecs: "TagResource UntagResource ListTagsForResource" },
      },
      passes: [
        ["TaskRoleArn", TASKS],
        ["ExecutionRoleArn", TASKS],
      ],
      later: runs,
      meantFor: "containers",
    },
    "AWS::ECS::Service": {
      createOnly: ["Cluster", "LaunchType", "Role", "SchedulingStrategy", "ServiceName"],
      ref: serviceRef,
      attributes: { Name: serviceName, ServiceArn: serviceRef },
      title: serviceName,
      runs: true,
      arn: serviceArn,
      carries: "nothing",
      handlers: {
        create: {
          ecs: `CreateService DescribeServiceDeployments DescribeServices ListServiceDeployments TagResource`,
          iam: "PassRole",
        },
        read: { ecs: "DescribeServices" },
        update: {
          ecs: `DescribeServiceDeployments DescribeServices ListServiceDeployments ListTagsForResource
          StopServiceDeployment TagResource UntagResource UpdateService`,
        },
        delete: { ecs: "DeleteService DescribeServices" },
        tagging: { ecs: "TagResource UntagResource ListTagsForResource" },
      },
      conditions: [{ why: "a role for a load balancer of the older kind", actions: "iam:PassRole" }],
      meantFor: "containers",
    },
  },
  pulumi: {
    "aws:ecs/cluster:Cluster": plain(mockNamed("name", "ecs", (name) => `cluster/${name}`, true)),
  },
  prefix: "ecs",
  asked,
  takes: { [TASKS]: taskSource },
};
