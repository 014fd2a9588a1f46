/** What up, preview and down check before they do anything. */
import { wrongAccounts } from "./aws/accounts";
import type { Aws } from "./aws/clients";
import type { Part } from "./delivery";
import type { Engine, Listed, State } from "./engine/engine";
import { messageOf, Refusal } from "./refusal";
import { count } from "./format";

/** Refuses to go on when no one is logged in. */
export async function checkLogin(engine: Engine): Promise<{ user: string; url: string }> {
  try {
    return await engine.whoAmI();
  } catch (error) {
    throw new Refusal(
      `not logged in to where Pulumi keeps its state (${messageOf(error)}): run pulumi login`,
    );
  }
}

/** Refuses to go on when a stack's credentials are missing or another account's. */
export async function checkAccounts(aws: Aws, parts: readonly Part[]): Promise<void> {
  const wrong = await wrongAccounts(parts, (provider) => aws.account(provider));
  if (wrong.length > 0) {
    throw new Refusal(wrong.map(({ stack, problem, fix }) => `${stack}: ${problem}: ${fix}`).join("\n"));
  }
}

/** The state of each of these stacks that the backend has, by name. */
export async function readStates(engine: Engine, parts: readonly Part[]): Promise<Map<string, State>> {
  const listed: Listed[] = await engine.list();
  const there = parts.filter(({ stack }) => listed.some(({ name }) => name === stack));
  const states = await Promise.all(
    there.map(async ({ stack }) => [stack, await engine.state(stack)] as const),
  );
  return new Map(states);
}

/** Refuses to go on over operations that a crash left pending: what they were about may or may not be there. */
export function checkPending(states: ReadonlyMap<string, State>): void {
  const found = [...states].filter(([, { pending }]) => pending.length > 0);
  if (found.length === 0) return;
  const lines = found.map(
    ([stack, { pending }]) =>
      `${stack}: an earlier run was killed and left ${count(pending.length, "operation")} pending; ` +
      "going on could make things twice",
  );
  throw new Refusal([...lines, "npm run doctor prints the commands that fix it"].join("\n"));
}
