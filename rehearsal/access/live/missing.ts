/** What the accounts lack of what a release needs: which statement of which policy, and which calls are denied for it. */
import type { AccessModel } from "../../../packages/iam/src/model";
import { type Answer, CARRIERS, decide, type Question } from "../../../packages/iam/src/evaluate/decide";
import { heldPolicy, withHolders } from "../../../packages/iam/src/evaluate/unattachedPolicies";
import { NotKnown } from "../../../packages/iam/src/policy/notKnown";
import type { Policy } from "../../../packages/iam/src/policy/policies";
import type { Call } from "../calls/call";
import { shown } from "../calls/walk";
import type { Documents } from "./documents";
import { managedOf, policyOf, trustOf } from "./liveModel";

/** One thing that is not as it must be. */
export interface Missing {
  /** The policy, role or resource, with its ARN. */
  readonly subject: string;
  /** ARN of what the policy belongs to: the role, the managed policy itself, the bucket. */
  readonly owner: string;
  /** `has no statement ReadArtifacts`; one for each. */
  readonly faults: readonly string[];
  /** What cannot be done for it, in the words of the simulated calls; none where no call of a release needs it. */
  readonly denied: readonly string[];
  /** A policy that `npm run up` does not know, and the AWS CLI's command that takes it away. */
  readonly removedBy?: string | undefined;
}

/** Both sides: what was written, and what is there. */
export interface Sides {
  readonly written: Documents;
  readonly there: Documents;
  readonly expected: AccessModel;
  readonly actual: AccessModel;
}

interface Fault {
  readonly subject: string;
  readonly owner: string;
  readonly fault: string;
  readonly removedBy?: string | undefined;
  readonly denied: string[];
}

/** Faults by what they take away: `<policy> <sid>`, `<policy>` or the ARN of what is gone. */
class Faults {
  private readonly found = new Map<string, Fault>();

  add(key: string, fault: Omit<Fault, "denied">): Fault {
    const known = this.found.get(key) ?? { ...fault, denied: [] };
    this.found.set(key, known);
    return known;
  }

  get = (key: string): Fault | undefined => this.found.get(key);

  /** One for each subject, in the order in which they were met. */
  all(): Missing[] {
    const bySubject = new Map<string, Fault[]>();
    for (const each of this.found.values())
      bySubject.set(each.subject, [...(bySubject.get(each.subject) ?? []), each]);
    return [...bySubject.values()].flatMap((all) => {
      const [first] = all;
      if (!first) return [];
      const { subject, owner, removedBy } = first;
      const denied = [...new Set(all.flatMap((each) => each.denied))];
      return [{ subject, owner, faults: [...new Set(all.map(({ fault }) => fault))], denied, removedBy }];
    });
  }
}

const key = (policy: string, sid: string): string => `${policy}\n${sid}`;

/** Policies by name, with whom they belong to; managed ones to themselves, whoever has them. */
function named({ roles, guarded, managed }: AccessModel): Map<string, { policy: Policy; owner: string }> {
  const all = [
    ...[...roles.values()].flatMap(({ arn, trust, identity }) =>
      [trust, ...identity].map((policy) => ({ policy, owner: arn })),
    ),
    ...[...managed].map(([owner, policy]) => ({ policy, owner })),
    ...[...guarded.values()].flatMap(({ arn, policy }) => (policy ? [{ policy, owner: arn }] : [])),
  ];
  return new Map(all.map((each) => [each.policy.name, each]));
}

/** What is gone, or is not as it was written, whether or not a call needs it. */
function differences({ written, there, expected, actual }: Sides, faults: Faults): void {
  const live = named(actual);
  const gone = (what: string, arn: string) =>
    faults.add(arn, { subject: `${what} ${arn}`, owner: arn, fault: "is not there" });
  for (const [arn, role] of written.roles) {
    const found = there.roles.get(arn);
    if (!found) {
      gone("role", arn);
      continue;
    }
    for (const policy of role.attached.filter((each) => !found.attached.includes(each))) {
      const fault = `does not have ${managedOf(policy)}`;
      faults.add(key(arn, policy), { subject: `role ${arn}`, owner: arn, fault });
    }
    if (role.boundary !== found.boundary) {
      const fault = `has ${found.boundary ?? "none"} for its permissions boundary, not ${role.boundary ?? "none"}`;
      faults.add(key(arn, "boundary"), { subject: `role ${arn}`, owner: arn, fault });
    }
  }
  for (const arn of written.managed.keys()) if (!there.managed.has(arn)) gone("managed policy", arn);
  for (const { arn, attached } of expected.guarded.values())
    if (written.guarded.has(arn) && !there.guarded.has(arn)) gone(attached, arn);
  for (const [name, { policy, owner }] of named(expected)) {
    if (faults.get(owner)) continue;
    const own = live.get(name);
    if (!own || own.policy.statements.length === 0) {
      faults.add(name, { subject: name, owner, fault: "is not there" });
      continue;
    }
    const sids = new Set(own.policy.statements.map(({ sid }) => sid));
    for (const { sid } of policy.statements.filter((each) => !sids.has(each.sid)))
      faults.add(key(name, sid), { subject: name, owner, fault: `has no statement ${sid}` });
  }
}

const ABOUT_ROLES = /^(sts:|iam:PassRole$)/i;

/** ARNs of what a call needs to be there. */
function neededBy({ principal, resource, action }: Call, { managed, roles }: AccessModel): string[] {
  const held = principal.kind === "session" ? heldPolicy(principal.roleArn) : undefined;
  const policies = [...managed.keys()].filter((arn) => held !== undefined && arn.endsWith(`/${held}`));
  const roleArn = principal.kind === "session" && held === undefined ? principal.roleArn : "";
  const role = [roleArn, roles.get(roleArn)?.boundary ?? ""].filter((arn) => arn !== "");
  const [, , service = ""] = resource.split(":");
  const carrier = CARRIERS[service]?.of(resource);
  const taken = ABOUT_ROLES.test(action) ? [resource] : [];
  return [...policies, ...role, ...(carrier === undefined ? [] : [carrier]), ...taken];
}

interface Denied {
  readonly call: Call;
  readonly answer: Answer;
  readonly wanted: Answer | undefined;
}

/** Names of the policies that each leg of a call is about. */
function policiesOfLeg(leg: string, { principal, resource, action }: Call, model: AccessModel): string[] {
  const role = principal.kind === "session" ? model.roles.get(principal.roleArn) : undefined;
  if (leg === "identity") return (role?.identity ?? []).map(({ name }) => name);
  if (leg === "boundary") return role?.boundary === undefined ? [] : [managedOf(role.boundary)];
  if (leg !== "resource") return [];
  if (/^sts:/i.test(action)) return [trustOf(resource)];
  const [, , service = ""] = resource.split(":");
  const carrier = model.guarded.get(CARRIERS[service]?.of(resource) ?? "");
  return carrier ? [policyOf(carrier)] : [];
}

/** The command that takes a policy off a role. */
function removing(policy: string, roleArn: string): string | undefined {
  const role = roleArn.split("/").at(-1) ?? roleArn;
  const [, inline] = /^inline policy (.+) of role /.exec(policy) ?? [];
  if (inline !== undefined) return `aws iam delete-role-policy --role-name ${role} --policy-name ${inline}`;
  const [, managed] = /^managed policy (.+)$/.exec(policy) ?? [];
  return managed && `aws iam detach-role-policy --role-name ${role} --policy-arn ${managed}`;
}

const ownerIn = (subject: string): string => /(arn:\S+)$/.exec(subject)?.[1] ?? subject;

/** What denies one call. */
function blame({ call, answer, wanted }: Denied, sides: Sides, faults: Faults): Fault[] {
  const { expected, actual, written } = sides;
  const roleArn = call.principal.kind === "session" ? call.principal.roleArn : "";
  return answer.missing.flatMap((leg): Fault[] => {
    const [, denying, sid] = /^explicit deny by (.*), (.*)$/s.exec(leg) ?? [];
    if (denying !== undefined && sid !== undefined) {
      const ours = named(expected).has(denying);
      const fault = `denies it by statement ${sid}${ours ? "" : ", and npm run up did not write it"}`;
      const removedBy = ours ? undefined : removing(denying, roleArn);
      return [faults.add(key(denying, sid), { subject: denying, owner: ownerIn(denying), fault, removedBy })];
    }
    const boundary = leg === "boundary" && faults.get(key(roleArn, "boundary"));
    if (boundary) return [boundary];
    const names = policiesOfLeg(leg, call, expected);
    const by = (wanted?.by ?? []).filter(({ policy }) => names.includes(policy));
    const found = by.flatMap(({ policy, sid: statement }): Fault[] => {
      const known =
        faults.get(key(policy, statement)) ??
        faults.get(policy) ??
        faults.get(policy.replace(/^managed policy /, "")) ??
        faults.get(key(roleArn, policy.replace(/^managed policy /, "")));
      const changed = `statement ${statement} is not as npm run up wrote it`;
      const owner = named(expected).get(policy)?.owner ?? ownerIn(policy);
      return [known ?? faults.add(key(policy, statement), { subject: policy, owner, fault: changed })];
    });
    if (found.length > 0) return found;
    // What was written does not allow it either: the policies that could are named.
    const could = names.length > 0 ? names : policiesOfLeg(leg, call, actual);
    const [subject = `role ${roleArn}`] =
      leg === "identity" ? [written.roles.has(roleArn) ? `role ${roleArn}` : undefined] : could;
    const fault = `does not allow ${call.action} on ${call.resource}, and npm run up did not write that it does`;
    return [faults.add(key(subject, fault), { subject, owner: ownerIn(subject), fault })];
  });
}

/** What is found of all calls. */
export interface Found {
  readonly missing: readonly Missing[];
  /** Calls that cannot be decided, one line each. */
  readonly notDecided: readonly string[];
  /** How many were decided. */
  readonly decided: number;
  /** How many need a role that `npm run up` has not made yet. */
  readonly notUp: number;
}

/** Roles that a call is made with, or is about. */
const rolesOf = ({ principal, resource, action }: Call): string[] => [
  ...(principal.kind === "session" ? [principal.roleArn] : []),
  ...(ABOUT_ROLES.test(action) ? [resource] : []),
];

/** Decides each call by what is there, and says of each that is denied what it lacks. */
export function missingFor(calls: readonly Call[], sides: Sides): Found {
  const faults = new Faults();
  differences(sides, faults);
  const [expected, actual] = [withHolders(sides.expected), withHolders(sides.actual)];
  const notDecided = new Set<string>();
  let [decided, notUp] = [0, 0];
  for (const call of calls) {
    if (rolesOf(call).some((arn) => !expected.roles.has(arn))) {
      notUp += 1;
      continue;
    }
    const { principal, action, resource, context = {} } = call;
    const asking: Question = { principal, action, resource, context, absent: "others" };
    const line = shown(call);
    const gone = neededBy(call, expected).flatMap((arn) => faults.get(arn) ?? []);
    if (gone.length > 0) {
      gone.forEach(({ denied }) => denied.push(line));
      continue;
    }
    try {
      const answer = decide(actual, asking);
      decided += 1;
      if (answer.verdict === "allowed") continue;
      const wanted = decide(expected, asking);
      const denied = { call, answer, wanted: wanted.verdict === "allowed" ? wanted : undefined };
      for (const fault of blame(denied, { ...sides, expected, actual }, faults)) fault.denied.push(line);
    } catch (error) {
      if (!(error instanceof NotKnown)) throw error;
      notDecided.add(`${line}: ${error.message}`);
    }
  }
  return { missing: faults.all(), notDecided: [...notDecided], decided, notUp };
}
