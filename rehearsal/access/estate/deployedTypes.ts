import { partition } from "../../../components/names";
import { after, arn, digest, type Name, named, property, type Site } from "../../aws/physicalNames";
import { KNOWN_TYPES } from "../../aws/resourceTypes";
import type { StackResource } from "../../release/cloudformation/stack";
import { notKnown } from "../../../packages/iam/src/policy/notKnown";

/** How a type of template resource has to do with policies. */
export interface DeployedType {
  /** ARN of the resource, or of what the calls for it are asked on. */
  readonly arn: Name;
  /** Properties, `A.B` for one inside another, that would carry access and are not collected. */
  readonly refused?: readonly string[];
}

const attribute =
  (name: string): Name =>
  (site, resource) =>
    KNOWN_TYPES[resource.type]?.attributes[name]?.(site, resource) ??
    notKnown(`${resource.logicalId} (${resource.type}) has no ${name}`);

const ref: Name = (site, resource) => (KNOWN_TYPES[resource.type]?.ref ?? named("Name"))(site, resource);

/** A function, version or alias, however a template names it: `name`, `name:live`, part of an ARN or all of it. */
export function functionArn({ region, account }: Site, written: string): string {
  if (written.startsWith("arn:")) return written;
  const name = written.replace(/^\d{12}:function:/, "");
  return `arn:${partition(region)}:lambda:${region}:${account}:function:${name}`;
}
const ofFunction: Name = (site, resource) => functionArn(site, property("FunctionName")(site, resource));

/** Paths of HTTP APIs have no account. https://docs.aws.amazon.com/apigateway/latest/developerguide/arn-format-reference.html */
const path =
  (rest: Name): Name =>
  (site, resource) =>
    `arn:${partition(site.region)}:apigateway:${site.region}::/apis/${rest(site, resource)}`;
const ofApi = (kind: string): Name => path(after("", property("ApiId"), `/${kind}/`));
const inApi =
  (kind: string): Name =>
  (site, resource) =>
    `${ofApi(kind)(site, resource)}${ref(site, resource)}`;

/** Ids that AWS makes: sixteen digits of sixteen. */
const id: Name = (site, resource) => digest(site, resource).slice(0, 16);
const targetGroup = arn(
  "elasticloadbalancing",
  (site, resource) => `targetgroup/${named("Name")(site, resource)}/${id(site, resource)}`,
);
/** In the listener that it is a rule of. */
const listenerRule: Name = (site, resource) =>
  `${property("ListenerArn")(site, resource).replace(":listener/", ":listener-rule/")}/${id(site, resource)}`;
/** A service is in a cluster, which templates name or give the ARN of. */
const ecsService = arn("ecs", (site, resource) => {
  const cluster = property("Cluster", () => "default")(site, resource)
    .split("/")
    .at(-1);
  return `service/${cluster}/${named("ServiceName")(site, resource)}`;
});

/** A log group as IAM writes it, without the `:*` that its attribute has. */
export const logGroupArn = (written: string): string => written.replace(/:\*$/, "");

/** Types that carry policies, or have some set on them. */
export const CARRYING: ReadonlyMap<string, DeployedType> = new Map<string, DeployedType>([
  ["AWS::IAM::Role", { arn: attribute("Arn") }],
  ["AWS::IAM::RolePolicy", { arn: arn("iam", after("role/", property("RoleName"))) }],
  [
    "AWS::IAM::Policy",
    { arn: arn("iam", after("policy/", named("PolicyName"))), refused: ["Users", "Groups"] },
  ],
  ["AWS::IAM::ManagedPolicy", { arn: ref, refused: ["Users", "Groups"] }],
  ["AWS::Lambda::Function", { arn: attribute("Arn") }],
  ["AWS::Lambda::Version", { arn: ref }],
  ["AWS::Lambda::Alias", { arn: ref }],
  ["AWS::Lambda::Permission", { arn: ofFunction }],
  ["AWS::DynamoDB::Table", { arn: attribute("Arn"), refused: ["StreamSpecification.ResourcePolicy"] }],
  [
    "AWS::Logs::LogGroup",
    {
      arn: (site, resource) => logGroupArn(attribute("Arn")(site, resource)),
      refused: ["ResourcePolicyDocument"],
    },
  ],
]);

/** Types that were looked at and carry none. Any other type stops the model. */
export const PLAIN: ReadonlyMap<string, DeployedType> = new Map<string, DeployedType>([
  ["AWS::ApiGatewayV2::Api", { arn: path(ref) }],
  ["AWS::ApiGatewayV2::Authorizer", { arn: inApi("authorizers") }],
  ["AWS::ApiGatewayV2::Deployment", { arn: inApi("deployments") }],
  ["AWS::ApiGatewayV2::Integration", { arn: inApi("integrations") }],
  ["AWS::ApiGatewayV2::Route", { arn: inApi("routes") }],
  ["AWS::ApiGatewayV2::Stage", { arn: inApi("stages") }],
  ["AWS::CloudWatch::Alarm", { arn: attribute("Arn") }],
  ["AWS::CodeDeploy::Application", { arn: arn("codedeploy", after("application:", ref)) }],
  [
    "AWS::CodeDeploy::DeploymentGroup",
    {
      arn: arn(
        "codedeploy",
        (site, resource) =>
          `deploymentgroup:${property("ApplicationName")(site, resource)}/${ref(site, resource)}`,
      ),
    },
  ],
  ["AWS::ECS::Service", { arn: ecsService }],
  ["AWS::ECS::TaskDefinition", { arn: arn("ecs", after("task-definition/", named("Family"), ":1")) }],
  ["AWS::ElasticLoadBalancingV2::ListenerRule", { arn: listenerRule }],
  ["AWS::ElasticLoadBalancingV2::TargetGroup", { arn: targetGroup }],
  ["AWS::Events::Rule", { arn: arn("events", after("rule/", named("Name"))) }],
  ["AWS::Lambda::EventInvokeConfig", { arn: ofFunction }],
  [
    "AWS::Lambda::Url",
    { arn: (site, resource) => functionArn(site, property("TargetFunctionArn")(site, resource)) },
  ],
  ["AWS::Logs::MetricFilter", { arn: arn("logs", after("log-group:", property("LogGroupName"))) }],
  ["AWS::SSM::Parameter", { arn: arn("ssm", after("parameter/", named("Name"))) }],
]);

/** What is known of a resource's type. Throws NotKnown for a type or property that may carry access unseen. */
export function deployedType(where: string, { logicalId, type, properties }: StackResource): DeployedType {
  const known =
    CARRYING.get(type) ??
    PLAIN.get(type) ??
    notKnown(
      `${where}: ${logicalId} is of type ${type}, which may carry a policy: do without it, or add it to rehearsal/access/estate/deployedTypes.ts and collect what it carries`,
    );
  for (const refused of known.refused ?? []) {
    const value = refused
      .split(".")
      .reduce<unknown>((inner, key) => (inner as Record<string, unknown> | undefined)?.[key], properties);
    if (value !== undefined)
      notKnown(`${where}: ${logicalId} (${type}) has ${refused}, which is not collected`);
  }
  return known;
}
