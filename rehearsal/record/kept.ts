/** Keeps what became of a text below .out: every command would make the same of the same lists in YAML again. */
import { hash } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { map } from "../../packages/iam/src/json";

export const FOLDER = resolve(__dirname, "../../.out/read");

/** A shorter text is read as fast as what is kept of it. */
const LONG = 3000;

export interface Given {
  /** What is kept of one text takes the place of what was kept of the last one with this name. */
  readonly name: string;
  readonly text: string;
  /** All else that decides what is made of it. */
  readonly how: string;
  /** Where it is kept. Default: below .out. */
  readonly folder?: string | undefined;
}

/** What is kept of a text, where it was made of the same one in the same way; any other is as good as none. */
function found(path: string, key: string): { readonly made: unknown } | undefined {
  try {
    const all = map(JSON.parse(readFileSync(path, "utf8")));
    return all["key"] === key ? { made: all["made"] } : undefined;
  } catch {
    return undefined;
  }
}

/** In one step, since other processes read and write the same at the same time. */
function keep(folder: string, path: string, text: string): void {
  try {
    mkdirSync(folder, { recursive: true });
    const own = `${path}.${process.pid}`;
    writeFileSync(own, text);
    renameSync(own, path);
  } catch {
    // a read-only checkout: it is only slower
  }
}

/** What `make` makes of a text, which JSON can hold: as it is kept, or made now. */
export function kept<Made>({ name, text, how, folder = FOLDER }: Given, make: () => Made): Made {
  if (text.length < LONG) return make();
  const path = join(folder, `${hash("sha256", name)}.json`);
  const key = hash("sha256", JSON.stringify([how, text]));
  const known = found(path, key);
  if (known) return known.made as Made;
  const made = make();
  keep(folder, path, JSON.stringify({ key, made }));
  return made;
}
