/** The commands of the jobs' scripts, by the line of the file as a buildspec writes it; one over several lines counts once. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { writeFile } from "../../../components/jobs/buildspec";
import { ROOT } from "../../../rehearsal/bringUp/commandLine";

const SCRIPTS = join(ROOT, "components/jobs/scripts");

/** What only holds others together, or is noted by nobody: bash says nothing of a function's head, `then` or the end of a case. */
const NO_COMMAND =
  /^(?:[\w-]+\(\) [{(]|[{}()]+|then|else|fi|do|done(?: *<.*| *>.*)?|esac|;;|local -\w+ [\w ]+|elif.*|\}? *(?:>|2>|\|\|).*|.*\) *|[^()'"$]*\) *|\))$/;

/** Where each command begins and ends, as lines from 1. */
export interface CommandLines {
  readonly first: number;
  readonly last: number;
  readonly text: string;
}

/** How deep in quotes and substitutions a text leaves off. */
function openAfter(text: string): boolean {
  const open: string[] = [];
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
    else if (here === "(" && now === "(") open.push("(");
    else if (here === ")" && now === "(") open.pop();
  }
  return open.length > 0;
}

/** The commands of a text. */
export function commandsIn(text: string): CommandLines[] {
  const lines = text.split("\n");
  const found: CommandLines[] = [];
  for (let first = 0; first < lines.length; first++) {
    let last = first;
    while (openAfter(lines.slice(first, last + 1).join("\n")) && last + 1 < lines.length) last++;
    const whole = lines.slice(first, last + 1).join("\n");
    if (whole !== "" && (last > first || !NO_COMMAND.test(whole)))
      found.push({ first: first + 1, last: last + 1, text: whole });
    first = last;
  }
  return found;
}

/** The scripts' commands, by file. */
export const scripts = (): ReadonlyMap<string, readonly CommandLines[]> =>
  new Map(
    readdirSync(SCRIPTS)
      .filter((name) => name.endsWith(".sh"))
      .map((name) => {
        const [, ...written] = writeFile(name, readFileSync(join(SCRIPTS, name), "utf8")).split("\n");
        return [name, commandsIn(written.slice(0, -2).join("\n"))];
      }),
  );

/** Commands that no line of these notes names, as `file: command`. */
export function notRun(trace: string): string[] {
  const noted = new Map<string, Set<number>>();
  for (const [, file = "", line = ""] of trace.matchAll(/^\++([\w-]+\.sh):(\d+): /gm)) {
    const lines = noted.get(file) ?? new Set();
    noted.set(file, lines.add(Number(line)));
  }
  return [...scripts()].flatMap(([file, commands]) =>
    commands
      .filter(({ first, last }) => {
        const lines = noted.get(file) ?? new Set();
        return ![...lines].some((line) => line >= first && line <= last);
      })
      .map(({ text }) => `${file}: ${text.split("\n", 1)[0]?.slice(0, 100)}`),
  );
}
