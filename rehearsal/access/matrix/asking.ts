/** What stands on each side of one question. */
import { requestContext } from "../../../packages/iam/src/evaluate/context";
import { prepare } from "../../../packages/iam/src/evaluate/decide";
import type { Documents } from "../../../packages/iam/src/evaluate/evaluate";
import type { Lookup } from "../../../packages/iam/src/policy/patterns";
import type { Policy, Statement } from "../../../packages/iam/src/policy/policies";
import { anonymous, type Principal } from "../../../packages/iam/src/policy/principals";
import type { Subject } from "./cast";
import type { Asked } from "./decoys";
import type { PlacedRow } from "./expand";
import { fits } from "./fits";
import { isOn, rowNames, type Sliced, TAKES_ROLES } from "./statements";
import type { AccessModel } from "../../../packages/iam/src/model";

/** One principal as far as one class of actions goes. */
export interface Asking {
  readonly subject: Subject;
  readonly documents: Documents;
  /** Allow statements of its own. */
  readonly allows: readonly Statement[];
  readonly rows: readonly PlacedRow[];
}

export const allowing = (policies: readonly (Policy | undefined)[]): Statement[] =>
  policies.flatMap((policy) => policy?.statements.filter(({ effect }) => effect === "Allow") ?? []);

/** The policies and rows of a principal that are about an action. */
export function askingOf(
  subject: Subject,
  model: AccessModel,
  action: string,
  { rows, sliced }: { readonly rows: ReadonlyMap<string, readonly PlacedRow[]>; readonly sliced: Sliced },
): Asking {
  const { principal, who } = subject;
  const role = principal.kind === "session" ? model.roles.get(principal.roleArn) : undefined;
  const boundary = role?.boundary === undefined ? undefined : model.managed.get(role.boundary);
  const identity = (role?.identity ?? []).map((policy) => sliced(policy, action));
  return {
    subject,
    documents: { identity, ...(boundary && { boundary: sliced(boundary, action) }) },
    allows: allowing(identity),
    rows: who.flatMap((each) => rows.get(each) ?? []).filter(({ row }) => rowNames(row, action)),
  };
}

/** A policy of a resource that leaves everything to the caller's own policies, in whichever account. */
export function letsIn(action: string): Policy {
  const attached = TAKES_ROLES.test(action) ? "trust" : action.startsWith("kms:") ? "key" : "bucket";
  const statement: Statement = {
    ...{ policy: "the other side", sid: "LetsIn", effect: "Allow", content: {} },
    applies: ({ principal }) => ("account" in principal ? "account" : undefined),
  };
  return { name: "the other side", attached, statements: [statement] };
}

/** The policy of what is asked about; undefined where it has none. */
export function policyOf(model: AccessModel, action: string, { arn, account }: Asked): Policy | undefined {
  const question = { principal: anonymous, action, resource: arn, resourceAccount: account } as const;
  return prepare(model, { ...question, absent: "others" }).documents.resource;
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
export const isRowOn = (
  { on }: PlacedRow,
  own: string | undefined,
  { arn, account }: Asked,
  anywhere = false,
): boolean => on.some((thing) => (anywhere || (thing.account ?? own) === account) && fits(thing.arn, arn));

/**
 * Whether some statement could allow it. Without one on its own side a principal needs the resource's, without one on
 * the resource's it needs its own, and across accounts it needs both: all else is denied without being asked.
 */
export function possible(
  { subject, allows }: Asking,
  { arn, account }: Asked,
  theirs: readonly Statement[],
  lookup: Lookup,
): boolean {
  const { principal } = subject;
  const on = (statements: readonly Statement[]) => statements.some((each) => isOn(each, arn, lookup));
  if (principal.kind === "service" || principal.kind === "anonymous") return on(theirs);
  const own = () => principal.kind === "root" || on(allows);
  return subject.account === account ? own() || on(theirs) : on(theirs) && own();
}
