/** What doctor looks at once there is an engine to ask: every stack, and what tooling's pipelines need. */
import type { Aws } from "../aws/clients";
import { toolingChecks } from "./awsChecks";
import type { Check } from "./checks";
import { allParts, type Delivery, type Part } from "../delivery";
import { type Engine, realResources } from "../engine/engine";
import { lockHolders } from "../engine/locks";
import { readStates } from "../preconditions";
import { newStackCheck, operationChecks, regionChecks, secretsCheck, versionCheck } from "./stackChecks";

export interface Surroundings {
  /** Folder of Pulumi.yaml. */
  readonly root: string;
  /** The backend's. */
  readonly url: string;
  /** Stacks whose credentials are as they should be. */
  readonly usable: ReadonlySet<string>;
  /** Whether a passphrase is given. */
  readonly passphrase: boolean;
}

/** Everything about the stacks. */
export async function checkStacks(
  engine: Engine,
  aws: Aws,
  delivery: Delivery,
  { root, url, usable, passphrase }: Surroundings,
): Promise<Check[]> {
  const parts = allParts(delivery);
  const [listed, states] = [await engine.list(), await readStates(engine, parts)];
  const ofStack = async (part: Part): Promise<Check[]> => {
    const state = states.get(part.stack);
    if (!state) return [newStackCheck(part, url, passphrase)];
    const holders = await lockHolders(url, delivery.project, part.stack).catch(() => undefined);
    const own = listed.find(({ name }) => name === part.stack) ?? { name: part.stack };
    return [
      ...(realResources(state).length > 0 ? [versionCheck(part, state)] : []),
      await secretsCheck(part, root),
      ...operationChecks(part, { state, listed: own, holders }),
    ];
  };
  const ofAws = delivery.tooling
    .filter(({ stack }) => usable.has(stack))
    .map((part) => toolingChecks(part, states.get(part.stack), aws));
  return [
    ...regionChecks(delivery, states),
    ...(await Promise.all([...parts.map(ofStack), ...ofAws])).flat(),
  ];
}
