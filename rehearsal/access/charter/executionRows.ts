/**
 * What CloudFormation may do to deploy a workload: nothing beyond its own prefix. It works with the execution role of an
 * environment; for a branch, with the session of the job that deploys it.
 */
import { of, type Row, rowsOver } from "./rows";

const FUNCTIONS = "function {workload}-*";
const TAG = "delivery:workload";

const over = rowsOver("environment-or-branch");
const EXECUTION = "executor";
/** Functions come with roles of their own. */
const row = (may: readonly string[], on: Row["on"], why: string, when?: Row["when"]): Row =>
  over(EXECUTION, may, on, why, { needs: "bounded", ...(when && { when }) });

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
];

const CODE: readonly Row[] = [
  over(
    EXECUTION,
    of("lambda", "AssociateRuntimeAlias"),
    FUNCTIONS,
    "a zip runs on a runtime of Lambda's; CloudFormation's schema has this, IAM's reference has not",
    { needs: ["bounded", "files"] },
  ),
  over(
    EXECUTION,
    of("ecr", "BatchGetImage GetDownloadUrlForLayer"),
    "images",
    "Lambda asks with the caller's rights when it takes the image",
    { needs: "image by execution" },
  ),
  over(
    EXECUTION,
    of("s3", "GetObject"),
    "artifact releases/{pipeline}/{account}/{environment}/*",
    "Lambda fetches a zip with the caller's rights, from the releases to this environment",
    { needs: "files by execution" },
  ),
  over(EXECUTION, of("kms", "Decrypt"), "key", "the zip is encrypted; through S3 and not otherwise", {
    needs: "files by execution",
    when: { "kms:ViaService": "s3.{region}.{suffix}" },
  }),
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
      `CreateLogDelivery DeleteLogDelivery GetLogDelivery ListLogDeliveries PutResourcePolicy UpdateLogDelivery`,
    ),
    "anything",
    "API Gateway delivers access logs with the caller's rights; these know no resource",
  ),
];

/** What every kind can have. */
const all = (may: readonly string[], on: Row["on"], why: string): Row => over(EXECUTION, may, on, why);
const CHANGE_LOGS = of(
  "logs",
  `CreateLogGroup DeleteLogGroup DeleteRetentionPolicy GetDataProtectionPolicy ListTagsForResource PutRetentionPolicy
  TagResource UntagResource`,
);
const STORAGE: readonly Row[] = [
  all(
    of(
      "dynamodb",
      `CreateTable DeleteTable DescribeContinuousBackups DescribeContributorInsights
      DescribeKinesisStreamingDestination DescribeTable DescribeTimeToLive GetResourcePolicy ListTagsOfResource
      TagResource UntagResource UpdateContinuousBackups UpdateTable UpdateTimeToLive`,
    ),
    "table {workload}-*",
    "tables are made and changed; what is in them is neither read nor written",
  ),
  all(
    CHANGE_LOGS,
    "log-group {workload}-*",
    "log groups are made and changed; logs are neither read nor written",
  ),
  row(CHANGE_LOGS, "log-group /aws/lambda/{workload}-*", "the same, of functions"),
  all(
    of("logs", "DescribeIndexPolicies DescribeLogGroups DescribeResourcePolicies"),
    "anything",
    "what log groups there are, and who may deliver to them; these know no resource",
  ),
  all(
    of(
      "cloudwatch",
      `DeleteAlarms DescribeAlarms ListTagsForResource PutMetricAlarm TagResource UntagResource`,
    ),
    "alarm {workload}-*",
    "alarms are made and changed",
  ),
];

export const EXECUTION_ROWS: readonly Row[] = [...COMPUTE, ...CODE, ...API, ...STORAGE];
