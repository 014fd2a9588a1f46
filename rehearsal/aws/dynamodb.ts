import { map } from "../../packages/iam/src/json";
import { after, arn, named } from "./physicalNames";
import type { Service } from "./types";

const table = named("TableName");
const tableArn = arn("dynamodb", after("table/", table));
const streamArn = arn("dynamodb", after("table/", table, "/stream/2026-01-01T00:00:00.000"));

export const dynamodb: Service = {
  file: "dynamodb",
  cloudFormation: {
    "AWS::DynamoDB::Table": {
      createOnly: ["TableName", "ImportSourceSpecification", "KeySchema", "LocalSecondaryIndexes"],
      ref: table,
      attributes: { Arn: tableArn, StreamArn: streamArn },
      title: table,
      runs: true,
      arn: tableArn,
      carries: {
        guards: "table",
        policy: (properties) => map(properties["ResourcePolicy"])["PolicyDocument"],
      },
      refused: ["StreamSpecification.ResourcePolicy"],
      handlers: {
        create: {
          dynamodb: `CreateTable DescribeImport DescribeTable DescribeTimeToLive UpdateTimeToLive
          UpdateContributorInsights UpdateContinuousBackups DescribeContinuousBackups
          DescribeContributorInsights EnableKinesisStreamingDestination
          DisableKinesisStreamingDestination DescribeKinesisStreamingDestination ImportTable
          ListTagsOfResource TagResource UpdateTable GetResourcePolicy PutResourcePolicy
          CreateTableReplica Scan Query UpdateItem PutItem GetItem DeleteItem BatchWriteItem
          AssociateTableReplica`,
          kinesis: "DescribeStream PutRecords",
          iam: "CreateServiceLinkedRole",
          kms: "CreateGrant Decrypt DescribeKey ListAliases Encrypt RevokeGrant",
          logs: `CreateLogGroup CreateLogStream DescribeLogGroups DescribeLogStreams PutLogEvents
          PutRetentionPolicy`,
          s3: "GetObject GetObjectMetadata ListBucket",
        },
        read: {
          dynamodb: `DescribeTable DescribeContinuousBackups DescribeContributorInsights
          DescribeKinesisStreamingDestination ListTagsOfResource GetResourcePolicy DescribeTimeToLive`,
        },
        update: {
          dynamodb: `UpdateTable DescribeTable DescribeTimeToLive UpdateTimeToLive UpdateContinuousBackups
          UpdateContributorInsights UpdateKinesisStreamingDestination DescribeContinuousBackups
          DescribeKinesisStreamingDestination ListTagsOfResource TagResource UntagResource
          DescribeContributorInsights EnableKinesisStreamingDestination
          DisableKinesisStreamingDestination GetResourcePolicy PutResourcePolicy DeleteResourcePolicy
          CreateTable CreateTableReplica Scan Query UpdateItem PutItem GetItem DeleteItem
          BatchWriteItem AssociateTableReplica`,
          kinesis: "DescribeStream PutRecords",
          iam: "CreateServiceLinkedRole",
          kms: "CreateGrant DescribeKey ListAliases RevokeGrant",
        },
        delete: { dynamodb: "DeleteTable DescribeTable" },
        tagging: { dynamodb: "TagResource UntagResource ListTagsOfResource" },
      },
      conditions: [
        { why: "time to live", when: "TimeToLiveSpecification", actions: "dynamodb:UpdateTimeToLive" },
        {
          why: "contributor insights",
          when: "ContributorInsightsSpecification",
          actions: "dynamodb:UpdateContributorInsights",
        },
        {
          why: "point-in-time recovery",
          when: "PointInTimeRecoverySpecification",
          actions: "dynamodb:UpdateContinuousBackups",
        },
        {
          why: "a stream of changes",
          when: "KinesisStreamSpecification",
          actions: `dynamodb:EnableKinesisStreamingDestination dynamodb:DisableKinesisStreamingDestination
          dynamodb:UpdateKinesisStreamingDestination kinesis:DescribeStream kinesis:PutRecords`,
        },
        {
          why: "DynamoDB's own role for these two",
          when: "ContributorInsightsSpecification KinesisStreamSpecification",
          actions: "iam:CreateServiceLinkedRole",
        },
        {
          why: "an import from a bucket, which logs what it does",
          when: "ImportSourceSpecification",
          actions: `dynamodb:ImportTable dynamodb:DescribeImport s3:GetObject s3:GetObjectMetadata s3:ListBucket
          logs:CreateLogGroup logs:CreateLogStream logs:DescribeLogGroups logs:DescribeLogStreams
          logs:PutLogEvents logs:PutRetentionPolicy`,
        },
        {
          why: "a policy of the table's own",
          when: "ResourcePolicy",
          actions: "dynamodb:PutResourcePolicy dynamodb:DeleteResourcePolicy",
        },
        {
          why: "a key of one's own",
          when: "SSESpecification.KMSMasterKeyId",
          actions: `kms:CreateGrant kms:Decrypt kms:DescribeKey kms:Encrypt kms:ListAliases kms:RevokeGrant`,
        },
        {
          why: "replicas are of AWS::DynamoDB::GlobalTable",
          actions: `dynamodb:CreateTableReplica dynamodb:AssociateTableReplica dynamodb:Scan dynamodb:Query
          dynamodb:UpdateItem dynamodb:PutItem dynamodb:GetItem dynamodb:DeleteItem
          dynamodb:BatchWriteItem`,
        },
      ],
      meantFor: "every kind",
    },
  },
};
