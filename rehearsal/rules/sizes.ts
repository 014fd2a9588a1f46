import { policyDocuments } from "../aws/policyDocuments";
import type { PolicyKind } from "../record/policyDocuments";
import { ofType, type Rehearsed, type Resource } from "../record/record";
import { judgeEach, type Rule } from "./rule";

/** Largest size of each kind of policy, in bytes or characters as AWS counts it. */
const LIMITS: Readonly<Record<Exclude<PolicyKind, "inline">, number>> = {
  bucket: 20 * 1024,
  key: 32 * 1024,
  repository: 10_240,
  topic: 30 * 1024,
  managed: 6144,
  trust: 2048,
};
/** All inline policies of a role together. */
const INLINE_LIMIT = 10_240;

/** IAM does not count white space between the parts of a document. */
const compact = (text: string, content: unknown): string =>
  content === undefined ? text : JSON.stringify(content);

/** A document as AWS counts it. */
export interface SizedPolicy {
  readonly resource: Resource;
  /** `bucket policy` */
  readonly what: string;
  readonly size: number;
  readonly limit: number;
}

/** Every policy with its size, and for a role that of its inline policies together. */
export function policySizesOf(record: Rehearsed): SizedPolicy[] {
  const single = policyDocuments(record).flatMap(({ resource, kind, text, content }): SizedPolicy[] => {
    if (kind === "inline") return [];
    const size = Buffer.byteLength(kind === "managed" || kind === "trust" ? compact(text, content) : text);
    return [{ resource, what: `${kind} policy`, size, limit: LIMITS[kind] }];
  });
  const together = inlineOf(record).map(({ resource, texts }) => ({
    resource,
    what: `${texts.length} inline policies`,
    size: texts.reduce((sum, each) => sum + each.length, 0),
    limit: INLINE_LIMIT,
  }));
  return [...single, ...together];
}

const tooLarge = ({ what, size, limit }: SizedPolicy): string[] =>
  size <= limit
    ? []
    : [`its ${what} ${what.endsWith("s") ? "have" : "has"} ${size} characters of at most ${limit}`];

/** Too large a policy is refused when it is written. Where AWS raises a quota on request, the default counts. */
export const policySizes: Rule = {
  id: "policy-size",
  title: "no policy is larger than AWS accepts",
  source: "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html",
  judge: (record) =>
    judgeEach(
      policySizesOf(record).filter(({ what }) => what.endsWith("policy")),
      tooLarge,
    ),
};

const inlineOf = (record: Rehearsed) => {
  const documents = policyDocuments(record).filter(({ kind }) => kind === "inline");
  return ofType(record, "aws:iam/role:Role").map((resource) => ({
    resource,
    texts: documents
      .filter(
        ({ resource: { stack, inputs } }) =>
          stack === resource.stack && inputs["role"] === resource.outputs["name"],
      )
      .map(({ text, content }) => compact(text, content)),
  }));
};

/** The limit is on the sum, so that no single policy shows it. */
export const inlinePolicySizes: Rule = {
  id: "inline-policies-size",
  title: "all inline policies of a role together stay within IAM's quota",
  source: "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html",
  judge: (record) =>
    judgeEach(
      policySizesOf(record).filter(({ what }) => what.endsWith("policies")),
      tooLarge,
    ),
};
