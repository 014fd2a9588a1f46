/** What an up of these stacks would change: a preview of each that can be previewed by now. */
import { z } from "zod";
import type { EnvironmentSettings } from "../../stacks/settings/model";
import { type Delivery, type Part, toolingOf } from "../delivery";
import type { State } from "../engine/engine";
import type { Session } from "../session";
import { type Outcome, runStacks } from "../stackRuns";
import { summary } from "./changes";
import { createStacks } from "./newStacks";

/** As much of what tooling promises as says whether an environment can be previewed. */
const promise = z.object({
  environments: z.record(
    z.string(),
    z.object({ account: z.string(), pipelines: z.array(z.object({ name: z.string() })) }),
  ),
});

const isEnvironment = (part: Part): part is Part<EnvironmentSettings> => part.settings.kind === "environment";

/** A stack that cannot be previewed yet, and why. */
export interface Waiting {
  readonly stack: string;
  readonly reason: string;
}

/** What tooling's state lacks that its settings have: an environment is previewed by that state. */
function behind(
  { stack, settings: { environments, pipelines } }: NonNullable<ReturnType<typeof toolingOf>>,
  { settings: { environment, provider } }: Part<EnvironmentSettings>,
  contract: unknown,
): { wait?: string; without: string[] } {
  const { data } = promise.safeParse(contract);
  const listed = environments.find(({ name }) => name === environment);
  if (!data || listed?.account !== provider.account) return { without: [] }; // the stack's own program says what is wrong
  const known = Object.hasOwn(data.environments, environment) ? data.environments[environment] : undefined;
  if (known === undefined)
    return {
      wait: `since ${stack} was brought up without environment ${environment}: npm run up brings up both`,
      without: [],
    };
  if (known.account !== provider.account)
    return {
      wait: `since ${stack} was brought up with account ${known.account} for it: npm run up brings up both`,
      without: [],
    };
  const there = known.pipelines.map(({ name }) => name);
  return {
    without: pipelines
      .filter((each) => each.environments.some(({ name }) => name === environment))
      .map(({ id }) => id.name)
      .filter((name) => !there.includes(name)),
  };
}

/** Which of these stacks cannot be previewed yet, and what the previews of the others leave out. */
function waitingFor(
  delivery: Delivery,
  parts: readonly Part[],
  states: ReadonlyMap<string, State>,
): { waiting: Waiting[]; notes: string[] } {
  const waiting: Waiting[] = [];
  const notes: string[] = [];
  for (const part of parts.filter(isEnvironment)) {
    const { stack } = part;
    const tooling = toolingOf(delivery, part);
    if (!tooling) continue;
    const contract = states.get(tooling.stack)?.outputs["contract"];
    if (contract === undefined) {
      const reason = `since ${tooling.stack} is not up yet, and it reads from there: npm run up brings up both`;
      waiting.push({ stack, reason });
      continue;
    }
    const { wait, without } = behind(tooling, part, contract);
    if (wait !== undefined) waiting.push({ stack, reason: wait });
    if (without.length > 0)
      notes.push(
        `${stack}: previewed without ${without.join(", ")}, since ${tooling.stack} was brought up without: ` +
          "what that adds here shows once tooling is up",
      );
  }
  return { waiting, notes };
}

export interface Plan {
  readonly outcomes: readonly Outcome[];
  readonly waiting: readonly Waiting[];
  /** For people: one row a stack, what changes in each, what the preview leaves out. */
  readonly lines: readonly string[];
}

/** Previews these stacks side by side; one that does not exist yet is made, empty. */
export async function planOf(
  session: Session,
  whole: Delivery,
  parts: readonly Part[],
  states: ReadonlyMap<string, State>,
  refresh: boolean,
): Promise<Plan> {
  const { waiting, notes } = waitingFor(whole, parts, states);
  const ready = parts.filter(({ stack }) => !waiting.some((each) => each.stack === stack));
  const fresh = ready.filter(({ stack }) => !states.has(stack));
  await createStacks(session.engine, fresh);
  if (fresh.length > 0)
    session.say(
      `Made, without anything in AWS, to be previewed: ${fresh.map(({ stack }) => stack).join(", ")}`,
    );
  const outcomes = await runStacks(session, "preview", ready, { refresh });
  return { outcomes, waiting, lines: [...summary(outcomes, waiting), ...notes] };
}
