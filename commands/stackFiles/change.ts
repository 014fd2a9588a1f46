/** What the commands that change stack files have in common. */
import { join } from "node:path";
import { isMap, isScalar, parseDocument } from "yaml";
import type { ToolingSettings } from "../../stacks/settings/model";
import { type Delivery, type Part, stackFolder } from "../delivery";
import { Refusal } from "../refusal";
import { Unchangeable } from "./edits";
import { checkContents, fileOf, textsOf, type Writing } from "./files";

/** What is to become of the stack files, and what is said of it. */
export interface Change {
  /** By stack; undefined where its file goes. */
  readonly contents: Readonly<Record<string, string | undefined>>;
  /** What comes next, a line each. */
  readonly next: readonly string[];
  /** How Pulumi must remember these stacks before anything is written. Default: however it does. */
  readonly only?: { readonly when: "down" | "unprotected"; readonly stacks: readonly string[] };
}

/** Where a setting stands: keys may carry the project's name, and those that do win. */
export function settingPath(text: string, project: string, key: string): readonly [string, string] {
  const config: unknown = parseDocument(text).get("config", true);
  const full = `${project}:${key}`;
  const has = isMap(config) && config.items.some((pair) => isScalar(pair.key) && pair.key.value === full);
  return ["config", has ? full : key];
}

/** The one stack of kind tooling. */
export function onlyTooling({ tooling: [part, another] }: Delivery): Part<ToolingSettings> {
  if (!part) throw new Refusal("no stack is of kind tooling; npm run init writes the stack files");
  if (another)
    throw new Refusal(
      `${part.stack} and ${another.stack} are both of kind tooling: change their files by hand`,
    );
  return part;
}

/** Carries out a change of texts; one that cannot be made is a Refusal which says so. */
export function changed(file: string, change: () => string): string {
  try {
    return change();
  } catch (error) {
    if (error instanceof Unchangeable)
      throw new Refusal(`nothing was written: ${file}: ${error.message}: change it by hand`);
    throw error;
  }
}

/** What is to be written, once the programs' own reader has nothing against the result as a whole. */
export function writingsOf(delivery: Delivery, { contents }: Change): Writing[] {
  const before = textsOf(delivery);
  const after = { ...before, ...contents };
  const whole = Object.entries(after).filter((each): each is [string, string] => each[1] !== undefined);
  checkContents(delivery.root, Object.fromEntries(whole));
  const paths = new Map(
    [...delivery.tooling, ...delivery.environments].map(({ stack, file }) => [stack, file]),
  );
  return Object.entries(contents)
    .filter(([stack, content]) => content !== before[stack])
    .map(([stack, content]) => ({
      path: paths.get(stack) ?? join(stackFolder(delivery.root), fileOf(stack)),
      content,
    }));
}
