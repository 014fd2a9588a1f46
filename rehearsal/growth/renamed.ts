/** Says in the names of one record what another says: a resource that has only another name has no other rights. */
import { map, text } from "../../packages/iam/src/json";
import { allResources, type Rehearsed, type Resource } from "../record/record";

/** What a resource is, whatever the project and AWS call it, and whichever component has it. */
export const same = ({ stack, type, name }: Resource): string => [stack, type, name].join(" ");

/** Resources by what they are; those of which there are two are left out. */
function bySame(record: Rehearsed): Map<string, Resource> {
  const all = allResources(record);
  const often = new Map<string, number>();
  for (const each of all) often.set(same(each), (often.get(same(each)) ?? 0) + 1);
  return new Map(all.filter((each) => often.get(same(each)) === 1).map((each) => [same(each), each]));
}

const arnOf = ({ outputs }: Resource): string | undefined =>
  text(outputs, "arn") ?? text(map(outputs["repository"]), "arn");

/** A resource's ARN, and what else AWS calls it by: only what its own ARN has in it. */
function names(resource: Resource): Map<string, string> {
  const arn = arnOf(resource) ?? "";
  const outputs = { ...map(resource.outputs["repository"]), ...resource.outputs };
  const others = ["name", "bucket", "keyId", "id"].flatMap((key) => {
    const value = text(outputs, key);
    return value && value !== arn && arn.includes(value) ? [[key, value] as const] : [];
  });
  return new Map([["arn", arn], ...others]);
}

const escaped = (name: string): string => name.replace(/[.*+?^${}()|[\]\\/]/g, "\\$&");

/** Names of a record by those that the same resources have in another, where they differ. */
export function newNames(before: Rehearsed, after: Rehearsed): Map<string, string> {
  const [olds, now] = [bySame(before), bySame(after)];
  const arns = [before, after].map(
    (record) => new Set(allResources(record).flatMap((each) => arnOf(each) ?? [])),
  );
  const found = new Map<string, string>();
  for (const [what, old] of olds) {
    const other = now.get(what);
    const [one, two] = [arnOf(old), other && arnOf(other)];
    // What both have is the same thing, whichever resource of the program makes it.
    if (!other || one === undefined || two === undefined || arns[1]?.has(one) || arns[0]?.has(two)) continue;
    const its = names(other);
    for (const [key, name] of names(old)) {
      const instead = its.get(key);
      if (instead !== undefined && instead !== name) found.set(name, instead);
    }
  }
  return found;
}

/** A record in other names. */
export function renamed(record: Rehearsed, as: ReadonlyMap<string, string>): Rehearsed {
  if (as.size === 0) return record;
  const longest = [...as.keys()].sort((one, other) => other.length - one.length);
  const expression = new RegExp(`(?<![\\w-])(?:${longest.map(escaped).join("|")})(?![\\w-])`, "g");
  const swap = (value: unknown): unknown => {
    if (typeof value === "string") return value.replace(expression, (name) => as.get(name) ?? name);
    if (Array.isArray(value)) return value.map(swap);
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, swap(each)]));
  };
  return record.map((run) => ({
    ...run,
    resources: run.resources.map((each) => ({
      ...each,
      inputs: map(swap(each.inputs)),
      outputs: map(swap(each.outputs)),
    })),
  }));
}
