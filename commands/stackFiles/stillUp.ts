/** Refuses to take out of the stack files what AWS still has: without them nothing could take it down. */
import { allParts, type Delivery } from "../delivery";
import { isProtected } from "../down/deletable";
import { type Engine, realResources, type State } from "../engine/engine";
import { count } from "../format";
import { readStates } from "../preconditions";
import { messageOf, Refusal } from "../refusal";
import type { Change } from "./change";

export type Only = NonNullable<Change["only"]>;

/** Why it is too early; undefined where it is not. */
export function tooEarly({ when }: Only, states: ReadonlyMap<string, State>): string | undefined {
  if (when === "down") {
    const up = [...states].filter(([, state]) => realResources(state).length > 0);
    const lines = up.map(
      ([stack, state]) =>
        `stack ${stack} is up (${count(realResources(state).length, "resource")}): npm run down -- ${stack}`,
    );
    return up.length > 0 ? `${lines.join("; ")} first, then this again` : undefined;
  }
  const guarded = [...states].filter(([, state]) => isProtected(state)).map(([stack]) => stack);
  return guarded.length > 0
    ? `${guarded.join(", ")} still protects what others read: npm run up -- ${guarded.join(" ")} first, then this again`
    : undefined;
}

/** Asks Pulumi. Where it cannot be asked, whoever types must know it. */
export async function checkStacks(
  root: string,
  delivery: Delivery,
  only: Only,
  known: boolean,
  open: (root: string) => Promise<Engine> = async (folder) =>
    (await import("../engine/automation")).openEngine(folder),
): Promise<void> {
  const parts = allParts(delivery).filter(({ stack }) => only.stacks.includes(stack));
  let states: ReadonlyMap<string, State>;
  try {
    states = await readStates(await open(root), parts);
  } catch (error) {
    if (known) return;
    const must = only.when === "down" ? "is down" : "was brought up with deletable: true";
    throw new Refusal(
      `nothing was written: what is up is not known (${messageOf(error).split("\n")[0]}): ` +
        `give --yes if you know that ${only.stacks.join(", ")} ${must}`,
    );
  }
  const reason = tooEarly(only, states);
  if (reason !== undefined) throw new Refusal(`nothing was written: ${reason}`);
}
