/** An up that asks nobody: it carries out the steps that were agreed to elsewhere, or what needs nobody's consent. */
import type { ToolingSettings } from "../../stacks/settings/model";
import { allParts, type Delivery, type Part } from "../delivery";
import type { State } from "../engine/engine";
import { count } from "../format";
import { readStates } from "../preconditions";
import { messageOf, Refusal } from "../refusal";
import type { PendingRun } from "../runs";
import type { Session } from "../session";
import { report } from "../stackRuns";
import { losses, runsUnderWay } from "./dataLoss";
import { type Plan, planOf } from "./plan";
import type { Rights } from "./rights";
import { aPersonDoes, ownSteps } from "./self";
import { digestOfPlan, type Steps, stepsOf, toAgreeTo } from "./steps";

export interface Unattended {
  /** The digest of the steps that were agreed to, and that of the program. Default: what only adds resources, and lets no right grow. */
  readonly steps?: { readonly digest: string; readonly program: () => Promise<string> } | undefined;
  /** Minutes that it waits for runs which it would end. */
  readonly wait: number;
  /** Change nothing where it would change the pipeline that brings this program up. Default: that is like everything else. */
  readonly notSelf?: boolean;
  readonly refresh: boolean;
  readonly rights: (states: ReadonlyMap<string, State>) => Promise<Rights>;
}

/** Between two looks whether runs are under way, in milliseconds. */
const DISTANCE = 15_000;
const LOOKS_PER_MINUTE = 60_000 / DISTANCE;

const NOT_AGREED = 2;

/** Runs that an up with this plan would end. Whoever may not read them cannot know. */
async function runsAtStake(
  { aws }: Session,
  tooling: readonly Part<ToolingSettings>[],
  states: ReadonlyMap<string, State>,
  plan: Plan,
): Promise<readonly string[]> {
  let runs: PendingRun[];
  try {
    runs = await runsUnderWay(aws, tooling, states);
  } catch (error) {
    throw new Refusal(
      `whether runs are under way is not known (${messageOf(error).split("\n")[0]}): nothing was changed; ` +
        "it takes codepipeline:GetPipelineState of every pipeline",
    );
  }
  return losses(plan.outcomes, runs).lost;
}

/** Why this plan is not carried out, as lines and an exit code; undefined where it is. */
async function objection(
  plan: Plan,
  states: ReadonlyMap<string, State>,
  { steps, notSelf = false, rights }: Unattended,
): Promise<{ lines: readonly string[]; code: number } | undefined> {
  const own = notSelf ? ownSteps(plan.outcomes) : [];
  if (own.length > 0) return { lines: ["Nothing was changed in AWS.", ...aPersonDoes(own)], code: 1 };
  if (steps === undefined) {
    const reasons = toAgreeTo(plan, await rights(states));
    if (reasons.length === 0) return undefined;
    return {
      lines: [
        "Nothing was changed in AWS, since somebody has to agree to this:",
        ...reasons.map((each) => `  ${each}`),
      ],
      code: NOT_AGREED,
    };
  }
  const now = await digestOfPlan(plan, steps.program);
  if (now === steps.digest) return undefined;
  const line = `Nothing was changed in AWS: these steps (${now}) are others than those that were agreed to (${steps.digest}); preview and agree again`;
  return { lines: [line], code: 1 };
}

/** Previews and compares, and waits until this ends no run. Returns the steps of each stack, or the exit code with which it ends there. */
export async function agreedBefore(
  session: Session,
  delivery: Delivery,
  options: Unattended,
): Promise<Steps | number> {
  const { engine, interrupts, say } = session;
  const parts = allParts(delivery);
  const interrupted = (): number => {
    say("Interrupted: nothing was changed in AWS");
    return 130;
  };
  for (let looks = options.wait * LOOKS_PER_MINUTE; ;) {
    const states = await readStates(engine, parts);
    say("Previewing what this would change");
    const plan = await planOf(session, delivery, parts, states, options.refresh);
    [...plan.lines, ...report(plan.outcomes)].forEach(say);
    if (interrupts.happened) return interrupted();
    if (plan.outcomes.some(({ state }) => state !== "done")) {
      say("Nothing was changed in AWS, since not all can be previewed: fix what is said above");
      return 1;
    }
    const objected = await objection(plan, states, options);
    if (objected) {
      objected.lines.forEach(say);
      return objected.code;
    }
    let lost = await runsAtStake(session, delivery.tooling, states, plan);
    if (lost.length === 0) return stepsOf(plan);
    if (looks > 0) say(`Waiting for ${count(lost.length, "run")} to end`);
    for (; lost.length > 0; lost = await runsAtStake(session, delivery.tooling, states, plan)) {
      if (looks-- <= 0) {
        [
          ...lost,
          `Nothing was changed in AWS, since this would end what is under way: give --wait more than ${options.wait}, or agree to that with npm run up`,
        ].forEach(say);
        return 1;
      }
      await session.wait(DISTANCE);
      if (interrupts.happened) return interrupted();
    }
    // Meanwhile somebody may have changed the stacks: what was agreed to is compared once more.
  }
}

/** Those of these stacks whose steps are still what was agreed to, now that others are up; says which are not. */
export async function asAgreed<T extends Part>(
  session: Session,
  delivery: Delivery,
  parts: readonly T[],
  agreed: Steps,
  { refresh, earlier }: { readonly refresh: boolean; readonly earlier: string },
): Promise<T[]> {
  const states = await readStates(session.engine, allParts(delivery));
  const plan = await planOf(session, delivery, parts, states, refresh);
  const now = stepsOf({ ...plan, outcomes: plan.outcomes.filter(({ state }) => state === "done") });
  const isSame = ({ stack }: Part): boolean =>
    typeof now.get(stack) === "string" && now.get(stack) === agreed.get(stack);
  const others = parts.filter((part) => !isSame(part));
  if (others.length > 0) {
    [...plan.lines, ...report(plan.outcomes)].forEach(session.say);
    for (const { stack } of others)
      session.say(
        `${stack}: its steps are others than those that were agreed to, now that ${earlier} came up: preview and agree again`,
      );
  }
  return parts.filter(isSame);
}
