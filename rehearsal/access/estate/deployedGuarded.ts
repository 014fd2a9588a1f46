import type { Site } from "../../aws/physicalNames";
import { add } from "./collect";
import type { DeployedResource } from "./deployed";
import type { Template } from "./deployedRoles";
import { functionArn, logGroupArn } from "./deployedTypes";
import { notKnown } from "../../../packages/iam/src/policy/notKnown";
import { policy } from "../../../packages/iam/src/policy/policies";
import { map, text, type Values } from "../../../packages/iam/src/json";
import type { Guarded } from "../../../packages/iam/src/model";

const FUNCTIONS = ["AWS::Lambda::Function", "AWS::Lambda::Version", "AWS::Lambda::Alias"];

const partitionOf = (arn: string): string => arn.split(":")[1] ?? "";

/** Whom a permission is for, as Lambda writes it into the policy. */
function principal(written: string, partition: string): unknown {
  if (written === "*") return "*";
  if (/^\d{12}$/.test(written)) return { AWS: `arn:${partition}:iam::${written}:root` };
  return written.startsWith("arn:") ? { AWS: written } : { Service: written };
}

/** A condition for each property that Lambda takes for one. */
const CONDITIONS: readonly (readonly [property: string, operator: string, key: string])[] = [
  ["SourceArn", "ArnLike", "AWS:SourceArn"],
  ["SourceAccount", "StringEquals", "AWS:SourceAccount"],
  ["PrincipalOrgID", "StringEquals", "aws:PrincipalOrgID"],
  ["EventSourceToken", "StringEquals", "lambda:EventSourceToken"],
  ["FunctionUrlAuthType", "StringEquals", "lambda:FunctionUrlAuthType"],
  ["InvokedViaFunctionUrl", "Bool", "lambda:InvokedViaFunctionUrl"],
];

/** https://docs.aws.amazon.com/lambda/latest/dg/permissions-function-services.html shows what AddPermission makes. */
function permission({ logicalId, properties }: DeployedResource, arn: string): Values {
  const condition: Record<string, Record<string, unknown>> = {};
  for (const [property, operator, key] of CONDITIONS) {
    const value = properties[property] as string | boolean | undefined;
    if (value !== undefined) condition[operator] = { ...condition[operator], [key]: String(value) };
  }
  return {
    Sid: logicalId,
    Effect: "Allow",
    Principal: principal(String(properties["Principal"]), partitionOf(arn)),
    Action: properties["Action"],
    Resource: arn,
    ...(Object.keys(condition).length > 0 && { Condition: condition }),
  };
}

/** Functions, versions and aliases: each has a policy of its own. */
function functions({ deployment, keys }: Template): Guarded[] {
  const { resources, account, stackName } = deployment;
  const site: Site = { ...deployment, stack: stackName };
  const permissions = new Map<string, Values[]>();
  for (const each of resources.filter(({ type }) => type === "AWS::Lambda::Permission")) {
    const arn = functionArn(site, text(each.properties, "FunctionName") ?? "");
    permissions.set(arn, [...(permissions.get(arn) ?? []), permission(each, arn)]);
  }
  const found = resources
    .filter(({ type }) => FUNCTIONS.includes(type))
    .map(({ arn }): Guarded => {
      const statements = permissions.get(arn);
      permissions.delete(arn);
      const content = { Version: "2012-10-17", Id: "default", Statement: statements };
      const made =
        statements && policy(`policy of function ${arn.split(":function:")[1]}`, "function", content, keys);
      return { arn, account, attached: "function", policy: made };
    });
  const [lost] = [...permissions.keys()];
  if (lost !== undefined)
    notKnown(`a permission in the template of ${stackName} is for ${lost}, which the template does not make`);
  return found;
}

const tables = ({ deployment: { resources, account }, keys }: Template): Guarded[] =>
  resources
    .filter(({ type }) => type === "AWS::DynamoDB::Table")
    .map(({ arn, id, properties }): Guarded => {
      const content = map(properties["ResourcePolicy"])["PolicyDocument"];
      const made =
        content === undefined ? undefined : policy(`policy of table ${id}`, "table", content, keys);
      return { arn, account, attached: "table", policy: made };
    });

/**
 * The policy that CloudWatch Logs writes itself when somebody who may makes it deliver to a log group, such as
 * the access log of an HTTP API.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/AWS-logs-infrastructure-V2-CloudWatchLogs.html
 */
const deliveryPolicy = (arn: string, account: string, region: string): unknown => ({
  Version: "2012-10-17",
  Statement: [
    {
      Sid: "AWSLogDeliveryWrite20150319",
      Effect: "Allow",
      Principal: { Service: ["delivery.logs.amazonaws.com"] },
      Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
      Resource: [`${arn}:log-stream:*`],
      Condition: {
        StringEquals: { "aws:SourceAccount": [account] },
        ArnLike: { "aws:SourceArn": [`arn:${partitionOf(arn)}:logs:${region}:${account}:*`] },
      },
    },
  ],
});

function logGroups({ deployment: { resources, account, region }, keys }: Template): Guarded[] {
  const delivered = resources
    .filter(({ type }) => type === "AWS::ApiGatewayV2::Stage")
    .map(({ properties }) => logGroupArn(text(map(properties["AccessLogSettings"]), "DestinationArn") ?? ""));
  return resources
    .filter(({ type }) => type === "AWS::Logs::LogGroup")
    .map(({ arn, id }): Guarded => {
      const made = delivered.includes(arn)
        ? policy(`policy of log group ${id}`, "logGroup", deliveryPolicy(arn, account, region), keys)
        : undefined;
      return { arn, account, attached: "logGroup", policy: made };
    });
}

/** Adds what a template makes that has, or could have, a policy of its own. */
export function addGuarded(guarded: Map<string, Guarded>, template: Template): void {
  for (const each of [...functions(template), ...tables(template), ...logGroups(template)])
    add(guarded, each.arn, each);
}
