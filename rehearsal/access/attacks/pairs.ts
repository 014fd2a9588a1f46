import { EXECUTION_ID } from "../deployed";
import { notKnown } from "../notKnown";
import { type EnvironmentFacts, type Facts } from "./facts";

/** What settings lack for an attack. */
export interface Lacks {
  readonly lacks: string;
}

interface Pair {
  /** Where the attacker is. */
  readonly first: EnvironmentFacts;
  /** Where it would hurt. */
  readonly last: EnvironmentFacts;
}

/** The environment that a release reaches last. */
export function lastOf({ main }: Facts): EnvironmentFacts {
  const [last] = main.environments.slice(-1);
  return last ?? notKnown(`pipeline ${main.name} has no environment`);
}

/** The environments that a release reaches first and last. */
export function twoOf(facts: Facts): Pair | Lacks {
  const [[first], last] = [facts.main.environments, lastOf(facts)];
  return first && first !== last ? { first, last } : { lacks: "two environments of one pipeline" };
}

/** Two environments in accounts of their own: who administers the one has nothing in the other. */
export function twoAccounts(facts: Facts): Pair | Lacks {
  const { main, tooling } = facts;
  for (const last of [...main.environments].reverse()) {
    const first = main.environments.find(({ account }) => account !== tooling && account !== last.account);
    if (first) return { first, last };
  }
  return { lacks: "two environments in two accounts, the attacker's apart from tooling" };
}

/** Two environments that share an account. */
export function oneAccount({ main }: Facts): Pair | Lacks {
  for (const last of [...main.environments].reverse()) {
    const first = main.environments.find((each) => each !== last && each.account === last.account);
    if (first) return { first, last };
  }
  return { lacks: "two environments in one account" };
}

/** An environment in an account apart from tooling. */
export const apart = ({ main, tooling }: Facts): EnvironmentFacts | Lacks =>
  main.environments.find(({ account }) => account !== tooling) ?? {
    lacks: "an environment in an account apart from tooling: one account's administrator is everything's",
  };

/** The last environment whose deployment somebody approves, with the action and the policy for that. */
export function approved({ main }: Facts): (EnvironmentFacts & Asks) | Lacks {
  for (const each of [...main.environments].reverse()) {
    const { approval, approver, planJob } = each;
    if (approval !== undefined && approver !== undefined && planJob)
      return { ...each, approval, approver, planJob };
  }
  return { lacks: "an environment with an approval" };
}
interface Asks {
  readonly approval: string;
  readonly approver: string;
  readonly planJob: NonNullable<EnvironmentFacts["planJob"]>;
}

const STACK_ID = "9b1f6a70-0000-11ee-8000-0a0000000000";
export const stackArn = ({ partition, region }: Facts, account: string, name: string): string =>
  `arn:${partition}:cloudformation:${region}:${account}:stack/${name}/${STACK_ID}`;

/** ARN in the Region of the stacks. */
export const arnIn = ({ partition, region }: Facts, service: string, account: string, rest: string): string =>
  `arn:${partition}:${service}:${region}:${account}:${rest}`;

/** The change set of the run. */
export const OWN_SET = { "cloudformation:ChangeSetName": `d-${EXECUTION_ID}` };
