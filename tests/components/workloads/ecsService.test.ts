import assert from "node:assert/strict";
import { ecsService } from "../../../components/workloads/ecsService";
import type { Workload } from "../../../components/workloads/workload";
import {
  are,
  arn,
  LISTENER,
  may,
  passed,
  REPOSITORY,
  roleArn,
  SITE,
  SUBNETS,
  storage,
  tagged,
  useTables,
} from "./site";
import { texts } from "../../../packages/iam/src/json";

const LOGS = [arn("logs", "log-group:cat--test-*")];
const DEFINITIONS = arn("ecs", "task-definition/cat--test-*");
const SERVICES = arn("ecs", "service/apps/cat--test-*");
const TASK_ROLES = [roleArn("task"), roleArn("task-execution")];
const TARGET_GROUPS = arn("elasticloadbalancing", "targetgroup/*");
const RULES = `${LISTENER.replace("listener/", "listener-rule/")}/*`;

const services = [
  may("ManageTaskDefinitions", "ecs", "ListTagsForResource TagResource UntagResource", [DEFINITIONS]),
  may("RegisterTaskDefinitions", "ecs", "RegisterTaskDefinition", [DEFINITIONS], {
    StringEqualsIfExists: { "ecs:privileged": "false" },
    "ForAllValues:StringEquals": { "ecs:compute-compatibility": ["FARGATE"] },
    Null: { "ecs:compute-compatibility": "false" },
  }),
  may("ReadAndDeregisterTaskDefinitions", "ecs", "DeregisterTaskDefinition DescribeTaskDefinition", ["*"]),
  may("ReadTaskRoles", "iam", "GetRole", TASK_ROLES),
  may("PassTaskRoles", "iam", "PassRole", TASK_ROLES, passed("ecs-tasks.amazonaws.com")),
  may("RunTasks", "ecs", "CreateService UpdateService", [SERVICES], {
    ArnLikeIfExists: { "ecs:task-definition": DEFINITIONS },
    "ForAllValues:StringEquals": { "ecs:subnet": SUBNETS },
    BoolIfExists: { "ecs:auto-assign-public-ip": "false" },
    StringEqualsIfExists: {
      "ecs:enable-ebs-volumes": "false",
      "ecs:enable-execute-command": "false",
      "ecs:enable-service-connect": "false",
      "ecs:enable-vpc-lattice": "false",
    },
    Null: { "ecs:capacity-provider": "true", "ecs:namespace": "true" },
  }),
  may(
    "ManageService",
    "ecs",
    "DeleteService DescribeServices ListServiceDeployments ListTagsForResource TagResource UntagResource",
    [SERVICES],
  ),
  may("FollowDeployments", "ecs", "DescribeServiceDeployments StopServiceDeployment", [
    SERVICES,
    arn("ecs", "service-deployment/apps/cat--test-*/*"),
  ]),
];
const { StringEquals: requested } = tagged("Request");
const readLoadBalancing = may(
  "ReadLoadBalancing",
  "elasticloadbalancing",
  "DescribeRules DescribeTags DescribeTargetGroupAttributes DescribeTargetGroups DescribeTargetHealth",
  ["*"],
);
const loadBalancing = [
  may("CreateTargetGroup", "elasticloadbalancing", "CreateTargetGroup", [TARGET_GROUPS], tagged("Request")),
  may("CreateRule", "elasticloadbalancing", "CreateRule", [LISTENER], tagged("Request")),
  may("TagWhatIsMade", "elasticloadbalancing", "AddTags", [TARGET_GROUPS, RULES], {
    StringEquals: {
      ...requested,
      "elasticloadbalancing:CreateAction": ["CreateRule", "CreateTargetGroup"],
    },
  }),
  may(
    "ManageTargetGroups",
    "elasticloadbalancing",
    "AddTags DeleteTargetGroup ModifyTargetGroup ModifyTargetGroupAttributes RemoveTags",
    [TARGET_GROUPS],
    tagged("Resource"),
  ),
  may(
    "ManageRules",
    "elasticloadbalancing",
    "AddTags DeleteRule ModifyRule RemoveTags SetRulePriorities",
    [RULES],
    tagged("Resource"),
  ),
  { ...readLoadBalancing, Action: ["ec2:DescribeVpcs", ...readLoadBalancing.Action] },
];

describe("ecsService", () => {
  it("is an image that ECS fetches, and needs a platform", () => {
    const { kind, packaging, fetchedBy, platform } = ecsService;
    assert.deepEqual(
      { kind, packaging, fetchedBy, platform },
      { kind: "ecs-service", packaging: "image", fetchedBy: "task-execution", platform: true },
    );
  });

  it("gives its template the image by digest, the roles by ARN and the platform by names of SSM parameters", () => {
    const platform = (key: string) => `/acme/test/platform/${key}`;
    assert.deepEqual(ecsService.parameters(SITE), {
      ImageUri: "<image>",
      Release: "<run>",
      TaskRoleArn: roleArn("task"),
      TaskExecutionRoleArn: roleArn("task-execution"),
      Cluster: platform("cluster"),
      VpcId: platform("vpc-id"),
      SubnetIds: platform("subnet-ids"),
      TaskSecurityGroupId: platform("task-security-group-id"),
      ListenerArn: platform("listener-arn"),
      EndpointUrl: platform("endpoint-url"),
    });
    assert.deepEqual(ecsService.rollbackParameters, {});
  });

  it("CloudFormation runs the workload's own task definitions in the one cluster, behind rules of the one listener", () =>
    are(
      ecsService.execution(SITE),
      ...services,
      ...loadBalancing,
      ...storage(LOGS),
      may("ReadPlatform", "ssm", "GetParameters", [arn("ssm", "parameter/acme/test/platform/*")]),
    ));

  it("has two roles for tasks: one for the service, and one to start it, which alone reads images and secrets", async () => {
    const { task, "task-execution": execution, ...others } = ecsService.roles;
    assert.deepEqual(others, {});
    assert.deepEqual([task.service, execution.service], Array(2).fill("ecs-tasks.amazonaws.com"));
    await are(task.statements(SITE), useTables());
    await are(
      execution.statements(SITE),
      may("LogInToEcr", "ecr", "GetAuthorizationToken", ["*"]),
      may("PullImage", "ecr", "BatchCheckLayerAvailability BatchGetImage GetDownloadUrlForLayer", [
        REPOSITORY,
      ]),
      may("WriteLogs", "logs", "CreateLogStream PutLogEvents", LOGS),
      may("ReadSecrets", "secretsmanager", "GetSecretValue", [arn("secretsmanager", "secret:cat--test/*")]),
    );
  });

  it("is taken on behalf of the environment's own ECS, as far as AWS says for whom", () => {
    const { task, "task-execution": execution }: Workload["roles"] = ecsService.roles;
    assert.deepEqual([task?.sourceArn?.(SITE), execution?.sourceArn], [arn("ecs", "*"), undefined]);
  });

  it("lets its template have no roles: there is no boundary, and nothing makes one", () => {
    const { boundary }: Workload = ecsService;
    assert.equal(boundary, undefined);
    const iam = ecsService
      .execution(SITE)
      .flatMap(({ Action }) => texts(Action))
      .filter((action) => action.startsWith("iam:"));
    assert.deepEqual(iam, ["iam:GetRole", "iam:PassRole"]);
  });

  it("cannot be deployed without a platform or a repository", () => {
    assert.throws(() => ecsService.execution({ ...SITE, platform: undefined }), {
      message: "cat--test runs on a container platform, but none is given",
    });
    assert.throws(
      () => ecsService.roles["task-execution"].statements({ ...SITE, repositoryArn: undefined }),
      {
        message: "cat--test has images, but no repository of them is given",
      },
    );
  });
});
