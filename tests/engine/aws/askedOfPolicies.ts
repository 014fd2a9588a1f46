/** Policies that their services refuse. */
import { type Accounts, OTHER, type Asked } from "./accounts";
import type { Values } from "./declared";
import { LIMITS, type PolicyKind } from "./policies";
import type { RefusalId } from "./refusals";
import { document, policyOfSize, root, STATEMENTS, writePolicy } from "./samples";

export const spoilt =
  (kind: PolicyKind, changes: Values) =>
  ({ own }: Accounts) =>
    writePolicy(own, kind, JSON.stringify(document({ ...STATEMENTS[kind], ...changes })));
const malformed = (kind: PolicyKind) => spoilt(kind, { Effect: "Perhaps" });
const tooLong =
  (kind: PolicyKind) =>
  ({ own }: Accounts) =>
    writePolicy(own, kind, policyOfSize(kind, LIMITS[kind] + 1));
const stranger = (kind: PolicyKind) =>
  spoilt(kind, { Principal: { AWS: `arn:aws:iam::${OTHER}:role/nobody` } });

export const POLICIES = {
  "trust-form": malformed("trust"),
  "inline-form": malformed("inline"),
  "managed-form": malformed("managed"),
  "bucket-form": malformed("bucket"),
  "key-form": malformed("key"),
  "repository-form": malformed("repository"),
  "topic-form": malformed("topic"),
  "trust-size": tooLong("trust"),
  "inline-size": tooLong("inline"),
  "managed-size": tooLong("managed"),
  "bucket-size": tooLong("bucket"),
  "key-size": tooLong("key"),
  "repository-size": tooLong("repository"),
  "topic-size": tooLong("topic"),
  "trust-principal": stranger("trust"),
  "bucket-principal": stranger("bucket"),
  "key-principal": stranger("key"),
  "repository-principal": stranger("repository"),
  "topic-principal": stranger("topic"),
  "bucket-resource": spoilt("bucket", { Resource: "arn:aws:s3:::data2/*" }),
  "key-lockout": spoilt("key", { Principal: { AWS: root(OTHER) } }),
} satisfies Partial<Record<RefusalId, Asked>>;
