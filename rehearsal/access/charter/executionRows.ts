/** What CloudFormation may do to deploy functions behind an HTTP API: nothing beyond the workload's own prefix. */
import { of, type Row, rowsOver } from "./rows";

const FUNCTIONS = "function {workload}-*";
const TAG = "delivery:workload";

const over = rowsOver("environment");
const row = (may: readonly string[], on: Row["on"], why: string, when?: Row["when"]): Row =>
  over("role {project}-{workload}-execution", may, on, why, when && { when });

const COMPUTE: readonly Row[] = [
  row(
    of(
      "lambda",
      `CreateAlias CreateFunction DeleteAlias DeleteFunction DeleteFunctionConcurrency
      DeleteProvisionedConcurrencyConfig GetAlias GetFunction GetFunctionCodeSigningConfig GetFunctionConfiguration
      GetFunctionRecursionConfig GetFunctionScalingConfig GetPolicy GetProvisionedConcurrencyConfig GetRuntimeManagementConfig ListTags
      ListVersionsByFunction PublishVersion PutFunctionConcurrency PutProvisionedConcurrencyConfig TagResource
      UntagResource UpdateAlias UpdateFunctionCode UpdateFunctionConfiguration`,
    ),
    FUNCTIONS,
    "functions, versions and aliases are made, changed and deleted",
  ),
  row(
    of("lambda", "AddPermission RemovePermission"),
    FUNCTIONS,
    "API Gateway, and nobody else, may be let in",
    {
      "lambda:Principal": "apigateway.amazonaws.com",
    },
  ),
  row(
    of("ecr", "BatchGetImage GetDownloadUrlForLayer"),
    "images",
    "Lambda asks with the caller's rights when it takes the image",
  ),
];

const API: readonly Row[] = [
  row(of("apigateway", "POST"), "api /apis", "APIs are made, with the workload's tag", {
    [`aws:RequestTag/${TAG}`]: "{workload}",
  }),
  row(
    of("apigateway", "DELETE GET PATCH POST PUT TagResource UntagResource"),
    "api /apis/*",
    "APIs that have the workload's tag are changed",
    {
      [`aws:ResourceTag/${TAG}`]: "{workload}",
    },
  ),
  row(
    of("apigateway", "POST PUT"),
    "api /tags/*",
    "the workload's tag is written, and no other; AWS tells nothing of the API there, so it can be put on another's",
    { [`aws:RequestTag/${TAG}`]: "{workload}" },
  ),
  row(
    of(
      "logs",
      `CreateLogDelivery DeleteLogDelivery DescribeResourcePolicies GetLogDelivery ListLogDeliveries
      PutResourcePolicy UpdateLogDelivery`,
    ),
    "anything",
    "API Gateway delivers access logs with the caller's rights; these know no resource",
  ),
];

const STORAGE: readonly Row[] = [
  row(
    of(
      "dynamodb",
      `CreateTable DeleteTable DescribeContinuousBackups DescribeContributorInsights
      DescribeKinesisStreamingDestination DescribeTable DescribeTimeToLive GetResourcePolicy ListTagsOfResource
      TagResource UntagResource UpdateContinuousBackups UpdateTable UpdateTimeToLive`,
    ),
    "table {workload}-*",
    "tables are made and changed; what is in them is neither read nor written",
  ),
  row(
    of(
      "logs",
      `CreateLogGroup DeleteLogGroup DeleteRetentionPolicy GetDataProtectionPolicy ListTagsForResource PutRetentionPolicy TagResource
      UntagResource`,
    ),
    ["log-group /aws/lambda/{workload}-*", "log-group {workload}-*"],
    "log groups are made and changed; logs are neither read nor written",
  ),
  row(
    of("logs", "DescribeIndexPolicies DescribeLogGroups"),
    "anything",
    "what log groups there are; these know no resource",
  ),
];

export const EXECUTION_ROWS: readonly Row[] = [...COMPUTE, ...API, ...STORAGE];
