/** The access matrix against the policies: whatever it has must be allowed, whatever it does not have denied. */
import { actionPatterns } from "../lint/statementFaults";
import { statementsOf } from "../model";
import { type Catalog, catalog, serviceOf } from "../policy/catalog";
import { findingsOf } from "./findings";
import type { Estate, Permission } from "./permission";
import { askRound, type Ground, type Mismatch, wantedBy } from "./questions";
import { resourcesAsked } from "./resources";
import { askable, classes, conditionsOf, marksOf, naming, slicing, withOthers } from "./statements";
import { type Actors, asTheyAre, rewritten, stripped } from "./subjects";

/** An estate and what is permitted in it, with all that has to be made once. */
export interface AccessMatrix {
  readonly estate: Estate;
  readonly permissions: readonly Permission[];
  readonly catalog: Catalog;
  readonly ground: Ground;
  readonly real: Actors;
  /** As administrators can rewrite the roles. */
  readonly rewritten: Actors;
  /** Without what the roles may by themselves. */
  readonly stripped: Actors;
}

/** All values of each condition key, by the key in lower case. */
function mentioned(pairs: readonly (readonly [key: string, values: readonly string[]])[]) {
  const found = new Map<string, Set<string>>();
  for (const [key, values] of pairs) {
    const name = key.toLowerCase();
    found.set(name, new Set([...(found.get(name) ?? []), ...values]));
  }
  return new Map([...found].map(([key, values]) => [key, [...values]]));
}

function byWho(permissions: readonly Permission[]): ReadonlyMap<string, readonly Permission[]> {
  const found = new Map<string, Permission[]>();
  for (const each of permissions) {
    const of = found.get(each.who) ?? [];
    found.set(each.who, of);
    of.push(each);
  }
  return found;
}

/** Makes everything that questions are asked on. Throws NotKnown for what AWS does not document. */
export async function accessMatrix(
  estate: Estate,
  permissions: readonly Permission[],
): Promise<AccessMatrix> {
  const asked = resourcesAsked(estate, permissions);
  const real = asTheyAre(estate, permissions, asked);
  const patterns = [
    ...statementsOf(estate.model).flatMap(({ content }) => actionPatterns(content)),
    ...permissions.flatMap(({ actions }) => actions),
  ];
  const services = [...patterns.map(serviceOf), ...asked.flatMap(({ arn }) => arn.split(":")[2] ?? [])];
  const documented = await catalog(services.filter((each) => each !== "*" && each !== ""));
  const known = withOthers(documented, patterns);
  const named = naming(known);
  return {
    estate,
    permissions,
    catalog: known,
    ground: {
      actions: known.covered("*"),
      asked,
      accounts: estate.accounts,
      permissions: byWho(permissions),
      named,
      sliced: slicing(named),
      mentioned: mentioned([
        ...statementsOf(real.model).flatMap(conditionsOf),
        ...permissions.flatMap(wantedBy),
      ]),
    },
    real,
    rewritten: rewritten(estate, real),
    stripped: stripped(estate, real),
  };
}

/** How many combinations there are: of an account's `*` each principal is asked in its own. */
function combinations({ ground: { actions, asked }, real, rewritten }: AccessMatrix): number {
  const subjects = real.subjects.length + rewritten.subjects.length;
  const resources = new Map<string, number>();
  for (const { arn } of asked) {
    const [, , service = arn] = arn.split(":");
    resources.set(service, (resources.get(service) ?? 0) + 1);
  }
  const each = actions.map(({ name }) => {
    const service = serviceOf(name);
    return (resources.get(service === "sts" ? "iam" : service) ?? 0) + (askable(service, name, "*") ? 1 : 0);
  });
  return subjects * each.reduce((sum, one) => sum + one, 0);
}

export interface MatrixResult {
  /** Combinations of principal, action and resource that are answered. */
  readonly asked: number;
  /** Those decided one by one, with each value of their conditions; the others no statement could allow. */
  readonly decided: number;
  /** What is allowed and not permitted, permitted and not allowed, and permissions that nothing was asked of. */
  readonly findings: readonly string[];
}

/** Holds all policies against all permissions. Throws NotKnown rather than guess. */
export function judgeMatrix(matrix: AccessMatrix): MatrixResult {
  const { ground, permissions, real } = matrix;
  const all = classes(statementsOf(real.model), ground.named, marksOf(ground.actions, permissions));
  const mismatches: Mismatch[] = [];
  const exercised = new Set<Permission>();
  let decided = 0;
  for (const actors of [real, matrix.rewritten]) {
    askRound(ground, {
      actors,
      classes: all,
      found: (mismatch) => {
        mismatches.push(mismatch);
        return false;
      },
      decided: (fitting, decisions) => {
        decided += decisions;
        fitting.forEach((each) => exercised.add(each));
      },
    });
  }
  const idle = permissions.filter((each) => each.who !== "nobody" && !exercised.has(each));
  return { asked: combinations(matrix), decided, findings: findingsOf(mismatches, idle) };
}
