/** The project's own sample as Pulumi delivers it, and ways to change it. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import type { Settings, StackConfig } from "../../stacks/settings/model";
import { readSettings } from "../../stacks/settings/read";

export type Values = Record<string, unknown>;
interface Declaration {
  readonly type: string;
  readonly description: string;
  readonly default: unknown;
}

const read = (file: string): unknown => parse(readFileSync(join(__dirname, "../..", file), "utf8"));

export const project = read("Pulumi.yaml") as { name: string; config: Record<string, Declaration> };
/** Pulumi.yaml's declarations of the project's own keys. */
export const declared = Object.fromEntries(
  Object.entries(project.config).filter(([key]) => !key.includes(":")),
);
export const stackFile = (stack: string): Values =>
  (read(`Pulumi.${stack}.yaml`) as { config: Values }).config;

/** As Pulumi does it: defaults in every stack, the project's namespace before bare keys, all values as text. */
export function deliver(values: Values, stack: string, projectName = project.name): StackConfig {
  const defaults = Object.entries(declared).map(([key, declaration]) => [key, declaration.default]);
  const all: Values = { ...(Object.fromEntries(defaults) as Values), ...values };
  const config = Object.fromEntries(
    Object.entries(all).map(([key, value]) => [
      key.includes(":") ? key : `${projectName}:${key}`,
      typeof value === "string" ? value : JSON.stringify(value),
    ]),
  );
  return { organization: "acme", project: projectName, stack, config };
}

/** The problems of a stack with these values; fails if there is none. */
export function problemsOf(values: Values, stack = "tooling", projectName = project.name): readonly string[] {
  const { problems } = readSettings(deliver(values, stack, projectName));
  if (!problems) throw new Error("these settings have no problem");
  return problems;
}

/** The settings of a stack with these values; fails if they have a problem. */
export function settingsOf(values: Values, stack = "tooling", projectName = project.name): Settings {
  const { settings, problems = [] } = readSettings(deliver(values, stack, projectName));
  if (!settings) throw new Error(problems.join("\n"));
  return settings;
}

/** Tooling's settings with one environment and one pipeline, and these changes. */
export const tooling = (changes: Values = {}): Values => ({
  "aws:region": "eu-west-1",
  kind: "tooling",
  account: "111111111111",
  environments: [{ name: "test", account: "222222222222" }],
  pipelines: [pipeline()],
  ...changes,
});

export const pipeline = (changes: Values = {}): Values => ({
  name: "catalog",
  source: { codecommit: "catalog" },
  ...changes,
});

/** Environments written `name` (each in an account of its own) or `name@account`. */
export const environments = (...names: string[]) =>
  names.map((written, i) => {
    const [name, account = String(222222222222 + i)] = written.split("@");
    return { name, account };
  });

/** Environments as settings have them once they are read. */
export const asRead = <T>(...written: readonly T[]) =>
  written.map((each) => ({ ...each, readers: [] as string[] }));

/** An environment's settings with these changes. */
export const environment = (changes: Values = {}): Values => ({
  "aws:region": "eu-west-1",
  kind: "environment",
  account: "222222222222",
  ...changes,
});

export const CONNECTION =
  "arn:aws:codeconnections:eu-west-1:111111111111:connection/01234567-89ab-cdef-0123-456789abcdef";

/** One test for each case: what is refused, its problems, and the lines that they must be. */
export function refuses(cases: Readonly<Record<string, [() => readonly string[], readonly string[]]>>): void {
  for (const [title, [problems, lines]] of Object.entries(cases))
    it(`refuses ${title}`, () => assert.deepEqual(problems(), lines));
}
