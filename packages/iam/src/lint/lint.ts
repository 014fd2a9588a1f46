/** Reads one document against what AWS documents of actions, resources and condition keys. */
import type { Values } from "../json";
import type { Catalog } from "../policy/catalog";
import type { ConditionKeys } from "../policy/conditionKeys";
import { NotKnown } from "../policy/notKnown";
import { type Attached, policy } from "../policy/policies";
import { type Excuse, limits, type Statements } from "./limits";
import { type Fault, statementFaults } from "./statementFaults";

/** A document, and what it is attached to. */
export interface LintedDocument extends Statements {
  readonly attached: Attached;
  /** How messages name it: `trust policy`. */
  readonly title: string;
  /** Undefined where the text is not a JSON object. */
  readonly content: Values | undefined;
}

/** A fault, and the statement that has it: empty for the document as a whole. */
export interface StatementFault extends Fault {
  readonly sid: string;
}

export interface DocumentLint<Document extends Statements> {
  readonly faults: readonly StatementFault[];
  /** Excuses of keys that are not used, those that something needed. */
  readonly excused: readonly Excuse<Document>[];
}

const sidOf = ({ Sid: sid }: Values): string => (typeof sid === "string" ? sid : "");

/** Sids that do not tell statements apart. */
function sidFaults({ statements }: Statements): Fault[] {
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
function formFaults({ title, attached, content }: LintedDocument, keys: ConditionKeys): StatementFault[] {
  try {
    policy(title, attached, content, keys);
    return [];
  } catch (error) {
    if (!(error instanceof NotKnown)) throw error;
    return [{ check: "form", action: "", on: "", sid: "", message: error.message }];
  }
}

/** Faults of one document. One that the evaluator can't read has those faults alone. */
export function lintDocument<Document extends LintedDocument>(
  document: Document,
  catalog: Catalog,
  keys: ConditionKeys,
  excuses: readonly Excuse<Document>[],
): DocumentLint<Document> {
  const form = formFaults(document, keys);
  if (form.length > 0) return { faults: form, excused: [] };
  const at =
    (sid: string) =>
    (fault: Fault): StatementFault => ({
      ...fault,
      sid,
      message: `${document.title}${sid && `, ${sid}`}: ${fault.message}`,
    });
  const statements = document.statements.map((statement) => ({
    sid: sidOf(statement),
    own: statementFaults(statement, catalog, keys),
    limited: limits(document, statement, catalog, excuses),
  }));
  return {
    faults: [
      ...sidFaults(document).map(at("")),
      ...statements.flatMap(({ sid, own, limited }) => [...own, ...limited.faults].map(at(sid))),
    ],
    excused: statements.flatMap(({ limited }) => limited.excused),
  };
}
