import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { type Plain, readYaml, UnusableFile } from "./yamlFile";

/** One stack's settings, as Pulumi's CLI hands them to the program. */
export interface StackFile {
  readonly stack: string;
  /** Path of its file. */
  readonly path: string;
  /** Full keys; lists and maps as JSON, all else as text. */
  readonly config: Readonly<Record<string, string>>;
}

export interface Folder {
  /** Name of the Pulumi project. */
  readonly project: string;
  /** In the order of their names. */
  readonly stacks: readonly StackFile[];
}

type Fields = Readonly<Record<string, Plain>>;
const fields = (value: Plain | undefined): Fields =>
  typeof value === "object" && !Array.isArray(value) ? value : {};

/** A map that a file holds, or has below a key. Nothing at all is an empty one. */
function mapOf(value: Plain | undefined, what: string): Fields {
  if (value === undefined || (typeof value === "object" && !Array.isArray(value))) return fields(value);
  throw new UnusableFile(
    `${what} is ${Array.isArray(value) ? "a list" : "a single value"}; write a map of keys`,
  );
}

/** A value as the program gets it. */
const written = (value: Plain): string => (typeof value === "object" ? JSON.stringify(value) : String(value));

const SCHEMA_KEYS = ["type", "items", "default", "value", "description", "secret"];

/** Default of a key in Pulumi.yaml's `config`, which is a schema or the value itself. */
function byDefault(declared: Plain): Plain | undefined {
  const schema = fields(declared);
  return SCHEMA_KEYS.some((key) => key in schema) ? (schema["value"] ?? schema["default"]) : declared;
}

/** Refuses what a rehearsal cannot read: it has no key, and is logged in nowhere. */
function refuseSecrets(file: string, key: string, value: Plain): void {
  if (Array.isArray(value))
    return value.forEach((each, index) => refuseSecrets(file, `${key}[${index}]`, each));
  const inner = Object.entries(fields(value));
  if (inner.length === 1 && typeof fields(value)["secure"] === "string") {
    throw new UnusableFile(
      `${file}: ${key} is encrypted (secure:), and the rehearsal has no key; rehearse a copy of the folder with a plain value`,
    );
  }
  inner.forEach(([name, each]) => refuseSecrets(file, `${key}.${name}`, each));
}

/** The types that Pulumi.yaml can give a key are checked by the CLI, in these words, before the program starts. */
function checkType(
  file: string,
  stack: string,
  key: string,
  declared: Plain | undefined,
  value: Plain,
): void {
  const { type, items } = fields(declared);
  const holds: Record<string, () => boolean> = {
    array: () => Array.isArray(value),
    object: () => typeof value === "object" && !Array.isArray(value),
    string: () => typeof value !== "object",
    integer: () => /^[-+]?\d+$/.test(written(value)),
    boolean: () => ["true", "false"].includes(written(value)),
  };
  if (typeof type !== "string" || holds[type]?.() !== false) return;
  const of = fields(items)["type"];
  const shown = typeof of === "string" ? `${type}<${of}>` : type;
  throw new UnusableFile(
    `${file}: Stack '${stack}' with configuration key '${key}' must be of type '${shown}'`,
  );
}

/** As the CLI does it: bare keys belong to the project, and a key with a prefix wins over the bare one. */
function deliver(project: string, config: Fields): Record<string, string> {
  const entries = Object.entries(config).map(([key, value]) => {
    return [key.includes(":") ? key : `${project}:${key}`, written(value), key.includes(":")] as const;
  });
  const bare = entries.filter(([, , prefixed]) => !prefixed);
  const full = entries.filter(([, , prefixed]) => prefixed);
  return Object.fromEntries([...bare, ...full].map(([key, given]) => [key, given]));
}

/** Reads `Pulumi.<stack>.yaml` of a folder, and its Pulumi.yaml or else the one given. Throws UnusableFile. */
export function readStackFiles(folder: string, projectFile: string): Folder {
  if (!existsSync(folder) || !statSync(folder).isDirectory()) {
    throw new UnusableFile(`${folder} is not a folder; give one that holds Pulumi.<stack>.yaml files`);
  }
  const own = join(folder, "Pulumi.yaml");
  const described = fields(readYaml(existsSync(own) ? own : projectFile, "Pulumi.yaml"));
  const project = described["name"];
  if (typeof project !== "string")
    throw new UnusableFile("Pulumi.yaml: name is missing; give the project's name");
  const declared = fields(described["config"]);
  const defaults = Object.entries(declared).flatMap(([key, each]) => {
    const value = byDefault(each);
    return value === undefined ? [] : [[key, value] as const];
  });
  const files = readdirSync(folder).filter((file) => /^Pulumi\..+\.ya?ml$/.test(file));
  if (files.length === 0)
    throw new UnusableFile(
      `${folder} has no Pulumi.<stack>.yaml file; npm run init writes those of this project`,
    );
  const stacks = files.sort().map((file) => {
    const stack = file.replace(/^Pulumi\.(.+)\.ya?ml$/, "$1");
    const content = mapOf(readYaml(join(folder, file), file), `${file}: its content`);
    if (content["environment"] !== undefined) {
      throw new UnusableFile(
        `${file}: environment imports values from Pulumi Cloud, which a rehearsal cannot reach`,
      );
    }
    const config = mapOf(content["config"], `${file}: config`);
    for (const [key, value] of Object.entries(config)) {
      refuseSecrets(file, key, value);
      const bare = key.startsWith(`${project}:`) ? key.slice(project.length + 1) : key;
      checkType(file, stack, bare, declared[bare], value);
    }
    const given = deliver(project, Object.fromEntries(defaults));
    return { stack, path: join(folder, file), config: { ...given, ...deliver(project, config) } };
  });
  return { project, stacks };
}
