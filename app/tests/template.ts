import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse, type YAMLMap, type YAMLSeq } from "yaml";

interface Resource {
  readonly Type: string;
  readonly DeletionPolicy?: string;
  readonly UpdateReplacePolicy?: string;
  readonly Properties: Record<string, unknown>;
}

interface Template {
  readonly Parameters: Record<string, { readonly Type: string; readonly Default?: unknown }>;
  readonly Conditions: Record<string, unknown>;
  readonly Resources: Record<string, Resource>;
  readonly Outputs: Record<string, { readonly Value: unknown }>;
}

/** The text of a file of the service. */
export const read = (path: string): string => readFileSync(join(__dirname, "..", path), "utf8");

const functions = [
  ...["Ref", "Sub", "GetAtt"].map((name) => ({
    tag: `!${name}`,
    resolve: (value: string) => ({ [name]: value }),
  })),
  ...["If", "Equals"].map((name) => ({
    tag: `!${name}`,
    collection: "seq" as const,
    resolve: (value: YAMLMap | YAMLSeq) => ({ [name]: value.toJSON() as unknown }),
  })),
];

/** template.yaml; a short function such as `!Ref Products` becomes `{ Ref: "Products" }`. */
export const template = parse(read("template.yaml"), { customTags: functions }) as Template;

/** The resources of one type, by logical id. Fails if there are none: a check of nothing shows nothing. */
export function resources(type: string): [string, Resource][] {
  const found = Object.entries(template.Resources).filter(([, resource]) => resource.Type === type);
  if (found.length === 0) throw new Error(`template.yaml has no ${type}`);
  return found;
}

/** The properties of the one resource of a type. Fails if there are several. */
export function onlyProperties(type: string): Record<string, unknown> {
  const [[, resource] = [], ...others] = resources(type);
  if (!resource || others.length > 0) throw new Error(`template.yaml has more than one ${type}`);
  return resource.Properties;
}
