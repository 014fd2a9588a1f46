import type { Values } from "../../packages/iam/src/json";

/*
 * What the stacks registered: the one thing that the rules judge. It holds data alone, nothing of the
 * program that made it.
 */

/** One resource, as a stack registered it. */
export interface Resource {
  readonly stack: string;
  /** Pulumi's type token. */
  readonly type: string;
  /** Name in the program; the one in AWS is in `outputs`. */
  readonly name: string;
  readonly urn: string;
  readonly id: string;
  /** URN of its parent; empty for the stack itself. */
  readonly parent: string;
  /** Something that a provider keeps; false for components. */
  readonly custom: boolean;
  /** A component that its provider's own program builds; its children are not in the record. */
  readonly remote: boolean;
  readonly protect: boolean;
  /** URN of the provider; undefined where the program gave none. */
  readonly provider: string | undefined;
  /** Account that the provider is bound to; undefined where it is not exactly one. */
  readonly account: string | undefined;
  readonly region: string | undefined;
  /** URNs of what must be there before it: named by a property or by `dependsOn`. */
  readonly dependsOn: readonly string[];
  readonly inputs: Values;
  /** What AWS would answer. */
  readonly outputs: Values;
}

/** One stack, brought up once. */
export interface StackRun {
  readonly stack: string;
  /** Account and Region that its settings name. */
  readonly account: string | undefined;
  readonly region: string | undefined;
  /** In the order of registration. */
  readonly resources: readonly Resource[];
  readonly outputs: Values;
  /** What went wrong inside the program; none of it may be lost. */
  readonly failures: readonly string[];
  readonly seconds: number;
}

/** All stacks, in the order in which they were brought up. */
export type Rehearsed = readonly StackRun[];

/** `catalog (aws:iam/role:Role)`: how findings name a resource. */
export const label = (resource: Resource): string => `${resource.name} (${resource.type})`;

/** Every resource of every stack, in order. */
export const allResources = (record: Rehearsed): Resource[] =>
  new Array<Resource>().concat(...record.map((run) => run.resources)); // flatMap takes eighty times as long

/** Finds what a run's resources are asked for again and again once. */
const once = <Made>(make: (resources: StackRun["resources"]) => Made) => {
  const known = new WeakMap<StackRun["resources"], Made>();
  return ({ resources }: StackRun): Made => {
    const found = known.get(resources) ?? make(resources);
    known.set(resources, found);
    return found;
  };
};

const byType = once((resources) => {
  const found = new Map<string, Resource[]>();
  for (const each of resources) {
    const same = found.get(each.type);
    if (same) same.push(each);
    else found.set(each.type, [each]);
  }
  return found;
});

const byUrn = once((resources) => new Map(resources.map((each) => [each.urn, each])));

/** Resources of some types, of all stacks. */
export function ofType(record: Rehearsed, ...types: readonly string[]): Resource[] {
  const [type = "", ...more] = types;
  return new Array<Resource>().concat(
    ...record.map((run) =>
      more.length === 0
        ? (byType(run).get(type) ?? [])
        : run.resources.filter((each) => types.includes(each.type)),
    ),
  );
}

/**
 * Everything that is there before a resource: what it depends on, its provider, its parent, and what those
 * wait for. A child is registered only after what its component depends on is there.
 */
export function before(run: StackRun, resource: Resource): ReadonlySet<string> {
  const found = new Set<string>();
  const next = [resource];
  for (let each = next.pop(); each; each = next.pop()) {
    for (const urn of [...each.dependsOn, each.parent, each.provider ?? ""]) {
      const there = byUrn(run).get(urn);
      if (!there || found.has(urn)) continue;
      found.add(urn);
      next.push(there);
    }
  }
  return found;
}
