import { notKnown } from "./notKnown";
import { map } from "../json";

/** Values by key. */
export type Tags = Readonly<Record<string, string>>;

/** Whoever makes a request. */
export type Principal =
  | {
      readonly kind: "session";
      readonly account: string;
      readonly roleArn: string;
      readonly arn: string;
      /** Tags that it was given when the role was taken. Default: none. */
      readonly tags?: Tags;
    }
  | { readonly kind: "user" | "root"; readonly account: string; readonly arn: string }
  | { readonly kind: "service"; readonly name: string }
  | { readonly kind: "anonymous" };

/** Somebody that a policy's Principal element names. */
export type Named =
  | { readonly kind: "everyone" }
  | { readonly kind: "account"; readonly account: string }
  | { readonly kind: "service"; readonly name: string }
  | { readonly kind: "identity"; readonly arn: string }
  /** Whoever has a token of this provider. Nobody here has one, so nobody is reached. */
  | { readonly kind: "federated"; readonly arn: string };

/**
 * How a statement reaches a principal: it itself or everyone, its role, or its account. In its own account the first
 * is bound by no boundary or session policy, the last only lets the account's identity policies decide.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-denyallow.html
 */
export type Reach = "direct" | "role" | "account";

const ROLE = /^arn:([a-z-]+):iam::(\d{12}):role\/(?:.*\/)?([\w+=,.@-]+)$/;

/** A session of a role. The role's path is not part of the session's ARN. */
export function session(roleArn: string, name: string, tags?: Tags): Principal {
  const [, partition = "", account = "", role = ""] =
    ROLE.exec(roleArn) ?? notKnown(`${roleArn} is not the ARN of a role`);
  const arn = `arn:${partition}:sts::${account}:assumed-role/${role}/${name}`;
  return { kind: "session", account, roleArn, arn, ...(tags && { tags }) };
}

/**
 * The same with the tags of its role, where the session has not another value for the key; keys ignore case.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/id_session-tags.html#id_session-tags_adding-assume-role
 */
export function withRoleTags(principal: Principal, ofRole: Tags | undefined): Principal {
  if (principal.kind !== "session" || ofRole === undefined) return principal;
  const own = Object.keys(principal.tags ?? {}).map((key) => key.toLowerCase());
  const more = Object.entries(ofRole).filter(([key]) => !own.includes(key.toLowerCase()));
  return more.length === 0
    ? principal
    : { ...principal, tags: { ...Object.fromEntries(more), ...principal.tags } };
}

export const service = (name: string): Principal => ({ kind: "service", name });
export const anonymous: Principal = { kind: "anonymous" };
/** The root user of an account, not the account as a whole. */
export const root = (account: string, partition = "aws"): Principal => ({
  kind: "root",
  account,
  arn: `arn:${partition}:iam::${account}:root`,
});
export const user = (arn: string): Principal => ({ kind: "user", account: arn.split(":")[4] ?? "", arn });

/** Account of a principal; undefined for services and strangers without credentials. */
export const accountOf = (principal: Principal): string | undefined =>
  "account" in principal ? principal.account : undefined;

const SERVICE = /^[a-z0-9-]+(\.[a-z0-9-]+)*\.amazonaws\.com(\.cn)?$/;
const IDENTITY =
  /^arn:[a-z-]+:(iam::\d{12}:(role|user)\/[\w+=,.@/-]+|sts::\d{12}:(assumed-role\/[\w+=,.@-]+\/[\w+=,.@-]+|federated-user\/[\w+=,.@-]+))$/;

function namedAws(value: string): Named {
  if (value === "*") return { kind: "everyone" };
  const [, account] = /^(?:arn:[a-z-]+:iam::)?(\d{12})(?::root)?$/.exec(value) ?? [];
  if (account !== undefined && (value === account || value.endsWith(":root")))
    return { kind: "account", account };
  if (IDENTITY.test(value)) return { kind: "identity", arn: value };
  return notKnown(
    `principal ${value} is in no form that is known: an account, a role, a session, a user or *`,
  );
}

const namedProvider = (arn: string): Named =>
  /^arn:[a-z-]+:iam::\d{12}:oidc-provider\/[\w.-]+(\/[^*?]+)?$/.test(arn)
    ? { kind: "federated", arn }
    : notKnown(`${arn} is not an OpenID Connect provider`);

const texts = (value: unknown): string[] =>
  (Array.isArray(value) ? (value as unknown[]) : [value]).map((each) =>
    typeof each === "string" ? each : notKnown(`${JSON.stringify(each)} is not a principal`),
  );

/** Everybody that a Principal or NotPrincipal element names. Throws for a form that is not modelled. */
export function namedIn(element: unknown): Named[] {
  if (element === "*") return [{ kind: "everyone" }];
  const kinds = Object.entries(map(element));
  if (kinds.length === 0) return notKnown(`${JSON.stringify(element)} is not a principal`);
  return kinds.flatMap(([kind, value]) => {
    if (kind === "AWS") return texts(value).map(namedAws);
    if (kind === "Federated") return texts(value).map(namedProvider);
    if (kind !== "Service") return notKnown(`principals of kind ${kind} are not modelled`);
    return texts(value).map((name): Named =>
      SERVICE.test(name) ? { kind: "service", name } : notKnown(`${name} is not a service principal`),
    );
  });
}

/** How a principal is named; undefined where it is not. */
export function reach(named: readonly Named[], principal: Principal): Reach | undefined {
  if (named.some(({ kind }) => kind === "everyone")) return "direct";
  if (principal.kind === "anonymous") return undefined;
  if (principal.kind === "service") {
    return named.some((each) => each.kind === "service" && each.name === principal.name)
      ? "direct"
      : undefined;
  }
  const byArn = (arn: string) => named.some((each) => each.kind === "identity" && each.arn === arn);
  if (byArn(principal.arn)) return "direct";
  if (principal.kind === "session" && byArn(principal.roleArn)) return "role";
  return named.some((each) => each.kind === "account" && each.account === principal.account)
    ? "account"
    : undefined;
}

/**
 * Whether a NotPrincipal exempts a principal: AWS wants its account named beside it, and says of anything less
 * only that it might deny. A principal with a boundary is never exempt.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html
 */
export function exempt(named: readonly Named[], principal: Principal, bounded: boolean): boolean {
  if (bounded) return false;
  const most = reach(named, principal);
  if (most === undefined || principal.kind === "service" || principal.kind === "anonymous")
    return most !== undefined;
  const account = named.some((each) => each.kind === "account" && each.account === principal.account);
  const enough = principal.kind === "root" ? account : account && most !== "account";
  return (
    enough ||
    notKnown(`NotPrincipal names ${principal.arn} in part: AWS does not say whether that exempts it`)
  );
}
