import type { TemplateRules } from "./templateRules";

type Rules = Partial<Omit<TemplateRules, "code" | "offered" | "closed">>;

const both = (one: readonly string[] = [], other: readonly string[] = []): string[] =>
  [...new Set([...one, ...other])].sort();

/** Rules by type and property; where both have a property, it may be what either allows. */
function joined<T>(
  one: Readonly<Record<string, Readonly<Record<string, T>>>> = {},
  other: Readonly<Record<string, Readonly<Record<string, T>>>> = {},
  join: (one: T, other: T) => T = (_, second) => second,
): Record<string, Record<string, T>> {
  const all: Record<string, Record<string, T>> = {};
  for (const rules of [one, other])
    for (const [type, byProperty] of Object.entries(rules)) {
      const known = (all[type] ??= {});
      for (const [property, rule] of Object.entries(byProperty)) {
        const before = known[property];
        known[property] = before === undefined ? rule : join(before, rule);
      }
    }
  return all;
}

/** What templates may hold by one set of rules or by the other. */
export function merged<One extends Rules, Other extends Rules>(one: One, other: Other) {
  return {
    ...one,
    ...other,
    types: both(one.types, other.types),
    trusted: both(one.trusted, other.trusted),
    callers: both(one.callers, other.callers),
    given: joined(one.given, other.given),
    named: joined(one.named, other.named),
    own: joined(one.own, other.own, (before, more) => ({ ...before, ...more })),
    only: joined(one.only, other.only, both),
    needed: joined(one.needed, other.needed),
    never: joined(one.never, other.never),
    granted: joined(one.granted, other.granted),
    policies: joined(one.policies, other.policies),
    ...((one.authTypes ?? other.authTypes) && { authTypes: both(one.authTypes, other.authTypes) }),
  };
}
