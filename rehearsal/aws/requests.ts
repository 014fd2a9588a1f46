/** What services' files make requests of. */
import { list, map, type Values } from "../../packages/iam/src/json";
import type { Tags } from "../../packages/iam/src/policy/principals";
import type { Asked, DeployedResource, DeployedStack, Store } from "./types";

/** The same actions on one resource. */
export const on = (resource: string, actions: readonly string[], context?: Asked["context"]): Asked[] =>
  actions.map((action) => ({ action, resource, ...(context && { context }) }));

/** What a request says that puts these tags on something. */
export const taggedWith = (tags: Tags) => ({
  ...Object.fromEntries(Object.entries(tags).map(([key, value]) => [`aws:RequestTag/${key}`, value])),
  "aws:TagKeys": Object.keys(tags),
});

type Tagged = Pick<DeployedStack, "tags">;
export const requestTags = ({ tags }: Tagged) => taggedWith(tags);
export const resourceTags = ({ tags }: Tagged) =>
  Object.fromEntries(Object.entries(tags).map(([key, value]) => [`aws:ResourceTag/${key}`, value]));

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html: S3 calls KMS for the caller. */
export const throughS3 = ({ keyArn, viaS3 }: Store, ...actions: string[]): Asked[] =>
  on(keyArn, actions, { "kms:ViaService": viaS3 });

/** Objects are read, and decrypted by S3. */
export const read = (store: Store, key: string, actions: readonly string[] = ["s3:GetObject"]): Asked[] => [
  ...on(`${store.bucketArn}/${key}`, actions),
  ...throughS3(store, "kms:Decrypt"),
];

/** What is at a path, `A.B` for one inside another and of each of a list; nothing where it is not there. */
export const valuesAt = (values: Values, path: string): unknown[] =>
  path
    .split(".")
    .reduce<unknown[]>(
      (inner, key) => inner.flatMap((each) => list(each)).flatMap((each) => map(each)[key] ?? []),
      [values],
    );

export const ofType = ({ resources }: Pick<DeployedStack, "resources">, type: string): DeployedResource[] =>
  resources.filter((each) => each.type === type);

type Said = NonNullable<Asked["context"]>;
/** A key with several values; a request that has none does not have the key. */
export const several = (key: string, values: readonly string[]): Said =>
  values.length > 0 ? { [key]: values } : {};
export const one = (key: string, value: string | boolean | undefined): Said =>
  value === undefined ? {} : { [key]: String(value) };
