/** What a call passes on, or acts with, is limited by condition keys: each that AWS has is used, or excused by name. */
import { texts } from "../json";
import type { Action, Catalog } from "../policy/catalog";
import { type Fault, actionPatterns, covers, keysOf } from "./statementFaults";
import { map, type Values } from "../json";

/** What limits are read from: the statements of one document. */
export interface Statements {
  readonly statements: readonly Values[];
}

/** One action that a statement allows, in which document. */
export interface Allowed<Document extends Statements> {
  readonly document: Document;
  readonly statement: Values;
  readonly action: Action;
}

/** Why a key is not used. */
export interface Excuse<Document extends Statements> {
  readonly reason: string;
  /** The actions and the keys that it is about. */
  readonly action: RegExp;
  readonly key: RegExp;
  /** What the reason rests on, where the stacks show it. Default: on AWS's documentation, or on nothing that they show. */
  readonly holds?: (allowed: Allowed<Document>) => boolean;
}

/** Whose a thing is, and not what is done with it: the statements go by these where names do not do. */
const OF_TAGS = /^[^:]+:([A-Za-z]*(Resource|Request|Object|Bucket)Tag\/|([A-Za-z]*TagKeys)$)/i;
/** Who somebody was before he came: claims of identity providers, `accounts.google.com:sub`. */
const OF_TOKENS = /^(saml:|[^:]*\.[^:]*:)/i;

/** Whether a key limits what a call passes on or acts with. What is new in AWS's reference does, until somebody looks at it. */
export const isLimit = (key: string): boolean =>
  !/^aws:/i.test(key) && !OF_TAGS.test(key) && !OF_TOKENS.test(key);

const keysUsed = (statement: Values): string[] =>
  Object.values(map(statement["Condition"])).flatMap((tested) => Object.keys(map(tested)));

/** Keys that a statement goes by, and the refusals beside it that are about the same action. */
function used({ document, statement, action }: Allowed<Statements>, catalog: Catalog): string[] {
  const refusals = document.statements.filter(
    (each) =>
      each["Effect"] === "Deny" &&
      actionPatterns(each).some((pattern) =>
        catalog.covered(pattern).some(({ name }) => name === action.name),
      ),
  );
  return [statement, ...refusals].flatMap(keysUsed);
}

/** Keys that nothing is said of. */
function missing(allowed: Allowed<Statements>, catalog: Catalog): string[] {
  const own = used(allowed, catalog);
  const all = keysOf(allowed.action, allowed.statement).filter(isLimit);
  return [...new Set(all)].filter((key) => !own.some((each) => covers(key, each)));
}

export interface Limits<Document extends Statements> {
  readonly faults: readonly Fault[];
  readonly excused: readonly Excuse<Document>[];
}

/** What the allowances of one statement leave open, and what excuses that. */
export function limits<Document extends Statements>(
  document: Document,
  statement: Values,
  catalog: Catalog,
  excuses: readonly Excuse<Document>[],
): Limits<Document> {
  if (statement["Effect"] !== "Allow") return { faults: [], excused: [] };
  const actions = texts(statement["Action"]).flatMap((pattern) => catalog.covered(pattern));
  const open = actions.flatMap((action) => {
    const allowed = { document, statement, action };
    return missing(allowed, catalog).map((key) => {
      const about = excuses.filter((each) => each.action.test(action.name) && each.key.test(key));
      return { action: action.name, key, about, excuse: about.find(({ holds }) => holds?.(allowed) ?? true) };
    });
  });
  return {
    faults: open.flatMap(({ action, key, about, excuse }): Fault[] => {
      if (excuse) return [];
      const but = about.map(({ reason }) => `; it is not so that ${reason}`).join("");
      const message = `${action} is allowed whatever its ${key} is${but}: add a condition, or an excuse`;
      return [{ check: "limit", action, on: key, message }];
    }),
    excused: open.flatMap(({ excuse }) => excuse ?? []),
  };
}
