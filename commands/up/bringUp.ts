/** Brings stacks up: tooling first, then the environments side by side. */
import { connectionChecks } from "../doctor/awsChecks";
import type { Check } from "../doctor/checks";
import { allParts, type Delivery, toolingOf } from "../delivery";
import type { State } from "../engine/engine";
import { foreseeLosses, runsOrWarning, runsUnderWay } from "./dataLoss";
import { createStacks } from "./newStacks";
import { checkAccounts, checkLogin, checkPending, readStates } from "../preconditions";
import type { Session } from "../session";
import { report, runStacks } from "../stackRuns";

export interface Options {
  /** Go on though it ends runs. */
  readonly yes: boolean;
  /** Compare with what AWS really has first. */
  readonly refresh: boolean;
}

/** Whether to go on, as far as runs of pipelines are concerned. */
async function agreed(
  session: Session,
  { tooling }: Delivery,
  states: ReadonlyMap<string, State>,
  { yes, refresh }: Options,
): Promise<boolean> {
  const { aws, say } = session;
  const runs = await runsOrWarning(() => runsUnderWay(aws, tooling, states), say);
  if (runs.length === 0) return true;
  say("Runs of pipelines are under way: previewing what this would change of them");
  const { lost, kept } = await foreseeLosses(session, tooling, runs, { refresh });
  [...kept, ...lost].forEach(say);
  if (lost.length === 0 || yes) return true;
  return session.confirmed("Bring the stacks up all the same?", "--yes");
}

/** Brings them up; an environment only where its tooling came up. Returns the exit code. */
async function inOrder(session: Session, delivery: Delivery, refresh: boolean): Promise<number> {
  const { interrupts, say } = session;
  const first = await runStacks(session, "up", delivery.tooling, { refresh });
  const failed = first.filter(({ state }) => state !== "done").map(({ stack }) => stack);
  const ready = delivery.environments.filter(
    (part) => !failed.includes(toolingOf(delivery, part)?.stack ?? ""),
  );
  const next = interrupts.happened ? [] : ready;
  const outcomes = [...first, ...(next.length > 0 ? await runStacks(session, "up", next, { refresh }) : [])];
  report(outcomes).forEach(say);
  const all = allParts(delivery).map(({ stack }) => stack);
  const rest = all.filter((stack) => !outcomes.some((outcome) => outcome.stack === stack));
  if (rest.length > 0) say(`Not begun: ${rest.join(", ")}`);
  if (interrupts.happened) return interrupted(session, delivery);
  if (rest.length === 0 && outcomes.every(({ state }) => state === "done")) {
    say(`All up: ${all.join(", ")}`);
    return startedByPushes(session, delivery);
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
  for (const { what, problem, mend = [], state } of checks) {
    if (problem === undefined && state !== "fixed") continue;
    say(problem === undefined ? what : `${what}: ${problem}`);
    mend.forEach((line) => say(`  ${line}`));
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

/** Brings these stacks up. Returns the exit code. */
export async function bringUp(session: Session, delivery: Delivery, options: Options): Promise<number> {
  const { engine, aws } = session;
  await checkLogin(engine);
  const parts = allParts(delivery);
  await checkAccounts(aws, parts);
  const states = await readStates(engine, parts);
  checkPending(states);
  if (!(await agreed(session, delivery, states, options))) return 1;
  await createStacks(
    engine,
    parts.filter(({ stack }) => !states.has(stack)),
  );
  return inOrder(session, delivery, options.refresh);
}
