import { behind, plain, settingOf } from "./mockRows";
import type { Service } from "./types";

const ON_BUCKET = ["bucket", "bucket", "aws:s3/bucket:Bucket"] as const;
const setting = plain(settingOf("bucket"), { setOn: ON_BUCKET });

export const s3: Service = {
  file: "s3",
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
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": setting,
    "aws:s3/bucketVersioning:BucketVersioning": setting,
  },
};
