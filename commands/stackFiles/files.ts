/** The stack files as text: read, judged by the programs' own reader, and written, all of them or none. */
import {
  copyFileSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { parse } from "yaml";
import { type Delivery, readParts } from "../delivery";
import { printable } from "../format";
import { Refusal } from "../refusal";

/** Refuses a name with which it would be in another folder. */
export function fileOf(stack: string): string {
  if (!/^[\w.-]+$/.test(stack))
    throw new Refusal(
      `${printable(stack)}: no stack can have this name: choose lower-case words, joined by single hyphens`,
    );
  return `Pulumi.${stack}.yaml`;
}

/** Contents by stack. */
export type Contents = Readonly<Record<string, string>>;

/** Every stack's file, as it is. */
export const textsOf = ({ tooling, environments }: Delivery): Contents =>
  Object.fromEntries(
    [...tooling, ...environments].map(({ stack, file }) => [stack, readFileSync(file, "utf8")]),
  );

/** Refuses settings that the programs would refuse. */
export function checkContents(root: string, contents: Contents): void {
  const folder = mkdtempSync(join(tmpdir(), "delivery-settings-"));
  try {
    copyFileSync(join(root, "Pulumi.yaml"), join(folder, "Pulumi.yaml"));
    // The files lie beside it here, wherever the project has them.
    const project = parse(readFileSync(join(folder, "Pulumi.yaml"), "utf8")) as Record<string, unknown>;
    delete project["stackConfigDir"];
    writeFileSync(join(folder, "Pulumi.yaml"), JSON.stringify(project));
    for (const [stack, content] of Object.entries(contents))
      writeFileSync(join(folder, fileOf(stack)), content);
    const { problems } = readParts(folder);
    if (problems.length > 0) {
      const lines = problems.map(({ stack, problem }) => `${stack}: ${problem}`);
      throw new Refusal(["nothing was written, since the settings have problems:", ...lines].join("\n  "));
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A file and what it is to hold; undefined where it goes. */
export interface Writing {
  readonly path: string;
  readonly content: string | undefined;
}

/**
 * Writes and removes all of these or, where one fails, leaves all as they were. Links stay links, and nobody may read
 * one who could not before.
 */
export function writeAll(writings: readonly Writing[]): void {
  const before = writings.map(({ path }) => (existsSync(path) ? readFileSync(path, "utf8") : undefined));
  const targets = writings.map(({ path }) => (existsSync(path) ? realpathSync(path) : path));
  const waiting = targets.map((path) => `${path}.new`);
  const done: number[] = [];
  try {
    writings.forEach(({ content }, index) => {
      const [to = "", target = ""] = [waiting[index], targets[index]];
      if (content !== undefined)
        writeFileSync(to, content, existsSync(target) ? { mode: statSync(target).mode & 0o777 } : {});
    });
    writings.forEach(({ path, content }, index) => {
      done.push(index);
      if (content === undefined) rmSync(path);
      else renameSync(waiting[index] ?? "", targets[index] ?? "");
    });
  } catch (error) {
    for (const index of done) {
      const [path, text] = [writings[index]?.path ?? "", before[index]];
      if (text === undefined) rmSync(path, { force: true });
      else writeFileSync(path, text);
    }
    const failed = error instanceof Error && "path" in error ? basename(String(error.path)) : "a file";
    const why = error instanceof Error ? error.message : String(error);
    throw new Refusal(`nothing was written, since ${failed} cannot be: ${why}`);
  } finally {
    for (const path of waiting) rmSync(path, { force: true });
  }
}

/** What was written, and what comes next. */
export function tell(
  writings: readonly Writing[],
  next: readonly string[],
  say: (line: string) => void,
): void {
  const names = (gone: boolean) =>
    writings.filter(({ content }) => (content === undefined) === gone).map(({ path }) => basename(path));
  if (names(false).length > 0) say(`Wrote ${names(false).join(", ")}`);
  if (names(true).length > 0) say(`Removed ${names(true).join(", ")}`);
  ["Next:", ...next.map((line) => `  ${line}`)].forEach(say);
}
