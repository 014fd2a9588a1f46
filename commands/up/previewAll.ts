/** Previews stacks side by side, as one summary. */
import { hasChanges, summary } from "./changes";
import { allParts, type Delivery, type Part, select, toolingOf } from "../delivery";
import type { State } from "../engine/engine";
import { createStacks } from "./newStacks";
import { checkAccounts, checkLogin, readStates } from "../preconditions";
import type { Session } from "../session";
import { report, runStacks } from "../stackRuns";

export interface Options {
  /** Compare with what AWS really has. */
  readonly refresh: boolean;
  /** Exit code 2 when there are changes. */
  readonly "expect-no-changes": boolean;
}

/** Why an environment cannot be previewed yet; undefined where it can. */
function waitsFor(delivery: Delivery, part: Part, states: ReadonlyMap<string, State>): string | undefined {
  if (part.settings.kind !== "environment") return undefined;
  const tooling = toolingOf(delivery, { ...part, settings: part.settings });
  if (!tooling || states.get(tooling.stack)?.outputs["contract"] !== undefined) return undefined;
  return `since ${tooling.stack} is not up yet, and it reads from there: npm run up brings up both`;
}

/** Previews these stacks, all of them where none is named. Returns the exit code. */
export async function previewAll(
  session: Session,
  whole: Delivery,
  names: readonly string[],
  options: Options,
): Promise<number> {
  const { engine, aws, interrupts, say } = session;
  const parts = allParts(select(whole, names));
  await checkLogin(engine);
  await checkAccounts(aws, parts);
  const states = await readStates(engine, allParts(whole));
  const waiting = parts.flatMap((part) => {
    const reason = waitsFor(whole, part, states);
    return reason === undefined ? [] : [{ stack: part.stack, reason }];
  });
  const ready = parts.filter(({ stack }) => !waiting.some((each) => each.stack === stack));
  await createStacks(
    engine,
    ready.filter(({ stack }) => !states.has(stack)),
  );
  const outcomes = await runStacks(session, "preview", ready, { refresh: options.refresh });
  [...summary(outcomes, waiting), ...report(outcomes)].forEach(say);
  if (interrupts.happened) return 130;
  if (outcomes.some(({ state }) => state !== "done")) return 1;
  return options["expect-no-changes"] && outcomes.some(hasChanges) ? 2 : 0;
}
