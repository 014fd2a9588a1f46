/** Steps that somebody agrees to beforehand: a preview gives their digest, and an up carries out these alone. Pure. */
import { digestOf } from "../engine/ledger";
import { changeLine } from "./changes";
import type { Plan } from "./plan";

type Planned = Pick<Plan, "outcomes" | "waiting">;

/** By stack the digest of what an up of it would do; nothing of a stack that cannot be previewed yet. */
export type Steps = ReadonlyMap<string, string | null>;

export const stepsOf = ({ outcomes, waiting }: Planned): Steps =>
  new Map([
    // Side by side the engine announces them in any order.
    ...outcomes.map(
      ({ stack, ledger }) => [stack, digestOf(ledger.steps.map((step) => digestOf(step)).sort())] as const,
    ),
    ...waiting.map(({ stack }) => [stack, null] as const),
  ]);

/**
 * What stands for all of them, and for the program: a preview does not know what AWS names later, and with it not the policies and
 * buildspecs that hold such names.
 */
export const digestOfSteps = (steps: Steps, program: string): string =>
  digestOf([Object.fromEntries(steps), program]);

/** Why somebody has to agree to a plan, a line each; none where it only adds resources and lets no right grow. */
export function toAgreeTo(
  { outcomes, waiting }: Planned,
  rights: { readonly lines: readonly string[]; readonly grow: boolean },
): string[] {
  return [
    ...waiting.map(({ stack }) => `${stack}: not previewed yet`),
    ...outcomes.flatMap(({ stack, ledger }) =>
      ledger.changes
        .filter(({ op }) => op !== "create")
        .map((change) => `${stack}: ${changeLine(change).trim()}`),
    ),
    ...(rights.grow ? rights.lines : []),
  ];
}
