/** What is known of the requests that a policy gets: each way can show that two texts say the same. */
import type { Catalog } from "../policy/catalog";
import { requestContext } from "../evaluate/context";
import { accountOf, namedIn, type Principal, root, session, user } from "../policy/principals";
import type { Attached } from "../policy/policies";
import type { Forms } from "./forms";
import type { Known } from "./included";
import type { AccessModel } from "../model";

/** What policies are held against. */
export interface Reference {
  readonly model: AccessModel;
  readonly catalog: Catalog;
  /** Of all actions that policies name; an action that is not there can be asked on anything. */
  readonly forms: Forms;
}

/** Why a mutant says the same as its policy. */
export const EQUIVALENCES = {
  redundant: "the rest of the policy says the same",
  "redundant elsewhere":
    "another policy of the same role says the same, or one of its Deny statements the contrary",
  "key always there": "every request of those it names has the condition's key, with and without IfExists",
  "key never there": "no request of those it adds has a key that a condition asks for",
  "accounts of the condition":
    "a condition on the principal's ARN leaves no account that was not named before",
  "own account":
    "a resource's policy that lets its own account in leaves it to the account's policies, as without it",
  "asked on nothing else":
    "AWS asks for the action on nothing that the resources name and did not name before",
  "own resource": "the policy of a resource is asked about that resource alone",
} as const;
export type Equivalence = keyof typeof EQUIVALENCES;

/** A policy's place: what it is attached to, and the ARN of that. */
export interface Placed {
  readonly attached: Attached;
  readonly owner: string;
}

/** Principals of every kind that a named one stands for: all that a request of it can come from. */
function standingFor(principal: string): Principal[] {
  const [kind = "", name = ""] = principal.split(" ");
  const [named] = namedIn({ [kind]: name });
  if (named?.kind === "account") {
    const arn = `arn:aws:iam::${named.account}:`;
    return [root(named.account), user(`${arn}user/any`), session(`${arn}role/any`, "any")];
  }
  if (named?.kind === "identity" && named.arn.includes(":user/")) return [user(named.arn)];
  return named?.kind === "identity" && named.arn.includes(":role/") ? [session(named.arn, "any")] : [];
}

/** Keys that follow from who makes a request: whether the harness, as AWS, fills them in for a principal. */
const FOLLOWING = [
  "aws:principalarn",
  "aws:principalaccount",
  "aws:principaltype",
  "aws:sourcearn",
  "aws:sourceaccount",
];

function hasKey(principal: string | undefined, key: string, { keys }: AccessModel): boolean | undefined {
  // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html: in every request
  // The resource's account in all but some actions that the page lists, of services that policies here don't ask for it with.
  if (key === "aws:securetransport" || key === "aws:resourceaccount") return true;
  const all = principal === undefined || !FOLLOWING.includes(key) ? [] : standingFor(principal);
  const has = all.map((each) => {
    const { lookup } = requestContext(each, accountOf(each) ?? "", { absent: "others" }, keys);
    return lookup(key) !== undefined;
  });
  return has.length > 0 && has.every((each) => each === has[0]) ? has[0] : undefined;
}

/** What the policy of a resource can be asked on. */
function ownForms({ attached, owner }: Placed): readonly string[] | undefined {
  if (attached === "identity" || attached === "trust") return undefined;
  const inside = { bucket: "/*", table: "/*" };
  return [
    owner,
    ...Object.entries(inside).flatMap(([each, more]) => (each === attached ? [owner + more] : [])),
  ];
}

/**
 * The account of a resource, as its policy names it: in one account the caller's own policies are enough, but for trusts
 * and keys. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-basics-single-account.html
 */
function idleIn({ attached, owner }: Placed, account: string | undefined): string | undefined {
  const decides = attached === "identity" || attached === "trust" || attached === "key";
  return decides || account === undefined
    ? undefined
    : `AWS arn:${owner.split(":")[1] ?? ""}:iam::${account}:root`;
}

/** Nothing but the texts. */
export const nothingKnown = (catalog: Catalog): Known => ({ has: () => undefined, catalog });

/** All ways in which a policy at its place can be shown to say the same as another text. */
export function waysOf(
  about: Placed,
  { model, catalog, forms }: Reference,
): readonly (readonly [Equivalence, Known])[] {
  const nothing = nothingKnown(catalog);
  const has = (principal: string | undefined, key: string) => hasKey(principal, key, model);
  const own = ownForms(about);
  const account = (model.roles.get(about.owner) ?? model.guarded.get(about.owner))?.account;
  const idle = idleIn(about, account);
  return [
    ["redundant", nothing],
    ["key always there", { ...nothing, has: (...asked) => has(...asked) || undefined }],
    ["key never there", { ...nothing, has }],
    ["accounts of the condition", { ...nothing, has, ...(account !== undefined && { account }) }],
    ...(idle !== undefined
      ? ([["own account", { ...nothing, has, idle, ...(account !== undefined && { account }) }]] as const)
      : []),
    ["asked on nothing else", { ...nothing, forms }],
    ...(own ? ([["own resource", { ...nothing, has, own }]] as const) : []),
  ];
}
