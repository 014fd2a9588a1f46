import { allow } from "../policies";
import { functions, lambdaExecution, logGroups, tables } from "./lambdaExecution";
import type { Workload } from "./workload";

/** A function in a container image behind an HTTP API, with tables; shifted by alias. */
export const lambdaContainer = {
  kind: "lambda-container",
  privilegedBuild: true,
  execution: lambdaExecution,
  boundary: (site) => [
    allow("WriteLogs", ["logs:CreateLogStream", "logs:PutLogEvents"], logGroups(site)),
    allow(
      "UseTables",
      [
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
      ],
      [tables(site)],
      // From this workload's own functions alone: a boundary does not limit who may assume a role.
      { ArnLike: { "lambda:SourceFunctionArn": functions(site) } },
    ),
    allow("Trace", ["xray:PutTelemetryRecords", "xray:PutTraceSegments"], ["*"]),
    allow("Measure", ["cloudwatch:PutMetricData"], ["*"]),
  ],
  codedeploy: (site) => [
    allow(
      "ShiftAliases",
      ["lambda:GetAlias", "lambda:GetProvisionedConcurrencyConfig", "lambda:UpdateAlias"],
      [functions(site)],
    ),
    allow("WatchAlarms", ["cloudwatch:DescribeAlarms"], ["*"]),
  ],
} as const satisfies Workload;
