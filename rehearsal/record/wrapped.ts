/** Lines no longer than a terminal is wide. Pure. */

/** Terminals that are narrower wrap by themselves; so wide are those that nobody measures. */
export const NARROWEST = 80;

/** Words over as many lines as they need, the second and later ones behind `indent`. No-break spaces hold words together. */
export function wrapped(text: string, columns: number, indent: string): string[] {
  const [start = ""] = /^ */.exec(text) ?? [];
  const lines: string[] = [];
  let line = start;
  for (const word of text.slice(start.length).split(" ")) {
    const free = line.trim() === "";
    if (!free && line.length + 1 + word.length > columns) {
      lines.push(line);
      line = indent + word;
    } else line += free ? word : ` ${word}`;
  }
  return [...lines, line].map((each) => each.replaceAll("\u00a0", " "));
}

/** A SHA-256 as people compare it: the report has all of it. */
const DIGEST = 12;

/** A line as a terminal has room for it: digests cut, words wrapped below the first. */
export function fitted(
  line: string,
  columns = Math.max(NARROWEST, process.stdout.columns || NARROWEST),
): string {
  const [start = ""] = /^ */.exec(line) ?? [];
  const short = line.replace(/\b([0-9a-f]{64})\b/g, (all) => all.slice(0, DIGEST));
  return wrapped(short, columns, `${start}  `).join("\n");
}
