import assert from "node:assert/strict";
import { FOLDERS, onlyProperties, read, resources, template } from "./template";

const ecs = template(FOLDERS.ecs);

interface Container {
  readonly Name: string;
  readonly Environment: { readonly Name: string; readonly Value: unknown }[];
  readonly PortMappings: unknown;
  readonly LogConfiguration: { readonly Options: Record<string, unknown> };
  readonly [key: string]: unknown;
}

const task = onlyProperties(ecs, "AWS::ECS::TaskDefinition");
const [api, ...others] = task.ContainerDefinitions as Container[];
const service = onlyProperties(ecs, "AWS::ECS::Service");
const targets = onlyProperties(ecs, "AWS::ElasticLoadBalancingV2::TargetGroup");

describe("ecs-service/template.yaml", () => {
  it("makes nothing that the environment owns", () => {
    const types = Object.values(ecs.Resources).map(({ Type }) => Type);
    assert.deepEqual(types.sort(), [
      "AWS::CloudWatch::Alarm",
      "AWS::CloudWatch::Alarm",
      "AWS::DynamoDB::Table",
      "AWS::ECS::Service",
      "AWS::ECS::TaskDefinition",
      "AWS::ElasticLoadBalancingV2::ListenerRule",
      "AWS::ElasticLoadBalancingV2::TargetGroup",
      "AWS::Logs::LogGroup",
    ]);
    assert.deepEqual(ecs.Outputs.Endpoint?.Value, { Sub: "${EndpointUrl}${BasePath}" });
  });

  it("names by the stack what CloudFormation would not", () => {
    const name = { Sub: "${AWS::StackName}-api" };
    assert.deepEqual(targets.Name, name);
    assert.deepEqual(task.Family, name);
    assert.deepEqual(onlyProperties(ecs, "AWS::Logs::LogGroup").LogGroupName, name);
    const named = ["ServiceName", "TableName", "AlarmName"];
    for (const [id, { Properties }] of Object.entries(ecs.Resources)) {
      assert.deepEqual(
        named.filter((key) => key in Properties),
        [],
        id,
      );
    }
  });

  it("runs the image as no root, on a file system that it cannot write, with the environment's roles", () => {
    assert.ok(api && others.length === 0);
    const { TaskRoleArn, ExecutionRoleArn, NetworkMode, RequiresCompatibilities } = task;
    assert.deepEqual(
      { TaskRoleArn, ExecutionRoleArn, NetworkMode, RequiresCompatibilities },
      {
        TaskRoleArn: { Ref: "TaskRoleArn" },
        ExecutionRoleArn: { Ref: "TaskExecutionRoleArn" },
        NetworkMode: "awsvpc",
        RequiresCompatibilities: ["FARGATE"],
      },
    );
    const { Image, User, ReadonlyRootFilesystem, LinuxParameters } = api;
    assert.deepEqual(
      { Image, User, ReadonlyRootFilesystem, LinuxParameters },
      {
        Image: { Ref: "ImageUri" },
        User: "1000:1000",
        ReadonlyRootFilesystem: true,
        LinuxParameters: { Capabilities: { Drop: ["ALL"] } },
      },
    );
    assert.match(read("ecs-service/Dockerfile"), /^USER 1000:1000$/m);
  });

  it("tells the tasks what the function is told", () => {
    const environment = Object.fromEntries(api?.Environment.map(({ Name, Value }) => [Name, Value]) ?? []);
    const { Variables } = onlyProperties(template(FOLDERS.container), "AWS::Lambda::Function")
      .Environment as { Variables: Record<string, unknown> };
    const { PORT, BASE_PATH, AWS_REGION, POWERTOOLS_LOG_LEVEL, ...shared } = environment;
    assert.deepEqual(shared, Variables);
    assert.deepEqual(
      [PORT, BASE_PATH, AWS_REGION, POWERTOOLS_LOG_LEVEL],
      ["8080", { Ref: "BasePath" }, { Ref: "AWS::Region" }, { Ref: "LogLevel" }],
    );
  });

  it("gives a secret below the stack's name by its ARN, or none", () => {
    assert.deepEqual(ecs.Conditions, { NoSecret: { Equals: [{ Ref: "SecretName" }, ""] } });
    assert.equal(ecs.Parameters.SecretName?.Default, "");
    const arn = "arn:${AWS::Partition}:secretsmanager:${AWS::Region}:${AWS::AccountId}";
    assert.deepEqual(api?.Secrets, {
      If: [
        "NoSecret",
        { Ref: "AWS::NoValue" },
        [{ Name: "SECRET", ValueFrom: { Sub: `${arn}:secret:\${AWS::StackName}/\${SecretName}` } }],
      ],
    });
    assert.doesNotMatch(read("ecs-service/template.yaml"), /\{\{resolve:/);
  });

  it("sends the load balancer's requests for the HTTP API's addresses to the server's port, and no others", () => {
    const routes = resources(template(FOLDERS.container), "AWS::ApiGatewayV2::Route").map(
      ([, { Properties }]) =>
        String(Properties.RouteKey)
          .replace(/^\w+ /, "")
          .replace(/\{\w+\}/g, "*"),
    );
    const { Conditions, Actions, ListenerArn, Priority } = onlyProperties(
      ecs,
      "AWS::ElasticLoadBalancingV2::ListenerRule",
    );
    const Values = routes.map((route) => ({ Sub: `\${BasePath}${route}` }));
    assert.deepEqual(Conditions, [{ Field: "path-pattern", PathPatternConfig: { Values } }]);
    assert.equal(ecs.Parameters.BasePath?.Default, "");
    assert.deepEqual(Actions, [{ Type: "forward", TargetGroupArn: { Ref: "TargetGroup" } }]);
    assert.deepEqual([ListenerArn, Priority], [{ Ref: "ListenerArn" }, { Ref: "ListenerRulePriority" }]);
    assert.deepEqual(api?.PortMappings, [{ ContainerPort: 8080, Protocol: "tcp" }]);
    const { Port, TargetType, HealthCheckPath, VpcId } = targets;
    assert.deepEqual([Port, TargetType, HealthCheckPath, VpcId], [8080, "ip", "/health", { Ref: "VpcId" }]);
    assert.deepEqual(service.LoadBalancers, [
      { ContainerName: api?.Name, ContainerPort: 8080, TargetGroupArn: { Ref: "TargetGroup" } },
    ]);
  });

  it("brings the tasks before back when new ones do not start or an alarm goes off", () => {
    const alarms = resources(ecs, "AWS::CloudWatch::Alarm").map(([id]) => ({ Ref: id }));
    assert.deepEqual(service.DeploymentConfiguration, {
      MinimumHealthyPercent: 100,
      MaximumPercent: 200,
      DeploymentCircuitBreaker: { Enable: true, Rollback: true },
      Alarms: { Enable: true, Rollback: true, AlarmNames: alarms },
    });
    const part = (index: number) => ({ Select: [index, { Split: ["/", { Ref: "ListenerArn" }] }] });
    for (const [id, { Properties }] of resources(ecs, "AWS::CloudWatch::Alarm")) {
      assert.deepEqual(
        Properties.Dimensions,
        [
          { Name: "TargetGroup", Value: { GetAtt: "TargetGroup.TargetGroupFullName" } },
          { Name: "LoadBalancer", Value: { Join: ["/", [part(1), part(2), part(3)]] } },
        ],
        id,
      );
    }
  });

  it("runs on the environment's cluster, in its subnets, behind its security group", () => {
    assert.deepEqual(service.Cluster, { Ref: "Cluster" });
    assert.deepEqual(service.NetworkConfiguration, {
      AwsvpcConfiguration: {
        Subnets: { Ref: "SubnetIds" },
        SecurityGroups: [{ Ref: "TaskSecurityGroupId" }],
        AssignPublicIp: "DISABLED",
      },
    });
  });
});
