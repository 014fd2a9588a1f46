/** The commands of the jobs' scripts, by the line of the file as a buildspec writes it; one over several lines counts once. */
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { scriptText } from "../../../components/jobs/packing";
import { ROOT } from "../../../rehearsal/bringUp/commandLine";

const SCRIPTS = join(ROOT, "components/jobs/scripts");

/** What only holds others together: bash notes nothing of it. */
const NO_COMMAND =
  /^(?:[\w-]+\(\) [{(]|[{}()]|then|else|fi|do|done|done [<>].*|esac|;;|[})] (?:\d?>|\|\|).*)$/;

/** Where each command begins and ends, as lines from 1. */
export interface CommandLines {
  readonly first: number;
  readonly last: number;
  readonly text: string;
}

/** Whether a text leaves off within quotes or a substitution, and where the pattern of a `case` ends that it begins with. */
function read(text: string): { readonly open: boolean; readonly pattern: number } {
  const open: string[] = [];
  let pattern = 0;
  for (let at = 0; at < text.length; at++) {
    const [now, here] = [open.at(-1), text[at] ?? ""];
    if (now === "'") {
      if (here === "'") open.pop();
    } else if (now === "$'") {
      if (here === "\\") at++;
      else if (here === "'") open.pop();
    } else if (here === "\\") at++;
    else if (here === '"') {
      if (now === '"') open.pop();
      else open.push('"');
    } else if (text.startsWith("$(", at) || (text.startsWith("<(", at) && now !== '"')) {
      open.push("(");
      at++;
    } else if (now === '"') continue;
    else if (text.startsWith("$'", at)) {
      open.push("$'");
      at++;
    } else if (here === "'") open.push("'");
    else if (here === "(") open.push("(");
    else if (here === ")" && now === "(") open.pop();
    else if (here === ")" && pattern === 0) pattern = at + 1;
  }
  return { open: open.length > 0, pattern };
}

/** The commands of a text. */
export function commandsIn(text: string): CommandLines[] {
  const lines = text.split("\n");
  const found: CommandLines[] = [];
  for (let first = 0; first < lines.length; first++) {
    let last = first;
    while (read(lines.slice(first, last + 1).join("\n")).open && last + 1 < lines.length) last++;
    const whole = lines.slice(first, last + 1).join("\n");
    const text = whole.slice(read(whole).pattern).trim();
    if (text !== "" && !NO_COMMAND.test(text)) found.push({ first: first + 1, last: last + 1, text });
    first = last;
  }
  return found;
}

/** The scripts' commands, by file. */
export const scripts = (): ReadonlyMap<string, readonly CommandLines[]> =>
  new Map(
    readdirSync(SCRIPTS)
      .filter((name) => name.endsWith(".sh"))
      .map((name) => [name, commandsIn(scriptText(name))]),
  );

/** Of each script as it is now. */
const sums = (): Readonly<Record<string, string>> =>
  Object.fromEntries(
    [...scripts().keys()].map((name) => [
      name,
      createHash("sha256").update(scriptText(name)).digest("hex").slice(0, 16),
    ]),
  );

/** How a trace begins: with which scripts it was made, since a later one may have other lines. */
export const traceHeader = (): string => `scripts ${JSON.stringify(sums())}\n`;

/** Traces of all runs that are kept in a folder. */
export const keptTraces = (folder: string): readonly string[] =>
  existsSync(folder) ? readdirSync(folder).map((name) => readFileSync(join(folder, name), "utf8")) : [];

/** Where all traces are of shares: of which `I-of-N` there is none. */
export function missingShares(names: readonly string[]): readonly string[] {
  const shares = names.flatMap((name) => [/-(\d+)-of-(\d+)$/.exec(name)?.slice(1).map(Number) ?? []]);
  if (shares.some(({ length }) => length === 0)) return [];
  return [...new Set(shares.map(([, of = 0]) => of))].flatMap((of) =>
    Array.from({ length: of }, (_, index) => index + 1)
      .filter((part) => !shares.some(([one, all]) => one === part && all === of))
      .map((part) => `${part} of ${of}`),
  );
}

/** What bash has noted of the scripts, as `file:line`: which commands were run. */
export class Notes {
  /** Lines by file. */
  readonly #noted = new Map<string, Set<number>>();

  /** Of a script that has changed since, nothing counts. */
  constructor(traces: readonly string[]) {
    const now = sums();
    for (const trace of traces) {
      const [, header = "{}"] = /^scripts (.*)\n/.exec(trace) ?? [];
      const made = JSON.parse(header) as Readonly<Record<string, string>>;
      for (const [, file = "", line = ""] of trace.matchAll(/^\++([\w-]+\.sh):(\d+): /gm)) {
        if (file in now && made[file] !== now[file]) continue;
        const lines = this.#noted.get(file) ?? new Set();
        this.#noted.set(file, lines.add(Number(line)));
      }
    }
  }

  /** Commands that no note is of, by file. */
  get notRun(): ReadonlyMap<string, readonly string[]> {
    return new Map(
      [...scripts()].map(([file, commands]) => {
        const lines = [...(this.#noted.get(file) ?? [])];
        return [
          file,
          commands
            .filter(({ first, last }) => !lines.some((line) => line >= first && line <= last))
            .map(({ text }) => text),
        ];
      }),
    );
  }

  /** Notes of lines that hold no command and begin no function: the commands are not those that were run. */
  get unknown(): readonly string[] {
    const known = scripts();
    return [...this.#noted].flatMap(([file, lines]) => {
      const commands = known.get(file);
      if (!commands) return [`${file} is no script`];
      const text = scriptText(file).split("\n");
      return [...lines]
        .filter((line) => !commands.some(({ first, last }) => line >= first && line <= last))
        .filter((line) => !/^[\w-]+\(\) [{(]/.test(text[line - 1] ?? ""))
        .map((line) => `${file}:${line}: ${text[line - 1] ?? "there is no such line"}`);
    });
  }
}
