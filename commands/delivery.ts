/** All stacks of the project as their files describe them, in the order in which they come up. */
import { readFileSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import type { EnvironmentSettings, Settings, ToolingSettings } from "../stacks/settings/model";
import { readSettings } from "../stacks/settings/read";
import { readStackFiles } from "../rehearsal/record/stackFiles";
import { type Plain, readYaml } from "../rehearsal/record/yamlFile";
import { oneOf } from "./known";
import { Refusal } from "./refusal";
import { lineOf } from "./settingLine";

/** One stack, one account. */
export interface Part<S extends Settings = Settings> {
  readonly stack: string;
  /** Path of its file. */
  readonly file: string;
  /** `secretsprovider` of its file. Default: the backend's own, or a passphrase. */
  readonly secretsProvider?: string;
  readonly settings: S;
}

export interface Delivery {
  /** Name of the Pulumi project. */
  readonly project: string;
  /** Folder of Pulumi.yaml. */
  readonly root: string;
  /** Usually one. They come up first. */
  readonly tooling: readonly Part<ToolingSettings>[];
  /** In the order of promotion; those that tooling does not list come last. */
  readonly environments: readonly Part<EnvironmentSettings>[];
}

/** In the full names of stacks; the backend's own organization is not known before it is asked. */
const ORGANIZATION = "organization";

const textOf = (path: string, name: string, key: string): string | undefined => {
  const content: Plain | undefined = readYaml(path, name);
  const value = typeof content === "object" && !Array.isArray(content) ? content[key] : undefined;
  return typeof value === "string" ? value : undefined;
};

/** Where the stack files of a project are. */
export const stackFolder = (root: string): string =>
  resolve(root, textOf(join(root, "Pulumi.yaml"), "Pulumi.yaml", "stackConfigDir") ?? ".");

/** Name of the project. */
export const projectName = (root: string): string =>
  textOf(join(root, "Pulumi.yaml"), "Pulumi.yaml", "name") ?? "";

/** What is wrong with one setting. */
export interface Problem {
  readonly stack: string;
  /** Path of its file. */
  readonly file: string;
  readonly problem: string;
}

/** `Pulumi.prod.yaml:9: account: received …`; without a line where the setting is not there. */
export function located(project: string, { file, problem }: Problem): string {
  const line = lineOf(readFileSync(file, "utf8"), project, problem);
  return `${basename(file)}${line === undefined ? "" : `:${line}`}: ${problem}`;
}

/** Each stack's settings or their problems, by the project's real reader. Throws UnusableFile for unreadable files. */
export function readParts(root: string): { project: string; parts: Part[]; problems: Problem[] } {
  const { project, stacks } = readStackFiles(stackFolder(root), join(root, "Pulumi.yaml"));
  const parts: Part[] = [];
  const problems: Problem[] = [];
  for (const { stack, path, config } of stacks) {
    const reading = readSettings({ organization: ORGANIZATION, project, stack, config });
    const secretsProvider = textOf(path, path, "secretsprovider");
    if (reading.settings) {
      const { settings } = reading;
      parts.push({ stack, file: path, settings, ...(secretsProvider !== undefined && { secretsProvider }) });
    } else {
      problems.push(...reading.problems.map((problem) => ({ stack, file: path, problem })));
    }
  }
  return { project, parts, problems };
}

const isTooling = (part: Part): part is Part<ToolingSettings> => part.settings.kind === "tooling";
const isEnvironment = (part: Part): part is Part<EnvironmentSettings> => part.settings.kind === "environment";

/** Puts the stacks in order. */
export function arrange(root: string, project: string, parts: readonly Part[]): Delivery {
  const tooling = parts.filter(isTooling);
  const promotion = tooling.flatMap(({ settings }) => settings.environments.map(({ name }) => name));
  const place = ({ settings }: Part<EnvironmentSettings>): number => {
    const index = promotion.indexOf(settings.environment);
    return index < 0 ? promotion.length : index;
  };
  const environments = parts.filter(isEnvironment).sort((one, other) => place(one) - place(other));
  return { project, root, tooling, environments };
}

/** The delivery that a folder's files describe. Throws a Refusal with every problem of every stack. */
export function readDelivery(root: string): Delivery {
  const { project, parts, problems } = readParts(root);
  if (problems.length > 0) {
    const lines = problems.map((each) => located(project, each));
    throw new Refusal(["the settings have problems:", ...lines].join("\n  "));
  }
  const delivery = arrange(root, project, parts);
  if (delivery.tooling.length === 0)
    throw new Refusal("no stack is of kind tooling; npm run init writes the stack files");
  return delivery;
}

/** In the order in which they come up. */
export const allParts = ({ tooling, environments }: Delivery): Part[] => [...tooling, ...environments];

/** The stacks of these names only; all, where none is named. Throws a Refusal for a name that is not there. */
export function select(delivery: Delivery, names: readonly string[]): Delivery {
  if (names.length === 0) return delivery;
  const known = allParts(delivery).map(({ stack }) => stack);
  for (const name of names) oneOf("stack", name, known);
  const named = ({ stack }: Part) => names.includes(stack);
  return {
    ...delivery,
    tooling: delivery.tooling.filter(named),
    environments: delivery.environments.filter(named),
  };
}

/** The stack of this project that an environment reads from; undefined where it is another project's. */
export function toolingOf(
  { project, tooling }: Delivery,
  { settings }: Part<EnvironmentSettings>,
): Part<ToolingSettings> | undefined {
  const [, theirs, stack] = settings.tooling.split("/");
  return theirs === project ? tooling.find((part) => part.stack === stack) : undefined;
}

/** Environments that tooling lists and that no stack file describes. */
export function missingEnvironments(delivery: Delivery): string[] {
  const described = delivery.environments.map(({ settings }) => settings.environment);
  const listed = delivery.tooling.flatMap(({ settings }) => settings.environments.map(({ name }) => name));
  return [...new Set(listed)].filter((name) => !described.includes(name));
}
