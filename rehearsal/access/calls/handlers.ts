import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";

/** What CloudFormation does to a resource; tagging is part of its updates. */
export type Operation = "create" | "read" | "update" | "delete" | "tagging";
/** Actions of each; one that is not there has no handler, since a change replaces the resource. */
export type Handlers = Readonly<Partial<Record<Operation, readonly string[]>>>;

type Written = Record<string, Partial<Record<Operation, Record<string, string>>>>;

const actions = (written: Readonly<Record<string, string>>): string[] =>
  Object.entries(written).flatMap(([service, names]) => names.split(" ").map((name) => `${service}:${name}`));

function load(): Map<string, Handlers> {
  const table = parse(readFileSync(join(__dirname, "handlers.yaml"), "utf8")) as Written;
  return new Map(
    Object.entries(table).map(([type, operations]) => [
      type,
      Object.fromEntries(Object.entries(operations).map(([name, written]) => [name, actions(written)])),
    ]),
  );
}

/** By resource type: `AWS::Lambda::Function`. The table and its date are in handlers.yaml. */
export const HANDLERS: ReadonlyMap<string, Handlers> = load();

/** Schema of a type. */
export const schemaOf = (type: string): string =>
  `https://schema.cloudformation.us-east-1.amazonaws.com/${type.replaceAll("::", "-").toLowerCase()}.json`;
