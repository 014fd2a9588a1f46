import { type ConditionKeys, isMultivalued } from "../policy/conditionKeys";
import { notKnown } from "../policy/notKnown";
import type { Lookup } from "../policy/patterns";
import type { Principal } from "../policy/principals";

/** What a request says of itself, beyond what AWS derives from who makes it. */
export interface Spoken {
  readonly context?: Readonly<Record<string, string | readonly string[]>>;
  /** Keys that the request does not have; `others`: all that AWS documents and nobody speaks of. */
  readonly absent?: "others" | readonly string[];
}

type Filled = Record<string, string | undefined>;

/** A tag of the principal, of a request, and the keys of all tags of a request. */
const OF_PRINCIPAL = "aws:principaltag/";
const REQUESTED = /^aws:RequestTag\/(.+)$/i;
const TAG_KEYS = "aws:tagkeys";
const RESOURCE_ACCOUNT = "aws:resourceaccount";

/** Only an AWS service that calls for a resource sends these. */
export const OF_SERVICES = ["aws:SourceArn", "aws:SourceAccount", "aws:SourceOrgID", "aws:SourceOrgPaths"];

const lowered = new Map<string, string>();
/** A key in lower case. Each is asked for thousands of times. */
function inLowerCase(key: string): string {
  const found = lowered.get(key) ?? key.toLowerCase();
  lowered.set(key, found);
  return found;
}

const tagsOf = (principal: Principal): Filled =>
  Object.fromEntries(
    Object.entries((principal.kind === "session" && principal.tags) || {}).map(([key, value]) => [
      OF_PRINCIPAL + key,
      value,
    ]),
  );

/**
 * Keys of the tags that a request says: they follow from the tags. Throws where it says others.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-tagkeys
 */
function tagKeys(context: NonNullable<Spoken["context"]>): readonly string[] | undefined {
  const tags = Object.keys(context).flatMap((key) => REQUESTED.exec(key)?.[1] ?? []);
  const [, said] = Object.entries(context).find(([key]) => key.toLowerCase() === TAG_KEYS) ?? [];
  const all = said === undefined ? tags : typeof said === "string" ? [said] : said;
  const missing = tags.find((tag) => !all.includes(tag));
  if (missing !== undefined)
    notKnown(`the request has a tag ${missing}, and says ${all.join(", ")} for aws:TagKeys`);
  return all.length > 0 ? all : undefined;
}

/** What is known of a principal: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html */
function ofPrincipal(principal: Principal): Filled {
  const none = { "aws:PrincipalServiceName": undefined };
  const others = Object.fromEntries(OF_SERVICES.map((key) => [key, undefined]));
  if (principal.kind === "service") {
    return { "aws:PrincipalIsAWSService": "true", "aws:PrincipalServiceName": principal.name };
  }
  if (principal.kind === "anonymous") {
    const signed = {
      "aws:PrincipalArn": undefined,
      "aws:PrincipalIsAWSService": undefined,
      "aws:username": undefined,
    };
    return {
      ...none,
      ...others,
      ...signed,
      "aws:PrincipalAccount": "anonymous",
      "aws:PrincipalType": "Anonymous",
    };
  }
  const types = { session: "AssumedRole", user: "User", root: "Account" };
  return {
    ...none,
    ...others,
    "aws:PrincipalArn": principal.kind === "session" ? principal.roleArn : principal.arn,
    "aws:PrincipalAccount": principal.account,
    "aws:PrincipalIsAWSService": "false",
    "aws:PrincipalType": types[principal.kind],
    "aws:username": principal.kind === "user" ? principal.arn.split("/").at(-1) : undefined,
    "aws:SourceOwner": principal.account, // undocumented; the default policy of topics asks for it
    ...tagsOf(principal),
  };
}

const known = new WeakMap<Principal, ReadonlyMap<string, readonly string[] | undefined>>();

/** The same by key in lower case, worked out once for a principal. */
function derived(principal: Principal): ReadonlyMap<string, readonly string[] | undefined> {
  const found =
    known.get(principal) ??
    new Map(
      Object.entries(ofPrincipal(principal)).map(([key, value]) => [
        key.toLowerCase(),
        value === undefined ? undefined : [value],
      ]),
    );
  known.set(principal, found);
  return found;
}

export interface RequestContext {
  readonly lookup: Lookup;
  /** Keys that a policy asked for and that were taken for absent, because the request said so of all others. */
  readonly assumedAbsent: ReadonlySet<string>;
}

/** What a request says, by key in lower case, with the keys as they are spelled. */
interface Said {
  readonly spelled: readonly string[];
  readonly values: ReadonlyMap<string, readonly string[] | undefined>;
}

const NOTHING: NonNullable<Spoken["context"]> = {};
/** Many principals and resources are asked about with the same request. */
const read = new WeakMap<ConditionKeys, WeakMap<NonNullable<Spoken["context"]>, Said>>();

function said(context: NonNullable<Spoken["context"]>, keys: ConditionKeys): Said {
  const of = read.get(keys) ?? new WeakMap<NonNullable<Spoken["context"]>, Said>();
  read.set(keys, of);
  const found = of.get(context);
  if (found) return found;
  const values = new Map<string, readonly string[] | undefined>();
  const spelled: string[] = [];
  for (const [key, value] of Object.entries({ "aws:SecureTransport": "true", ...context })) {
    const type = keys.typeOf(key) ?? notKnown(`condition key ${key} does not exist`);
    const name = key.toLowerCase();
    if (values.has(name) || name === RESOURCE_ACCOUNT || name.startsWith(OF_PRINCIPAL)) notSaid(key);
    if (typeof value !== "string" && !isMultivalued(type)) notKnown(`condition key ${key} takes one value`);
    values.set(name, typeof value === "string" ? [value] : value);
    spelled.push(key);
  }
  const keysOfTags = tagKeys(context);
  if (keysOfTags) values.set(TAG_KEYS, keysOfTags);
  const made = { spelled, values };
  of.set(context, made);
  return made;
}

const NONE: ReadonlySet<string> = new Set();

/** Keys in lower case that are said to be absent. Throws for one that is given. */
function saidAbsent(absent: readonly string[], isGiven: (name: string) => boolean): ReadonlySet<string> {
  const missing = new Set<string>();
  for (const key of absent) {
    const name = key.toLowerCase();
    if (isGiven(name) || missing.has(name)) notKnown(`condition key ${key} is given and said to be absent`);
    missing.add(name);
  }
  return missing;
}

const notSaid = (key: string): never =>
  notKnown(`condition key ${key} follows from who asks for what; a request cannot say it`);

/**
 * The context of a request: what follows from principal and resource, HTTPS unless it says otherwise, and what it
 * says itself. Throws for a key that AWS does not have or that is not the request's to say; `lookup` throws for a
 * key that nobody has spoken of. `assumedAbsent`: where such keys are put; by default one's own.
 */
export function requestContext(
  principal: Principal,
  resourceAccount: string,
  { context = NOTHING, absent = [] }: Spoken,
  keys: ConditionKeys,
  assumedAbsent = new Set<string>(),
): RequestContext {
  const follows = derived(principal);
  const { spelled, values } = said(context, keys);
  for (const key of spelled) if (follows.has(inLowerCase(key))) notSaid(key);
  const missing =
    absent === "others"
      ? NONE
      : saidAbsent(absent, (name) => name === RESOURCE_ACCOUNT || values.has(name) || follows.has(name));
  const account = [resourceAccount];
  const lookup: Lookup = (key) => {
    const name = inLowerCase(key);
    if (name === RESOURCE_ACCOUNT) return account;
    const value = values.get(name) ?? follows.get(name);
    if (value !== undefined) return value;
    // A principal has the tags that it has, and no others.
    if (follows.has(name) || missing.has(name) || name.startsWith(OF_PRINCIPAL)) return undefined;
    if (absent !== "others")
      notKnown(
        `the request says nothing of ${key}, which a policy asks for: give a value, or say that it is absent`,
      );
    assumedAbsent.add(key);
    return undefined;
  };
  return { lookup, assumedAbsent };
}
