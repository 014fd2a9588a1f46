import {
  type PolicyDocument,
  policyDocuments,
  type PolicyKind,
} from "../../../../rehearsal/record/policyDocuments";
import { label, type Rehearsed } from "../../../../rehearsal/record/record";
import type { Finding } from "../../../../rehearsal/rules/rule";
import { catalog, serviceOf } from "../policy/catalog";
import { type ConditionKeys, conditionKeys } from "../policy/conditionKeys";
import { EXCUSES } from "../../../../rehearsal/access/lint/excuses";
import { type Excuse, limits } from "./limits";
import { checkTypes } from "../../../../rehearsal/access/estate/model";
import { NotKnown } from "../policy/notKnown";
import { type Attached, policy } from "../policy/policies";
import { actionPatterns, type Fault, statementFaults } from "./statementFaults";
import type { Values } from "../json";

/** A fault, and where it is. */
export interface LintFinding extends Finding, Omit<Fault, "message"> {
  /** Of the statement; empty for the document as a whole. */
  readonly sid: string;
}

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

const sidOf = ({ Sid: sid }: Values): string => (typeof sid === "string" ? sid : "");

/** Sids that do not tell statements apart. */
function sidFaults({ statements }: PolicyDocument): Fault[] {
  const sids = statements.map(sidOf);
  const wrong = sids.filter((sid, index) => sids.indexOf(sid) !== index || !/^[A-Za-z0-9]+$/.test(sid));
  return wrong.map((sid) => ({
    check: "sid",
    action: "",
    on: sid,
    message: `Sid "${sid}" is not letters and digits, or stands twice`,
  }));
}

/** What the evaluator refuses: elements, operators, principals, variables, keys that do not exist. */
function formFaults({ kind, content }: PolicyDocument, keys: ConditionKeys): Fault[] {
  try {
    policy(`${kind} policy`, ATTACHED[kind], content, keys);
    return [];
  } catch (error) {
    if (!(error instanceof NotKnown)) throw error;
    return [{ check: "form", action: "", on: "", message: error.message }];
  }
}

/**
 * Reads every document of every stack against what AWS documents of actions, resources and condition keys. Sizes
 * are a rule of the rehearsal's first act. Throws NotKnown for a type of resource that may carry a document unseen.
 */
export async function lint(record: Rehearsed, excuses: readonly Excuse[] = EXCUSES): Promise<Linted> {
  checkTypes(record);
  const documents = policyDocuments(record);
  const statements = documents.flatMap((document) => document.statements);
  const patterns = statements.flatMap(actionPatterns).filter((pattern) => pattern !== "*");
  const known = await catalog(patterns.map(serviceOf));
  const keys = await conditionKeys();
  const excused = new Set<Excuse>();
  const findings = documents.flatMap((document) => {
    const { resource, kind } = document;
    const at =
      (sid: string) =>
      (fault: Fault): LintFinding => {
        const message = `${kind} policy${sid && `, ${sid}`}: ${fault.message}`;
        return { ...fault, stack: resource.stack, resource: label(resource), sid, message };
      };
    const form = formFaults(document, keys);
    if (form.length > 0) return form.map((fault) => ({ ...at("")(fault), message: fault.message }));
    return [
      ...sidFaults(document).map(at("")),
      ...document.statements.flatMap((statement) => {
        const limited = limits(record, document, statement, known, excuses);
        limited.excused.forEach((each) => excused.add(each));
        return [...statementFaults(statement, known, keys), ...limited.faults].map(at(sidOf(statement)));
      }),
    ];
  });
  return { findings, excused, examined: { documents: documents.length, statements: statements.length } };
}
