import { operatorName } from "../policy/conditions";
import { notKnown } from "../policy/notKnown";
import { OPERATORS } from "../policy/operators";
import { list, map, type Values } from "../json";
import type { Change, Mutate } from "./mutant";

/** One key under one operator. */
interface Tested {
  readonly operator: string;
  readonly key: string;
  readonly values: readonly string[];
}

const testedIn = (statement: Values): Tested[] =>
  Object.entries(map(statement["Condition"])).flatMap(([operator, keys]) =>
    Object.entries(map(keys)).map(([key, value]) => ({ operator, key, values: list(value).map(String) })),
  );

/** A statement with other conditions; without the element where there are none. */
function withConditions(statement: Values, tested: readonly Tested[]): Values {
  const all: Record<string, Record<string, readonly string[]>> = {};
  for (const { operator, key, values } of tested) {
    const block = (all[operator] ??= {});
    if (block[key]) notKnown(`${operator} would have ${key} twice`);
    block[key] = values;
  }
  const others = Object.entries(statement).filter(([element]) => element !== "Condition");
  return { ...Object.fromEntries(others), ...(tested.length > 0 && { Condition: all }) };
}

/** Changes each key of the conditions: `change` gives what comes in its place, or nothing to leave it alone. */
const eachKey =
  (
    change: (tested: Tested) => (Omit<Change, "statement"> & { readonly instead: readonly Tested[] })[],
  ): Mutate =>
  (statement) => {
    const all = testedIn(statement);
    return all.flatMap((tested) =>
      change(tested).map(({ instead, ...about }) => ({
        ...about,
        statement: withConditions(
          statement,
          all.flatMap((each) => (each === tested ? instead : each)),
        ),
      })),
    );
  };

const isNegated = (operator: string): boolean => OPERATORS.get(operatorName(operator).base)?.negated ?? false;

export const deleteCondition = eachKey(({ operator, key }) => [
  { what: `without condition ${operator} ${key}`, fits: "more", instead: [] },
]);

export const deleteConditionValue = eachKey((tested) => {
  const { operator, key, values } = tested;
  if (values.length < 2) return [];
  return values.map((gone, index) => ({
    what: `${operator} ${key} without ${gone}`,
    fits: isNegated(operator) ? "more" : "fewer", // a negated operator holds where none of its values fits
    instead: [{ ...tested, values: values.filter((_, at) => at !== index) }],
  }));
});

/** `arn:…:role/plan` becomes `arn:…:role/*`; what is no ARN becomes `*`. */
export function anyName(value: string): string {
  const [, fixed, name = ""] = /^((?:[^:]*:){5})(.*)$/s.exec(value) ?? [];
  if (fixed === undefined || !value.startsWith("arn:")) return "*";
  const [type = ""] = /^[a-z-]+[/:]/.exec(name) ?? [];
  return `${fixed}${type}*`;
}

/** The operator that takes wildcards, for those that compare texts or ARNs. */
function likeOf(operator: string): string | undefined {
  const { base } = operatorName(operator);
  if (/^Arn/.test(base) || /Like$/.test(base)) return operator;
  return /^String/.test(base) ? operator.replace(/Equals(IgnoreCase)?/, "Like") : undefined;
}

export const valueToAnyName = eachKey((tested) => {
  const { operator, key, values } = tested;
  const like = likeOf(operator);
  if (like === undefined) return [];
  return values.flatMap((value, index) => {
    const any = anyName(value);
    if (any === value) return [];
    return [
      {
        what: `${operator} ${key} ${value} as ${any}`,
        fits: isNegated(operator) ? ("fewer" as const) : ("more" as const),
        instead: [{ operator: like, key, values: values.map((each, at) => (at === index ? any : each)) }],
      },
    ];
  });
});

export const operatorIfExists = eachKey((tested) => {
  const { base, ifExists } = operatorName(tested.operator);
  if (base === "Null" || ifExists) return [];
  const operator = `${tested.operator}IfExists`;
  return [{ what: `${operator} ${tested.key}`, fits: "more", instead: [{ ...tested, operator }] }];
});

/** Equals and Like differ only where a value has a wildcard; for ARNs they are the same. */
export const operatorOther = eachKey((tested) => {
  const { base } = operatorName(tested.operator);
  if (!/^String(Not)?(Equals|Like)$/.test(base) || !tested.values.some((each) => /[*?]/.test(each)))
    return [];
  const exact = base.endsWith("Equals");
  const operator = tested.operator.replace(exact ? "Equals" : "Like", exact ? "Like" : "Equals");
  return [
    {
      what: `${operator} ${tested.key}`,
      fits: exact === isNegated(tested.operator) ? "fewer" : "more",
      instead: [{ ...tested, operator }],
    },
  ];
});
