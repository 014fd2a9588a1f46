/** Brings stacks up: tooling first, then the environments side by side, or in waves where nobody watches. */
import { connectionChecks } from "../doctor/awsChecks";
import type { Check } from "../doctor/checks";
import { allParts, type Delivery, type Part, toolingOf } from "../delivery";
import type { State } from "../engine/engine";
import { hasChanges } from "./changes";
import { losses, runsOrWarning, runsUnderWay } from "./dataLoss";
import { createStacks } from "./newStacks";
import { nextSteps } from "./nextSteps";
import { planOf } from "./plan";
import type { Rights } from "./rights";
import type { Steps } from "./steps";
import { agreedBefore, asAgreed, type Unattended } from "./unattended";
import { checkAccounts, checkLogin, checkPending, readStates } from "../preconditions";
import { checkRegions } from "../recordedRegions";
import type { Session } from "../session";
import { type Outcome, report, runStacks } from "../stackRuns";
import { wavesOf } from "./waves";

export interface Options {
  /** Ask nothing, and show no plan. */
  readonly yes: boolean;
  /** Compare with what AWS really has first. */
  readonly refresh: boolean;
  /** The rights that would grow, beside what is up. Default: nothing is said of them. */
  readonly rights?: (states: ReadonlyMap<string, State>) => Promise<Rights>;
  /** Nobody is asked, since it is agreed to already. Default: people are asked. */
  readonly unattended?: Pick<Unattended, "steps" | "wait" | "notSelf">;
}

const NOT_KNOWN: NonNullable<Options["rights"]> = () =>
  Promise.resolve({ lines: ["Whether rights grow is not known"], grow: true });

/** Shows what would change and what that ends, and asks. A number is the exit code with which it ends there. */
async function agreed(
  session: Session,
  delivery: Delivery,
  states: ReadonlyMap<string, State>,
  { yes, refresh, rights }: Options,
): Promise<true | number> {
  const { aws, interrupts, say } = session;
  const runs = await runsOrWarning(() => runsUnderWay(aws, delivery.tooling, states), say);
  if (yes && runs.length === 0) return true;
  say(
    yes
      ? "Runs of pipelines are under way: previewing what this would change of them"
      : "Previewing what this would change",
  );
  const parts = yes ? delivery.tooling : allParts(delivery);
  const { outcomes, waiting, lines } = await planOf(session, delivery, parts, states, refresh);
  if (!yes) [...lines, ...report(outcomes)].forEach(say);
  const { lost, kept } = losses(outcomes, runs);
  [...kept, ...lost].forEach(say);
  if (yes) return true;
  if (interrupts.happened) {
    say("Interrupted: nothing was changed in AWS");
    return 130;
  }
  if (outcomes.some(({ state }) => state !== "done")) {
    say("Nothing was changed in AWS, since not all can be previewed: fix what is said above");
    return 1;
  }
  if (waiting.length === 0 && !outcomes.some(hasChanges)) return true;
  const growing = await rights?.(states);
  if (growing) ["", ...growing.lines].forEach(say);
  const names = allParts(delivery).map(({ stack }) => stack);
  if (await session.confirmed(`Bring up ${names.join(", ")}?`, "--yes")) return true;
  say("Nothing was changed in AWS");
  return 1;
}

/** Brings them up; an environment only where its tooling came up, and as far as was agreed. Returns the exit code. */
async function inOrder(
  session: Session,
  delivery: Delivery,
  refresh: boolean,
  agreedTo: Steps | undefined,
): Promise<number> {
  const { interrupts, say } = session;
  const outcomes: Outcome[] = await runStacks(session, "up", delivery.tooling, { refresh });
  const isUp = ({ stack }: Pick<Part, "stack">): boolean =>
    outcomes.some((outcome) => outcome.stack === stack && outcome.state === "done");
  const ready = delivery.environments.filter((part) => {
    const tooling = toolingOf(delivery, part);
    return tooling === undefined || isUp(tooling);
  });
  let behind: readonly Part[] = [];
  for (const wave of agreedTo ? wavesOf(delivery, ready) : [ready]) {
    if (interrupts.happened || behind.length > 0 || wave.length === 0) break;
    // What tooling promises may be other by now, and with it what an environment's up would do; and a wave takes its time.
    const earlier = outcomes.map(({ stack }) => stack).join(", ");
    const next =
      agreedTo && outcomes.length > 0
        ? await asAgreed(session, delivery, wave, agreedTo, { refresh, earlier })
        : wave;
    if (next.length > 0) outcomes.push(...(await runStacks(session, "up", next, { refresh })));
    behind = wave.filter((part) => !isUp(part));
  }
  report(outcomes).forEach(say);
  const all = allParts(delivery).map(({ stack }) => stack);
  const rest = all.filter((stack) => !outcomes.some((outcome) => outcome.stack === stack));
  if (rest.length > 0) say(`Not begun: ${rest.join(", ")}`);
  const names = behind.map(({ stack }) => stack);
  const later = ready
    .map(({ stack }) => stack)
    .filter((stack) => rest.includes(stack) && !names.includes(stack));
  if (names.length > 0 && later.length > 0)
    say(`${later.join(", ")} would come after ${names.join(", ")}, and waits until that is up`);
  if (interrupts.happened) return interrupted(session, delivery);
  if (rest.length === 0 && outcomes.every(({ state }) => state === "done")) {
    say(`All up: ${all.join(", ")}`);
    const code = await startedByPushes(session, delivery);
    if (code !== 130) nextSteps(delivery.tooling, outcomes).forEach(say);
    return code;
  }
  say("Not all are up: fix what is said above; then npm run up goes on where this stopped");
  return 1;
}

/** Sees to it that pushes start the pipelines, and says what is still to do for that. Returns the exit code. */
async function startedByPushes(session: Session, { tooling }: Delivery): Promise<number> {
  const { engine, aws, interrupts, say } = session;
  const states = await readStates(engine, tooling);
  const checks: Check[] = [];
  for (const part of tooling) {
    const looked = await connectionChecks(part, states.get(part.stack), aws, () => interrupts.happened);
    checks.push(...looked.checks);
  }
  for (const { what, problem, fix = [], state } of checks) {
    if (problem === undefined && state !== "fixed") continue;
    say(problem === undefined ? what : `${what}: ${problem}`);
    fix.forEach((line) => say(`  ${line}`));
  }
  if (interrupts.happened) {
    say("Interrupted; npm run doctor sees to the pipelines that are left");
    return 130;
  }
  return checks.some(({ problem, state }) => problem !== undefined && state !== "waits") ? 1 : 0;
}

/** Says how an interrupted run left things. */
async function interrupted({ engine, say }: Session, delivery: Delivery): Promise<number> {
  const states = await readStates(engine, allParts(delivery));
  const pending = [...states].filter(([, state]) => state.pending.length > 0).map(([stack]) => stack);
  say(
    pending.length > 0
      ? `Interrupted, with operations left pending in ${pending.join(", ")}: npm run doctor prints the commands that fix them`
      : "Interrupted. No operation is pending, no stack is locked; npm run up goes on where this stopped",
  );
  return 130;
}

/** Brings these stacks up, which are some of the whole. Returns the exit code. */
export async function bringUp(
  session: Session,
  delivery: Delivery,
  options: Options,
  whole = delivery,
): Promise<number> {
  const { engine, aws } = session;
  await checkLogin(engine);
  const parts = allParts(delivery);
  await checkAccounts(aws, parts);
  const states = await readStates(engine, parts);
  checkPending(states);
  // Tooling changes what is near every environment that it lists, also of those that are not brought up now.
  const others = whole === delivery || delivery.tooling.length === 0 ? [] : whole.environments;
  checkRegions(
    whole,
    others.length > 0 ? new Map([...states, ...(await readStates(engine, others))]) : states,
  );
  const { unattended, refresh, rights = NOT_KNOWN } = options;
  const answer = unattended
    ? await agreedBefore(session, delivery, { ...unattended, refresh, rights })
    : await agreed(session, delivery, states, options);
  if (typeof answer === "number") return answer;
  const made = await readStates(engine, parts); // the plan has made those that it could preview
  await createStacks(
    engine,
    parts.filter(({ stack }) => !made.has(stack)),
  );
  return inOrder(session, delivery, refresh, answer === true ? undefined : answer);
}
