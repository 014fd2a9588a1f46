/** Whether the sentences say what a mutant changes: that one change, and no other. */
import type { AccessModel } from "../model";
import { map, texts, type Values } from "../json";
import type { Reference } from "../mutation/known";
import { equivalenceOf } from "../mutation/equivalentMutants";
import { changedPolicy } from "../mutation/changed";
import type { Mutant } from "../mutation/mutators";
import type { PolicyUnderTest } from "../mutation/policyJudge";
import type { Verdict } from "../mutation/verdict";
import type { Policy } from "../policy/policies";
import { changesBetween, type StatementChange } from "./compare";
import { sentenceOf } from "./sentence";

/** The model where one policy is another. */
export function withPolicy(model: AccessModel, own: Policy, other: Policy): AccessModel {
  const swapped = (each: Policy): Policy => (each === own ? other : each);
  const { roles, managed, guarded } = model;
  return {
    ...model,
    managed: new Map([...managed].map(([arn, each]) => [arn, swapped(each)] as const)),
    roles: new Map(
      [...roles].map(
        ([arn, role]) =>
          [arn, { ...role, trust: swapped(role.trust), identity: role.identity.map(swapped) }] as const,
      ),
    ),
    guarded: new Map(
      [...guarded].map(
        ([arn, each]) => [arn, { ...each, policy: each.policy && swapped(each.policy) }] as const,
      ),
    ),
  };
}

const principals = ({ Principal: named }: Values): string[] =>
  named === "*"
    ? ["AWS *"]
    : Object.entries(map(named)).flatMap(([kind, value]) => texts(value).map((each) => `${kind} ${each}`));

/** What is in one list and not in the other. */
const left = <Item>(all: readonly Item[], others: readonly Item[]): Item[] =>
  all.filter((each) => !others.includes(each));
const distinct = <Item>(all: readonly Item[]): Item[] => [...new Set(all)];

interface Element {
  readonly name: string;
  readonly of: (statement: Values) => readonly (string | undefined)[];
  readonly said: (change: StatementChange) => readonly (string | undefined)[];
}

const ELEMENTS: readonly Element[] = [
  {
    name: "actions",
    of: (statement) => texts(statement["Action"]),
    said: ({ parts }) => parts.flatMap(({ actions }) => actions),
  },
  {
    name: "resources",
    of: (statement) => (statement["Resource"] === undefined ? [undefined] : texts(statement["Resource"])),
    said: ({ parts }) => parts.flatMap(({ on }) => on),
  },
  {
    name: "principals",
    of: (statement) => (statement["Principal"] === undefined ? [undefined] : principals(statement)),
    said: ({ parts }) => parts.flatMap(({ who }) => who),
  },
];

/**
 * What is wrong with a sentence about a statement that lets `wide` where it let `narrow`. An element that differs is said
 * with what only the wider one has; of all others nothing is said that the wider one lacks.
 */
function beside(change: StatementChange, wide: Values, narrow: Values | undefined): string | undefined {
  for (const { name, of, said } of ELEMENTS) {
    const [all, words] = [of(wide), distinct(said(change))];
    const more = narrow && wide["Effect"] === narrow["Effect"] ? left(all, of(narrow)) : [];
    if (words.length === 0 || left(words, all).length > 0) return `names other ${name} than the statement`;
    if (more.length > 0 && left(words, more).length > 0) return `names other ${name} than those that differ`;
  }
  const conditions = JSON.stringify(wide["Condition"]) !== JSON.stringify(narrow?.["Condition"]);
  return narrow &&
    conditions &&
    wide["Effect"] === narrow["Effect"] &&
    change.parts.some(({ only }) => only.length === 0)
    ? "names no condition that differs"
    : undefined;
}

/** Whom a policy belongs to: one that a single role has is its own. */
const ownersOf = (policy: Policy, owner: string, { roles }: AccessModel): string[] => [
  owner,
  ...[...roles.values()].filter(({ identity }) => identity.includes(policy)).map(({ arn }) => arn),
];

/** What is wrong with what is said of a mutant of a policy; undefined: nothing. */
export function missaid(
  { policy, owner }: Pick<PolicyUnderTest, "policy" | "owner">,
  mutant: Mutant,
  { outcome, direction }: Pick<Verdict, "outcome" | "direction">,
  reference: Reference,
): string | undefined {
  const original = policy.statements[mutant.index]?.content;
  const changed = changedPolicy(policy, mutant, reference.model.keys);
  const changes = changesBetween(reference.model, withPolicy(reference.model, policy, changed), reference);
  const words = changes.map(sentenceOf).join(" / ");
  const [change] = changes;
  // What the reference lacks, no proof knows: there it may be said, as perhaps.
  const isSure = changes.some(
    (each) => each.of === "boundary" || each.parts.some(({ unsure }) => unsure === undefined),
  );
  if (outcome === "excused") return isSure ? `it changes nothing, and it is said: ${words}` : undefined;
  // The access matrix asks for some things that AWS does not, such as an object's action on a bucket.
  const isIdle = () => equivalenceOf({ policy, owner }, mutant, reference) === "own resource";
  if (!change) return isIdle() ? undefined : "it is not said";
  if (changes.length > 1) return `it is one change, and ${changes.length} are said: ${words}`;
  if (change.grows !== (direction === "widening")) return `it is ${direction}, and it is said: ${words}`;
  if (change.of === "boundary" || !ownersOf(policy, owner, reference.model).includes(change.layer.owner))
    return `it is of ${owner}, and it is said: ${words}`;
  // What a Deny lets less, its statement says more.
  const [wide, narrow] =
    mutant.fits === "more" || mutant.statement?.["Effect"] !== original?.["Effect"]
      ? [mutant.statement, original]
      : [original, mutant.statement];
  const wrong = wide && beside(change, change.effect === wide["Effect"] ? wide : (narrow ?? wide), narrow);
  return wrong === undefined ? undefined : `it ${wrong}: ${words}`;
}
