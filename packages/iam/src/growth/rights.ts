/** Statements taken apart into rights, and which of them other statements lack. */
import { list, map, texts, type Values } from "../json";
import { nothingKnown, type Reference, waysOf } from "../mutation/known";
import {
  implies,
  included,
  isComparable,
  type Known,
  patternCovers,
  tested,
  type Tested,
} from "../mutation/included";
import { withinForm } from "../mutation/forms";
import { fitsForm } from "../policy/overlap";
import type { Layer } from "./layers";

/** One action on one resource by one principal, as a statement writes them. */
export interface Right {
  readonly action: string;
  /** Undefined: the thing itself that has the policy. */
  readonly resource: string | undefined;
  /** `AWS arn:…`; undefined: whoever has the policy. */
  readonly who: string | undefined;
  readonly effect: "Allow" | "Deny";
  readonly conditions: readonly Tested[];
  /** A statement of it alone. */
  readonly statement: Values;
}

/** A right that others lack. */
export interface Lacking extends Right {
  /** Under what conditions they have it, where they do: those that this right does without. */
  readonly only: readonly Tested[];
  /** Why the texts do not tell whether they lack it. */
  readonly unsure: string | undefined;
}

const NEGATED = ["NotAction", "NotResource", "NotPrincipal"];
const isNegated = (statement: Values): boolean => NEGATED.some((element) => statement[element] !== undefined);

const meanings = new WeakMap<Values, string>();

/** Statements that say the same whatever they are called, in whichever order. */
function meaning(statement: Values): string {
  const found = meanings.get(statement) ?? meant(statement);
  meanings.set(statement, found);
  return found;
}

const meant = (statement: Values): string =>
  JSON.stringify(statement, (key, value: unknown): unknown => {
    if (key === "Sid") return undefined;
    if (Array.isArray(value) && value.length === 1) return value[0] as unknown;
    if (Array.isArray(value)) return [...new Set(value.map(String))].sort();
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1)));
  });

const principalsOf = ({ Principal: named }: Values): (string | undefined)[] => {
  if (named === undefined) return [undefined];
  if (named === "*") return ["AWS *"];
  return Object.entries(map(named)).flatMap(([kind, value]) => texts(value).map((each) => `${kind} ${each}`));
};

const named = (who: string): Values => {
  const [kind = "", name = ""] = who.split(" ");
  return { [kind]: name };
};

/** A statement with one value each of the only key that has several, where any of them is enough. */
function byValue(statement: Values): Values[] {
  const conditions = Object.entries(map(statement["Condition"])).flatMap(([operator, keys]) =>
    Object.entries(map(keys)).map(([key, values]) => [operator, key, list(values)] as const),
  );
  const several = conditions.filter(([, , values]) => values.length > 1);
  const [only] = several;
  const any = tested(statement).every(
    ({ values, negated, set }) => values.length < 2 || (!negated && set !== "ForAllValues"),
  );
  if (several.length !== 1 || !only || !any) return [statement];
  const [operator, key, values] = only;
  const others = map(statement["Condition"]);
  return values.map((value) => ({
    ...statement,
    Condition: { ...others, [operator]: { ...map(others[operator]), [key]: value } },
  }));
}

const without = (statement: Values, left: string): Values =>
  Object.fromEntries(Object.entries(statement).filter(([element]) => element !== left));
const withoutConditions = (statement: Values): Values => without(statement, "Condition");

function rightsOf(statement: Values): Right[] {
  const effect = statement["Effect"] === "Deny" ? "Deny" : "Allow";
  const resources = statement["Resource"] === undefined ? [undefined] : texts(statement["Resource"]);
  return texts(statement["Action"]).flatMap((action) =>
    resources.flatMap((resource) =>
      principalsOf(statement).map((who): Right => {
        const Principal = who === undefined ? undefined : named(who);
        const own = {
          ...without(statement, "Principal"),
          ...{ Action: action, ...(resource !== undefined && { Resource: resource }) },
          ...(Principal && { Principal }),
        };
        return { action, resource, who, effect, conditions: tested(statement), statement: own };
      }),
    ),
  );
}

const hasVariable = (text: string | undefined): boolean => text?.includes("${") ?? false;

/** Whether AWS's reference has what a right is about: what it lacks may be asked for all the same. */
const tells = ({ forms, catalog }: Known, { action, resource }: Right): boolean =>
  forms === undefined ||
  resource === undefined ||
  catalog
    .covered(action)
    .some(({ name }) => forms.get(name)?.some((form) => withinForm(resource, form) !== undefined));

/** Of those who have the right under conditions, the conditions that it does without: of the fewest, where several do. */
function onlyUnder(right: Right, others: readonly Values[], ways: readonly Known[]): Tested[] | undefined {
  const bare = withoutConditions(right.statement);
  const telling = ways.filter((known) => tells(known, right));
  const kin = others.filter((each) =>
    telling.some((known) => included(bare, [withoutConditions(each)], known)),
  );
  const missing = kin.map((each) =>
    tested(each).filter((wide) => !right.conditions.some((narrow) => implies(narrow, wide, false))),
  );
  return missing.sort((one, other) => one.length - other.length)[0];
}

const anything = (text: string): string => text.replace(/\$\{[^}]*\}/g, "*");
const withoutVariables = (text: string): string => text.replace(/\$\{[^}]*\}/g, "");
const wildcards = (text: string): number => text.match(/[*?]/g)?.length ?? 0;

/** Whether a variable decides which of two resources is the wider. */
function turnsOnVariable(own: string, other: string): boolean {
  if (hasVariable(own)) return own !== other && fitsForm(anything(other), anything(own));
  // A variable stands for one name at a time, never for all that a wildcard does.
  const isWider = wildcards(own) > wildcards(withoutVariables(other));
  return hasVariable(other) && !isWider && patternCovers(anything(other), own);
}

/** Why the texts alone do not say that others lack a right. */
function doubt(
  right: Right,
  only: readonly Tested[] | undefined,
  others: readonly Values[],
  ways: readonly Known[],
): string | undefined {
  const against = only?.find(
    (wide) =>
      wide.base !== "Null" &&
      right.conditions.some(({ base, key }) => base !== "Null" && key === wide.key) &&
      !right.conditions.some((each) => isComparable(each, wide)),
  );
  if (against) return `its condition on ${against.written} compares in another way`;
  const { resource, statement } = right;
  if (!ways.every((known) => tells(known, right)))
    return "AWS's reference does not have the action on such a resource";
  if (only !== undefined || resource === undefined) return undefined;
  const bare = withoutConditions(statement);
  const isNear = (each: Values): boolean =>
    texts(each["Resource"]).some((other) => turnsOnVariable(resource, other)) &&
    ways.some((known) => included(bare, [{ ...withoutConditions(each), Resource: resource }], known));
  return others.some(isNear)
    ? "a variable of the policy stands for a name that is known with the request"
    : undefined;
}

/** What a negated element leaves is not worked out: the statement as a whole. */
const asWritten = (statement: Values): Lacking[] => [
  {
    action: texts(statement["Action"]).join(", ") || `all but ${texts(statement["NotAction"]).join(", ")}`,
    resource:
      texts(statement["Resource"]).join(", ") || `all but ${texts(statement["NotResource"]).join(", ")}`,
    who:
      statement["NotPrincipal"] === undefined
        ? principalsOf(statement)[0]
        : `all but ${Object.values(map(statement["NotPrincipal"])).flatMap(texts).join(", ")}`,
    effect: statement["Effect"] === "Deny" ? "Deny" : "Allow",
    ...{ conditions: tested(statement), statement, only: [] },
    unsure: `${NEGATED.filter((element) => statement[element] !== undefined).join(" and ")} is not compared`,
  },
];

/** Lists of rights that others lack, one for each statement that has some. */
export function lackingIn(
  others: Pick<Layer, "statements" | "shared">,
  own: Layer,
  reference: Reference,
): Lacking[][] {
  const said = new Set(others.statements.map(meaning));
  const news = own.statements.filter((each) => !said.has(meaning(each)));
  if (news.length === 0) return [];
  const ways = waysOf(own, reference).map(([, known]) => known);
  const all = [...others.statements, ...others.shared];
  const known = all.filter((each) => !isNegated(each));
  const denies = [...own.statements, ...own.shared].filter(
    (each) => each["Effect"] === "Deny" && !isNegated(each),
  );
  const isThere = (right: Right, among: readonly Values[]): boolean =>
    ways.some((way) => tells(way, right) && included(right.statement, among, way));
  const isDenied = (right: Right): boolean =>
    right.effect === "Allow" &&
    isThere({ ...right, statement: { ...right.statement, Effect: "Deny" } }, denies);
  return news.flatMap((statement): Lacking[][] => {
    if (isNegated(statement)) return [asWritten(statement)];
    const found = rightsOf(statement).flatMap((right) => {
      if (isThere(right, known)) return [];
      return byValue(right.statement)
        .map((each): Right => ({ ...right, statement: each, conditions: tested(each) }))
        .filter((each) => !isThere(each, known) && !isDenied(each));
    });
    const same = known.filter(({ Effect }) => Effect === statement["Effect"]);
    const lacking = found.map((right): Lacking => {
      const only = onlyUnder(right, same, ways);
      return { ...right, only: only ?? [], unsure: doubt(right, only, same, ways) };
    });
    return lacking.length > 0 ? [lacking] : [];
  });
}

/** Without what other statements' rights have already said with the other effect. */
export function saidOtherwise(
  lacking: readonly Lacking[],
  said: readonly Lacking[],
  reference: Reference,
): Lacking[] {
  const nothing = nothingKnown(reference.catalog);
  const turned = said.map(({ statement }) => ({
    ...statement,
    Effect: statement["Effect"] === "Allow" ? "Deny" : "Allow",
  }));
  return lacking.filter(({ statement }) => !included(statement, turned, nothing));
}
