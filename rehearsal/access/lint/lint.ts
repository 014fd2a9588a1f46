import { lintDocument, type StatementFault } from "../../../packages/iam/src/lint/lint";
import { actionPatterns } from "../../../packages/iam/src/lint/statementFaults";
import { catalog, serviceOf } from "../../../packages/iam/src/policy/catalog";
import { conditionKeys } from "../../../packages/iam/src/policy/conditionKeys";
import type { Attached } from "../../../packages/iam/src/policy/policies";
import { policyDocuments } from "../../aws/policyDocuments";
import type { PolicyKind } from "../../record/policyDocuments";
import { label, type Rehearsed } from "../../record/record";
import type { Finding } from "../../rules/rule";
import { checkTypes } from "../estate/model";
import { type Excuse, EXCUSES } from "./excuses";

/** A fault, and where it is. */
export interface LintFinding extends Finding, Omit<StatementFault, "message"> {}

export interface Linted {
  readonly findings: readonly LintFinding[];
  /** Excuses of keys that are not used, those that something needed. */
  readonly excused: ReadonlySet<Excuse>;
  /** How much was read. */
  readonly examined: { readonly documents: number; readonly statements: number };
}

const ATTACHED: Readonly<Record<PolicyKind, Attached>> = {
  trust: "trust",
  inline: "identity",
  managed: "identity",
  bucket: "bucket",
  key: "key",
  repository: "repository",
  topic: "topic",
};

/**
 * Lints every document of every stack. Sizes are a rule of the rehearsal. Throws NotKnown for a type of resource that
 * may carry a document unseen.
 */
export async function lint(record: Rehearsed, excuses: readonly Excuse[] = EXCUSES): Promise<Linted> {
  checkTypes(record);
  const documents = policyDocuments(record);
  const statements = documents.flatMap((document) => document.statements);
  const patterns = statements.flatMap(actionPatterns).filter((pattern) => pattern !== "*");
  const known = await catalog(patterns.map(serviceOf));
  const keys = await conditionKeys();
  const linted = documents.map((document) => {
    const { resource, kind } = document;
    const placed = { ...document, record, attached: ATTACHED[kind], title: `${kind} policy` };
    const { faults, excused } = lintDocument(placed, known, keys, excuses);
    const at = { stack: resource.stack, resource: label(resource) };
    return { findings: faults.map((fault) => ({ ...fault, ...at })), excused };
  });
  return {
    findings: linted.flatMap(({ findings }) => findings),
    excused: new Set(linted.flatMap(({ excused }) => excused)),
    examined: { documents: documents.length, statements: statements.length },
  };
}
