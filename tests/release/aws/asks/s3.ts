/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html */
import { type Asks, type Caller, context, type Input, type Looked, type Need, said } from "./ask";

const bucketArn = ({ partition }: Caller, bucket: string): string => `arn:${partition}:s3:::${bucket}`;

/**
 * S3 calls KMS for the caller; with a bucket key, which ours have, the encryption context is the bucket.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html, .../bucket-key.html
 */
function key(
  bucket: string,
  caller: Caller,
  { estate }: Looked,
  named: string | undefined,
  ...actions: string[]
): Need[] {
  const found = estate.buckets.get(bucket);
  const keyArn = named ?? found?.keyArn;
  if (keyArn === undefined) return [];
  return actions.map((action) => ({
    action: `kms:${action}`,
    resource: keyArn,
    context: {
      "kms:ViaService": `s3.${found?.region ?? caller.region}.amazonaws.com`,
      "kms:EncryptionContext:aws:s3:arn": bucketArn(caller, bucket),
      "kms:EncryptionContextKeys": ["aws:s3:arn"],
    },
  }));
}

type Reading = (action: string, version?: string) => Asks[string];

/** An object is read, and decrypted. */
export function readNeeds(
  bucket: string,
  object: string,
  caller: Caller,
  looked: Looked,
  version?: string,
): Need[] {
  return [
    {
      action: version === undefined ? "s3:GetObject" : "s3:GetObjectVersion",
      resource: `${bucketArn(caller, bucket)}/${object}`,
      context: context({ "s3:VersionId": version }),
    },
    ...key(bucket, caller, looked, undefined, "Decrypt"),
  ];
}

const at = (input: Input): readonly [bucket: string, key: string] => [
  said(input, "Bucket") ?? "",
  said(input, "Key") ?? "",
];

const onObject: Reading = (action) => (input, caller) => {
  const [bucket, object] = at(input);
  return [{ action, resource: `${bucketArn(caller, bucket)}/${object}` }];
};

const onBucket: Reading = (action) => (input, caller) => [
  { action, resource: bucketArn(caller, said(input, "Bucket") ?? "") },
];

const list: Asks[string] = (input, caller) => [
  {
    action: "s3:ListBucket",
    resource: bucketArn(caller, said(input, "Bucket") ?? ""),
    context: context({
      "s3:prefix": said(input, "Prefix"),
      "s3:delimiter": said(input, "Delimiter"),
      "s3:max-keys": said(input, "MaxKeys"),
    }),
  },
];

/** Parts are put together by S3, which decrypts them: https://docs.aws.amazon.com/AmazonS3/latest/userguide/mpuAndPermissions.html */
const write =
  (...actions: string[]): Asks[string] =>
  (input, caller, looked) => {
    const [bucket, object] = at(input);
    const named = said(input, "SSEKMSKeyId");
    return [
      {
        action: "s3:PutObject",
        resource: `${bucketArn(caller, bucket)}/${object}`,
        context: context({
          "s3:x-amz-server-side-encryption": said(input, "ServerSideEncryption"),
          "s3:x-amz-server-side-encryption-aws-kms-key-id": named,
          "s3:x-amz-copy-source": said(input, "CopySource"),
        }),
      },
      ...key(bucket, caller, looked, named, ...actions),
    ];
  };

function source(input: Input, caller: Caller, looked: Looked): Need[] {
  const [, bucket = "", object = ""] = /^([^/]+)\/(.*)$/s.exec(said(input, "CopySource") ?? "") ?? [];
  return readNeeds(bucket, object, caller, looked);
}

const get: Asks[string] = (input, caller, looked) =>
  readNeeds(...at(input), caller, looked, said(input, "VersionId"));

export const S3: Asks = {
  GetObject: get,
  HeadObject: (input, caller, looked) => get(input, caller, looked).slice(0, 1),
  PutObject: write("GenerateDataKey"),
  CreateMultipartUpload: write("GenerateDataKey", "Decrypt"),
  UploadPart: write("GenerateDataKey", "Decrypt"),
  CompleteMultipartUpload: write("GenerateDataKey", "Decrypt"),
  AbortMultipartUpload: onObject("s3:AbortMultipartUpload"),
  CopyObject: (input, caller, looked) => [
    ...source(input, caller, looked),
    ...(write("GenerateDataKey")?.(input, caller, looked) ?? []),
  ],
  DeleteObject: (input, caller) => {
    const [bucket, object] = at(input);
    const version = said(input, "VersionId");
    return [
      {
        action: version === undefined ? "s3:DeleteObject" : "s3:DeleteObjectVersion",
        resource: `${bucketArn(caller, bucket)}/${object}`,
        context: context({ "s3:VersionId": version }),
      },
    ];
  },
  DeleteObjects: (input, caller) =>
    (input["Keys"] as readonly string[]).map((object) => ({
      action: "s3:DeleteObject",
      resource: `${bucketArn(caller, said(input, "Bucket") ?? "")}/${object}`,
    })),
  ListObjects: list,
  ListObjectsV2: list,
  HeadBucket: list,
  GetBucketLocation: onBucket("s3:GetBucketLocation"),
  GetBucketVersioning: onBucket("s3:GetBucketVersioning"),
};
