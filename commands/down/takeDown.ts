/** Takes stacks down, step by step, and looks for what is left. */
import { allParts, type Delivery, select } from "../delivery";
import { destroyStacks } from "./destroying";
import { checkAccounts, checkLogin, checkPending, readStates } from "../preconditions";
import { Refusal } from "../refusal";
import { searchLeftovers } from "./searching";
import type { Session } from "../session";
import {
  announcement,
  checkDependents,
  checkRuns,
  deleteWorkloads,
  findAll,
  type Teardown,
} from "./teardown";

/** Refuses unless somebody gave the project's name. */
async function checkName({ typed }: Session, project: string, given: string | undefined): Promise<void> {
  const name =
    given ?? (await typed(`All this goes and does not come back. The project's name:`, "--project-name"));
  if (name !== project)
    throw new Refusal(`'${name}' is not the project's name, which is '${project}': nothing was changed`);
}

/** Step by step; each step only where the one before went well. Returns the exit code. */
async function carryOut(teardown: Teardown, name: string | undefined): Promise<number> {
  const { session, chosen, whole } = teardown;
  const { aws, interrupts, say } = session;
  checkDependents(teardown);
  await checkRuns(teardown);
  const found = await findAll(teardown);
  const lines = announcement(teardown, found);
  if (lines.length > 0) {
    [`Of project ${whole.project}:`, ...lines].forEach(say);
    await checkName(session, whole.project, name);
  }
  for (const step of [
    () => deleteWorkloads(session, found),
    () => destroyStacks(teardown, chosen.environments),
    () => destroyStacks(teardown, chosen.tooling),
  ]) {
    const problems = await step();
    problems.forEach(say);
    if (interrupts.happened) {
      say("Interrupted; npm run down goes on where this stopped");
      return 130;
    }
    if (problems.length > 0) return 1;
  }
  const sought = {
    project: whole.project,
    stacks: allParts(chosen).map(({ stack }) => stack),
    workloads: found.flatMap(({ names }) => names),
  };
  const { lines: left, complete } = await searchLeftovers(aws, allParts(chosen), sought);
  left.forEach(say);
  return complete ? 0 : 1;
}

/** Takes these stacks down, all of them where none is named. Returns the exit code. */
export async function takeDown(
  session: Session,
  whole: Delivery,
  names: readonly string[],
  name: string | undefined,
): Promise<number> {
  const chosen = select(whole, names);
  await checkLogin(session.engine);
  await checkAccounts(session.aws, [...new Set([...allParts(chosen), ...whole.tooling])]);
  const states = await readStates(session.engine, allParts(whole));
  checkPending(states);
  return carryOut({ session, whole, chosen, states }, name);
}
