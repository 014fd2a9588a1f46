/** Steps that somebody agrees to beforehand: a preview gives their digest, and an up carries out these alone. Pure. */
import { createHash } from "node:crypto";
import type { Step } from "../engine/ledger";
import { logicalName } from "../format";
import { changeLine } from "./changes";
import type { Plan } from "./plan";

type Planned = Pick<Plan, "outcomes" | "waiting">;

/** The same text for the same data, in whatever order its keys come. */
const canonical = (data: unknown): string =>
  JSON.stringify(data, (_, value: unknown) =>
    typeof value === "object" && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1)))
      : value,
  );

/** SHA-256 of data. */
export const digestOf = (data: unknown): string => createHash("sha256").update(canonical(data)).digest("hex");

/** Names that Pulumi makes up for what it would create: each preview has others. */
function madeUpNames(steps: readonly Step[]): string[] {
  return steps
    .filter(({ op }) => op === "create" || op === "create-replacement" || op === "replace")
    .flatMap(({ urn, to }) =>
      Object.values(to?.inputs ?? {}).filter(
        (value): value is string =>
          typeof value === "string" &&
          value.startsWith(`${logicalName(urn)}-`) &&
          /^[0-9a-f]{7}$/.test(value.slice(logicalName(urn).length + 1)),
      ),
    );
}

/** Digest of these, in whatever order the engine announces them, and whatever names it makes up. */
function digestOfStack(steps: readonly Step[]): string {
  const names = madeUpNames(steps);
  const known = steps.map((step) =>
    names.reduce((text, name) => text.replaceAll(name, name.replace(/.{7}$/, "*")), canonical(step)),
  );
  return digestOf(known.sort());
}

/** By stack the digest of the steps of its up; null for a stack that cannot be previewed yet. */
export type Steps = ReadonlyMap<string, string | null>;

export const stepsOf = ({ outcomes, waiting }: Planned): Steps =>
  new Map([
    ...outcomes.map(({ stack, ledger }) => [stack, digestOfStack(ledger.steps)] as const),
    ...waiting.map(({ stack }) => [stack, null] as const),
  ]);

/**
 * Digest of all of them, and of the program: a preview does not know the names that AWS gives later, and so not the policies and
 * buildspecs that hold them.
 */
const digestOfSteps = (steps: Steps, program: string): string =>
  digestOf([Object.fromEntries(steps), program]);

/** In place of the digest of a plan that changes nothing: nobody has to agree to it. */
export const NO_STEPS = "none";

/** Digest of a plan. */
export const digestOfPlan = async (plan: Planned, program: () => Promise<string>): Promise<string> =>
  plan.waiting.length === 0 &&
  plan.outcomes.every(({ ledger }) => ledger.steps.length === 0 && !ledger.outputsChange)
    ? NO_STEPS
    : digestOfSteps(stepsOf(plan), await program());

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
