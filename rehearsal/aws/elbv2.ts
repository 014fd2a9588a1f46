import { text } from "../../packages/iam/src/json";
import { plain } from "./mockRows";
import { arn, digest, type Name, named, property } from "./physicalNames";
import { on, requestTags, resourceTags } from "./requests";
import type { Asked, MockOutputs, MockRequest, Operation, Service, Subject } from "./types";

/** Ids that AWS makes: sixteen digits of sixteen. */
const id: Name = (site, resource) => digest(site, resource).slice(0, 16);
const targetGroupName: Name = (site, resource) => named("Name")(site, resource).slice(0, 32);
const targetGroup: Name = (site, resource) =>
  `targetgroup/${targetGroupName(site, resource)}/${id(site, resource)}`;
const targetGroupArn = arn("elasticloadbalancing", targetGroup);
/** The same with the whole of a long name: what access is decided on, by the beginning of names. */
const accessArn = arn(
  "elasticloadbalancing",
  (site, resource) => `targetgroup/${named("Name")(site, resource)}/${id(site, resource)}`,
);
/** `listener-rule/app/<load balancer>/<its id>/<listener>/<rule>`: in the listener that it is a rule of. */
const listenerRule: Name = (site, resource) =>
  `${property("ListenerArn")(site, resource).replace(":listener/", ":listener-rule/")}/${id(site, resource)}`;

/** https://docs.aws.amazon.com/service-authorization/latest/reference/list_awselasticloadbalancingv2.html */
function asked(
  { resource: { arn, properties }, stack }: Subject,
  operation: Operation,
  action: string,
): Asked[] {
  if (action.startsWith("elasticloadbalancing:Describe")) return on("*", [action]);
  const [request, tagged] = [requestTags(stack), resourceTags(stack)];
  if (action === "elasticloadbalancing:CreateRule")
    return on(text(properties, "ListenerArn") ?? "*", [action], request);
  if (operation !== "create")
    return on(arn, [action], /:(Add|Remove)Tags$/.test(action) ? { ...request, ...tagged } : tagged);
  // What is tagged while it is made has no tag before.
  const created = arn.includes(":targetgroup/") ? "CreateTargetGroup" : "CreateRule";
  if (action === "elasticloadbalancing:AddTags")
    return on(arn, [action], { ...request, "elasticloadbalancing:CreateAction": created });
  return on(arn, [action], action.includes(":Create") ? request : tagged);
}

/** What of a load balancer's ARN is in those of its listeners: `app/<name>/<id>`. */
const afterKind = (arn: string): string => arn.replace(/^.*?:loadbalancer\//, "");

const loadBalancer = ({ named, arn, hash, region }: MockRequest): MockOutputs => {
  const name = named("name");
  const made = arn("elasticloadbalancing", `loadbalancer/app/${name}/${hash(16)}`);
  const dnsName = `${name}-${hash(10)}.${region}.elb.amazonaws.com`;
  return { id: made, outputs: { name, arn: made, dnsName, zoneId: `Z${hash(13).toUpperCase()}` } };
};

export const elbv2: Service = {
  file: "elbv2",
  cloudFormation: {
    "AWS::ElasticLoadBalancingV2::TargetGroup": {
      createOnly: [
        ...["IpAddressType", "Name", "Port", "Protocol", "ProtocolVersion", "TargetControlPort"],
        ...["TargetType", "VpcId"],
      ],
      ref: targetGroupArn,
      attributes: {
        TargetGroupArn: targetGroupArn,
        TargetGroupFullName: targetGroup,
        TargetGroupName: targetGroupName,
      },
      title: targetGroupName,
      runs: true,
      arn: accessArn,
      carries: "nothing",
      handlers: {
        create: {
          elasticloadbalancing: `CreateTargetGroup DescribeTargetGroups RegisterTargets ModifyTargetGroupAttributes
          DescribeTargetHealth AddTags`,
          ec2: "DescribeVpcs",
        },
        read: {
          elasticloadbalancing:
            "DescribeTargetGroups DescribeTargetGroupAttributes DescribeTargetHealth DescribeTags",
        },
        update: {
          elasticloadbalancing: `DescribeTargetGroups ModifyTargetGroup ModifyTargetGroupAttributes RegisterTargets
          DescribeTargetHealth DeregisterTargets AddTags RemoveTags`,
          ec2: "DescribeVpcs",
        },
        delete: { elasticloadbalancing: "DeleteTargetGroup DescribeTargetGroups" },
        tagging: { elasticloadbalancing: "AddTags DescribeTags RemoveTags", ec2: "DescribeVpcs" },
      },
      conditions: [
        {
          why: "targets that the template names itself; those of a service ECS registers with its own role",
          actions: "elasticloadbalancing:RegisterTargets elasticloadbalancing:DeregisterTargets",
        },
      ],
      meantFor: "containers",
    },
    "AWS::ElasticLoadBalancingV2::ListenerRule": {
      createOnly: ["ListenerArn"],
      ref: listenerRule,
      attributes: { RuleArn: listenerRule, IsDefault: () => "false" },
      runs: true,
      arn: listenerRule,
      carries: "nothing",
      handlers: {
        create: {
          elasticloadbalancing: "CreateRule DescribeRules AddTags",
          "cognito-idp": "DescribeUserPoolClient",
        },
        read: { elasticloadbalancing: "DescribeRules DescribeTags" },
        update: {
          elasticloadbalancing: "ModifyRule SetRulePriorities DescribeRules AddTags RemoveTags DescribeTags",
        },
        delete: { elasticloadbalancing: "DeleteRule DescribeRules" },
        tagging: { elasticloadbalancing: "AddTags DescribeTags RemoveTags" },
      },
      conditions: [
        {
          why: "people who log in by Cognito before they reach the service",
          actions: "cognito-idp:DescribeUserPoolClient",
        },
      ],
      meantFor: "containers",
    },
  },
  pulumi: {
    "aws:lb/listener:Listener": plain(
      ({ input, arn, hash }) => {
        const made = arn(
          "elasticloadbalancing",
          `listener/${afterKind(input("loadBalancerArn"))}/${hash(16)}`,
        );
        return { id: made, outputs: { arn: made } };
      },
      { setOn: ["loadBalancerArn", "arn", "aws:lb/loadBalancer:LoadBalancer"] },
    ),
    "aws:lb/loadBalancer:LoadBalancer": plain(loadBalancer),
  },
  prefix: "elasticloadbalancing",
  asked,
};
