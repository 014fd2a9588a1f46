import { on, throughS3 } from "../../aws/requests";
import type { Asked, Store } from "../../aws/types";

/** What a service that was told the key says; the AWS CLI says nothing, and the bucket's default holds. */
export const withKey = ({ keyArn }: Pick<Store, "keyArn">) => ({
  "s3:x-amz-server-side-encryption": "aws:kms",
  "s3:x-amz-server-side-encryption-aws-kms-key-id": keyArn,
});

/** Objects are written, in parts where they are large, which takes decrypting as well. */
export const write = (store: Store, key: string, context?: Asked["context"]): Asked[] => [
  ...on(`${store.bucketArn}/${key}`, ["s3:PutObject"], context),
  ...throughS3(store, "kms:GenerateDataKey", "kms:Decrypt"),
];

export const listing = ({ bucketArn }: Pick<Store, "bucketArn">, prefix: string): Asked[] =>
  on(bucketArn, ["s3:ListBucket"], { "s3:prefix": prefix });
