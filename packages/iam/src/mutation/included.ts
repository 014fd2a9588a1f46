import type { Catalog } from "../policy/catalog";
import { operatorName } from "../policy/conditions";
import { OPERATORS } from "../policy/operators";
import { type Forms, withinForm } from "./forms";
import { isAskedOn } from "../lint/statementFaults";
import { list, map, type Values } from "../json";

/** What is known of the requests that a policy gets, beyond what its statements say. */
export interface Known {
  /** For a resource's own policy: the forms of ARN that it can be asked on. Undefined: any. */
  readonly own?: readonly string[];
  /** Whether all requests of a principal have a condition key, or none has; undefined: some have. */
  readonly has: (principal: string | undefined, key: string) => boolean | undefined;
  readonly catalog: Catalog;
  /** What AWS asks for actions on. Undefined: anything. */
  readonly forms?: Forms;
  /**
   * Account of what is asked for, where a condition on `aws:PrincipalArn` is to tell the accounts that requests come
   * from. From the own account a principal of its own is let in otherwise than its account or everyone.
   */
  readonly account?: string;
  /** A principal that an Allow gives nothing which it would not have without. */
  readonly idle?: string;
}

const texts = (value: unknown): string[] => list(value).map(String);

/** Whether everything that fits one pattern fits the other. A wildcard stays within its part, but at the end. */
export function patternCovers(wide: string, narrow: string): boolean {
  if (wide === "*") return true;
  const escaped = wide.replace(/[.+^${}()|[\]\\]/g, "\\$&");
  const expression = escaped.replace(/\*(?=.)/g, "[^:]*").replace(/\*$/, ".*");
  return new RegExp(`^${expression.replaceAll("?", "[^*:]")}$`, "s").test(narrow);
}

const actionCovers = (wide: string, narrow: string): boolean =>
  patternCovers(wide.toLowerCase(), narrow.toLowerCase());

/** Principals as texts, `AWS arn:…`; undefined for a statement that names none. */
function principals({ Principal: named }: Values): string[] | undefined {
  if (named === undefined) return undefined;
  if (named === "*") return ["AWS *"];
  return Object.entries(map(named)).flatMap(([kind, value]) => texts(value).map((each) => `${kind} ${each}`));
}

/** One key under one operator of a Condition element. */
export interface Tested {
  readonly base: string;
  readonly set: string;
  /** In lower case. */
  readonly key: string;
  readonly written: string;
  readonly values: readonly string[];
  /** Whether it holds where the key is absent. */
  readonly holdsWithout: boolean;
  readonly negated: boolean;
}

export function tested(statement: Values): Tested[] {
  return Object.entries(map(statement["Condition"])).flatMap(([operator, keys]) => {
    const { base, set = "", ifExists } = operatorName(operator);
    const negated = OPERATORS.get(base)?.negated ?? false;
    return Object.entries(map(keys)).map(([key, value]) => ({
      ...{ base, set, negated, key: key.toLowerCase(), written: key, values: texts(value) },
      holdsWithout: ifExists || set === "ForAllValues" || (negated && set === ""),
    }));
  });
}

/** Operators that compare alike, but for wildcards: those of ARNs all take them. */
function comparing({ base }: Tested): { readonly as: string; readonly wildcards: boolean } {
  const [, kind = "", not = ""] = /^(String|Arn)(Not)?(Equals|Like)$/.exec(base) ?? [];
  return kind === ""
    ? { as: base, wildcards: false }
    : { as: kind + not, wildcards: kind === "Arn" || base.endsWith("Like") };
}

/** Whether two conditions ask the same of the same key, so that their values say which of them is the wider. */
export const isComparable = (one: Tested, other: Tested): boolean =>
  one.key === other.key && one.set === other.set && comparing(one).as === comparing(other).as;

/** Whether every value that fits one of these fits one of the others. */
const valuesCover = (wide: Tested, narrow: Tested): boolean =>
  narrow.values.every((each) =>
    wide.values.some((other) => {
      if (comparing(wide).wildcards) return patternCovers(other, each);
      return other === each && !(comparing(narrow).wildcards && /[*?]/.test(each));
    }),
  );

/** Whether a condition that the key is there says no more than one on its value. */
const asksForKey = (narrow: Tested, { base, key, values }: Tested): boolean =>
  base === "Null" &&
  values[0] === "false" &&
  narrow.base !== "Null" &&
  narrow.key === key &&
  !narrow.holdsWithout;

/** Whether one condition holds wherever another does. */
export const implies = (narrow: Tested, wide: Tested, isThere: boolean): boolean =>
  asksForKey(narrow, wide) ||
  (isComparable(narrow, wide) &&
    (wide.holdsWithout || !narrow.holdsWithout || isThere) &&
    (narrow.negated ? valuesCover(narrow, wide) : valuesCover(wide, narrow)));

/** Accounts that a condition on the principal's ARN leaves, by their root; undefined: any. */
function rootsLeft(statement: Values): string[] | undefined {
  const pin = tested(statement).find(
    ({ base, key, negated, holdsWithout, set }) =>
      /^(String|Arn)(Equals|Like)$/.test(base) &&
      key === "aws:principalarn" &&
      !negated &&
      !holdsWithout &&
      set === "",
  );
  const roots = pin?.values.map((each) => /^(arn:[a-z-]+:iam::\d{12}:)[a-z]/.exec(each)?.[1]);
  return roots?.every((each) => each !== undefined)
    ? [...new Set(roots.map((each) => `AWS ${each}root`))]
    : undefined;
}

/** A statement about one action, resource and principal of those that it names. */
type Atom = Values;

const principalOf = ({ principal }: Atom): string | undefined =>
  typeof principal === "string" ? principal : undefined;

/** What a resource of a statement leaves of the forms that its policy is asked on. */
const withinOwn = (resource: string, own: readonly string[] | undefined): string[] => {
  if (!own) return [resource];
  const inside = own.filter((each) => patternCovers(resource, each));
  return inside.length > 0 ? inside : [resource];
};

/** Everyone, where a condition leaves some accounts, is those; an account that it does not leave is nobody. */
function fromAccounts(statement: Values, named: readonly string[], account: string | undefined): string[] {
  const left = account === undefined ? undefined : rootsLeft(statement);
  if (!left) return [...named];
  const ownToo = left.some((each) => each.includes(`:iam::${account ?? ""}:`));
  return named.flatMap((each) => {
    if (each === "AWS *") return ownToo ? [each] : left;
    return each.startsWith("AWS ") && each.endsWith(":root") && !left.includes(each) ? [] : [each];
  });
}

/** What a resource leaves of the forms that AWS asks for an action on. */
function withinForms(resource: string, action: string, { forms }: Known): string[] {
  const own = forms?.get(action);
  return own ? own.flatMap((form) => withinForm(resource, form) ?? []) : [resource];
}

/** The actions of a pattern, where it is known what AWS asks for each of them on. */
function actionsOf(pattern: string, { forms, catalog }: Known): string[] {
  const all = forms ? catalog.covered(pattern).map(({ name }) => name) : [];
  return all.length > 0 ? all : [pattern];
}

function atoms(statement: Values, known: Known): Atom[] {
  const { own, catalog, account } = known;
  const written = principals(statement);
  const named = written ? fromAccounts(statement, written, account) : [undefined];
  const resources = statement["Resource"] === undefined ? [undefined] : texts(statement["Resource"]);
  const actions = texts(statement["Action"]).flatMap((each) => actionsOf(each, known));
  return actions.flatMap((Action) =>
    resources
      .flatMap((each) => (each === undefined ? [undefined] : withinOwn(each, own)))
      .flatMap((each) => (each === undefined ? [undefined] : withinForms(each, Action, known)))
      // Nobody can ask for an action on what AWS asks for it on nowhere.
      .filter(
        (each) =>
          each === undefined ||
          own === undefined ||
          catalog.covered(Action).some((action) => isAskedOn(action, each)),
      )
      .flatMap((Resource) => named.map((principal) => ({ ...statement, Action, Resource, principal }))),
  );
}

function fits(atom: Atom, wide: Values, { has }: Known): boolean {
  const [named, principal] = [principals(wide), principalOf(atom)];
  const conditions = tested(atom);
  const covers = (each: Tested) =>
    conditions.some((narrow) => implies(narrow, each, has(principal, narrow.key) === true));
  return (
    atom["Effect"] === wide["Effect"] &&
    texts(wide["Action"]).some((each) => actionCovers(each, String(atom["Action"]))) &&
    (wide["Resource"] === undefined
      ? atom["Resource"] === undefined
      : texts(wide["Resource"]).some((each) => patternCovers(each, String(atom["Resource"])))) &&
    (named === undefined ||
      named.includes("AWS *") ||
      (principal !== undefined && named.includes(principal))) &&
    tested(wide).every(covers)
  );
}

/** Whether it changes no answer: a condition asks for a key that no request of this principal has, or it is idle. */
const isEmpty = (atom: Atom, { has, idle }: Known): boolean =>
  (idle !== undefined && atom["Effect"] === "Allow" && principalOf(atom) === idle) ||
  tested(atom).some(
    ({ base, holdsWithout, key }) =>
      base !== "Null" && !holdsWithout && has(principalOf(atom), key) === false,
  );

/**
 * Whether every request that fits a statement fits one of others with the same effect: action by action, resource by
 * resource, principal by principal, under no further condition. False where that cannot be told from the texts.
 */
export const included = (statement: Values, others: readonly Values[], known: Known): boolean =>
  atoms(statement, known).every(
    (atom) => isEmpty(atom, known) || others.some((each) => fits(atom, each, known)),
  );
