/** What Pulumi asks an S3 backend and a KMS secrets provider for. Pure. */
import { partition, type Scope } from "../names";
import { allow, type Statement } from "../policies";

/** Where Pulumi keeps state: an S3 backend. */
export interface StateAccess {
  readonly bucket: string;
  /** Folder in the bucket, without slashes at its ends. Default: the bucket itself. */
  readonly folder?: string | undefined;
  /** Pulumi projects whose state is read: the stack's own, and that of the stack that it refers to. */
  readonly projects: readonly string[];
  /** ARNs of the KMS keys of the stacks' secrets provider and of the bucket. */
  readonly keys: readonly string[];
}

const bucketOf = (scope: Scope, { bucket }: StateAccess): string =>
  `arn:${partition(scope.region)}:s3:::${bucket}`;
const rootOf = (scope: Scope, state: StateAccess): string =>
  `${bucketOf(scope, state)}/${state.folder === undefined ? "" : `${state.folder}/`}.pulumi`;
const below = (scope: Scope, state: StateAccess, folder: string): string[] =>
  [...new Set(state.projects)].map((project) => `${rootOf(scope, state)}/${folder}/${project}/*`);

/** `pulumi preview`: it takes no lock and writes nothing. */
export const readState = (scope: Scope, state: StateAccess): Statement[] => [
  allow(
    "ReadState",
    ["s3:GetObject"],
    [`${rootOf(scope, state)}/meta.yaml`, ...below(scope, state, "stacks")],
  ),
  // Of the whole bucket: under a condition on the prefix, S3 answers that a missing object is forbidden.
  allow("ListState", ["s3:ListBucket"], [bucketOf(scope, state)]),
  ...(state.keys.length > 0 ? [allow("DecryptState", ["kms:Decrypt"], state.keys)] : []),
];

/** What `pulumi up` asks for besides: it takes a lock, writes the state, and keeps a copy and a note of the update. */
export const writeState = (scope: Scope, state: StateAccess): Statement[] => [
  allow(
    "WriteState",
    ["s3:DeleteObject", "s3:GetObject", "s3:PutObject"],
    ["stacks", "locks/organization", "history", "backups"].flatMap((folder) => below(scope, state, folder)),
  ),
  ...(state.keys.length > 0
    ? [allow("EncryptState", ["kms:Encrypt", "kms:GenerateDataKey"], state.keys)]
    : []),
];
