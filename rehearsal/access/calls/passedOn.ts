/** What a call says of what its resource passes on to AWS's services, where a condition key has it. */
import type { DeployedResource } from "../estate/deployed";
import { list, map, text } from "../../../packages/iam/src/json";

type Properties = DeployedResource["properties"];
type Said = Readonly<Record<string, string | readonly string[]>>;

const texts = (value: unknown): string[] => list(value).map(String);
/** A key with several values; a request that has none does not have the key. */
const several = (key: string, values: readonly string[]): Said =>
  values.length > 0 ? { [key]: values } : {};
const one = (key: string, value: string | boolean | undefined): Said =>
  value === undefined ? {} : { [key]: String(value) };

const service = (properties: Properties): Said => {
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

const taskDefinition = (properties: Properties): Said => ({
  ...several("ecs:compute-compatibility", texts(properties["RequiresCompatibilities"])),
  ...one(
    "ecs:privileged",
    list(properties["ContainerDefinitions"]).some((each) => map(each)["Privileged"] === true),
  ),
});

const lambdaFunction = (properties: Properties): Said => ({
  ...several("lambda:Layer", texts(properties["Layers"])),
  // Its id is in no template; that there is one is enough.
  ...(properties["VpcConfig"] === undefined ? {} : { "lambda:VpcIds": "vpc-0" }),
});

/** The actions of alarms, in whichever state. */
const alarm = (properties: Properties): Said =>
  several(
    "cloudwatch:AlarmActions",
    ["AlarmActions", "InsufficientDataActions", "OKActions"].flatMap((each) => texts(properties[each])),
  );

const stage = (properties: Properties): Said =>
  one(
    "apigateway:Request/AccessLoggingDestination",
    text(map(properties["AccessLogSettings"]), "DestinationArn"),
  );

const BY_ACTION: Readonly<Record<string, (properties: Properties) => Said>> = {
  "apigateway:PATCH": stage,
  "apigateway:POST": stage,
  "cloudwatch:PutMetricAlarm": alarm,
  "ecs:CreateService": service,
  "ecs:RegisterTaskDefinition": taskDefinition,
  "ecs:UpdateService": service,
  "lambda:CreateFunction": lambdaFunction,
  "lambda:UpdateFunctionConfiguration": lambdaFunction,
};

export const passedOn = ({ properties }: DeployedResource, action: string): Said =>
  BY_ACTION[action]?.(properties) ?? {};
