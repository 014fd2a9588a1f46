/** Kept answers on disk, and how new ones differ from them. */
import assert from "node:assert/strict";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Answers } from "./answers";
import type { SetName } from "./sets";

export const FILES = join(__dirname, "files");
/** As many changed lines as a person reads of one file; the command shows all of them in the diff. */
const SHOWN = 40;

export function write(set: SetName, answers: Answers): void {
  mkdirSync(join(FILES, set), { recursive: true });
  for (const [name, lines] of Object.entries(answers)) {
    writeFileSync(join(FILES, set, name), `${lines.join("\n")}\n`);
  }
}

/** Each line with those that it belongs to before it. */
function whole(lines: readonly string[]): string[] {
  const above: string[] = [];
  return lines.map((line) => {
    const depth = (/^ */.exec(line)?.[0].length ?? 0) / 2;
    above.splice(depth, Infinity, line.trim());
    return above.join(" > ");
  });
}

/** Lines that one has and the other has not, as often as that is so. */
function without(lines: readonly string[], others: readonly string[]): string[] {
  const left = new Map<string, number>();
  for (const each of others) left.set(each, (left.get(each) ?? 0) + 1);
  return lines.filter((each) => {
    const count = left.get(each) ?? 0;
    left.set(each, count - 1);
    return count <= 0;
  });
}

/** Lines that are gone, with `-`, and new ones, with `+`. */
export function changes(before: readonly string[], after: readonly string[]): string[] {
  const [old, now] = [whole(before), whole(after)];
  return [...without(old, now).map((each) => `- ${each}`), ...without(now, old).map((each) => `+ ${each}`)];
}

/** Fails with the lines that differ from the kept ones. */
export function assertAsKept(set: SetName, answers: Answers): void {
  const found = Object.entries(answers).flatMap(([name, lines]) => {
    assert.ok(lines.length > 1, `${set}/${name} says nothing`);
    const file = join(FILES, set, name);
    const kept = existsSync(file) ? readFileSync(file, "utf8").split("\n").slice(0, -1) : [];
    const changed = changes(kept, lines);
    const more = changed.length - SHOWN;
    const order = kept.join("\n") === lines.join("\n") ? [] : ["the order of its lines"];
    const shown = [...changed.slice(0, SHOWN), ...(more > 0 ? [`and ${more} more lines`] : [])];
    const differs = shown.length > 0 ? shown : order;
    return differs.length === 0
      ? []
      : [`tests/golden/files/${set}/${name}:`, ...differs.map((each) => `  ${each}`)];
  });
  if (found.length === 0) return;
  assert.fail(
    [
      "the answers are not the kept ones (- kept, + now):",
      ...found,
      `If they are meant to change: \`npm run golden -- ${set}\` writes them anew. Commit the files with the change, and say in its`,
      "message which lines changed and why. After a conflict in these files take either side, and run `npm run golden`.",
    ].join("\n"),
  );
}
