import { arn, digest, named, type Name, property, version } from "./physicalNames";
import type { KnownType } from "./resourceTypes";

const taskDefinition = arn(
  "ecs",
  (site, resource) => `task-definition/${named("Family")(site, resource)}:${version(site, resource)}`,
);
const serviceName = named("ServiceName");
const service = arn(
  "ecs",
  (site, resource) =>
    `service/${property("Cluster", () => "default")(site, resource)}/${serviceName(site, resource)}`,
);
const targetGroupName: Name = (site, resource) => named("Name")(site, resource).slice(0, 32);
const targetGroup: Name = (site, resource) =>
  `targetgroup/${targetGroupName(site, resource)}/${digest(site, resource).slice(0, 16)}`;
const targetGroupArn = arn("elasticloadbalancing", targetGroup);
/** `listener-rule/app/<load balancer>/<its id>/<listener>/<rule>` */
const listenerRule: Name = (site, resource) =>
  `${property("ListenerArn")(site, resource).replace(":listener/", ":listener-rule/")}/${digest(site, resource).slice(0, 16)}`;

/** Types of services in containers, and of how a load balancer reaches them. */
export const CONTAINER_TYPES: Readonly<Record<string, KnownType>> = {
  "AWS::ECS::TaskDefinition": {
    createOnly: [
      ...[
        "ContainerDefinitions",
        "Cpu",
        "EnableFaultInjection",
        "EphemeralStorage",
        "ExecutionRoleArn",
        "Family",
      ],
      ...["InferenceAccelerators", "IpcMode", "Memory", "NetworkMode", "PidMode", "PlacementConstraints"],
      ...["ProxyConfiguration", "RequiresCompatibilities", "RuntimePlatform", "TaskRoleArn", "Volumes"],
    ],
    ref: taskDefinition,
    attributes: { TaskDefinitionArn: taskDefinition },
    runs: true,
  },
  "AWS::ECS::Service": {
    createOnly: ["Cluster", "LaunchType", "Role", "SchedulingStrategy", "ServiceName"],
    ref: service,
    attributes: { Name: serviceName, ServiceArn: service },
    title: serviceName,
    runs: true,
  },
  "AWS::ElasticLoadBalancingV2::TargetGroup": {
    createOnly: [
      ...[
        "IpAddressType",
        "Name",
        "Port",
        "Protocol",
        "ProtocolVersion",
        "TargetControlPort",
        "TargetType",
        "VpcId",
      ],
    ],
    ref: targetGroupArn,
    attributes: {
      TargetGroupArn: targetGroupArn,
      TargetGroupFullName: targetGroup,
      TargetGroupName: targetGroupName,
    },
    title: targetGroupName,
    runs: true,
  },
  "AWS::ElasticLoadBalancingV2::ListenerRule": {
    createOnly: ["ListenerArn"],
    ref: listenerRule,
    attributes: { RuleArn: listenerRule, IsDefault: () => "false" },
    runs: true,
  },
};
