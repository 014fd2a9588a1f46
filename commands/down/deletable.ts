/** A stack's settings with `deletable: true`, in a file of its own: the stack's file stays as it is, whatever happens. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { parseDocument } from "yaml";
import type { Part } from "../delivery";
import type { State } from "../engine/engine";

/** The same settings, but for `deletable`. */
export function withDeletable(content: string, project: string): string {
  const document = parseDocument(content);
  document.deleteIn(["config", "deletable"]);
  document.setIn(["config", `${project}:deletable`], true); // wins over a key without the project
  return document.toString();
}

/** Whether a stack refuses to be destroyed, as it was brought up last. */
export const isProtected = ({ resources }: State): boolean =>
  resources.some(({ protect }) => protect === true);

/** Calls back with a way to such a file for each stack, and removes the files in the end. */
export async function withDeletableFiles<T>(
  project: string,
  use: (configFileOf: (part: Part) => string) => Promise<T>,
): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), "delivery-down-"));
  try {
    return await use(({ file }) => {
      const copy = join(folder, basename(file));
      writeFileSync(copy, withDeletable(readFileSync(file, "utf8"), project));
      return copy;
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
