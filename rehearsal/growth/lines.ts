/** What grows and what shrinks, as lines. */
import type { Judged } from "./acknowledged";
import { type ChangeClass, lineOf } from "./growth";

const under = (title: string, lines: readonly string[]): string[] =>
  lines.length === 0 ? [] : [`${title}:`, ...lines.map((line) => `  ${line}`)];

/** For a terminal. */
export function growthLines(classes: readonly ChangeClass[], { wanted, unwanted }: Judged): string[] {
  const lines = [
    ...under("Rights that grow", unwanted.map(lineOf)),
    ...under(
      "Rights that grow, acknowledged",
      wanted.map(([each, reason]) => `${lineOf(each)}; since ${reason}`),
    ),
    ...under("Rights that shrink", classes.filter(({ grows }) => !grows).map(lineOf)),
  ];
  return lines.length > 0 ? lines : ["No rights grow or shrink."];
}
