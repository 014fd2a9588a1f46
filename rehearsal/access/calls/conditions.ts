import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import type { DeployedResource } from "../estate/deployed";
import { map } from "../../../packages/iam/src/json";

/** When a call that a handler may make is made: the table is in conditions.yaml. */
interface Condition {
  readonly why: string;
  /** Default: all. */
  readonly type?: string;
  /** Properties, `A.B` for one inside another, of which one must be there. Default: no template here needs it. */
  readonly when?: string;
  readonly actions: string;
}

const CONDITIONS = parse(readFileSync(join(__dirname, "conditions.yaml"), "utf8")) as readonly Condition[];

const has = ({ properties, policies }: DeployedResource, path: string): boolean =>
  path.split(".").reduce<unknown>((inner, key) => map(inner)[key], { ...properties, ...policies }) !==
  undefined;

/** Conditions by type and action; the first that fits decides. */
const known = new Map<string, Condition | undefined>();
function conditionOf(type: string, action: string): Condition | undefined {
  const key = `${type} ${action}`;
  if (!known.has(key)) {
    const found = CONDITIONS.find(
      (each) => (each.type ?? type) === type && each.actions.split(" ").includes(action),
    );
    known.set(key, found);
  }
  return known.get(key);
}

/** Whether CloudFormation makes a call for this resource. */
export function made(resource: DeployedResource, action: string): boolean {
  const condition = conditionOf(resource.type, action);
  return (
    condition === undefined ||
    (condition.when ?? "").split(" ").some((each) => each !== "" && has(resource, each))
  );
}

/** Whether some template can need it. */
export function possible(type: string, action: string): boolean {
  const condition = conditionOf(type, action);
  return condition === undefined || condition.when !== undefined;
}
