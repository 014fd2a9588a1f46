/** Options of an up that asks nobody. Pure. */
import { Refusal } from "../refusal";
import { NO_STEPS } from "./steps";

export interface Given {
  readonly yes: boolean;
  readonly steps?: string | undefined;
  readonly additions: boolean;
  readonly wait?: string | undefined;
  readonly "not-self"?: boolean;
}

/** What an up goes by that asks nobody; undefined where somebody is asked. Throws a Refusal for options that contradict each other. */
export function unattendedBy(
  { yes, steps, additions, wait, "not-self": notSelf = false }: Given,
  names: readonly string[],
): { readonly digest: string | undefined; readonly wait: number; readonly notSelf: boolean } | undefined {
  const given = [
    ...(yes ? ["--yes"] : []),
    ...(steps === undefined ? [] : ["--steps"]),
    ...(additions ? ["--additions"] : []),
  ];
  if (given.length > 1) throw new Refusal(`${given.join(" and ")} exclude each other: give one of them`);
  if (steps !== undefined && steps !== NO_STEPS && !/^[0-9a-f]{64}$/.test(steps))
    throw new Refusal(
      `--steps: received ${steps}, allowed is what npm run preview -- --steps ends with: 64 characters, or ${NO_STEPS}`,
    );
  if (additions && names.length > 0)
    throw new Refusal("--additions compares the rights of all stacks: name none of them");
  if (wait !== undefined && !/^\d{1,4}$/.test(wait))
    throw new Refusal(`--wait: received ${wait}, allowed are whole minutes, 0 to 9999`);
  if (steps === undefined && !additions) {
    const stray = notSelf ? "--not-self" : wait === undefined ? undefined : "--wait";
    if (stray === undefined) return undefined;
    throw new Refusal(`${stray} is for an up that asks nobody: give --steps or --additions with it`);
  }
  return { digest: steps, wait: Number(wait ?? 0), notSelf };
}
