/** Previews stacks side by side, as one summary. */
import { hasChanges, outputsAlone } from "./changes";
import { allParts, type Delivery, select } from "../delivery";
import type { State } from "../engine/engine";
import { planOf } from "./plan";
import { checkAccounts, checkLogin, checkPending, readStates } from "../preconditions";
import { checkRegions } from "../recordedRegions";
import type { Session } from "../session";
import type { Rights } from "./rights";
import { aPersonDoes, ownSteps } from "./self";
import { digestOfPlan } from "./steps";
import { report } from "../stackRuns";

export interface Options {
  /** Compare with what AWS really has. */
  readonly refresh: boolean;
  /** Exit code 2 when there are changes. */
  readonly "expect-no-changes": boolean;
  /** Digest of the program; the preview ends with that of all steps then, for an up that carries out these alone. */
  readonly program?: () => Promise<string>;
  /** Exit code 1 where it would change the pipeline that brings this program up. Default: that is like everything else. */
  readonly "not-self"?: boolean;
  /** The rights that would grow, beside what is up. Default: nothing is said of them. */
  readonly rights?: (states: ReadonlyMap<string, State>) => Promise<Rights>;
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
  if (options.program) checkPending(states); // the up would refuse it, after somebody has agreed
  checkRegions(whole, states);
  const plan = await planOf(session, whole, parts, states, options.refresh);
  const { outcomes, lines } = plan;
  [...lines, ...report(outcomes)].forEach(say);
  if (interrupts.happened) return 130;
  if (outcomes.some(({ state }) => state !== "done")) return 1;
  const rights = await options.rights?.(states);
  if (rights) ["", ...rights.lines].forEach(say);
  const own = options["not-self"] === true ? ownSteps(outcomes) : [];
  if (own.length > 0) {
    aPersonDoes(own).forEach(say);
    return 1;
  }
  if (options.program) outputsAlone(outcomes).forEach(say);
  if (options.program) say(`Steps: ${await digestOfPlan(plan, options.program)}`);
  return options["expect-no-changes"] && outcomes.some(hasChanges) ? 2 : 0;
}
