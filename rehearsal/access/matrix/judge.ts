/** The access matrix against the policies: whatever it has must be allowed, whatever it does not have denied. */
import { policyDocuments } from "../../aws/policyDocuments";
import { catalog, serviceOf } from "../../../packages/iam/src/policy/catalog";
import type { Policy, Statement } from "../../../packages/iam/src/policy/policies";
import { actionPatterns } from "../../../packages/iam/src/lint/statementFaults";
import { walk, type WalkedCall } from "../calls/walk";
import type { World } from "../estate/world";
import { boundaryFindings } from "./boundaries";
import { cast, type Cast, rewritten } from "./cast";
import { type Asked, askedAbout } from "./decoys";
import { expand, type PlacedRow } from "./expand";
import { charterFacts } from "./facts";
import { findingsOf } from "./findings";
import { askRound, type Ground, type Mismatch } from "./questions";
import type { CharterRow, Row } from "./rows";
import { askable, classes, conditionsOf, naming, rowMarks, slicing, withOthers } from "./statements";
import { unusedGrants } from "./unused";
import type { AccessModel } from "../../../packages/iam/src/model";
import type { Facts } from "./bindings";

export interface CharterResult {
  readonly rows: readonly CharterRow[];
  /** Combinations of principal, action and resource that are answered. */
  readonly asked: number;
  /** Those decided one by one, with each value of their conditions; the others no statement could allow. */
  readonly decided: number;
  readonly findings: readonly string[];
  /** Rows that no step of a release uses. */
  readonly unused: readonly string[];
}

/** All that has to be made once for some settings. */
export interface Prepared {
  readonly facts: Facts;
  readonly rows: readonly PlacedRow[];
  readonly ground: Ground;
  readonly marks: ReadonlyMap<string, string>;
  /** As the stacks have it, and as administrators can rewrite it. */
  readonly real: Cast;
  readonly abroad: Cast;
}

/** Every statement that a model has, each once. */
export function statementsOf({ roles, guarded, managed }: AccessModel): Statement[] {
  const policies: (Policy | undefined)[] = [
    ...[...roles.values()].flatMap(({ trust, identity }) => [trust, ...identity]),
    ...[...guarded.values()].map(({ policy }) => policy),
    ...managed.values(),
  ];
  return [...new Set(policies)].flatMap((policy) => policy?.statements ?? []);
}

function mentionedIn(
  statements: readonly Statement[],
  rows: readonly PlacedRow[],
): ReadonlyMap<string, string[]> {
  const found = new Map<string, Set<string>>();
  const pairs = [
    ...statements.flatMap(conditionsOf),
    ...rows.flatMap(({ when, resourceConditions }) =>
      [...when, ...resourceConditions].map(({ key, values }) => [key, values] as const),
    ),
  ];
  for (const [key, values] of pairs) {
    const of = found.get(key.toLowerCase()) ?? new Set();
    values.forEach((each) => of.add(each));
    found.set(key.toLowerCase(), of);
  }
  return new Map([...found].map(([key, values]) => [key, [...values]]));
}

function byWho(rows: readonly PlacedRow[]): ReadonlyMap<string, readonly PlacedRow[]> {
  const found = new Map<string, PlacedRow[]>();
  for (const row of rows) found.set(row.who, [...(found.get(row.who) ?? []), row]);
  return found;
}

/** Makes everything that questions are asked on. Throws NotKnown for settings or resources that it cannot read. */
export async function prepareCharter(world: World, written?: readonly Row[]): Promise<Prepared> {
  const facts = charterFacts(world);
  const rows = expand(facts, written);
  const asked: readonly Asked[] = askedAbout(world, facts, rows);
  const real = cast(world, facts, rows, asked);
  const patterns = [
    ...policyDocuments(world.record).flatMap(({ statements }) => statements.flatMap(actionPatterns)),
    ...rows.flatMap(({ row }) => row.actions),
  ];
  const services = [...patterns.map(serviceOf), ...asked.flatMap(({ arn }) => arn.split(":")[2] ?? [])];
  const documented = await catalog(services.filter((each) => each !== "*" && each !== ""));
  const known = withOthers(documented, patterns);
  const actions = known.covered("*");
  const named = naming(known);
  const ground: Ground = {
    actions,
    asked,
    accounts: facts.accounts,
    rows: byWho(rows),
    never: rows.filter(({ who }) => who === "nobody"),
    named,
    sliced: slicing(named),
    mentioned: mentionedIn(statementsOf(real.model), rows),
  };
  const marks = rowMarks(actions, [...new Set(rows.map(({ row }) => row))]);
  return { facts, rows, ground, marks, real, abroad: rewritten(world, real) };
}

/** How many combinations there are: of an account's `*` each principal is asked in its own. */
function combinations({ ground: { actions, asked }, real, abroad }: Prepared): number {
  const subjects = real.subjects.length + abroad.subjects.length;
  const things = new Map<string, number>();
  for (const { arn } of asked) {
    const [, , service = arn] = arn.split(":");
    things.set(service, (things.get(service) ?? 0) + 1);
  }
  const each = actions.map(({ name }) => {
    const service = serviceOf(name);
    return (things.get(service === "sts" ? "iam" : service) ?? 0) + (askable(service, name, "*") ? 1 : 0);
  });
  return subjects * each.reduce((sum, one) => sum + one, 0);
}

export interface CharterOptions {
  /** The rows. Default: the access matrix's own. */
  readonly rows?: readonly Row[];
  /** Calls that a walk has found. Default: it is walked for them. */
  readonly calls?: readonly WalkedCall[];
}

/**
 * Holds the policies of a world against the access matrix: whatever it has must be allowed, whatever it does not have
 * denied, and every grant used by some step of a release. Throws NotKnown rather than guess.
 */
export async function judgeCharter(world: World, options: CharterOptions = {}): Promise<CharterResult> {
  const prepared = await prepareCharter(world, options.rows);
  const { ground, rows, marks, real, abroad, facts } = prepared;
  const all = classes(statementsOf(real.model), ground.named, marks);
  const mismatches: Mismatch[] = [];
  const exercised = new Set<PlacedRow>();
  let decided = 0;
  for (const each of [real, abroad]) {
    askRound(ground, {
      cast: each,
      classes: all,
      found: (mismatch) => {
        mismatches.push(mismatch);
        return false;
      },
      decided: (fitting) => {
        decided++;
        fitting.forEach((row) => exercised.add(row));
      },
    });
  }
  const nothing = rows.filter((row) => row.who !== "nobody" && !exercised.has(row));
  const boundaries = [...world.model.roles.values()].flatMap(({ arn, boundary }) =>
    boundaryFindings(world, facts, arn, boundary),
  );
  return {
    rows: rows.map(({ shown }) => shown),
    asked: combinations(prepared),
    decided,
    findings: [...findingsOf(mismatches, nothing), ...boundaries],
    unused: unusedGrants(facts, rows, options.calls ?? walk(world).calls),
  };
}
