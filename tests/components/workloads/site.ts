/** A workload in an environment, and statements about it as tests write them. */
import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import type { Statement } from "../../../components/policies";
import { type DeployedSite, workloadSiteOf } from "../../../components/workloads/workload";
import { CATALOG, resolved, SCOPE } from "../../programs";

const CLUSTER = "apps";
export const SUBNETS = ["subnet-1a", "subnet-1b"];
export const LISTENER = "arn:aws:elasticloadbalancing:eu-central-1:222222222222:listener/app/front/1a2b/3c4d";
export const REPOSITORY = "arn:aws:ecr:eu-central-1:444444444444:repository/catalog-1a2b3c4";
export const FILES = "arn:aws:s3:::artifacts-1a2b3c4/releases/catalog/222222222222/test/*";
export const KEY = "arn:aws:kms:eu-central-1:444444444444:key/01234567-89ab-cdef-0123-456789abcdef";
export const SITE: DeployedSite = {
  ...workloadSiteOf({
    scope: SCOPE,
    account: "222222222222",
    pipeline: CATALOG,
    environment: "test",
    functionNetwork: { subnets: SUBNETS, securityGroups: ["sg-1"] },
  }),
  repositoryArn: REPOSITORY,
  releaseFilesArn: FILES,
  keyArn: KEY,
  platform: {
    cluster: pulumi.output(CLUSTER),
    listenerArn: pulumi.output(LISTENER),
    subnetIds: pulumi.output(SUBNETS),
  },
};
/** The name of a role, or of the boundary, that the environment has for it. */
export const roleArn = (kind: string) => `arn:aws:iam::222222222222:role/team/acme-cat--test-${kind}`;
export const BOUNDARY = "arn:aws:iam::222222222222:policy/team/acme-cat--test-boundary";
export const arn = (service: string, resource: string) =>
  `arn:aws:${service}:eu-central-1:222222222222:${resource}`;

export const tagged = (kind: "Request" | "Resource") => ({
  StringEquals: { [`aws:${kind}Tag/delivery:workload`]: "cat--test" },
});
export const passed = (service: string) => ({ StringEquals: { "iam:PassedToService": service } });

/** A statement; actions are written without their service, separated by white space. */
export const may = (
  Sid: string,
  service: string,
  actions: string,
  Resource: string[],
  Condition?: object,
) => ({
  Sid,
  Effect: "Allow",
  Action: actions
    .trim()
    .split(/\s+/)
    .map((action) => `${service}:${action}`),
  Resource,
  ...(Condition && { Condition }),
});

const bySid = (statements: readonly { Sid: string }[]) => new Map(statements.map((each) => [each.Sid, each]));

/** These statements, in any order, and no other. */
export async function are(actual: readonly Statement[], ...expected: { Sid: string }[]): Promise<void> {
  const statements = (await resolved(actual)) as Statement[];
  assert.deepEqual(bySid(statements), bySid(expected));
  assert.equal(statements.length, expected.length);
}

/** Tables, log groups and alarms, which every kind may have. */
export const storage = (logs: string[]) => [
  may(
    "ManageTables",
    "dynamodb",
    `CreateTable DeleteTable DescribeContinuousBackups DescribeContributorInsights
     DescribeKinesisStreamingDestination DescribeTable DescribeTimeToLive GetResourcePolicy
     ListTagsOfResource TagResource UntagResource UpdateContinuousBackups UpdateTable UpdateTimeToLive`,
    [arn("dynamodb", "table/cat--test-*")],
  ),
  may(
    "ManageLogGroups",
    "logs",
    `CreateLogGroup DeleteLogGroup DeleteRetentionPolicy GetDataProtectionPolicy ListTagsForResource PutRetentionPolicy
     TagResource UntagResource`,
    logs,
  ),
  may("ReadLogGroups", "logs", "DescribeIndexPolicies DescribeLogGroups DescribeResourcePolicies", ["*"]),
  may(
    "ManageAlarms",
    "cloudwatch",
    "DeleteAlarms DescribeAlarms ListTagsForResource TagResource UntagResource",
    [arn("cloudwatch", "alarm:cat--test-*")],
  ),
  may("PutAlarms", "cloudwatch", "PutMetricAlarm", [arn("cloudwatch", "alarm:cat--test-*")], {
    "ForAllValues:StringLike": { "cloudwatch:AlarmActions": [arn("sns", "cat--test-*")] },
  }),
];

export const useTables = (Condition?: object) =>
  may(
    "UseTables",
    "dynamodb",
    `BatchGetItem BatchWriteItem ConditionCheckItem DeleteItem DescribeTable GetItem PutItem Query
     Scan UpdateItem`,
    [arn("dynamodb", "table/cat--test-*")],
    Condition,
  );
