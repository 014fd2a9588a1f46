/** Makes the stacks that the backend does not have yet. */
import { readFileSync, writeFileSync } from "node:fs";
import type { Part } from "../delivery";
import type { Engine } from "../engine/engine";
import { messageOf, Refusal } from "../refusal";

/** Keys that a new stack adds to its file: how its secrets are encrypted. */
const ADDED = /^(encryptionsalt|encryptedkey|secretsprovider): .*$/gm;

/** Those of a file. */
export const addedLines = (content: string): string[] => [...content.matchAll(ADDED)].map(([line]) => line);

/** What people wrote, with what Pulumi added; Pulumi itself drops comments and puts the project before each key. */
export function keepComments(before: string, after: string): string {
  const added = addedLines(after).filter((line) => !before.includes(line));
  const end = before === "" || before.endsWith("\n") ? "" : "\n";
  return added.length === 0 ? before : `${before}${end}${added.join("\n")}\n`;
}

/** The new content, encrypted as the stack is already: without that nothing of it could be decrypted any more. */
export function keepEncryption(existing: string, content: string): string {
  const kept = addedLines(existing);
  if (kept.length === 0) return content;
  const fresh = addedLines(content);
  const others = content.split("\n").filter((line) => !fresh.includes(line));
  return `${others.join("\n")}${kept.join("\n")}\n`;
}

/** One after the other: each is written into its own file and into the backend. */
export async function createStacks(engine: Engine, parts: readonly Part[]): Promise<void> {
  for (const { stack, file, secretsProvider } of parts) {
    const before = readFileSync(file, "utf8");
    try {
      await engine.create(stack, secretsProvider);
    } catch (error) {
      throw new Refusal(`${stack}: the stack cannot be created: ${messageOf(error)}`);
    } finally {
      writeFileSync(file, keepComments(before, readFileSync(file, "utf8")));
    }
  }
}
