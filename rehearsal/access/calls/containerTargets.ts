/** What each call for a service of tasks and its place behind a load balancer is asked on. */
import { type Asked, on } from "./call";
import type { Operation } from "./handlers";
import { passedOn } from "./passedOn";
import { requestTags, resourceTags, type Subject } from "./targets";
import { text } from "../../../packages/iam/src/json";

/** A deployment of a service: `service-deployment/<cluster>/<service>/<id>`. */
const deploymentOf = (serviceArn: string): string =>
  `${serviceArn.replace(":service/", ":service-deployment/")}/rehearsal`;

/** https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonelasticcontainerservice.html */
export function tasks({ resource, deployment }: Subject, operation: Operation, action: string): Asked[] {
  const { arn } = resource;
  if (/TaskDefinition$/.test(action) && action !== "ecs:RegisterTaskDefinition") return on("*", [action]);
  if (/:(Describe|Stop)ServiceDeployments?$/.test(action))
    return [...on(arn, [action]), ...on(deploymentOf(arn), [action])];
  const created = {
    "ecs:CreateAction": arn.includes(":service/") ? "CreateService" : "RegisterTaskDefinition",
  };
  const tags = requestTags(deployment);
  if (action === "ecs:TagResource")
    return on(arn, [action], operation === "create" ? { ...tags, ...created } : tags);
  const says = operation === "create" ? tags : {};
  const passes = passedOn(resource, action);
  // Whether CloudFormation names in an update what has not changed is not documented.
  return [
    ...on(arn, [action], { ...says, ...passes }),
    ...(Object.keys(passes).length > 0 && operation !== "create"
      ? on(arn, [action], says).map((each) => ({ ...each, reading: "an update names only what changes" }))
      : []),
  ];
}

/** https://docs.aws.amazon.com/service-authorization/latest/reference/list_awselasticloadbalancingv2.html */
export function loadBalancing(
  { resource: { arn, type, properties }, deployment }: Subject,
  operation: Operation,
  action: string,
): Asked[] {
  if (action.startsWith("elasticloadbalancing:Describe")) return on("*", [action]);
  const [request, tagged] = [requestTags(deployment), resourceTags(deployment)];
  if (action === "elasticloadbalancing:CreateRule")
    return on(text(properties, "ListenerArn") ?? "*", [action], request);
  if (operation !== "create")
    return on(arn, [action], /:(Add|Remove)Tags$/.test(action) ? { ...request, ...tagged } : tagged);
  // What is tagged while it is made has no tag before.
  const created = type.endsWith("::TargetGroup") ? "CreateTargetGroup" : "CreateRule";
  if (action === "elasticloadbalancing:AddTags")
    return on(arn, [action], { ...request, "elasticloadbalancing:CreateAction": created });
  return on(arn, [action], action.includes(":Create") ? request : tagged);
}
