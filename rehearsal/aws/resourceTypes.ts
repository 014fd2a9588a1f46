import { CONTAINER_TYPES } from "./containerTypes";
import {
  after,
  arn,
  digest,
  endpoint,
  generatedId,
  generatedName,
  named,
  type Name,
  ofFunction,
  property,
  version,
} from "./physicalNames";

/** A type whose ways the rehearsal knows. */
export interface KnownType {
  /** Properties that CloudFormation replaces the resource for (`createOnlyProperties` of its schema). */
  readonly createOnly: readonly string[];
  /** What `Ref` gives. */
  readonly ref: Name;
  /** What `Fn::GetAtt` gives. */
  readonly attributes: Readonly<Record<string, Name>>;
  /** What people know it by, for the plan. Default: nothing but its logical id. */
  readonly title?: Name;
  /** Whether something of it runs here; otherwise it is planned and no more. */
  readonly runs: boolean;
}

const table = named("TableName");
const logGroup = named("LogGroupName");
const role = named("RoleName");
const alarm = named("AlarmName");
const lambda = named("FunctionName");
const planned = { attributes: {}, runs: false };
/** `role/delivery/name`: the path of what IAM knows is in its ARN. */
const inPath =
  (kind: string, name: Name): Name =>
  (site, resource) =>
    `${kind}${property("Path", () => "/")(site, resource)}${name(site, resource)}`;
const managedPolicy = arn("iam", inPath("policy", named("ManagedPolicyName")));

export const KNOWN_TYPES: Readonly<Record<string, KnownType>> = {
  "AWS::DynamoDB::Table": {
    createOnly: ["TableName", "ImportSourceSpecification", "KeySchema", "LocalSecondaryIndexes"],
    ref: table,
    attributes: { Arn: arn("dynamodb", after("table/", table)) },
    title: table,
    runs: true,
  },
  "AWS::Lambda::Function": {
    createOnly: ["FunctionName", "PackageType", "TenancyConfig"],
    ref: lambda,
    attributes: { Arn: arn("lambda", after("function:", lambda)) },
    runs: true,
  },
  "AWS::Lambda::Version": {
    createOnly: [
      ...["FunctionName", "Description", "CodeSha256", "ProvisionedConcurrencyConfig", "RuntimePolicy"],
    ],
    ref: ofFunction(version),
    attributes: { Version: version, FunctionArn: ofFunction(version) },
    runs: true,
  },
  "AWS::Lambda::Alias": {
    createOnly: ["Name", "FunctionName"],
    ref: ofFunction(property("Name")),
    attributes: { AliasArn: ofFunction(property("Name")) },
    title: property("Name"),
    runs: true,
  },
  "AWS::ApiGatewayV2::Api": {
    createOnly: ["ProtocolType"],
    ref: generatedId,
    attributes: { ApiId: generatedId, ApiEndpoint: endpoint },
    runs: true,
  },
  "AWS::ApiGatewayV2::Integration": {
    createOnly: ["ApiId"],
    ref: generatedId,
    attributes: { IntegrationId: generatedId },
    runs: true,
  },
  "AWS::ApiGatewayV2::Route": {
    createOnly: ["ApiId"],
    ref: generatedId,
    attributes: { RouteId: generatedId },
    title: property("RouteKey"),
    runs: true,
  },
  "AWS::ApiGatewayV2::Stage": {
    createOnly: ["ApiId", "StageName"],
    ref: property("StageName"),
    attributes: {},
    title: property("StageName"),
    runs: true,
  },
  ...CONTAINER_TYPES,
  "AWS::Lambda::Permission": {
    ...planned,
    createOnly: [
      ...["Action", "EventSourceToken", "FunctionName", "FunctionUrlAuthType", "InvokedViaFunctionUrl"],
      ...["Principal", "PrincipalOrgID", "SourceAccount", "SourceArn"],
    ],
    ref: generatedName,
    attributes: { Id: generatedName },
  },
  "AWS::IAM::Role": {
    ...planned,
    createOnly: ["Path", "RoleName"],
    ref: role,
    attributes: {
      Arn: arn("iam", inPath("role", role)),
      RoleId: (site, resource) => `AROA${digest(site, resource).slice(0, 17).toUpperCase()}`,
    },
  },
  "AWS::IAM::ManagedPolicy": {
    ...planned,
    createOnly: ["Description", "ManagedPolicyName", "Path"],
    ref: managedPolicy,
    attributes: { PolicyArn: managedPolicy },
  },
  "AWS::Logs::LogGroup": {
    ...planned,
    createOnly: ["LogGroupName"],
    ref: logGroup,
    attributes: { Arn: arn("logs", after("log-group:", logGroup, ":*")) },
    title: logGroup,
  },
  "AWS::CloudWatch::Alarm": {
    ...planned,
    createOnly: ["AlarmName"],
    ref: alarm,
    attributes: { Arn: arn("cloudwatch", after("alarm:", alarm)) },
  },
  "AWS::CodeDeploy::Application": {
    ...planned,
    createOnly: ["ApplicationName", "ComputePlatform"],
    ref: named("ApplicationName"),
  },
  "AWS::CodeDeploy::DeploymentGroup": {
    ...planned,
    createOnly: ["ApplicationName", "DeploymentGroupName"],
    ref: named("DeploymentGroupName"),
  },
};
