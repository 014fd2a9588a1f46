import type { Catalog } from "../policy/catalog";
import { requestContext } from "../evaluate/context";
import { accountOf, namedIn, type Principal, root, session, user } from "../policy/principals";
import type { Forms } from "./forms";
import { included, type Known } from "./included";
import { list, map, type Values } from "../json";
import type { AccessModel } from "../model";
import { documentOf } from "./changed";
import type { Mutant } from "./mutators";
import type { PolicyUnderTest } from "./policyJudge";

/** What mutants are held against. */
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
  if (key === "aws:securetransport") return true;
  const all = principal === undefined || !FOLLOWING.includes(key) ? [] : standingFor(principal);
  const has = all.map((each) => {
    const { lookup } = requestContext(each, accountOf(each) ?? "", { absent: "others" }, keys);
    return lookup(key) !== undefined;
  });
  return has.length > 0 && has.every((each) => each === has[0]) ? has[0] : undefined;
}

/** What the policy of a resource can be asked on. */
function ownForms({ policy: { attached }, owner }: PolicyUnderTest): readonly string[] | undefined {
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
function idleIn(
  { policy: { attached }, owner }: PolicyUnderTest,
  account: string | undefined,
): string | undefined {
  const decides = attached === "identity" || attached === "trust" || attached === "key";
  return decides || account === undefined
    ? undefined
    : `AWS arn:${owner.split(":")[1] ?? ""}:iam::${account}:root`;
}

/** What the other policies of a role say, where one role alone has the policy; what is denied to it is as if said already. */
function beside({ policy }: PolicyUnderTest, { roles }: AccessModel, own: readonly Values[]): Values[] {
  const having = [...roles.values()].filter(({ identity }) => identity.includes(policy));
  const [role] = policy.attached === "identity" && having.length === 1 ? having : [];
  const others = role?.identity.filter((each) => each !== policy) ?? [];
  const all = [...own, ...others.flatMap(({ statements }) => statements.map(({ content }) => content))];
  return role === undefined ? [] : all.map((each) => ({ ...each, Effect: "Allow" }));
}

/**
 * The first reason for which a mutant says the same as its policy; undefined where none can be shown. A mutant that fits
 * more requests must add none to what the policy's statements fit; one that fits fewer must leave none out.
 */
export function equivalenceOf(
  about: PolicyUnderTest,
  { index, statement, document, fits }: Mutant,
  { model, catalog, forms }: Reference,
): Equivalence | undefined {
  const before = list(documentOf(about.policy)["Statement"]).map(map);
  const after = list(document["Statement"]).map(map);
  const [changed, others] = fits === "more" ? [statement, before] : [before[index], after];
  if (
    changed === undefined ||
    (statement?.["Effect"] !== undefined && statement["Effect"] !== before[index]?.["Effect"])
  )
    return undefined;
  const nothing: Known = { has: () => undefined, catalog };
  const has = (principal: string | undefined, key: string) => hasKey(principal, key, model);
  const own = ownForms(about);
  const account = (model.roles.get(about.owner) ?? model.guarded.get(about.owner))?.account;
  const idle = idleIn(about, account);
  const ways: readonly (readonly [Equivalence, Known])[] = [
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
  const found = ways.find(([, known]) => included(changed, others, known))?.[0];
  const elsewhere = () =>
    changed["Effect"] === "Allow" && included(changed, beside(about, model, others), nothing);
  return found ?? (elsewhere() ? "redundant elsewhere" : undefined);
}
