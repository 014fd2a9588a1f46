/** Lets the engine work on stacks side by side, and says what came of each. */
import type { Part } from "./delivery";
import type { Action, Run } from "./engine/engine";
import { Ledger } from "./engine/ledger";
import { lockHolder } from "./engine/locks";
import { messageOf } from "./refusal";
import type { Session } from "./session";
import { count, duration } from "./format";

/** What came of one stack. */
export interface Outcome {
  readonly stack: string;
  readonly state: "done" | "failed" | "cancelled";
  readonly ledger: Ledger;
  /** Everything that went wrong, a problem each; empty where nothing did. */
  readonly problems: readonly string[];
}

/** What a stack is after an action. */
const DONE: Record<Action, string> = { up: "up", preview: "previewed", destroy: "destroyed" };

/** `up, 3 created, 85 unchanged, 12 s` */
function closingLine(
  action: Action,
  { ledger, state, problems }: Outcome,
  milliseconds: number,
  done = DONE[action],
): string {
  const { create = 0, update = 0, delete: deleted = 0, replace = 0, same = 0 } = ledger.counts;
  const counts = { created: create, updated: update, replaced: replace, deleted, unchanged: same };
  const shown = Object.entries(counts).flatMap(([word, number]) => (number > 0 ? [`${number} ${word}`] : []));
  const wrong = problems.length > 0 ? ` (${count(problems.length, "problem")}, below)` : "";
  const word = state === "done" ? done : `${state}${wrong}`;
  const counted = action === "preview" ? [] : shown; // a preview's are what would be
  return [word, ...counted, duration(milliseconds)].join(", ");
}

/** What went wrong, in the engine's words; a lock in ours. */
function problemsOf(stack: string, ledger: Ledger, error: unknown): string[] {
  const message = messageOf(error);
  const holder = lockHolder(message);
  if (holder !== undefined) {
    return [
      `it is locked by ${holder}: wait for that to end or, if nothing is running, pulumi cancel --stack ${stack} --yes`,
    ];
  }
  if (ledger.errors.length > 0) return ledger.errors;
  return ledger.cancelled ? [] : [message];
}

/** Lets the engine carry out one action on each of these, all at once. */
export async function runStacks(
  { engine, interrupts, show }: Session,
  action: Action,
  parts: readonly Part[],
  options: Pick<Run, "refresh"> & {
    /** Settings instead of a stack's own file. */
    readonly configFileOf?: (part: Part) => string | undefined;
    /** What a stack is afterwards, where the action's own word would mislead. */
    readonly done?: string;
  } = {},
): Promise<Outcome[]> {
  const { configFileOf, done, ...shared } = options;
  const outcomes = new Map<string, Outcome>();
  const work = async (part: Part, tell: (phase: string) => void): Promise<Outcome> => {
    const { stack } = part;
    const ledger = new Ledger();
    const configFile = configFileOf?.(part);
    try {
      await engine.run(action, stack, {
        ...shared,
        ...(configFile !== undefined && { configFile }),
        signal: interrupts.follow(ledger),
        onEvent: (event) => void (ledger.add(event) && tell(ledger.phase)),
      });
      return { stack, state: "done", ledger, problems: [] };
    } catch (error) {
      const state = ledger.cancelled ? "cancelled" : "failed";
      return { stack, state, ledger, problems: problemsOf(stack, ledger, error) };
    } finally {
      interrupts.ended(ledger);
    }
  };
  await show(
    parts.map((part) => ({
      title: part.stack,
      work: async (tell) => {
        const begun = Date.now();
        tell("starting");
        const outcome = await work(part, tell);
        outcomes.set(part.stack, outcome);
        return {
          well: outcome.state === "done",
          line: closingLine(action, outcome, Date.now() - begun, done),
        };
      },
    })),
  );
  return parts.flatMap(({ stack }) => outcomes.get(stack) ?? []);
}

/** Every problem and warning, each under its stack's name. */
export const report = (outcomes: readonly Outcome[]): string[] =>
  outcomes.flatMap(({ stack, problems, ledger }) => [
    ...problems.map((problem) => `${stack}: ${problem}`),
    ...ledger.warnings.map((warning) => `${stack}: warning: ${warning}`),
  ]);
