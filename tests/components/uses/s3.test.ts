import { using } from "../../../components/uses/using";
import { ecsService } from "../../../components/workloads/ecsService";
import { lambdaZip } from "../../../components/workloads/lambdaZip";
import { MOST } from "../workloads/functions";
import { are, arn, may, SITE, useTables } from "../workloads/site";

const BUCKETS = ["arn:aws:s3:::cat--test-*"];
const OF_ACCOUNT = { StringEquals: { "aws:ResourceAccount": "222222222222" } };
const FUNCTIONS = arn("lambda", "function:cat--test-*");
const OBJECTS = "AbortMultipartUpload DeleteObject GetObject ListBucket PutObject";
const MANAGE = may(
  "ManageBuckets",
  "s3",
  `CreateBucket DeleteBucket DeleteBucketPolicy GetAccelerateConfiguration GetAnalyticsConfiguration GetBucketAbac
   GetBucketCORS GetBucketLogging GetBucketMetadataTableConfiguration GetBucketNotification
   GetBucketObjectLockConfiguration GetBucketOwnershipControls GetBucketPolicy GetBucketPublicAccessBlock
   GetBucketTagging GetBucketVersioning GetBucketWebsite GetEncryptionConfiguration
   GetIntelligentTieringConfiguration GetInventoryConfiguration GetLifecycleConfiguration GetMetricsConfiguration
   GetReplicationConfiguration ListBucket ListTagsForResource PutBucketCORS PutBucketNotification PutBucketPolicy
   PutBucketTagging PutBucketVersioning PutLifecycleConfiguration TagResource UntagResource`,
  BUCKETS,
  OF_ACCOUNT,
);

describe("uses s3", () => {
  const functions = using(lambdaZip, ["s3"]);
  const tasks = using(ecsService, ["s3"]);

  it("lets CloudFormation make buckets of the stack's name in its account, and neither open nor read them", async () => {
    await are(
      functions.further?.(SITE) ?? [],
      MANAGE,
      may("LetBucketsInvoke", "lambda", "AddPermission RemovePermission", [FUNCTIONS], {
        StringEquals: { "lambda:Principal": "s3.amazonaws.com" },
      }),
    );
    await are(tasks.further?.(SITE) ?? [], MANAGE);
  });

  it("lets functions use their buckets, and nobody else who takes their role", () =>
    are(
      functions.boundary?.(SITE) ?? [],
      ...MOST,
      may("UseBuckets", "s3", OBJECTS, BUCKETS, {
        ...OF_ACCOUNT,
        ArnLike: { "lambda:SourceFunctionArn": FUNCTIONS },
      }),
    ));

  it("lets tasks use theirs", () =>
    are(
      tasks.roles.task?.statements(SITE) ?? [],
      useTables(),
      may("UseBuckets", "s3", OBJECTS, BUCKETS, OF_ACCOUNT),
    ));
});
