import type { Resource } from "./record";
import { map, type Values, texts } from "../../packages/iam/src/json";
import { fits } from "../../packages/iam/src/matrix/wildcards";

/** What a document is for: it decides which elements it must have and how large it may be. */
export type PolicyKind = "trust" | "inline" | "managed" | "bucket" | "key" | "repository" | "topic";

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
export const covers = fits;
