/** The requests that one question stands for: every condition key that has a say, absent, as wanted, and otherwise. */
import type { ConditionKeys } from "../policy/conditionKeys";
import { OF_SERVICES } from "../evaluate/context";
import { notKnown } from "../policy/notKnown";
import type { Principal } from "../policy/principals";
import type { Condition } from "./permission";
import { fits, instance, nearMiss } from "./wildcards";

/** Values of condition keys that a caller chooses; undefined: the request does not have the key. */
export type Context = Readonly<Record<string, string | readonly string[]>>;

/** Keys that follow from who asks for what: nobody chooses them. */
const DERIVED = new Set(
  [
    "aws:PrincipalAccount",
    "aws:PrincipalArn",
    "aws:PrincipalIsAWSService",
    "aws:PrincipalServiceName",
    "aws:PrincipalType",
    "aws:ResourceAccount",
    "aws:SourceOwner",
    "aws:username",
  ].map((key) => key.toLowerCase()),
);
const BY_SERVICES = new Set(OF_SERVICES.map((key) => key.toLowerCase()));

const isChosen = (key: string, { kind }: Principal): boolean =>
  !DERIVED.has(key) && !key.startsWith("aws:principaltag/") && (kind === "service" || !BY_SERVICES.has(key));

/** How many values of others, the most alike first, are tried beside a policy's own. */
const SIBLINGS = 6;

const alike = (one: string, other: string): number => {
  let length = 0;
  while (length < one.length && one[length] === other[length]) length++;
  return length;
};

/** All values that policies and permissions give for a key, by the key in lower case. */
export type Mentioned = ReadonlyMap<string, readonly string[]>;

function otherValue(type: string, values: readonly string[]): string[] {
  if (/Bool/.test(type)) return ["true", "false"];
  if (/Numeric|Long/.test(type)) return ["-1"];
  if (!/String|ARN/i.test(type)) notKnown(`the access matrix does not know how to try keys of type ${type}`);
  return [
    /ARN/i.test(type) || values.some((each) => each.startsWith("arn:"))
      ? "arn:aws:others:::others"
      : "others",
  ];
}

/** A value as it is for a principal with tags. */
const withTags = (value: string, principal: Principal): string =>
  value.includes("${")
    ? value.replace(
        /\$\{aws:PrincipalTag\/([^}]+)\}/g,
        (whole, key: string) => (principal.kind === "session" && principal.tags?.[key]) || whole,
      )
    : value;

const TRANSPORT = "aws:securetransport";
const TAG_KEYS = "aws:tagkeys";

/** Keys of the tags that a request says: those, or more. */
function withTagKeys(context: Context): Context[] {
  const tags = Object.keys(context).flatMap((key) => /^aws:RequestTag\/(.+)$/i.exec(key)?.[1] ?? []);
  return [
    tags.length > 0 ? { ...context, "aws:TagKeys": tags } : context,
    { ...context, "aws:TagKeys": [...tags, "others"] },
  ];
}

/** Something that a value covers. A star alone covers itself, whether it is meant as a pattern or as that character. */
const covered = (value: string): string => (value === "*" ? value : instance(value));

/** What is tried for one key. */
function options(key: string, values: readonly string[], mentioned: Mentioned, keys: ConditionKeys) {
  const type = keys.typeOf(key) ?? notKnown(`condition key ${key} does not exist`);
  const always = key === TRANSPORT; // AWS always says how a request came
  if (/Bool/.test(type)) return [...(always ? [] : [undefined]), "true", "false"];
  const plain = values.filter((each) => !each.includes("${"));
  const siblings = (mentioned.get(key) ?? [])
    .filter((each) => !plain.includes(each) && !each.includes("${"))
    .map((each) => ({ each, likeness: Math.max(...plain.map((own) => alike(own, each)), 0) }))
    .sort((one, other) => other.likeness - one.likeness)
    .slice(0, SIBLINGS)
    .map(({ each }) => each);
  const tried = [...plain.flatMap((each) => [covered(each), nearMiss(each)]), ...siblings.map(covered)];
  return [undefined, ...new Set([...tried, ...otherValue(type, plain)])];
}

/** More requests than this for one question would take too long, and mean that conditions are piled up. */
const MOST = 20_000;

type Conditions = readonly (readonly [key: string, values: readonly string[]])[];

/** Every combination of what the keys in these conditions can be, for a principal. */
export type Variants = (principal: Principal, conditions: Conditions) => readonly Context[];

const SILENT: readonly Context[] = [{}];

/** Makes the combinations of the same keys and values once: many resources have them. */
export function variants(mentioned: Mentioned, keys: ConditionKeys): Variants {
  const known = new Map<string, readonly Context[]>();
  return (principal, conditions) => {
    if (conditions.length === 0) return SILENT;
    const wanted = wantedOf(principal, conditions);
    const name = JSON.stringify([...wanted].map(([, { spelled, values }]) => [spelled, ...values]));
    const found = known.get(name) ?? combined(wanted, mentioned, keys);
    known.set(name, found);
    return found;
  };
}

type AllWanted = Map<string, { readonly spelled: string; readonly values: Set<string> }>;

/** What the conditions want of those keys that a principal can choose. */
function wantedOf(principal: Principal, conditions: Conditions): AllWanted {
  const wanted: AllWanted = new Map();
  for (const [key, values] of conditions) {
    const name = key.toLowerCase();
    if (!isChosen(name, principal)) continue;
    const of = wanted.get(name) ?? {
      spelled: name === TRANSPORT ? "aws:SecureTransport" : key,
      values: new Set(),
    };
    values.forEach((each) => of.values.add(withTags(each, principal)));
    wanted.set(name, of);
  }
  return wanted;
}

function combined(wanted: AllWanted, mentioned: Mentioned, keys: ConditionKeys): Context[] {
  const tried = [...wanted]
    .filter(([name]) => name !== TAG_KEYS) // they follow from the tags
    .map(([name, { spelled, values }]) => ({
      key: spelled,
      options: options(name, [...values], mentioned, keys),
      wanted: [...values].filter((each) => !each.includes("${")).map(covered)[0],
    }));
  const all = tried.reduce((product, each) => product * each.options.length, 1);
  const made = all > MOST ? pairs(tried) : combinations(tried);
  if (made.length > MOST)
    notKnown(`there are too many conditions on one question: ${[...wanted.keys()].join(", ")}`);
  return wanted.has(TAG_KEYS) ? made.flatMap(withTagKeys) : made;
}

interface Tried {
  readonly key: string;
  readonly options: readonly (string | undefined)[];
  /** What some policy or permission wants it to be. Undefined: not there. */
  readonly wanted: string | undefined;
}

const put = (context: Context, key: string, value: string | undefined): Context =>
  value === undefined ? context : { ...context, [key]: value };

const combinations = (tried: readonly Tried[]): Context[] =>
  tried.reduce<Context[]>(
    (made, { key, options }) => made.flatMap((context) => options.map((value) => put(context, key, value))),
    [{}],
  );

/**
 * Every two keys in every combination, while the others are as some policy or permission wants them, or absent. A statement's
 * conditions hold each for itself, so that one or two that are not met are as good as many.
 */
function pairs(tried: readonly Tried[]): Context[] {
  const all = tried.flatMap((one, index) =>
    tried.slice(index + 1).flatMap((other) => {
      const others = tried
        .filter((each) => each !== one && each !== other)
        .reduce<Context>((context, { key, wanted }) => put(context, key, wanted), {});
      return combinations([one, other]).flatMap((context) => [context, { ...others, ...context }]);
    }),
  );
  return [...new Map(all.map((each) => [JSON.stringify(Object.entries(each).sort()), each])).values()];
}

/** Whether a request is as a permission wants it. */
export function holds(
  { key, values, otherThan = false, ifThere = false, absent = false, literal = false }: Condition,
  context: Context,
): boolean {
  const name = key.toLowerCase();
  const spelled = key in context ? key : Object.keys(context).find((given) => given.toLowerCase() === name);
  const actual = spelled === undefined ? undefined : context[spelled];
  if (actual === undefined || absent) return ifThere || (absent && actual === undefined);
  const all = typeof actual === "string" ? [actual] : actual;
  const is = (each: string, one: string): boolean => (literal ? each === one : fits(each, one));
  return all.every((one) => values.some((each) => is(each, one)) !== otherThan);
}
