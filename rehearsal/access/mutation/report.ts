import Table from "cli-table3";
import { styleText } from "node:util";
import { EQUIVALENCES } from "../../../packages/iam/src/mutation/known";
import { MUTATORS } from "../../../packages/iam/src/mutation/mutators";
import type { Verdict } from "../../../packages/iam/src/mutation/verdict";

const ALL = [...Object.keys(MUTATORS), "boundary removed"];

const count = (verdicts: readonly Verdict[], outcome: Verdict["outcome"]): number =>
  verdicts.filter((each) => each.outcome === outcome).length;

const table = (head: readonly string[], rows: readonly (readonly (string | number)[])[]): string => {
  const made = new Table({
    head: head.map((each) => styleText("bold", each)),
    style: { head: [], border: [], compact: true },
    colAligns: head.map((_, column) => (typeof rows[0]?.[column] === "number" ? "right" : "left")),
  });
  made.push(...rows.map((row) => [...row]));
  return made.toString();
};

/** Mutators by direction: how many mutants each made, and what came of them. */
function byMutator(verdicts: readonly Verdict[]): string {
  const rows = ALL.flatMap((mutator) =>
    (["widening", "narrowing"] as const).flatMap((direction) => {
      const own = verdicts.filter((each) => each.mutator === mutator && each.direction === direction);
      if (own.length === 0) return [];
      const counts = (["killed", "excused", "survived"] as const).map((each) => count(own, each));
      return [[mutator, direction, own.length, ...counts]];
    }),
  );
  return table(["mutator", "direction", "mutants", "killed", "excused", "surviving"], rows);
}

const tally = (verdicts: readonly Verdict[], outcome: Verdict["outcome"]): (readonly [string, number])[] => {
  const own = verdicts.filter((each) => each.outcome === outcome).map(({ by }) => by);
  return [...new Set(own)].sort().map((by) => [by, own.filter((each) => each === by).length]);
};

/** Everything that came of the mutants, for people. */
export function report(verdicts: readonly Verdict[], seconds: number): string {
  const judged = verdicts.filter(({ outcome }) => outcome !== "unjudged");
  const widening = judged.filter(({ direction }) => direction === "widening");
  const narrowing = judged.filter(({ direction }) => direction === "narrowing");
  const survivors = verdicts.filter(({ outcome }) => outcome === "survived");
  const without = verdicts.filter(({ outcome }) => outcome === "unjudged");
  const missaid = judged.filter((each) => each.missaid !== undefined);
  const line = (name: string, own: readonly Verdict[]) =>
    `${name}: ${own.length} mutants, ${count(own, "killed")} killed, ${count(own, "excused")} excused, ${count(own, "survived")} surviving`;
  return [
    byMutator(verdicts),
    "",
    ...tally(verdicts, "killed").map(([by, of]) => `killed by the ${by}: ${of}`),
    ...tally(verdicts, "excused").map(
      ([by, of]) => `excused as ${by}: ${of} (${EQUIVALENCES[by as keyof typeof EQUIVALENCES]})`,
    ),
    ...(survivors.length > 0 ? ["", styleText("bold", "Surviving")] : []),
    ...survivors.map(({ policy, direction, name }) => styleText("red", `  ${direction} ${policy}, ${name}`)),
    ...(without.length > 0
      ? ["", styleText("bold", "Not judged, since they have findings as they are")]
      : []),
    ...without.map(({ policy, by, finding }) => styleText("red", `  ${policy}, by the ${by}: ${finding}`)),
    ...(missaid.length > 0 ? ["", styleText("bold", "Not said by their own sentence alone")] : []),
    ...missaid.map(({ policy, direction, name, missaid: wrong }) =>
      styleText("red", `  ${direction} ${policy}, ${name}: ${wrong}`),
    ),
    "",
    line("widening", widening),
    line("narrowing", narrowing),
    `said by their own sentence alone, or rightly not at all: ${judged.length - missaid.length} of ${judged.length}`,
    `policies judged: ${new Set(verdicts.map(({ policy }) => policy)).size}, in ${seconds.toFixed(0)} s`,
  ].join("\n");
}
