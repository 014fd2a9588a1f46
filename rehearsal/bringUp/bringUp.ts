import { basename } from "node:path";
import { list, map, text } from "../../packages/iam/src/json";
import type { Rehearsed, StackRun } from "../record/record";
import type { Finding } from "../rules/rule";
import { runStack } from "./runStack";
import type { Folder, StackFile } from "../record/stackFiles";

/** What happens to whom, as it happens. */
export interface Watch {
  readonly started?: (stack: string, position: number, of: number) => void;
  readonly ended?: (run: StackRun) => void;
}

export interface BringUp {
  /** Stacks that were brought up, in that order; those that failed are among them. */
  readonly runs: Rehearsed;
  /** What kept the whole from coming up: errors in programs, stacks that are missing. */
  readonly findings: readonly Finding[];
}

export interface BringUpOptions {
  /** What each stack runs; it is called once for each. */
  readonly program: () => Promise<unknown>;
  readonly watch?: Watch;
}

const setting = (folder: Folder, file: StackFile, key: string): string =>
  file.config[`${folder.project}:${key}`] ?? "";

/** A list or a map; what is wrong with it is for the program to say. */
function parsed(folder: Folder, file: StackFile, key: string): unknown {
  try {
    return JSON.parse(setting(folder, file, key) || "null");
  } catch {
    return undefined;
  }
}

/** Names of environments as tooling lists them. */
const listed = (folder: Folder, tooling: StackFile): string[] =>
  list(parsed(folder, tooling, "environments")).map((each) => String(map(each)["name"]));

/** Previews in CodeCommit are of all stacks or of none: tooling's job takes a role in each, and each of these lets the job in. */
function lackingPreviews(folder: Folder, tooling: StackFile, environments: readonly StackFile[]): Finding[] {
  const repository = (file: StackFile) => text(map(parsed(folder, file, "previews")), "codecommit");
  return environments.flatMap((environment) => {
    const [own, its] = [repository(tooling), repository(environment)];
    const named = own ?? its;
    if (named === undefined || (own !== undefined && its !== undefined)) return [];
    const [has, lacks] = own === undefined ? [environment, tooling] : [tooling, environment];
    const message =
      `previews.codecommit is ${named} in ${basename(has.path)}, and ${basename(lacks.path)} lacks it: ` +
      `set previews: { codecommit: ${named}, state: { url: s3://… } } there as well, or remove it from every stack file`;
    return [{ stack: lacks.stack, resource: "-", message }];
  });
}

/** Tooling, the environments in its order, and then the stacks that it does not list: their own error is shown. */
function plan(folder: Folder): { order: StackFile[]; findings: Finding[] } {
  const toolings = folder.stacks.filter((file) => setting(folder, file, "kind") === "tooling");
  const [tooling] = toolings;
  // One that was meant is among these: its own error says what was received.
  const ofNoKind = folder.stacks.filter(
    (file) => !["tooling", "environment"].includes(setting(folder, file, "kind")),
  );
  if (!tooling && ofNoKind.length > 0) return { order: ofNoKind, findings: [] };
  if (!tooling || toolings.length > 1) {
    const names = toolings.map(({ stack }) => stack).join(", ");
    const message = tooling
      ? `stacks ${names} are all of kind tooling; rehearse each with its environments in a folder of its own`
      : "no stack is of kind tooling; add kind: tooling to the one that has environments and pipelines";
    return { order: [], findings: [{ stack: "-", resource: "-", message }] };
  }
  const others = folder.stacks.filter((file) => file !== tooling);
  const named = (environment: string) =>
    others.filter((file) => (setting(folder, file, "environment") || file.stack) === environment);
  const environments = listed(folder, tooling);
  const known = [...new Set(environments)].flatMap(named);
  const findings = environments
    // One that is called as tooling's stack is refused for that by its program: no file is missing.
    .filter((environment) => environment !== tooling.stack && named(environment).length === 0)
    .map((environment) => ({
      stack: tooling.stack,
      resource: "-",
      message: `environment ${environment} has no stack file; add Pulumi.${environment}.yaml, or remove it from environments`,
    }));
  return {
    order: [tooling, ...known, ...others.filter((file) => !known.includes(file))],
    findings: [...findings, ...lackingPreviews(folder, tooling, known)],
  };
}

/** Brings every stack of a folder up, each once. An environment is not tried where tooling has failed. */
export async function bringUp(folder: Folder, options: BringUpOptions): Promise<BringUp> {
  const { order, findings } = plan(folder);
  const runs: StackRun[] = [];
  const found = [...findings];
  for (const [index, { stack, config }] of order.entries()) {
    options.watch?.started?.(stack, index + 1, order.length);
    const { project } = folder;
    const { program } = options;
    const earlier = runs.filter(({ failures }) => failures.length === 0);
    const run = await runStack({ project, stack, config, program, earlier });
    runs.push(run);
    options.watch?.ended?.(run);
    found.push(...run.failures.map((message) => ({ stack, resource: "-", message })));
    if (index === 0 && run.failures.length > 0) {
      const rest = order.slice(1).map((file) => file.stack);
      if (rest.length === 0) break;
      const message = `not brought up, since ${stack} failed: ${rest.join(", ")}`;
      found.push({ stack, resource: "-", message });
      break;
    }
  }
  return { runs, findings: found };
}
