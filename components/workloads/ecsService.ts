import { arn, platformParameter, platformParameters } from "../names";
import { allow, type Statement } from "../policies";
import { made } from "../told";
import { branchTasks } from "./branchTasks";
import { loadBalancingStatements } from "./loadBalancingExecution";
import { logGroups, storageStatements, useTables } from "./storageExecution";
import { ecsTemplates } from "./templateRules";
import {
  type CodeSite,
  type DeployedSite,
  imagesOf,
  platformOf,
  RELEASED,
  type Workload,
  type WorkloadSite,
} from "./workload";

/** A service on Fargate behind the environment's load balancer, with tables; replaced task by task. */
export const ecsService = {
  kind: "ecs-service",
  packaging: "image",
  fetchedBy: "task-execution",
  platform: true,
  forBranches: branchTasks,
  parameters: ({ scope, host, roleArn }) => ({
    ImageUri: RELEASED.image,
    Release: RELEASED.run,
    TaskRoleArn: roleArn("task"),
    TaskExecutionRoleArn: roleArn("task-execution"),
    // By name: the environment's stack publishes the values, which nothing here knows beforehand.
    Cluster: platformParameter(scope, host, "cluster"),
    VpcId: platformParameter(scope, host, "vpc-id"),
    SubnetIds: platformParameter(scope, host, "subnet-ids"),
    TaskSecurityGroupId: platformParameter(scope, host, "task-security-group-id"),
    ListenerArn: platformParameter(scope, host, "listener-arn"),
    EndpointUrl: platformParameter(scope, host, "endpoint-url"),
  }),
  rollbackParameters: {},
  template: ecsTemplates,
  execution: (site) => [
    ...taskDefinitionStatements(site),
    ...serviceStatements(site),
    ...loadBalancingStatements(site),
    ...storageStatements(site),
    // Beside the caller of CreateChangeSet: before version 26 the CDK's role for that lacked this permission, and its
    // stacks, which all have such a parameter, were made with that of their execution role alone.
    allow("ReadPlatform", ["ssm:GetParameters"], [platformParameters(site.scope, site.account, site.host)]),
  ],
  roles: {
    // ECS has no condition that ties a role to one service, so the environment has the roles, and its template none.
    task: {
      service: "ecs-tasks.amazonaws.com",
      description: "What the tasks may do of",
      // https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html; the page of the other role has none.
      sourceArn: ({ scope, account }) => arn(scope, "ecs", account, "*"),
      statements: (site) => [useTables(site)],
    },
    "task-execution": {
      service: "ecs-tasks.amazonaws.com",
      description: "Starts the tasks of",
      statements: startTasks,
    },
  },
} as const satisfies Workload;

const taskDefinitions = ({ scope, account, name }: WorkloadSite) =>
  arn(scope, "ecs", account, `task-definition/${name}-*`);

function taskDefinitionStatements(site: WorkloadSite): Statement[] {
  const taskRoles = [site.roleArn("task"), site.roleArn("task-execution")];
  return [
    allow(
      "ManageTaskDefinitions",
      ["ecs:ListTagsForResource", "ecs:TagResource", "ecs:UntagResource"],
      [taskDefinitions(site)],
    ),
    // A cluster that is there already may have instances, and a privileged task has its instance. ForAllValues holds where the key
    // is missing: such a definition runs anywhere.
    allow("RegisterTaskDefinitions", ["ecs:RegisterTaskDefinition"], [taskDefinitions(site)], {
      StringEqualsIfExists: { "ecs:privileged": "false" },
      "ForAllValues:StringEquals": { "ecs:compute-compatibility": ["FARGATE"] },
      Null: { "ecs:compute-compatibility": "false" },
    }),
    // These know no resource. Another's definition can be deregistered, which its service survives:
    // https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeregisterTaskDefinition.html
    allow(
      "ReadAndDeregisterTaskDefinitions",
      ["ecs:DeregisterTaskDefinition", "ecs:DescribeTaskDefinition"],
      ["*"],
    ),
    allow("ReadTaskRoles", ["iam:GetRole"], taskRoles),
    allow("PassTaskRoles", ["iam:PassRole"], taskRoles, {
      StringEquals: { "iam:PassedToService": "ecs-tasks.amazonaws.com" },
    }),
  ];
}

/**
 * ECS registers targets, reads alarms and makes network interfaces as its own role, AWSServiceRoleForECS, which it makes
 * with the first cluster: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/using-service-linked-roles.html
 */
function serviceStatements(site: DeployedSite): Statement[] {
  const { scope, account, name } = site;
  const inCluster = (kind: string, rest: string) =>
    made(platformOf(site).cluster, (cluster) => arn(scope, "ecs", account, `${kind}/${cluster}/${rest}`));
  const services = inCluster("service", `${name}-*`);
  return [
    // A service of another's task definition would run as another's role. What else a service names, ECS reaches with its own
    // role: networks, namespaces, capacity, shells. An update need not name any of these, and whether CloudFormation names
    // those that a template leaves out is not documented: so a key that is not there is let through.
    // https://docs.aws.amazon.com/AmazonECS/latest/developerguide/security_iam_service-with-iam.html
    allow("RunTasks", ["ecs:CreateService", "ecs:UpdateService"], [services], {
      ArnLikeIfExists: { "ecs:task-definition": taskDefinitions(site) },
      "ForAllValues:StringEquals": { "ecs:subnet": platformOf(site).subnetIds },
      BoolIfExists: { "ecs:auto-assign-public-ip": "false" },
      StringEqualsIfExists: {
        "ecs:enable-ebs-volumes": "false",
        "ecs:enable-execute-command": "false",
        "ecs:enable-service-connect": "false",
        "ecs:enable-vpc-lattice": "false",
      },
      Null: { "ecs:capacity-provider": "true", "ecs:namespace": "true" },
    }),
    allow(
      "ManageService",
      [
        "ecs:DeleteService",
        "ecs:DescribeServices",
        "ecs:ListServiceDeployments",
        "ecs:ListTagsForResource",
        "ecs:TagResource",
        "ecs:UntagResource",
      ],
      [services],
    ),
    // Each is asked for on the service and on the deployment.
    allow(
      "FollowDeployments",
      ["ecs:DescribeServiceDeployments", "ecs:StopServiceDeployment"],
      [services, inCluster("service-deployment", `${name}-*/*`)],
    ),
  ];
}

/** Pull the image, write the log, and hand the service its secrets. */
function startTasks(site: CodeSite): Statement[] {
  const { scope, account, name } = site;
  return [
    allow("LogInToEcr", ["ecr:GetAuthorizationToken"], ["*"]),
    allow(
      "PullImage",
      ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
      [imagesOf(site)],
    ),
    allow("WriteLogs", ["logs:CreateLogStream", "logs:PutLogEvents"], logGroups(site)),
    allow(
      "ReadSecrets",
      ["secretsmanager:GetSecretValue"],
      [arn(scope, "secretsmanager", account, `secret:${name}/*`)],
    ),
  ];
}
