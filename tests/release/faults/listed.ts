/** What docs/release-test.md lists of the faults: how many each job can meet, and how many of them have been tried. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../../../rehearsal/bringUp/commandLine";
import type { Line } from "./lines";

export interface Listed {
  readonly tried: number;
  /** Undefined: they have not been counted. */
  readonly all: number | undefined;
}

/** By title of a line, and by column of a job. */
export type Table = ReadonlyMap<string, ReadonlyMap<string, Listed>>;

const cells = (row: string): string[] =>
  row
    .slice(1, -1)
    .split("|")
    .map((cell) => cell.trim());

export function tableOf(page: string): Table {
  const rows = page.split("\n");
  const head = rows.findIndex((row) => /^\| faults of +\|/.test(row));
  assert.ok(head >= 0, "the page has no table of faults");
  const [, ...jobs] = cells(rows[head] ?? "");
  const end = rows.findIndex((row, index) => index > head && !row.startsWith("|"));
  return new Map(
    rows.slice(head + 2, end).map((row) => {
      const [title = "", ...counts] = cells(row);
      const written = counts.flatMap((cell, index) => {
        if (cell === "") return [];
        const [, tried, all] = /^(\d+) of (\d+|\?)$/.exec(cell) ?? assert.fail(`${title}: ${cell}`);
        return [
          [jobs[index] ?? "", { tried: Number(tried), all: all === "?" ? undefined : Number(all) }] as const,
        ];
      });
      return [title, new Map(written)];
    }),
  );
}

export const listed = (): Table => tableOf(readFileSync(join(ROOT, "docs/release-test.md"), "utf8"));

/** The jobs of a line in the table's words, in its order; their projects' names by these. */
export const columns = ({ jobs, cleanup }: Pick<Line, "jobs" | "cleanup">): ReadonlyMap<string, string> =>
  new Map([
    ...jobs.map(
      ([job, stage, action]) => [stage === "Deploy-prod" ? "Deploy in prod" : action, job] as const,
    ),
    ["clean-up", cleanup],
  ]);
