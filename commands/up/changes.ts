/** A preview of all stacks as one summary. */
import type { OpType } from "../engine/engine";
import type { Change } from "../engine/ledger";
import type { Outcome } from "../stackRuns";
import { count, resourceLabel } from "../format";
import { aligned } from "../../rehearsal/record/listing";

const MARKS: Partial<Record<OpType, string>> = {
  create: "+",
  update: "~",
  delete: "-",
  replace: "±",
  import: "=",
};
const COLUMNS = ["create", "update", "replace", "delete", "same"] as const;
/** Properties that a line names; the rest are counted. */
const NAMED = 6;

/** One change, with its mark: `~ aws:iam:Role catalog-build: description`. */
export const changeLine = ({ op, urn, properties }: Change): string => {
  const named = properties.slice(0, NAMED).join(", ");
  const more = properties.length > NAMED ? ` and ${properties.length - NAMED} more` : "";
  const what = op === "create" || op === "delete" || named === "" ? "" : `: ${named}${more}`;
  return `  ${MARKS[op] ?? op} ${resourceLabel(urn)}${what}`;
};

/** Whether an up would change anything. */
export const hasChanges = ({ ledger }: Outcome): boolean => ledger.changes.length > 0;

/** Stacks of which nothing changes but what they tell others. */
export const outputsAlone = (outcomes: readonly Outcome[]): string[] =>
  outcomes
    .filter((outcome) => !hasChanges(outcome) && outcome.ledger.outputsChange)
    .map(({ stack }) => `${stack}: its outputs alone change, which other stacks read`);

/** One row a stack, then what changes in each; `waiting` are those that cannot be previewed yet, and why. */
export function summary(
  outcomes: readonly Outcome[],
  waiting: readonly { readonly stack: string; readonly reason: string }[],
): string[] {
  const rows = outcomes.map(({ stack, state, ledger }) =>
    state === "done"
      ? [stack, ...COLUMNS.map((op) => String(ledger.counts[op] ?? 0))]
      : [stack, ...COLUMNS.map(() => "?"), state],
  );
  const listed = outcomes
    .filter(hasChanges)
    .flatMap(({ stack, ledger }) => [
      "",
      `${stack}: ${count(ledger.changes.length, "change")}`,
      ...ledger.changes.map(changeLine),
    ]);
  const waits = waiting.map(({ stack, reason }) => `${stack}: not previewed, ${reason}`);
  return [...(rows.length > 0 ? aligned([["stack", ...COLUMNS], ...rows]) : []), ...waits, ...listed];
}
