/** What the settings' schemas say, for people, editors and Pulumi: docs/settings.md, docs/schemas/*.json, descriptions in Pulumi.yaml. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { format, resolveConfig } from "prettier";
import { parseDocument } from "yaml";
import { z } from "zod";
import { endPlain } from "../rehearsal/bringUp/commandLine";
import { formsOf, told } from "../stacks/settings/schemas";
import { aws, shapes } from "../stacks/settings/stack";

const ROOT = join(__dirname, "..");
type Json = z.core.JSONSchema.BaseSchema;

/** The JSON schema of what may be written. */
function jsonSchema(schema: z.core.$ZodType): Json {
  const json = z.toJSONSchema(schema, {
    io: "input",
    unrepresentable: "any",
    override: ({ zodSchema, jsonSchema: written }) => {
      const forms = formsOf(zodSchema);
      // Editors read a pattern without JavaScript's flag for classes of Unicode, and would refuse what it allows.
      if (written.pattern?.includes("\\p{")) delete written.pattern;
      if (forms.length > 0) written.anyOf = forms.map((form) => jsonSchema(form));
    },
  });
  delete json.$schema; // the file's own says it
  return json;
}

const code = (value: unknown): string => `\`${typeof value === "string" ? value : JSON.stringify(value)}\``;

const items = (schema: Json): string => (schema.type === "object" ? "maps" : allowed(schema, undefined));

/** What may be written, as far as the schema says it. */
function allowed(schema: Json, unit: string | undefined): string {
  const after = unit === undefined ? "" : ` ${unit}`;
  if (schema.enum) return `${schema.enum.map(code).join(", ")}${after}`;
  if (schema.anyOf) {
    const all = schema.anyOf.map((form) => (form.type === "object" ? "a map" : allowed(form, unit)));
    return [...new Set(all)].join(", or ");
  }
  if (schema.type === "boolean") return "`true`, `false`";
  if (schema.type === "integer") return `${schema.minimum}–${schema.maximum}${after}`;
  if (schema.type === "array") return schema.items ? `list of ${items(schema.items as Json)}` : "list";
  return schema.type === "object" ? "map" : "text";
}

export interface Row {
  readonly key: string;
  readonly description: string;
  readonly allowed: string;
  readonly unset: string;
  readonly source: string | undefined;
}

/** The schema of what is written where a value may be left out or is changed by reading it, and what is so where it is left out. */
function written(schema: z.core.$ZodType): { readonly form: z.core.$ZodType; readonly byDefault?: unknown } {
  if (schema instanceof z.ZodDefault) {
    return { ...written(schema.def.innerType), byDefault: schema.def.defaultValue };
  }
  if (schema instanceof z.ZodExactOptional || schema instanceof z.ZodPrefault) {
    return written(schema.def.innerType);
  }
  return schema instanceof z.ZodPipe && formsOf(schema).length === 0
    ? written(schema.def.in)
    : { form: schema };
}

/** A key's own row, and those of the keys in it. */
function rows(key: string, schema: z.core.$ZodType, required: boolean): Row[] {
  const json = jsonSchema(schema);
  const { unset, unit, source, closed, allowed: said } = told.get(schema) ?? {};
  if (json.description === undefined) throw new Error(`${key} has no description`);
  const { byDefault } = written(schema);
  const own: Row = {
    key,
    description: json.description,
    allowed: said ?? allowed(json, unit),
    unset: unset ?? (byDefault !== undefined ? code(byDefault) : required ? "required" : "none"),
    source,
  };
  return closed === true ? [own] : [own, ...inner(key, schema)];
}

/** Rows of the keys of a map, of the maps of a list, or of whatever form a value may have; a key of two forms is told once. */
function inner(key: string, outer: z.core.$ZodType): Row[] {
  const { form: schema } = written(outer);
  if (schema instanceof z.ZodArray) return inner(`${key}[]`, schema.def.element);
  if (schema instanceof z.ZodObject) return rowsOf(key, schema);
  const all = formsOf(schema).flatMap((form) => inner(key, form));
  return all.filter((row, i) => all.findIndex((other) => other.key === row.key) === i);
}

function rowsOf(key: string, schema: z.ZodObject, only = Object.keys(schema.shape)): Row[] {
  const shape: Readonly<Record<string, z.core.$ZodType>> = schema.shape;
  const required = jsonSchema(schema).required ?? [];
  return Object.entries(shape).flatMap(([name, each]) =>
    only.includes(name) ? rows(key === "" ? name : `${key}.${name}`, each, required.includes(name)) : [],
  );
}

const cell = (text: string): string => text.replaceAll("|", "\\|");
const table = (stack: string, all: readonly Row[]): string[] => [
  "| key | stack | allowed | default | what it does |",
  "| --- | --- | --- | --- | --- |",
  ...all.map(({ key, description, source, ...row }) => {
    const why = source === undefined ? "" : `. Limit: ${source}`;
    return `| \`${key}\` | ${stack} | ${cell(row.allowed)} | ${cell(row.unset)} | ${cell(description)}${why} |`;
  }),
  "",
];

/** The page of settings. */
export function page(): string {
  const both = ["kind", "account", "iam", "previews", "deletable"];
  const { tooling, environment } = shapes;
  const others = Object.keys(tooling.shape).filter((key) => !both.includes(key));
  const lists = ["environments", "pipelines"];
  const of = (...keys: string[]) => table("tooling", rowsOf("", tooling, keys));
  return [
    "# Settings",
    "",
    "All keys of the stack files, `Pulumi.<stack>.yaml`. This page is written by `npm run docs:settings` from the schemas in",
    "`stacks/settings/`, as are the schemas for editors in `docs/schemas/`, which the first line of a stack file names:",
    "",
    "    # yaml-language-server: $schema=docs/schemas/tooling.json",
    "",
    "Problems are reported all at once, each with the key, what was received, what is allowed and what to do.",
    "",
    "## Every stack",
    "",
    ...table(
      "both",
      rowsOf("", aws).map((row) => ({ ...row, key: `aws:${row.key}` })),
    ),
    "Other keys of `aws:` are refused: they do not reach the provider.",
    "",
    ...table("both", rowsOf("", tooling, both)),
    "## Tooling's stack",
    "",
    ...of(...others.filter((key) => !lists.includes(key))),
    "### Environments",
    "",
    "An environment in tooling's own account is [single-account mode](accounts.md#one-account) and works the same. See also",
    "[who may look](accounts.md#who-may-look) and [the platform of container services](ecs-service.md#the-platform).",
    "",
    ...of("environments"),
    "### Pipelines",
    "",
    "See also [names](accounts.md#names), [kinds of workload](service.md#choose-a-kind), [environments of branches](branches.md#setting),",
    "[GitHub and other connections](bring-up.md#github-and-other-connections) and [poisoned builds](after-an-incident.md).",
    "",
    ...of("pipelines"),
    "## Environments' stacks",
    "",
    ...table(
      "environment",
      rowsOf(
        "",
        environment,
        Object.keys(environment.shape).filter((key) => !both.includes(key)),
      ),
    ),
  ].join("\n");
}

/** Numbers and booleans that `pulumi config set` writes as text. */
const orText = (schema: Json): Json => {
  const { description, default: byDefault, ...form } = schema;
  const text = form.type === "boolean" ? "^(true|false)$" : "^[0-9]+$";
  const isScalar = form.type === "boolean" || form.enum?.every((each) => typeof each === "number") === true;
  if (!isScalar) return schema;
  return {
    ...(description !== undefined && { description }),
    ...(byDefault !== undefined && { default: byDefault }),
    anyOf: [form, { type: "string", pattern: text }],
  };
};

/** The JSON schema of a stack's file. Pulumi has further keys beside `config`, and other packages' keys have a namespace. */
export function stackFileSchema(kind: "tooling" | "environment"): Json {
  const own = jsonSchema(shapes[kind]);
  const provider = jsonSchema(aws);
  const properties: NonNullable<Json["properties"]> = {
    ...Object.fromEntries(
      Object.entries(provider.properties ?? {}).map(([key, each]) => [`aws:${key}`, each]),
    ),
    ...Object.fromEntries(
      Object.entries(own.properties ?? {}).map(([key, each]) => [key, orText(each as Json)]),
    ),
    kind: { type: "string", const: kind, description: (own.properties?.["kind"] as Json).description ?? "" },
  };
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    title: `Settings of ${kind === "tooling" ? "tooling's stack" : "an environment's stack"}`,
    type: "object",
    properties: {
      config: {
        type: "object",
        properties,
        required: [...(provider.required ?? []).map((key) => `aws:${key}`), ...(own.required ?? [])],
        patternProperties: { "^(?!aws:)[^:]+:": {} },
        additionalProperties: false,
      },
    },
    required: ["config"],
  };
}

/** What Pulumi.yaml says of each key, with what is so where it is unset. */
export function descriptions(): Record<string, string> {
  const shape: Readonly<Record<string, z.ZodType>> = { ...shapes.environment.shape, ...shapes.tooling.shape };
  return Object.fromEntries(
    Object.entries(shape).map(([key, schema]) => {
      const { description } = jsonSchema(schema);
      const { byDefault } = written(schema);
      const text = typeof byDefault === "string" ? byDefault : undefined; // others are defaults in Pulumi.yaml too
      const unset = told.get(schema)?.unset ?? text;
      return [key, `${description}${unset === undefined ? "" : `. Unset: ${unset.replaceAll("`", "")}`}`];
    }),
  );
}

function pulumiYaml(): string {
  const document = parseDocument(readFileSync(join(ROOT, "Pulumi.yaml"), "utf8"));
  for (const [key, description] of Object.entries(descriptions()))
    document.setIn(["config", key, "description"], description);
  return document.toString({ lineWidth: 0 });
}

const CONTENTS = {
  "docs/settings.md": page,
  "docs/schemas/tooling.json": () => JSON.stringify(stackFileSchema("tooling")),
  "docs/schemas/environment.json": () => JSON.stringify(stackFileSchema("environment")),
  "docs/schemas/delivery.json": () =>
    readFileSync(join(ROOT, "components/jobs/scripts/delivery.schema.json"), "utf8"),
  "Pulumi.yaml": pulumiYaml,
};

/** Every file that is written from the schemas. */
export const FILES = Object.keys(CONTENTS) as (keyof typeof CONTENTS)[];

export async function fileOf(path: keyof typeof CONTENTS): Promise<string> {
  const filepath = join(ROOT, path);
  return format(CONTENTS[path](), { ...(await resolveConfig(filepath)), filepath });
}

async function write(): Promise<string> {
  for (const path of FILES) writeFileSync(join(ROOT, path), await fileOf(path));
  return FILES.join("\n");
}

if (require.main === module)
  endPlain(
    "docs:settings",
    "writes what the settings' schemas say: docs, schemas for editors, Pulumi.yaml",
    write,
  );
