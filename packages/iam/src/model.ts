import type { ConditionKeys } from "./policy/conditionKeys";
import type { Attached, Policy, Statement } from "./policy/policies";
import type { Tags } from "./policy/principals";

/** A role and all that it is bound by. */
export interface Role {
  readonly arn: string;
  readonly account: string;
  readonly trust: Policy;
  /** Inline and attached policies. */
  readonly identity: readonly Policy[];
  /** ARN of its permissions boundary. */
  readonly boundary: string | undefined;
  /** Its sessions have them too. Default: none. */
  readonly tags?: Tags;
}

/** A resource with a policy of its own, or that could have one. */
export interface Guarded {
  readonly arn: string;
  readonly account: string;
  readonly attached: Exclude<Attached, "identity" | "trust">;
  readonly policy: Policy | undefined;
}

/**
 * Who is there, and every policy that has a say. It is plain data: others' roles and buckets are put beside the
 * project's own by copying the maps, and so is what the workloads' templates make.
 */
export interface AccessModel {
  /** Stacks by account. */
  readonly accounts: ReadonlyMap<string, readonly string[]>;
  /** By ARN, as all that follow. */
  readonly roles: ReadonlyMap<string, Role>;
  readonly guarded: ReadonlyMap<string, Guarded>;
  /** Managed policies, for people's roles and as boundaries. */
  readonly managed: ReadonlyMap<string, Policy>;
  readonly keys: ConditionKeys;
  /** Further services, by the prefix of their actions, whose resources have no policies of their own. Default: none. */
  readonly withoutPolicies?: ReadonlySet<string>;
}

/** Every policy that a model has, each once, with the ARN of what it belongs to: its own where it is a managed one. */
export function policiesOf({ roles, guarded, managed }: AccessModel): Map<Policy, string> {
  const found = new Map<Policy, string>();
  const add = (owner: string, ...policies: readonly Policy[]) =>
    policies.forEach((each) => found.has(each) || found.set(each, owner));
  for (const [arn, policy] of managed) add(arn, policy);
  for (const { arn, trust, identity } of roles.values()) add(arn, trust, ...identity);
  for (const { arn, policy } of guarded.values()) if (policy) add(arn, policy);
  return found;
}

export const statementsOf = (model: AccessModel): Statement[] =>
  [...policiesOf(model).keys()].flatMap(({ statements }) => statements);
