import { type ConditionKeys, isMultivalued } from "./conditionKeys";
import { notKnown, Unresolved } from "./notKnown";
import { OPERATORS } from "./operators";
import { type Lookup, variablesIn, withoutValue, type Writing } from "./patterns";
import { type Values, list, map } from "../json";

/** Whether one key of a Condition element holds for a request. Throws Unresolved where AWS's pages do not say. */
export type Condition = (lookup: Lookup) => boolean;

/**
 * A variable without a value fits nothing, so a negated operator holds, says AWS further down on a page that begins with
 * "this might cause the entire statement to be invalid": for a Deny that is the opposite.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
 */
export function refuseWithoutValue(written: readonly string[], lookup: Lookup, where: string): void {
  const missing = written.map((each) => withoutValue(each, lookup)).find((each) => each !== undefined);
  if (missing !== undefined)
    throw new Unresolved(
      `\${${missing}} has no value in the request, and AWS says of ${where} both that it holds then and that the statement may be invalid`,
    );
}

/** What an operator's name says. */
export interface OperatorName {
  readonly set: "ForAllValues" | "ForAnyValue" | undefined;
  readonly base: string;
  readonly ifExists: boolean;
}

/** Takes `ForAllValues:StringLikeIfExists` apart. Throws for anything that AWS does not document. */
export function operatorName(written: string): OperatorName {
  const [, set, name = ""] = /^(?:(ForAllValues|ForAnyValue):)?([A-Za-z]+)$/.exec(written) ?? [];
  if (name === "Null" && set === undefined) return { set: undefined, base: name, ifExists: false };
  const base = name.replace(/IfExists$/, "");
  const operator = OPERATORS.get(base);
  if (!operator) return notKnown(`condition operator ${written} does not exist`);
  if (set !== undefined && !operator.sets) {
    return notKnown(`condition operator ${written} is not documented: ${base} takes no ${set}`);
  }
  return { set: set as OperatorName["set"], base, ifExists: base !== name };
}

const written = (value: unknown): string =>
  typeof value === "string" || typeof value === "number" || typeof value === "boolean"
    ? String(value)
    : notKnown(`${JSON.stringify(value)} is not a condition's value`);

const given = (values: readonly string[] | undefined): values is readonly string[] =>
  values !== undefined && values.length > 0;

function nullCondition(key: string, values: readonly string[]): Condition {
  const [value] = values;
  if (values.length !== 1 || (value !== "true" && value !== "false")) {
    return notKnown(`Null takes one true or false for ${key}, not ${values.join(", ")}`);
  }
  return (lookup) => given(lookup(key)) === (value === "false");
}

function condition(
  operator: string,
  key: string,
  values: readonly string[],
  keys: ConditionKeys,
  variables: Writing["variables"],
): Condition {
  const type = keys.typeOf(key) ?? notKnown(`condition key ${key} does not exist`);
  const { set, base, ifExists } = operatorName(operator);
  if (base === "Null") return nullCondition(key, values);
  if (set === undefined && isMultivalued(type)) {
    return notKnown(
      `condition key ${key} can have several values: ${operator} needs ForAllValues: or ForAnyValue:`,
    );
  }
  const { negated, test } = OPERATORS.get(base) ?? notKnown(`condition operator ${operator} does not exist`);
  if (variables === "used") values.forEach((value) => checkVariables(value, keys));
  const tests = values.map((value) => test(value, variables));
  // Several values are joined by OR, for a negated operator by NOR.
  const fits = (actual: string, lookup: Lookup) => tests.some((each) => each(actual, lookup)) !== negated;
  return (lookup) => {
    if (negated && variables === "used") refuseWithoutValue(values, lookup, operator);
    const actual = lookup(key);
    if (set === "ForAllValues") return !given(actual) || actual.every((each) => fits(each, lookup));
    if (!given(actual)) return ifExists || (negated && set === undefined);
    if (set === "ForAnyValue") return actual.some((each) => fits(each, lookup));
    const [only = "", ...more] = actual;
    return more.length > 0
      ? notKnown(`${key} has several values in the request, and ${operator} compares one`)
      : fits(only, lookup);
  };
}

/** Refuses variables that name no condition key, or one with several values. */
export function checkVariables(text: string, keys: ConditionKeys): void {
  for (const key of variablesIn(text)) {
    const type = keys.typeOf(key) ?? notKnown(`variable \${${key}} names no condition key`);
    if (isMultivalued(type)) notKnown(`variable \${${key}} names a key that can have several values`);
  }
}

/** Operators and keys of a Condition element; all of them have to hold. */
export function conditions(
  element: unknown,
  keys: ConditionKeys,
  variables: Writing["variables"],
): Condition[] {
  const block = (value: unknown, what: string): Values => {
    const entries = map(value);
    return Object.keys(entries).length > 0 ? entries : notKnown(`${what} is not a map with entries`);
  };
  if (element === undefined) return [];
  return Object.entries(block(element, "Condition")).flatMap(([operator, tested]) =>
    Object.entries(block(tested, `Condition.${operator}`)).map(([key, value]) => {
      const values = list(value).map(written);
      if (values.length === 0) notKnown(`Condition.${operator}.${key} has no value`);
      return condition(operator, key, values, keys, variables);
    }),
  );
}
