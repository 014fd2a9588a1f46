import { type Case, prepare } from "../../../packages/iam/src/evaluate/decide";
import { withHolders } from "../../../packages/iam/src/evaluate/unattachedPolicies";
import type { Policy } from "../../../packages/iam/src/policy/policies";
import type { Walk, WalkedCall } from "../calls/walk";
import type { World } from "../estate/world";
import { changedPolicy, decideWith, hasSay } from "../../../packages/iam/src/mutation/changed";
import type { Killer } from "../../../packages/iam/src/mutation/verdict";

/** A call that a release makes, with all that decides it. */
interface Decidable {
  readonly call: WalkedCall;
  readonly case: Case;
}

/** What a release needs, and what is like it and it does not need. */
export interface Needs {
  readonly needed: readonly Decidable[];
  /** Calls of services for a source of another name: nobody makes them. */
  readonly unneeded: readonly Decidable[];
}

const SOURCE = "aws:sourcearn";

/** `arn:aws:execute-api:eu-west-1:111111111111:others` for any API of that account. */
const nextDoor = (arn: string): string => [...arn.split(":").slice(0, 5), "others"].join(":");

function forAnother(call: WalkedCall): WalkedCall[] {
  const [key, source] = Object.entries(call.context).find(([each]) => each.toLowerCase() === SOURCE) ?? [];
  if (key === undefined || call.principal.kind !== "service") return [];
  return [{ ...call, context: { ...call.context, [key]: nextDoor(String(source)) } }];
}

/** The simulated calls that are allowed; those that are not are findings of their own. */
export function needs(world: World, { calls }: Walk): Needs {
  const model = withHolders(world.model);
  const decidable = (call: WalkedCall): Decidable => {
    const { principal, action, resource, context } = call;
    return { call, case: prepare(model, { principal, action, resource, context, absent: "others" }) };
  };
  const allowed = calls.filter(({ answer }) => answer.verdict === "allowed");
  return {
    needed: allowed.map(decidable),
    unneeded: allowed.flatMap(forAnother).map(decidable),
  };
}

/** Kills a mutant that denies a call which a release makes, or allows one for a source that the policy does not know. */
export function callsKiller(world: World, { needed, unneeded }: Needs, own: Policy): Killer {
  const mine = (all: readonly Decidable[]) => all.filter((each) => hasSay(each.case, own));
  const [those, others] = [
    mine(needed),
    mine(unneeded).filter((each) => decideWith(each.case, own, own).verdict === "denied"),
  ];
  return {
    name: "simulated calls",
    finds: (mutant) => {
      const changed = changedPolicy(own, mutant, world.model.keys);
      const verdict = (each: Decidable) => decideWith(each.case, own, changed).verdict;
      const said = ({ step, caller, action, resource }: WalkedCall, word: string) =>
        `${step}: ${caller} ${word} ${action} on ${resource}`;
      const denied = those.find((each) => verdict(each) === "denied")?.call;
      if (denied) return `${said(denied, "may not")} (${denied.why})`;
      const allowed = others.find((each) => verdict(each) === "allowed")?.call;
      return allowed && `${said(allowed, "may")} for others, which no step needs`;
    },
  };
}
