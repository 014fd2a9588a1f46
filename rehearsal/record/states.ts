/** The record of stacks that are up, from what Pulumi remembers of them. */
import { list, map, type Values } from "../../packages/iam/src/json";
import type { Rehearsed, Resource, StackRun } from "./record";

/** One stack, with what its state has. */
export interface StackState {
  readonly stack: string;
  readonly account: string;
  readonly region: string;
  readonly resources: readonly StateResource[];
  readonly outputs: Values;
}

/** A resource, as Pulumi writes it in a stack's state. */
export interface StateResource {
  readonly urn: string;
  readonly type: string;
  readonly id?: string | undefined;
  readonly custom?: boolean | undefined;
  readonly parent?: string | undefined;
  /** URN and id of the provider, joined by `::`. */
  readonly provider?: string | undefined;
  readonly protect?: boolean | undefined;
  readonly inputs: Values;
  readonly outputs: Values;
}

/** The one account that a provider lets itself be used in; the provider gets the list as JSON. */
export function onlyAccount(provider: { readonly inputs: Values } | undefined): string | undefined {
  const allowed = provider?.inputs["allowedAccountIds"];
  const accounts = list(typeof allowed === "string" ? JSON.parse(allowed) : allowed);
  return accounts.length === 1 ? String(accounts[0]) : undefined;
}

/** The URN of the provider that a resource is made with. */
export const providerOf = ({ provider }: StateResource): string | undefined =>
  provider?.slice(0, provider.lastIndexOf("::"));

/** Without what the provider adds for itself. */
const withoutDefaults = (inputs: Values): Values =>
  Object.fromEntries(Object.entries(inputs).filter(([key]) => key !== "__defaults"));

/**
 * What no stack file's program registers by itself: providers that the engine makes for others than AWS, and components of
 * awsx. What awsx builds is there by itself: the component around it would be the same thing twice.
 */
const isBeside = ({ type }: StateResource): boolean =>
  type.startsWith("awsx:") || (type.startsWith("pulumi:providers:") && type !== "pulumi:providers:aws");

function runOf({ stack, account, region, resources, outputs }: StackState): StackRun {
  const byUrn = new Map(resources.map((each) => [each.urn, each]));
  const recorded = (each: StateResource): Resource => {
    const provider = providerOf(each);
    const used = provider === undefined ? undefined : byUrn.get(provider);
    const where = map(used?.inputs)["region"];
    return {
      stack,
      type: each.type,
      name: each.urn.split("::").at(-1) ?? each.urn,
      urn: each.urn,
      id: each.id ?? "",
      parent: each.parent ?? "",
      custom: each.custom ?? false,
      remote: false,
      protect: each.protect ?? false,
      provider,
      account: onlyAccount(used),
      region: typeof where === "string" ? where : undefined,
      dependsOn: [],
      inputs: withoutDefaults(each.inputs),
      outputs: each.outputs,
    };
  };
  return {
    ...{ stack, account, region, outputs },
    resources: resources.filter((each) => !isBeside(each)).map(recorded),
    failures: [],
    seconds: 0,
  };
}

/** In the order in which the stacks come up. */
export const recordOf = (states: readonly StackState[]): Rehearsed => states.map(runOf);
