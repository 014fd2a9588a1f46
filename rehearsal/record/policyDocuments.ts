import { type Rehearsed, type Resource, allResources } from "./record";
import { list, map, type Values, texts } from "../../packages/iam/src/json";

/** What a document is for: it decides which elements it must have and how large it may be. */
export type PolicyKind = "trust" | "inline" | "managed" | "bucket" | "key" | "repository" | "topic";

/** The properties that hold documents, by type. */
const HOLDERS: Readonly<Record<string, readonly (readonly [property: string, kind: PolicyKind])[]>> = {
  "aws:ecr/repositoryPolicy:RepositoryPolicy": [["policy", "repository"]],
  "aws:iam/policy:Policy": [["policy", "managed"]],
  "aws:iam/role:Role": [["assumeRolePolicy", "trust"]],
  "aws:iam/rolePolicy:RolePolicy": [["policy", "inline"]],
  "aws:kms/key:Key": [["policy", "key"]],
  "aws:s3/bucketPolicy:BucketPolicy": [["policy", "bucket"]],
  "aws:sns/topic:Topic": [["policy", "topic"]],
  "aws:sns/topicPolicy:TopicPolicy": [["policy", "topic"]],
};

/** One policy, as it is sent to AWS. */
export interface PolicyDocument {
  readonly resource: Resource;
  readonly kind: PolicyKind;
  /** As written; compact JSON where the provider gets an object. */
  readonly text: string;
  /** Undefined where the text is not a JSON object. */
  readonly content: Values | undefined;
  readonly statements: readonly Values[];
}

/** A document as data; undefined where it is not a JSON object. */
export function parsePolicy(written: unknown): Values | undefined {
  if (typeof written !== "string") return map(written);
  try {
    const value: unknown = JSON.parse(written);
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? (value as Values)
      : undefined;
  } catch {
    return undefined;
  }
}

const collect = (record: Rehearsed): PolicyDocument[] =>
  allResources(record).flatMap((resource) =>
    (HOLDERS[resource.type] ?? []).flatMap(([property, kind]) => {
      const value = resource.inputs[property];
      if (value === undefined) return [];
      const text = typeof value === "string" ? value : JSON.stringify(value);
      const content = parsePolicy(text);
      return [{ resource, kind, text, content, statements: list(content?.["Statement"]).map(map) }];
    }),
  );

const collected = new WeakMap<Rehearsed, readonly PolicyDocument[]>();

/** Every policy of every stack, in order; parsed once for a record. */
export function policyDocuments(record: Rehearsed): readonly PolicyDocument[] {
  const known = collected.get(record) ?? collect(record);
  collected.set(record, known);
  return known;
}

/** Principals of one kind that a statement names; `*` counts as an AWS one. */
export function principals(statement: Values, kind: "AWS" | "Service" | "Federated"): string[] {
  const principal = statement["Principal"];
  if (principal === "*") return kind === "AWS" ? ["*"] : [];
  return texts(map(principal)[kind]);
}

/** Values that a statement's conditions give for a key, whatever the operator; keys ignore case. */
export const conditionValues = (statement: Values, key: string): string[] =>
  Object.values(map(statement["Condition"])).flatMap((operator) =>
    Object.entries(map(operator)).flatMap(([name, value]) =>
      name.toLowerCase() === key.toLowerCase() ? texts(value) : [],
    ),
  );

/** Whether a pattern of IAM's (`*`, `?`) covers a text. */
export function covers(pattern: string, text: string): boolean {
  const escaped = pattern.replace(/[.+^${}()|[\]\\]/g, "\\$&");
  return new RegExp(`^${escaped.replaceAll("*", ".*").replaceAll("?", ".")}$`, "s").test(text);
}

/**
 * Whether a role's own policies allow an action on a resource: a plain match of Allow statements. Denies,
 * conditions and boundaries are not looked at; that takes the evaluator of the access report.
 */
export function identityAllows(record: Rehearsed, role: Resource, action: string, resource: string): boolean {
  const own = policyDocuments(record).filter(
    ({ kind, resource: { stack, inputs } }) =>
      kind === "inline" && stack === role.stack && inputs["role"] === role.outputs["name"],
  );
  return own
    .flatMap(({ statements }) => statements)
    .some(
      (statement) =>
        statement["Effect"] === "Allow" &&
        texts(statement["Action"]).some((each) => covers(each.toLowerCase(), action.toLowerCase())) &&
        texts(statement["Resource"]).some((each) => covers(each, resource)),
    );
}
