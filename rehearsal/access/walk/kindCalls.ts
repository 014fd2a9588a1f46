import { possible } from "./conditions";
import { HANDLERS } from "./handlers";
import { DOCUMENTED } from "./stackCalls";
import type { WalkedCall } from "./walk";

/** Actions that templates of one kind of workload can need, by the policy that they are granted in. */
export interface KindCalls {
  /** By CloudFormation, whatever the properties of the kind's types are. */
  readonly execution: ReadonlySet<string>;
  /** By the workload itself, at most. */
  readonly boundary: ReadonlySet<string>;
  /** By CodeDeploy, while it shifts an alias. */
  readonly codedeploy: ReadonlySet<string>;
}

/** What a function with tables calls through the SDK, its runtime for it, and X-Ray. */
const FUNCTION_WITH_TABLES = [
  "cloudwatch:PutMetricData",
  "dynamodb:BatchGetItem",
  "dynamodb:BatchWriteItem",
  "dynamodb:ConditionCheckItem",
  "dynamodb:DeleteItem",
  "dynamodb:DescribeTable",
  "dynamodb:GetItem",
  "dynamodb:PutItem",
  "dynamodb:Query",
  "dynamodb:Scan",
  "dynamodb:UpdateItem",
  "logs:CreateLogStream",
  "logs:PutLogEvents",
  "xray:PutTelemetryRecords",
  "xray:PutTraceSegments",
];

/** Types that a workload of the kind is made of; a template may have others, which the kind does not provide for. */
const LAMBDA_CONTAINER = [
  "AWS::ApiGatewayV2::Api",
  "AWS::ApiGatewayV2::Authorizer",
  "AWS::ApiGatewayV2::Deployment",
  "AWS::ApiGatewayV2::Integration",
  "AWS::ApiGatewayV2::Route",
  "AWS::ApiGatewayV2::Stage",
  "AWS::CloudWatch::Alarm",
  "AWS::CodeDeploy::Application",
  "AWS::CodeDeploy::DeploymentGroup",
  "AWS::DynamoDB::Table",
  "AWS::IAM::Role",
  "AWS::IAM::RolePolicy",
  "AWS::Lambda::Alias",
  "AWS::Lambda::Function",
  "AWS::Lambda::Permission",
  "AWS::Lambda::Version",
  "AWS::Logs::LogGroup",
];

const handled = (types: readonly string[]): string[] =>
  types.flatMap((type) =>
    Object.values(HANDLERS.get(type) ?? {})
      .flat()
      .filter((action) => possible(type, action)),
  );

/** By kind, as settings call it: what a kind's policies grant beyond this nothing can use. */
export const KIND_CALLS: Readonly<Record<string, KindCalls>> = {
  "lambda-container": {
    execution: new Set([...handled(LAMBDA_CONTAINER), ...DOCUMENTED]),
    boundary: new Set(FUNCTION_WITH_TABLES),
    codedeploy: new Set([
      "cloudwatch:DescribeAlarms",
      "lambda:GetAlias",
      "lambda:GetProvisionedConcurrencyConfig",
      "lambda:UpdateAlias",
    ]),
  },
};

/** What is in use: each role with each action and resource that some call of the walk is about. */
export function usedBy(
  calls: readonly WalkedCall[],
): readonly { readonly roleArn: string; readonly action: string; readonly resource: string }[] {
  const found = calls.flatMap(({ principal, action, resource }) =>
    principal.kind === "session" ? [{ roleArn: principal.roleArn, action, resource }] : [],
  );
  return [...new Map(found.map((each) => [JSON.stringify(each), each])).values()];
}
