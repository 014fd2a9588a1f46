/** What is the same for all kinds: tables, log groups and alarms of the workload's own. Pure. */
import { arn } from "../names";
import { allow, type Conditions, type Statement } from "../policies";
import type { WorkloadSite } from "./workload";

export const tables = ({ scope, account, name }: WorkloadSite) =>
  arn(scope, "dynamodb", account, `table/${name}-*`);
/** Its log groups. A folder is one that an AWS service logs to by itself, such as `/aws/lambda/`. */
export const logGroups = (
  { scope, account, name }: WorkloadSite,
  folders: readonly string[] = [""],
): string[] => folders.map((folder) => arn(scope, "logs", account, `log-group:${folder}${name}-*`));

/** What the service itself does with its tables. */
export const useTables = (site: WorkloadSite, conditions?: Conditions): Statement =>
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
    conditions,
  );

/** What CloudFormation does to make and change all of them. */
export const storageStatements = (
  site: WorkloadSite,
  logGroupArns: readonly string[] = logGroups(site),
): Statement[] => [
  allow(
    "ManageTables",
    [
      "dynamodb:CreateTable",
      "dynamodb:DeleteTable",
      "dynamodb:DescribeContinuousBackups",
      "dynamodb:DescribeContributorInsights",
      "dynamodb:DescribeKinesisStreamingDestination",
      "dynamodb:DescribeTable",
      "dynamodb:DescribeTimeToLive",
      "dynamodb:GetResourcePolicy",
      "dynamodb:ListTagsOfResource",
      "dynamodb:TagResource",
      "dynamodb:UntagResource",
      "dynamodb:UpdateContinuousBackups",
      "dynamodb:UpdateTable",
      "dynamodb:UpdateTimeToLive",
    ],
    [tables(site)],
  ),
  allow(
    "ManageLogGroups",
    [
      "logs:CreateLogGroup",
      "logs:DeleteLogGroup",
      "logs:DeleteRetentionPolicy",
      "logs:GetDataProtectionPolicy",
      "logs:ListTagsForResource",
      "logs:PutRetentionPolicy",
      "logs:TagResource",
      "logs:UntagResource",
    ],
    logGroupArns,
  ),
  // These know no resource.
  allow(
    "ReadLogGroups",
    ["logs:DescribeIndexPolicies", "logs:DescribeLogGroups", "logs:DescribeResourcePolicies"],
    ["*"],
  ),
  allow(
    "ManageAlarms",
    [
      "cloudwatch:DeleteAlarms",
      "cloudwatch:DescribeAlarms",
      "cloudwatch:ListTagsForResource",
      "cloudwatch:TagResource",
      "cloudwatch:UntagResource",
    ],
    alarms(site),
  ),
  // What an alarm does, CloudWatch does with a role of its own: stop instances, scale services, tell others' topics.
  // The key has the actions of every state; an alarm without any has no value for it, which ForAllValues lets through.
  // https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/iam-cw-condition-keys-alarm-actions.html
  allow("PutAlarms", ["cloudwatch:PutMetricAlarm"], alarms(site), {
    "ForAllValues:StringLike": {
      "cloudwatch:AlarmActions": [arn(site.scope, "sns", site.account, `${site.name}-*`)],
    },
  }),
];

const alarms = ({ scope, account, name }: WorkloadSite): string[] => [
  arn(scope, "cloudwatch", account, `alarm:${name}-*`),
];
