import type { Asked } from "./call";
import { on } from "./call";
import type { Scene } from "./scene";

/** The bucket of a pipeline, with its key. */
export type Store = Pick<Scene, "bucketArn" | "keyArn" | "viaS3">;

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html: S3 calls KMS for the caller. */
const throughS3 = ({ keyArn, viaS3 }: Store, ...actions: string[]): Asked[] =>
  on(keyArn, actions, { "kms:ViaService": viaS3 });

/** Objects are read, and decrypted by S3. */
export const read = (scene: Store, key: string, actions: readonly string[] = ["s3:GetObject"]): Asked[] => [
  ...on(`${scene.bucketArn}/${key}`, actions),
  ...throughS3(scene, "kms:Decrypt"),
];

/** What a service that was told the key says; the AWS CLI says nothing, and the bucket's default holds. */
export const withKey = ({ keyArn }: Scene) => ({
  "s3:x-amz-server-side-encryption": "aws:kms",
  "s3:x-amz-server-side-encryption-aws-kms-key-id": keyArn,
});

/** Objects are written, in parts where they are large, which takes decrypting as well. */
export const write = (scene: Scene, key: string, context?: Asked["context"]): Asked[] => [
  ...on(`${scene.bucketArn}/${key}`, ["s3:PutObject"], context),
  ...throughS3(scene, "kms:GenerateDataKey", "kms:Decrypt"),
];

export const listing = ({ bucketArn }: Scene, prefix: string): Asked[] =>
  on(bucketArn, ["s3:ListBucket"], { "s3:prefix": prefix });
