import type * as aws from "@pulumi/aws";
import * as kms from "@pulumi/aws/kms";
import * as s3 from "@pulumi/aws/s3";
import * as pulumi from "@pulumi/pulumi";
import { partition } from "../names";
import { accessLogPolicy, bucketPolicy, keyPolicy, type ReleaseReaders } from "./artifactStorePolicies";

export interface Expiration {
  readonly prefix: string;
  readonly days: number;
}

export interface ArtifactStoreArgs {
  /** Account that the store is in. */
  readonly account: string;
  /** Region of the store: environments may use the key only through S3 there. */
  readonly region: string;
  /** Who reads release files, per pipeline. Default: nobody does. */
  readonly readers?: readonly ReleaseReaders[];
  /** Prefixes whose objects expire, each with its slash, and after how many days; what is elsewhere stays. Default: none. */
  readonly expirations?: readonly Expiration[];
  /** Days that access logs are kept. Default: 365. */
  readonly accessLogRetentionInDays?: number;
  /** ARNs of the only roles that may touch objects; readers may anyway. Default: whom IAM lets. */
  readonly onlyRoles?: readonly string[] | undefined;
  /** Let `pulumi destroy` empty the buckets. Default: false. */
  readonly deletable?: boolean;
}

/** The key and the bucket that releases travel through, and the bucket that logs access to it. */
export class ArtifactStore extends pulumi.ComponentResource {
  readonly bucketArn: pulumi.Output<string>;
  readonly bucketName: pulumi.Output<string>;
  readonly keyArn: pulumi.Output<string>;

  constructor(name: string, args: ArtifactStoreArgs, opts?: pulumi.ComponentResourceOptions) {
    super("delivery:index:ArtifactStore", name, {}, opts);
    const parent = { parent: this };
    const { account, region, readers = [], expirations = [] } = args;
    const accountRoot = `arn:${partition(region)}:iam::${account}:root`;
    const key = new kms.Key(
      name,
      {
        description: "Pipeline artifacts and release files",
        enableKeyRotation: true,
        deletionWindowInDays: 30,
        policy: pulumi.jsonStringify(keyPolicy({ accountRoot, region, readers })),
      },
      parent,
    );
    new kms.Alias(name, { targetKeyId: key.keyId }, parent);

    const logsName = `${name}-access-logs`;
    const logs = privateBucket(logsName, { sseAlgorithm: "AES256" }, args.deletable ?? false, this);
    expire(logsName, logs, [{ prefix: "", days: args.accessLogRetentionInDays ?? 365 }], this);
    const bucket = privateBucket(
      name,
      { sseAlgorithm: "aws:kms", kmsMasterKeyId: key.arn },
      args.deletable ?? false,
      this,
    );
    expire(name, bucket, expirations, this);
    const policies = [
      [logsName, logs, accessLogPolicy(logs.arn, bucket.arn, account)],
      [name, bucket, bucketPolicy(bucket.arn, key.arn, readers, args.onlyRoles)],
    ] as const;
    const [logsPolicy] = policies.map(
      ([child, { bucket }, policy]) => new s3.BucketPolicy(child, { bucket, policy }, parent),
    );
    new s3.BucketLogging(
      name,
      { bucket: bucket.bucket, targetBucket: logs.bucket, targetPrefix: "artifacts/" },
      { parent: this, dependsOn: logsPolicy ? [logsPolicy] : [] }, // AWS refuses a target that it may not write to
    );

    this.bucketArn = bucket.arn;
    this.bucketName = bucket.bucket;
    this.keyArn = key.arn;
    this.registerOutputs({
      bucketArn: this.bucketArn,
      bucketName: this.bucketName,
      keyArn: this.keyArn,
    });
  }
}

/** A bucket that nobody else owns, nobody can publish, and that forgets old versions after 30 days. */
function privateBucket(
  name: string,
  encryption: aws.types.input.s3.BucketServerSideEncryptionConfigurationRuleApplyServerSideEncryptionByDefault,
  forceDestroy: boolean,
  parent: pulumi.Resource,
): s3.Bucket {
  const bucket = new s3.Bucket(name, { forceDestroy }, { parent });
  const of = { bucket: bucket.bucket };
  new s3.BucketOwnershipControls(
    name,
    { ...of, rule: { objectOwnership: "BucketOwnerEnforced" } },
    { parent },
  );
  new s3.BucketPublicAccessBlock(
    name,
    {
      ...of,
      blockPublicAcls: true,
      blockPublicPolicy: true,
      ignorePublicAcls: true,
      restrictPublicBuckets: true,
    },
    { parent },
  );
  new s3.BucketVersioning(name, { ...of, versioningConfiguration: { status: "Enabled" } }, { parent });
  new s3.BucketServerSideEncryptionConfiguration(
    name,
    { ...of, rules: [{ applyServerSideEncryptionByDefault: encryption, bucketKeyEnabled: true }] },
    { parent },
  );
  return bucket;
}

function expire(
  name: string,
  { bucket }: s3.Bucket,
  expirations: readonly Expiration[],
  parent: pulumi.Resource,
): void {
  const rules = [
    ...expirations.map(({ prefix, days }) => ({
      id: `expire-${prefix === "" ? "all" : prefix.replace(/\/$/, "")}`,
      status: "Enabled",
      filter: { prefix },
      expiration: { days },
    })),
    {
      id: "old-versions",
      status: "Enabled",
      filter: { prefix: "" },
      noncurrentVersionExpiration: { noncurrentDays: 30 },
      abortIncompleteMultipartUpload: { daysAfterInitiation: 1 },
    },
  ];
  new s3.BucketLifecycleConfiguration(name, { bucket, rules }, { parent });
}
