import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse, type YAMLMap, type YAMLSeq } from "yaml";

interface Resource {
  readonly Type: string;
  readonly DeletionPolicy?: string;
  readonly UpdateReplacePolicy?: string;
  readonly Properties: Record<string, unknown>;
}

/** A CloudFormation template. */
export interface Template {
  readonly Description: string;
  readonly Parameters: Record<string, { readonly Type: string; readonly Default?: unknown }>;
  readonly Conditions: Record<string, unknown>;
  readonly Resources: Record<string, Resource>;
  readonly Outputs: Record<string, { readonly Value: unknown }>;
}

/** Where each way of delivering the service has its template, and its `parameters/` beside it. */
export const FOLDERS = { container: ".", zip: "lambda-zip", ecs: "ecs-service" };

/** The text of a file of the service. */
export const read = (path: string): string => readFileSync(join(__dirname, "..", path), "utf8");

const functions = [
  ...["Ref", "Sub", "GetAtt"].map((name) => ({
    tag: `!${name}`,
    resolve: (value: string) => ({ [name]: value }),
  })),
  ...["If", "Equals", "Join", "Select", "Split"].map((name) => ({
    tag: `!${name}`,
    collection: "seq" as const,
    resolve: (value: YAMLMap | YAMLSeq) => ({ [name]: value.toJSON() as unknown }),
  })),
];

/** The template in a folder; a short function such as `!Ref Products` becomes `{ Ref: "Products" }`. */
export const template = (folder: string): Template =>
  parse(read(`${folder}/template.yaml`), { customTags: functions }) as Template;

/** The resources of one type, by logical id. Fails if there are none: a check of nothing shows nothing. */
export function resources({ Resources }: Template, type: string): [string, Resource][] {
  const found = Object.entries(Resources).filter(([, resource]) => resource.Type === type);
  if (found.length === 0) throw new Error(`the template has no ${type}`);
  return found;
}

/** The properties of the one resource of a type. Fails if there are several. */
export function onlyProperties(from: Template, type: string): Record<string, unknown> {
  const [[, resource] = [], ...others] = resources(from, type);
  if (!resource || others.length > 0) throw new Error(`the template has more than one ${type}`);
  return resource.Properties;
}
