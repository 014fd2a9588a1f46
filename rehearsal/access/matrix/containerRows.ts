/** Tasks on a container platform: what CloudFormation makes for them, what starts them, and what they may do. */
import { type Need, of, type Row, rowsOver } from "./rows";

const TASK = "role {own}-task";
const TASK_EXECUTION = "role {own}-task-execution";
const TASKS = "service ecs-tasks.amazonaws.com";
const SERVICE = "service {cluster}/{workload}-*";
const TAG = "delivery:workload";
const OWN = { [`aws:ResourceTag/${TAG}`]: "{workload}" };
const MADE = { [`aws:RequestTag/${TAG}`]: "{workload}" };

const over = rowsOver("environment");
/** Of CloudFormation, where there is a platform. */
const row = (may: readonly string[], on: Row["on"], why: string, when?: Row["when"]): Row =>
  over("role {own}-execution", may, on, why, { needs: "platform", ...(when && { when }) });

const SERVICES: readonly Row[] = [
  row(
    of("ecs", "ListTagsForResource TagResource UntagResource"),
    "task-definition {workload}-*",
    "revisions of the workload's own task definitions are tagged",
  ),
  row(
    of("ecs", "RegisterTaskDefinition"),
    "task-definition {workload}-*",
    "revisions of the workload's own task definitions are registered, for Fargate",
    { "ecs:privileged": { ifThere: "false" }, "ecs:compute-compatibility": { ifThere: "FARGATE" } },
  ),
  row(
    of("ecs", "DeregisterTaskDefinition DescribeTaskDefinition"),
    "anything",
    "a revision goes out of use; ECS knows no resource for this, so others' can, too, which stops no task that runs",
  ),
  row(
    of("ecs", "CreateService UpdateService"),
    SERVICE,
    "services of the workload's own name, in the environment's cluster and subnets, run its own task definitions and no others",
    {
      "ecs:task-definition": {
        ifThere: "arn:{partition}:ecs:{region}:{account}:task-definition/{workload}-*",
      },
      "ecs:subnet": { ifThere: "{taskSubnets}" },
      "ecs:auto-assign-public-ip": { ifThere: "false" },
      "ecs:enable-ebs-volumes": { ifThere: "false" },
      "ecs:enable-execute-command": { ifThere: "false" },
      "ecs:enable-service-connect": { ifThere: "false" },
      "ecs:enable-vpc-lattice": { ifThere: "false" },
      "ecs:capacity-provider": { absent: true },
      "ecs:namespace": { absent: true },
    },
  ),
  row(
    of(
      "ecs",
      `DeleteService DescribeServices ListServiceDeployments ListTagsForResource TagResource UntagResource`,
    ),
    SERVICE,
    "they are looked at and deleted",
  ),
  row(
    of("ecs", "DescribeServiceDeployments StopServiceDeployment"),
    [SERVICE, "service-deployment {cluster}/{workload}-*/*"],
    "their deployments are followed, and stopped",
  ),
];

const BALANCING: readonly Row[] = [
  row(
    of("elasticloadbalancing", "CreateTargetGroup"),
    "target-group *",
    "target groups are made, with the workload's tag",
    MADE,
  ),
  row(
    of("elasticloadbalancing", "CreateRule"),
    "listener",
    "rules are made in the environment's listener and in no other, with the workload's tag",
    MADE,
  ),
  row(
    of("elasticloadbalancing", "AddTags"),
    ["target-group *", "listener-rule *"],
    "what is being made gets the workload's tag; what is there already does not",
    { ...MADE, "elasticloadbalancing:CreateAction": ["CreateTargetGroup", "CreateRule"] },
  ),
  row(
    of(
      "elasticloadbalancing",
      "AddTags DeleteTargetGroup ModifyTargetGroup ModifyTargetGroupAttributes RemoveTags",
    ),
    "target-group *",
    "target groups that have the workload's tag are changed and deleted",
    OWN,
  ),
  row(
    of("elasticloadbalancing", "AddTags DeleteRule ModifyRule RemoveTags SetRulePriorities"),
    "listener-rule *",
    "rules that have the workload's tag are changed and deleted",
    OWN,
  ),
  row(
    of(
      "elasticloadbalancing",
      `DescribeRules DescribeTags DescribeTargetGroupAttributes DescribeTargetGroups DescribeTargetHealth`,
    ),
    "anything",
    "what there is at load balancers; these know no resource",
  ),
  row(
    of("ec2", "DescribeVpcs"),
    "anything",
    "the VPC of a target group is looked at; EC2 knows no resource for this",
  ),
];

const handing = (role: "task" | "task-execution"): Row[] =>
  (["GetRole", "PassRole"] as const).map((action) =>
    over(
      "role {own}-execution",
      of("iam", action),
      `role {own}-${role}`,
      "tasks run with the roles that the environment has for them, and with no others",
      {
        needs: `role ${role}`,
        ...(action === "PassRole" && { when: { "iam:PassedToService": "ecs-tasks.amazonaws.com" } }),
      },
    ),
  );

const needing =
  (needs: Need) =>
  (who: string, may: readonly string[], on: Row["on"], why: string): Row =>
    over(who, may, on, why, { needs });
const task = needing("role task");
const starting = needing("role task-execution");

const RUNNING: readonly Row[] = [
  over(TASKS, of("sts", "AssumeRole"), TASK, "tasks of this account run with their role", {
    needs: "role task",
    when: { "aws:SourceArn": "arn:{partition}:ecs:{region}:{account}:*" },
  }),
  task(
    TASK,
    of(
      "dynamodb",
      `BatchGetItem BatchWriteItem ConditionCheckItem DeleteItem DescribeTable GetItem PutItem Query Scan UpdateItem`,
    ),
    "table {workload}-*",
    "tasks use the workload's tables",
  ),
  starting(TASKS, of("sts", "AssumeRole"), TASK_EXECUTION, "ECS starts tasks"),
  over(
    TASK_EXECUTION,
    of("ecr", "GetAuthorizationToken"),
    "anything",
    "ECS logs in to the registry; ECR knows no resource for this",
    { needs: "image by task-execution" },
  ),
  over(
    TASK_EXECUTION,
    of("ecr", "BatchCheckLayerAvailability BatchGetImage GetDownloadUrlForLayer"),
    "images",
    "ECS pulls the image of each task",
    { needs: "image by task-execution" },
  ),
  starting(
    TASK_EXECUTION,
    of("logs", "CreateLogStream PutLogEvents"),
    "log-group {workload}-*",
    "what tasks print goes into the workload's logs",
  ),
  starting(
    TASK_EXECUTION,
    of("secretsmanager", "GetSecretValue"),
    "secret {workload}/*",
    "tasks get the workload's secrets when they start",
  ),
];

export const CONTAINER_ROWS: readonly Row[] = [
  ...SERVICES,
  ...BALANCING,
  ...(["task", "task-execution"] as const).flatMap(handing),
  ...RUNNING,
];
