import { dnsSuffix, partition } from "../../components/names";
import { list, map } from "../../packages/iam/src/json";
import { service } from "../../packages/iam/src/policy/principals";
import { behind, plain, settingOf } from "./mockRows";
import { generatedName, type Name, property } from "./physicalNames";
import { on, valuesAt } from "./requests";
import type { DeployedResource, DeployedStack, Grant, LaterCalls, Service } from "./types";

const ON_BUCKET = ["bucket", "bucket", "aws:s3/bucket:Bucket"] as const;
const setting = plain(settingOf("bucket"), { setOn: ON_BUCKET });

const S3 = "s3.amazonaws.com";
const bucketName: Name = property("BucketName", (...of) => generatedName(...of).toLowerCase());
/** Says neither Region nor account. */
const arnOf =
  (name: Name): Name =>
  (site, resource) =>
    `arn:${partition(site.region)}:s3:::${name(site, resource)}`;
const bucketArn = arnOf(bucketName);
const ofBucket: Name = property("Bucket");
const at =
  (address: (region: string) => string): Name =>
  (site, resource) =>
    `${bucketName(site, resource)}.${address(site.region)}.${dnsSuffix(site.region)}`;
const website: Name = (site, resource) => `http://${at((region) => `s3-website-${region}`)(site, resource)}`;

/** What a policy of a bucket writes into it. */
const grants = ({ arn, properties }: DeployedResource): Grant[] =>
  list(map(properties["PolicyDocument"])["Statement"]).map((statement) => ({
    on: arn,
    statement: map(statement),
    ownOnly: true,
  }));

/** S3 calls functions as itself. */
const notifies = (
  { logicalId, arn, properties }: DeployedResource,
  { account }: DeployedStack,
): LaterCalls[] =>
  valuesAt(properties, "NotificationConfiguration.LambdaConfigurations.Function").map((each) => ({
    when: "in use",
    principal: service(S3),
    asked: on(String(each), ["lambda:InvokeFunction"], {
      "aws:SourceArn": arn,
      "aws:SourceAccount": account,
    }),
    why: `S3 calls a function with what comes into bucket ${logicalId}`,
    source: "https://docs.aws.amazon.com/lambda/latest/dg/with-s3.html",
  }));

export const s3: Service = {
  file: "s3",
  prefix: "s3",
  cloudFormation: {
    "AWS::S3::Bucket": {
      createOnly: ["BucketName", "BucketNamePrefix", "BucketNamespace"],
      ref: bucketName,
      attributes: {
        Arn: bucketArn,
        DomainName: (site, resource) => `${bucketName(site, resource)}.s3.${dnsSuffix(site.region)}`,
        DualStackDomainName: at((region) => `s3.dualstack.${region}`),
        RegionalDomainName: at((region) => `s3.${region}`),
        WebsiteURL: website,
      },
      title: bucketName,
      runs: true,
      arn: bucketArn,
      carries: { guards: "bucket" },
      refused: [
        "AccessControl",
        "OwnershipControls",
        "PublicAccessBlockConfiguration",
        "ReplicationConfiguration",
        "WebsiteConfiguration",
      ],
      handlers: {
        create: {
          s3: `CreateBucket PutBucketTagging TagResource PutBucketAbac PutAnalyticsConfiguration
          PutEncryptionConfiguration PutBucketCORS PutInventoryConfiguration PutLifecycleConfiguration
          PutMetricsConfiguration PutBucketNotification PutBucketReplication PutBucketWebsite
          PutAccelerateConfiguration PutBucketPublicAccessBlock PutReplicationConfiguration PutObjectAcl
          PutBucketObjectLockConfiguration GetBucketAcl ListBucket DeleteObject PutBucketLogging PutBucketVersioning
          PutObjectLockConfiguration PutBucketOwnershipControls PutIntelligentTieringConfiguration
          GetBucketMetadataTableConfiguration CreateBucketMetadataTableConfiguration`,
          iam: "PassRole",
          s3tables: `CreateNamespace CreateTable CreateTableBucket GetTable PutTableBucketPolicy PutTableEncryption
          PutTablePolicy GetTableMetadataLocation UpdateTableMetadataLocation`,
        },
        read: {
          s3: `GetAccelerateConfiguration GetLifecycleConfiguration GetBucketPublicAccessBlock
          GetAnalyticsConfiguration GetBucketCORS GetEncryptionConfiguration GetInventoryConfiguration GetBucketLogging
          GetMetricsConfiguration GetBucketNotification GetBucketVersioning GetReplicationConfiguration GetBucketWebsite
          GetBucketObjectLockConfiguration GetBucketTagging ListTagsForResource GetBucketAbac GetBucketOwnershipControls
          GetIntelligentTieringConfiguration GetBucketMetadataTableConfiguration ListBucket`,
        },
        update: {
          s3: `PutBucketAcl PutBucketTagging TagResource UntagResource PutBucketAbac PutAnalyticsConfiguration
          PutEncryptionConfiguration PutBucketCORS PutInventoryConfiguration PutLifecycleConfiguration
          PutMetricsConfiguration PutBucketNotification PutBucketReplication PutBucketWebsite
          PutAccelerateConfiguration GetBucketMetadataTableConfiguration DeleteBucketMetadataTableConfiguration
          CreateBucketMetadataTableConfiguration UpdateBucketMetadataJournalTableConfiguration
          UpdateBucketMetadataInventoryTableConfiguration UpdateBucketMetadataAnnotationTableConfiguration
          PutBucketPublicAccessBlock PutReplicationConfiguration PutBucketOwnershipControls
          PutIntelligentTieringConfiguration DeleteBucketWebsite PutBucketLogging PutBucketVersioning
          PutObjectLockConfiguration PutBucketObjectLockConfiguration DeleteBucketAnalyticsConfiguration
          DeleteBucketCors DeleteBucketMetricsConfiguration DeleteBucketEncryption DeleteBucketLifecycle
          DeleteBucketReplication ListBucket`,
          iam: "PassRole",
          s3tables: `CreateNamespace CreateTable CreateTableBucket GetTable PutTableBucketPolicy PutTableEncryption
          PutTablePolicy GetTableMetadataLocation UpdateTableMetadataLocation`,
        },
        delete: { s3: "DeleteBucket ListBucket" },
        tagging: {
          s3: `PutBucketTagging GetBucketTagging DeleteBucketTagging TagResource UntagResource
          ListTagsForResource`,
        },
      },
      conditions: [
        { why: "versions of objects", when: "VersioningConfiguration", actions: "s3:PutBucketVersioning" },
        { why: "calls from browsers", when: "CorsConfiguration", actions: "s3:PutBucketCORS" },
        {
          why: "objects that expire",
          when: "LifecycleConfiguration",
          actions: "s3:PutLifecycleConfiguration",
        },
        {
          why: "functions that are called",
          when: "NotificationConfiguration",
          actions: "s3:PutBucketNotification",
        },
        {
          why: "IAM has no such actions: what is deleted goes by the right to put it",
          actions: `s3:DeleteBucketAnalyticsConfiguration s3:DeleteBucketCors s3:DeleteBucketEncryption
          s3:DeleteBucketLifecycle s3:DeleteBucketMetricsConfiguration s3:DeleteBucketReplication
          s3:DeleteBucketTagging s3:PutBucketReplication s3:PutObjectLockConfiguration`,
        },
        {
          why: "access that goes by ACLs, tags or other public settings than S3's own",
          actions: `s3:GetBucketAcl s3:PutBucketAbac s3:PutBucketAcl s3:PutBucketOwnershipControls
          s3:PutBucketPublicAccessBlock s3:PutObjectAcl`,
        },
        {
          why: "copies, reports, logs and tables elsewhere, and the roles for them",
          actions: `iam:PassRole s3:CreateBucketMetadataTableConfiguration s3:DeleteBucketMetadataTableConfiguration
          s3:PutAnalyticsConfiguration s3:PutBucketLogging s3:PutInventoryConfiguration s3:PutMetricsConfiguration
          s3:PutReplicationConfiguration s3:UpdateBucketMetadataAnnotationTableConfiguration
          s3:UpdateBucketMetadataInventoryTableConfiguration s3:UpdateBucketMetadataJournalTableConfiguration
          s3tables:CreateNamespace s3tables:CreateTable s3tables:CreateTableBucket s3tables:GetTable
          s3tables:GetTableMetadataLocation s3tables:PutTableBucketPolicy s3tables:PutTableEncryption
          s3tables:PutTablePolicy s3tables:UpdateTableMetadataLocation`,
        },
        {
          why: "keys of one's own, websites, other addresses and classes, locked objects",
          actions: `s3:DeleteBucketWebsite s3:DeleteObject s3:PutAccelerateConfiguration
          s3:PutBucketObjectLockConfiguration s3:PutBucketWebsite s3:PutEncryptionConfiguration
          s3:PutIntelligentTieringConfiguration`,
        },
      ],
      later: notifies,
      meantFor: { uses: ["s3"] },
    },
    "AWS::S3::BucketPolicy": {
      createOnly: ["Bucket"],
      ref: ofBucket,
      attributes: {},
      runs: false,
      arn: arnOf(ofBucket),
      carries: { grants },
      handlers: {
        create: { s3: "GetBucketPolicy PutBucketPolicy" },
        read: { s3: "GetBucketPolicy" },
        update: { s3: "GetBucketPolicy PutBucketPolicy" },
        delete: { s3: "GetBucketPolicy DeleteBucketPolicy" },
      },
      meantFor: { uses: ["s3"] },
    },
  },
  pulumi: {
    "aws:s3/bucket:Bucket": {
      answer: (asked) => {
        const bucket = asked.named("bucket").toLowerCase();
        return { id: bucket, outputs: { bucket, arn: asked.bucketArn(bucket), region: asked.region } };
      },
      carries: {
        refused: ["policy", "acl", "grants"],
        guards: {
          attached: "bucket",
          setBy: ["aws:s3/bucketPolicy:BucketPolicy", "bucket"],
          named: behind(":::"),
        },
      },
    },
    "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": setting,
    "aws:s3/bucketLogging:BucketLogging": setting,
    "aws:s3/bucketOwnershipControls:BucketOwnershipControls": setting,
    "aws:s3/bucketPolicy:BucketPolicy": {
      answer: settingOf("bucket"),
      carries: { documents: [["policy", "bucket"]] },
      setOn: ON_BUCKET,
    },
    "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": setting,
    "aws:s3/bucketReplicationConfig:BucketReplicationConfig": setting,
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": setting,
    "aws:s3/bucketVersioning:BucketVersioning": setting,
  },
};
