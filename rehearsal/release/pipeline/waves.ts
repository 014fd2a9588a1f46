import type { ReleasedEnvironment } from "../../../stacks/settings/model";
import type { Promotion } from "./promotion";
import { Stopped } from "../stopped";

/** Environments in the order in which they are released, those of a wave together. */
export function waves(environments: readonly ReleasedEnvironment[]): ReleasedEnvironment[][] {
  const names = [...new Set(environments.map(({ name, wave }) => wave ?? name))];
  return names.map((wanted) => environments.filter(({ name, wave }) => (wave ?? name) === wanted));
}

/** Rolls all of them back, the one that failed among them. Throws what the last of them says. */
export async function goBack(deployed: readonly Promotion[], problem: Stopped): Promise<void> {
  let last: Stopped | undefined;
  for (const promotion of deployed) {
    try {
      await promotion.rollBack(problem);
    } catch (error) {
      if (!(error instanceof Stopped)) throw error;
      last = error;
    }
  }
  if (last) throw last;
}
