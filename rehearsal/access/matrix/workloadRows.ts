/** The most that a workload itself can ever do, and what AWS's services may do for it. */
import { of, type Row } from "./rows";

const WORKLOAD = "workload-role {workload}-*";

export const WORKLOAD_ROWS: readonly Row[] = [
  {
    over: "environment-or-branch",
    needs: "bounded",
    who: WORKLOAD,
    may: of("logs", "CreateLogStream PutLogEvents"),
    on: ["log-group /aws/lambda/{workload}-*", "log-group {workload}-*"],
    why: "functions write their logs",
  },
  {
    over: "environment-or-branch",
    needs: "bounded",
    who: WORKLOAD,
    may: of(
      "dynamodb",
      `BatchGetItem BatchWriteItem ConditionCheckItem DeleteItem DescribeTable GetItem PutItem Query Scan UpdateItem`,
    ),
    on: "table {workload}-*",
    when: { "lambda:SourceFunctionArn": "arn:{partition}:lambda:{region}:{account}:function:{workload}-*" },
    why: "functions use the workload's tables; a role that somebody else takes does not",
  },
  {
    over: "environment-or-branch",
    needs: "bounded",
    who: WORKLOAD,
    may: of("xray", "PutTelemetryRecords PutTraceSegments"),
    on: "anything",
    why: "functions send traces; X-Ray knows no resource for this",
  },
  {
    over: "environment-or-branch",
    needs: "bounded",
    who: WORKLOAD,
    may: of("cloudwatch", "PutMetricData"),
    on: "anything",
    when: { "cloudwatch:namespace": ["{workload}", "{workload}/*"] },
    why: "functions send metrics in the workload's own namespace; CloudWatch knows no resource for this",
  },
  {
    over: "environment-or-branch",
    needs: "bounded",
    who: "service lambda.amazonaws.com",
    may: of("sts", "AssumeRole"),
    on: "role {workload}-*",
    why: "functions run with their roles",
    atMost: true,
  },
  {
    over: "environment-or-branch",
    needs: "bounded",
    who: "service apigateway.amazonaws.com",
    may: of("lambda", "InvokeFunction"),
    on: "function {workload}-*",
    when: { "aws:SourceArn": "arn:{partition}:execute-api:{region}:{account}:*" },
    why: "an API of the same account calls its function",
    atMost: true,
  },
  {
    over: "environment-or-branch",
    needs: ["image by execution", "released"],
    who: "service lambda.amazonaws.com",
    may: of("ecr", "BatchGetImage GetDownloadUrlForLayer"),
    on: "images",
    when: { "aws:SourceArn": "arn:{partition}:lambda:{region}:{account}:function:{workload}-*" },
    why: "Lambda pulls again whenever it has dropped its own copy, for functions of this workload only",
  },
  {
    over: "branches",
    needs: "image by execution",
    who: "service lambda.amazonaws.com",
    may: of("ecr", "BatchGetImage GetDownloadUrlForLayer"),
    on: "images",
    when: { "aws:SourceArn": "arn:{partition}:lambda:{region}:{account}:function:{prefix}-*" },
    why: "Lambda pulls again whenever it has dropped its own copy, for functions of this pipeline's branches only",
  },
];
