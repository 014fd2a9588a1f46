/** Growth that somebody wants, as access-growth.yaml has it. */
import { existsSync } from "node:fs";
import { closest } from "fastest-levenshtein";
import { z } from "zod";
import { fits } from "../../packages/iam/src/matrix/wildcards";
import { readYaml, UnusableFile } from "../record/yamlFile";
import type { ChangeClass } from "./growth";

export const FILE = "access-growth.yaml";

const schema = z.strictObject({
  acknowledged: z
    .array(
      z.strictObject({
        growth: z
          .string()
          .trim()
          .min(1)
          .meta({ description: "a sentence of npm run growth, or of its class; * stands for anything" }),
        reason: z.string().trim().min(1).meta({ description: "why these rights are to grow" }),
      }),
    )
    .meta({ description: "growth that is wanted; an entry that matches none is refused" }),
});

export type Acknowledged = z.infer<typeof schema>["acknowledged"];

/** Entries of a file; none where there is no file. Throws UnusableFile, in one line. */
export function readAcknowledged(path: string): Acknowledged {
  if (!existsSync(path)) return [];
  const parsed = schema.safeParse(readYaml(path, FILE) ?? {});
  if (parsed.success) return parsed.data.acknowledged;
  const [issue] = parsed.error.issues;
  const where = issue?.path.length ? issue.path.join(".") : "the top";
  throw new UnusableFile(
    `${FILE}: ${where}: ${issue?.message ?? ""}; it holds acknowledged: a list of entries with growth and reason`,
  );
}

const matches = (written: string, { words, each }: ChangeClass): boolean =>
  [words, ...each].some((sentence) => sentence === written || fits(written, sentence));

export interface Judged {
  readonly wanted: readonly (readonly [ChangeClass, reason: string])[];
  readonly unwanted: readonly ChangeClass[];
}

/** Which growth is acknowledged. Throws UnusableFile for an entry that matches none. */
export function acknowledge(classes: readonly ChangeClass[], entries: Acknowledged): Judged {
  const growing = classes.filter(({ grows }) => grows);
  const stale = entries.find(({ growth }) => !growing.some((each) => matches(growth, each)));
  if (stale) {
    const all = growing.flatMap(({ words, each }) => [words, ...each]);
    const nearest = all.length > 0 ? `the nearest is "${closest(stale.growth, all)}"` : "nothing grows";
    throw new UnusableFile(
      `${FILE}: "${stale.growth}" matches no growth; ${nearest}; take the entry out, or write what grows`,
    );
  }
  const reasonOf = (one: ChangeClass) => entries.find(({ growth }) => matches(growth, one))?.reason;
  return {
    wanted: growing.flatMap((each) => {
      const reason = reasonOf(each);
      return reason === undefined ? [] : [[each, reason] as const];
    }),
    unwanted: growing.filter((each) => reasonOf(each) === undefined),
  };
}
