import { partition } from "../names";
import { allow, type Statement } from "../policies";
import { functions } from "../workloads/lambdaExecution";
import { FUNCTION_ARNS } from "../workloads/templateRules";
import type { WorkloadSite } from "../workloads/workload";
import type { Part, Use } from "./use";

const BUCKET = "AWS::S3::Bucket";
const POLICY = "AWS::S3::BucketPolicy";
const S3 = "s3.amazonaws.com";

/** Buckets and what is in them: the `*` goes past the slash. Whose they are their ARNs don't say. */
const buckets = ({ scope, name }: WorkloadSite): string[] => [
  `arn:${partition(scope.region)}:s3:::${name}-*`,
];
/**
 * Also for a bucket that is still to be made: an Allow with a key that is missing would refuse it. IAM's page has no action of
 * S3 among those without the key, and AWS's own policy AWSElasticBeanstalkEKSObservability allows s3:CreateBucket by it.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-resourceaccount
 * https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AWSElasticBeanstalkEKSObservability.html
 */
const ofAccount = ({ account }: WorkloadSite) => ({ StringEquals: { "aws:ResourceAccount": account } });

/**
 * No right to change who owns objects, what is public, how it is encrypted or where copies go: S3 makes buckets that nobody
 * can publish, without ACLs and encrypted, and so they stay.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/create-bucket-faq.html
 */
const manageBuckets = (site: WorkloadSite): Statement =>
  allow(
    "ManageBuckets",
    [
      "s3:CreateBucket",
      "s3:DeleteBucket",
      "s3:DeleteBucketPolicy",
      "s3:GetAccelerateConfiguration",
      "s3:GetAnalyticsConfiguration",
      "s3:GetBucketAbac",
      "s3:GetBucketCORS",
      "s3:GetBucketLogging",
      "s3:GetBucketMetadataTableConfiguration",
      "s3:GetBucketNotification",
      "s3:GetBucketObjectLockConfiguration",
      "s3:GetBucketOwnershipControls",
      "s3:GetBucketPolicy",
      "s3:GetBucketPublicAccessBlock",
      "s3:GetBucketTagging",
      "s3:GetBucketVersioning",
      "s3:GetBucketWebsite",
      "s3:GetEncryptionConfiguration",
      "s3:GetIntelligentTieringConfiguration",
      "s3:GetInventoryConfiguration",
      "s3:GetLifecycleConfiguration",
      "s3:GetMetricsConfiguration",
      "s3:GetReplicationConfiguration",
      "s3:ListBucket",
      "s3:ListTagsForResource",
      "s3:PutBucketCORS",
      "s3:PutBucketNotification",
      "s3:PutBucketPolicy",
      "s3:PutBucketTagging",
      "s3:PutBucketVersioning",
      "s3:PutLifecycleConfiguration",
      "s3:TagResource",
      "s3:UntagResource",
    ],
    buckets(site),
    ofAccount(site),
  );

const USE = ["s3:AbortMultipartUpload", "s3:DeleteObject", "s3:GetObject", "s3:ListBucket", "s3:PutObject"];

const template: Part["template"] = {
  types: [BUCKET, POLICY],
  // CloudFormation cuts the names that it makes up.
  named: { [BUCKET]: { BucketName: ["<stack>-"] } },
  own: { [POLICY]: { Bucket: { [BUCKET]: ["Ref"] } } },
  never: {
    [BUCKET]: {
      AbacStatus: "has rights go by tags",
      AccelerateConfiguration: "opens another address",
      AccessControl: "is an ACL, of which S3 takes none",
      AnalyticsConfigurations: "writes to buckets that are not of this template",
      BucketEncryption: "takes a right that could lock others out: S3 encrypts without it",
      IntelligentTieringConfigurations: "takes a right that nothing here has",
      InventoryConfigurations: "writes to buckets that are not of this template",
      LoggingConfiguration: "writes to buckets that are not of this template",
      MetadataConfiguration: "makes tables that nothing here has rights to",
      MetadataTableConfiguration: "makes tables that nothing here has rights to",
      MetricsConfigurations: "takes a right that nothing here has",
      "NotificationConfiguration.EventBridgeConfiguration": "tells the whole account: its default bus",
      "NotificationConfiguration.QueueConfigurations": "is for sources that queues here don't let in",
      "NotificationConfiguration.TopicConfigurations": "is for sources that topics here don't let in",
      ObjectLockConfiguration: "keeps objects that nobody could delete",
      ObjectLockEnabled: "keeps objects that nobody could delete",
      OwnershipControls: "takes a right that could bring ACLs back: the bucket's owner owns every object",
      PublicAccessBlockConfiguration:
        "takes a right that could open buckets: S3 blocks public access without it",
      ReplicationConfiguration: "copies objects to buckets that are not of this template",
      WebsiteConfiguration: "is for everybody",
    },
  },
};

/** Buckets that nobody can publish; functions and tasks read and write them, and functions are called with what comes in. */
export const s3: Use = {
  name: "s3",
  parts: {
    functions: {
      template: {
        ...template,
        callers: [S3],
        own: {
          ...template.own,
          [BUCKET]: { "NotificationConfiguration.LambdaConfigurations.Function": FUNCTION_ARNS },
        },
      },
      execution: (site) => [
        manageBuckets(site),
        allow("LetBucketsInvoke", ["lambda:AddPermission", "lambda:RemovePermission"], [functions(site)], {
          StringEquals: { "lambda:Principal": S3 },
        }),
      ],
      workload: (site) => [
        allow("UseBuckets", USE, buckets(site), {
          ...ofAccount(site),
          ArnLike: { "lambda:SourceFunctionArn": functions(site) },
        }),
      ],
    },
    tasks: {
      template: {
        ...template,
        never: {
          [BUCKET]: {
            ...template.never?.[BUCKET],
            NotificationConfiguration: "is for functions, and no task is called with it",
          },
        },
      },
      execution: (site) => [manageBuckets(site)],
      workload: (site) => [allow("UseBuckets", USE, buckets(site), ofAccount(site))],
    },
  },
};
