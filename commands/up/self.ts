/** What a job that brings this program up leaves alone: the pipeline that it is part of. Pure. */
import type { Outcome } from "../stackRuns";
import { changeLine } from "./changes";

/** Whether a resource is, or is part of, a component by which the program brings itself up. */
const isOwn = (urn: string): boolean =>
  (urn.split("::")[2] ?? "").split("$").some((type) => type.startsWith("delivery:index:Self"));

/** Steps of these that a person carries out, a line each. */
export const ownSteps = (outcomes: readonly Outcome[]): string[] =>
  outcomes.flatMap(({ stack, ledger }) =>
    ledger.changes.filter(({ urn }) => isOwn(urn)).map((change) => `${stack}: ${changeLine(change).trim()}`),
  );

/** What is said of them, after what came of it. */
export const aPersonDoes = (own: readonly string[]): string[] => [
  "This changes what brings the stacks up, and no job does that to itself:",
  ...own.map((line) => `  ${line}`),
  "All the rest waits for it: somebody brings all of it up with npm run up; then start the pipeline of this program again",
];
