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
      `CreateAlias DeleteAlias DeleteFunction DeleteFunctionConcurrency
      DeleteProvisionedConcurrencyConfig GetAlias GetFunction GetFunctionCodeSigningConfig GetFunctionConfiguration
      GetFunctionRecursionConfig GetFunctionScalingConfig GetPolicy GetProvisionedConcurrencyConfig GetRuntimeManagementConfig ListTags
      ListVersionsByFunction PublishVersion PutFunctionConcurrency PutProvisionedConcurrencyConfig TagResource
      UntagResource UpdateAlias UpdateFunctionCode`,
    ),
    FUNCTIONS,
    "functions, versions and aliases are changed and deleted",
  ),
  row(
    of("lambda", "CreateFunction UpdateFunctionConfiguration"),
    FUNCTIONS,
    "functions are made and configured, in no VPC and with no layers but the workload's own",
    {
      "lambda:VpcIds": { absent: true },
      "lambda:Layer": { ifThere: "arn:{partition}:lambda:{region}:{account}:layer:{workload}-*" },
    },
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

const LOGS = "arn:{partition}:logs:{region}:{account}:log-group:";
const LOGGING = {
  "apigateway:Request/AccessLoggingDestination": {
    ifThere: [`${LOGS}{workload}-*`, `${LOGS}/aws/lambda/{workload}-*`],
  },
};
/** Both halves of what may be done to an API: access logs go to the workload's own groups. */
const changing = (on: string, why: string, when: NonNullable<Row["when"]>): Row[] => [
  row(of("apigateway", "DELETE GET PUT TagResource UntagResource"), on, why, when),
  row(of("apigateway", "PATCH POST"), on, `${why}; access is logged to the workload's own groups`, {
    ...when,
    ...LOGGING,
  }),
];

const API: readonly Row[] = [
  row(of("apigateway", "POST"), "api /apis", "APIs are made, with the workload's tag", {
    [`aws:RequestTag/${TAG}`]: "{workload}",
  }),
  ...changing("api /apis/*", "APIs that have the workload's tag are changed", {
    [`aws:ResourceTag/${TAG}`]: "{workload}",
  }),
  ...changing(
    "api /apis/*/*",
    "so is what is below an API, where AWS may say the API's tag or none; below another's API, only if it says none",
    { [`aws:ResourceTag/${TAG}`]: { ifThere: "{workload}" } },
  ),
  row(
    of("apigateway", "POST PUT"),
    ["api /tags/*", "api arn:{partition}:apigateway:{region}::/tags/*"],
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
    of("cloudwatch", `DeleteAlarms DescribeAlarms ListTagsForResource TagResource UntagResource`),
    "alarm {workload}-*",
    "alarms are looked at and deleted",
  ),
  over(
    EXECUTION,
    of("cloudwatch", "PutMetricAlarm"),
    "alarm {workload}-*",
    "alarms are made and changed, and do nothing but tell topics of the workload's own name",
    {
      when: { "cloudwatch:AlarmActions": { ifThere: "arn:{partition}:sns:{region}:{account}:{workload}-*" } },
    },
  ),
];

export const EXECUTION_ROWS: readonly Row[] = [...COMPUTE, ...CODE, ...API, ...STORAGE];
