/** What stands on each side of one question. */
import { requestContext } from "../evaluate/context";
import type { Lookup } from "../policy/patterns";
import type { Policy, Statement } from "../policy/policies";
import type { Principal } from "../policy/principals";
import type { Permission, Resource, Subject } from "./permission";
import type { Asking } from "./crowd";
import { isOn, TAKES_ROLES } from "./statements";
import { fits } from "./wildcards";
import type { AccessModel } from "../model";

/** A policy of a resource that leaves everything to the caller's own policies, in whichever account. */
export function letsIn(action: string): Policy {
  const attached = TAKES_ROLES.test(action) ? "trust" : action.startsWith("kms:") ? "key" : "bucket";
  const statement: Statement = {
    ...{ policy: "the other side", sid: "LetsIn", effect: "Allow", content: {} },
    applies: ({ principal }) => ("account" in principal ? "account" : undefined),
  };
  return { name: "the other side", attached, statements: [statement] };
}

const lookups = new WeakMap<Principal, Map<string, Lookup>>();

/** What is known of any request of a principal to an account, before it says anything itself. */
export function lookupOf({ principal }: Subject, account: string, { keys }: AccessModel): Lookup {
  const of = lookups.get(principal) ?? new Map<string, Lookup>();
  lookups.set(principal, of);
  const found = of.get(account) ?? requestContext(principal, account, { absent: "others" }, keys).lookup;
  of.set(account, found);
  return found;
}

/** `anything` is what is in the caller's own account; where the other side lets in whoever comes, accounts do not count. */
export const isPermittedOn = (
  { on }: Permission,
  own: string | undefined,
  { arn, account }: Resource,
  anywhere = false,
): boolean => on.some((each) => (anywhere || (each.account ?? own) === account) && fits(each.arn, arn));

/**
 * Whether some statement could allow it. Without one on its own side a principal needs the resource's, without one on
 * the resource's it needs its own, and across accounts it needs both: all else is denied without being asked.
 */
export function possible(
  { subject, allows }: Asking,
  { arn, account }: Resource,
  theirs: readonly Statement[],
  model: AccessModel,
): boolean {
  const { principal } = subject;
  const lookup: Lookup = (key) => lookupOf(subject, account, model)(key); // few resources have variables
  const on = (statements: readonly Statement[]) => statements.some((each) => isOn(each, arn, lookup));
  if (principal.kind === "service" || principal.kind === "anonymous") return on(theirs);
  const own = () => principal.kind === "root" || on(allows);
  return subject.account === account ? own() || on(theirs) : on(theirs) && own();
}
