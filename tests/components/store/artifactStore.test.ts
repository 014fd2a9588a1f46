import assert from "node:assert/strict";
import { ArtifactStore, type ArtifactStoreArgs } from "../../../components/store/artifactStore";
import { documentOf, inputsOf, names, only, registered, resolved, SCOPE } from "../../programs";

const args: ArtifactStoreArgs = {
  account: SCOPE.toolingAccount,
  region: SCOPE.region,
  readers: [
    {
      pipeline: "catalog",
      accountRoots: ["arn:aws:iam::222222222222:root"],
      roleArns: ["arn:aws:iam::222222222222:role/plan"],
    },
  ],
  expirations: [
    { prefix: "releases/", days: 44 },
    { prefix: "catalog/Release/", days: 365 },
  ],
};
const store = (change: Partial<ArtifactStoreArgs> = {}) =>
  registered((opts) => new ArtifactStore("store", { ...args, ...change }, opts));

describe("ArtifactStore", () => {
  it("is a key with an alias, a bucket, and a bucket for its access logs", async () => {
    const settings = [
      "bucket:Bucket",
      "bucketLifecycleConfiguration:BucketLifecycleConfiguration",
      "bucketOwnershipControls:BucketOwnershipControls",
      "bucketPolicy:BucketPolicy",
      "bucketPublicAccessBlock:BucketPublicAccessBlock",
      "bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
      "bucketVersioning:BucketVersioning",
    ];
    assert.deepEqual(
      names(await store()),
      [
        "aws:kms/alias:Alias store",
        "aws:kms/key:Key store",
        "aws:s3/bucketLogging:BucketLogging store",
        ...settings.flatMap((each) => [`aws:s3/${each} store`, `aws:s3/${each} store-access-logs`]),
        "delivery:index:ArtifactStore store",
      ].sort(),
    );
  });

  it("rotates the key, waits 30 days before it deletes it, and gives it an alias", async () => {
    const made = await store();
    const key = only(made, "kms/key:Key");
    const { policy, ...inputs } = key.inputs;
    assert.deepEqual(inputs, {
      description: "Pipeline artifacts and release files",
      enableKeyRotation: true,
      deletionWindowInDays: 30,
    });
    assert.equal(typeof policy, "string");
    assert.deepEqual(
      documentOf(key).Statement.map(({ Sid }) => Sid),
      ["DelegateToAccount", "DecryptReleases"],
    );
    assert.deepEqual(only(made, "kms/alias:Alias").inputs, { targetKeyId: key.outputs["keyId"] });
  });

  it("makes both buckets private, versioned and encrypted, the one with the store's key by its ARN", async () => {
    const made = await store();
    const bucket = only(made, "s3/bucket:Bucket", "store").outputs["bucket"];
    const logs = only(made, "s3/bucket:Bucket", "store-access-logs").outputs["bucket"];
    const both = (inputs: object) => ({
      store: { bucket, ...inputs },
      "store-access-logs": { bucket: logs, ...inputs },
    });
    const encryption = (rule: object) => [
      { applyServerSideEncryptionByDefault: rule, bucketKeyEnabled: true },
    ];
    assert.deepEqual(inputsOf(made, "s3/bucket:Bucket"), {
      store: { forceDestroy: false },
      "store-access-logs": { forceDestroy: false },
    });
    assert.deepEqual(
      inputsOf(made, "s3/bucketOwnershipControls:BucketOwnershipControls"),
      both({ rule: { objectOwnership: "BucketOwnerEnforced" } }),
    );
    assert.deepEqual(
      inputsOf(made, "s3/bucketPublicAccessBlock:BucketPublicAccessBlock"),
      both({
        blockPublicAcls: true,
        blockPublicPolicy: true,
        ignorePublicAcls: true,
        restrictPublicBuckets: true,
      }),
    );
    assert.deepEqual(
      inputsOf(made, "s3/bucketVersioning:BucketVersioning"),
      both({ versioningConfiguration: { status: "Enabled" } }),
    );
    assert.deepEqual(
      inputsOf(made, "s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration"),
      {
        store: {
          bucket,
          rules: encryption({
            sseAlgorithm: "aws:kms",
            kmsMasterKeyId: only(made, "kms/key:Key").outputs["arn"],
          }),
        },
        "store-access-logs": { bucket: logs, rules: encryption({ sseAlgorithm: "AES256" }) },
      },
    );
  });

  it("lets what is under the prefixes expire, and old versions and broken uploads everywhere", async () => {
    const made = await store({ accessLogRetentionInDays: 90 });
    const expire = (id: string, prefix: string, days: number) => ({
      ...{ id, status: "Enabled", filter: { prefix } },
      expiration: { days },
    });
    const oldVersions = {
      ...{ id: "old-versions", status: "Enabled", filter: { prefix: "" } },
      noncurrentVersionExpiration: { noncurrentDays: 30 },
      abortIncompleteMultipartUpload: { daysAfterInitiation: 1 },
    };
    const kind = "s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration";
    assert.deepEqual(only(made, kind, "store").inputs["rules"], [
      expire("expire-releases", "releases/", 44),
      expire("expire-catalog/Release", "catalog/Release/", 365),
      oldVersions,
    ]);
    assert.deepEqual(only(made, kind, "store-access-logs").inputs["rules"], [
      expire("expire-all", "", 90),
      oldVersions,
    ]);
    const byDefault = only(await store(), kind, "store-access-logs").inputs["rules"];
    assert.deepEqual(byDefault, [expire("expire-all", "", 365), oldVersions]);
  });

  it("logs access to the one bucket in the other, once that may be written to", async () => {
    const made = await store();
    const logging = only(made, "s3/bucketLogging:BucketLogging");
    const policy = only(made, "s3/bucketPolicy:BucketPolicy", "store-access-logs");
    assert.deepEqual(logging.inputs, {
      bucket: only(made, "s3/bucket:Bucket", "store").outputs["bucket"],
      targetBucket: only(made, "s3/bucket:Bucket", "store-access-logs").outputs["bucket"],
      targetPrefix: "artifacts/",
    });
    assert.ok(logging.dependsOn.includes(policy.urn));
    assert.deepEqual(
      ["store", "store-access-logs"].map((name) =>
        documentOf(only(made, "s3/bucketPolicy:BucketPolicy", name)).Statement.map(({ Sid }) => Sid),
      ),
      [
        ["RequireTls", "RefuseOtherAlgorithm", "RefuseOtherKey", "RefuseCustomerKey", "ReadCatalog"],
        ["RequireTls", "DeliverAccessLogs"],
      ],
    );
  });

  it("lets destroy empty both buckets only where it is deletable", async () => {
    assert.deepEqual(inputsOf(await store({ deletable: true }), "s3/bucket:Bucket"), {
      store: { forceDestroy: true },
      "store-access-logs": { forceDestroy: true },
    });
  });

  it("hands out what it made", async () => {
    let made: ArtifactStore | undefined;
    const resources = await registered((opts) => (made = new ArtifactStore("store", args, opts)));
    const bucket = only(resources, "s3/bucket:Bucket", "store").outputs;
    assert.deepEqual(await resolved([made?.bucketArn, made?.bucketName, made?.keyArn]), [
      bucket["arn"],
      bucket["bucket"],
      only(resources, "kms/key:Key").outputs["arn"],
    ]);
  });
});
