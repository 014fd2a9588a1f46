import { on, throughS3 } from "../../aws/requests";
import type { Asked } from "../../aws/types";
import type { Scene } from "./scene";

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
