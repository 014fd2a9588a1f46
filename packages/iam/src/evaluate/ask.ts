import type { Action } from "../policy/catalog";
import { OF_SERVICES } from "./context";
import { type Answer, decide, type Question } from "./decide";
import type { Leg } from "./evaluate";
import { heldPolicy, withHolders } from "./unattachedPolicies";
import { NotKnown, notKnown } from "../policy/notKnown";
import {
  accountOf,
  anonymous,
  type Principal,
  root,
  service,
  session,
  type Tags,
} from "../policy/principals";
import { isAskedOn } from "../lint/statementFaults";
import type { AccessModel, Role } from "../model";

const MEANING: Readonly<Record<string, string>> = {
  identity: "no policy of the principal's own allows it",
  resource: "no policy of the resource allows it",
  boundary: "the role's permissions boundary does not allow it",
  session: "the session's policy does not allow it",
};
const meaning = (leg: Leg): string => (MEANING[leg] ? `missing: ${leg} (${MEANING[leg]})` : leg);

export const called = (principal: Principal): string => {
  const holding = principal.kind === "session" && heldPolicy(principal.roleArn);
  if (holding) return `whoever has managed policy ${holding}`;
  if (principal.kind === "service") return principal.name;
  if (principal.kind === "anonymous") return "anonymous";
  if (principal.kind !== "session") return `${principal.arn} (root user)`;
  const tags = Object.entries(principal.tags ?? {}).map(([key, value]) => `${key}=${value}`);
  return tags.length > 0 ? `${principal.roleArn} (session with ${tags.join(", ")})` : principal.roleArn;
};

const reasons = ({ by, missing }: Answer): string[] => [
  ...missing.map((leg) => `  ${meaning(leg)}`),
  ...(missing.length > 0 ? [] : by.map(({ policy, sid }) => `  by ${policy}, statement ${sid}`)),
];

/** What a reader has to know beside the verdict. */
function notes(action: Action, resource: string, absent: Iterable<string>): string[] {
  const taken = [...new Set(absent)].sort();
  return [
    ...(taken.length > 0
      ? [`note: taken for absent: ${taken.join(", ")}; give --context key=value otherwise`]
      : []),
    ...(isAskedOn(action, resource)
      ? []
      : [`note: AWS's reference does not list ${resource} for ${action.name}`]),
  ];
}

export interface Told {
  readonly lines: readonly string[];
  /** Whether anybody may do it. */
  readonly allowed: boolean;
}

type Asking = Omit<Question, "principal" | "action"> & {
  readonly action: Action;
  /** Of sessions. Default: none; of who may do something to a branch's resource, the branch's. */
  readonly tags?: Tags;
};

/** One principal: verdict, deciding statements or what is missing, and what was assumed. */
export function can(model: AccessModel, principal: Principal, asking: Asking): Told {
  const { action, resource, tags, ...others } = asking;
  if (tags && principal.kind !== "session") notKnown("only the session of a role has tags: leave out --tag");
  const who = tags && principal.kind === "session" ? { ...principal, tags } : principal;
  const answer = decide(withHolders(model), {
    absent: "others",
    ...others,
    resource,
    principal: who,
    action: action.name,
  });
  const role = principal.kind === "session" && !tags ? model.roles.get(principal.roleArn) : undefined;
  const hint = role && goesByTags(model, role) && answer.verdict === "denied";
  const verdict = `${answer.verdict}: ${called(who)}, ${action.name} on ${resource}`;
  const lines = [
    verdict,
    ...reasons(answer),
    ...(hint
      ? ["note: this role's policies go by tags of its session; give --tag branch=… for a branch's"]
      : []),
    ...notes(action, resource, answer.assumedAbsent),
  ];
  return { lines, allowed: answer.verdict === "allowed" };
}

/** Whether a role's own policies or its boundary go by tags of its session. */
function goesByTags({ managed }: AccessModel, { identity, boundary }: Role): boolean {
  const policies = [...identity, ...(boundary === undefined ? [] : [managed.get(boundary)])];
  return policies.some((policy) =>
    JSON.stringify(policy?.statements.map(({ content }) => content) ?? []).includes("aws:PrincipalTag/"),
  );
}

/** What a session for a branch has, where a resource is a branch's: its name has the branch's hash in it. */
function tagsIn(resource: string): Tags | undefined {
  const [, hash] = /--br(?:-|\/\d{12}\/)([0-9a-f]{8})(?![0-9a-f])/.exec(resource) ?? [];
  return hash === undefined ? undefined : { branch: hash };
}

/** Every principal there is: roles, whoever holds a managed policy, root users, services, strangers. */
function everybody(model: AccessModel, services: readonly string[], tags: Tags | undefined): Principal[] {
  const roles = [...model.roles.keys()];
  const partition = roles[0]?.split(":")[1];
  const tagged = [...model.roles.values()].filter((role) => tags && goesByTags(model, role));
  return [
    ...roles.map((arn) => session(arn, "asked")),
    ...tagged.map(({ arn }) => session(arn, "asked", tags)),
    ...[...model.accounts.keys()].map((account) => root(account, partition)),
    ...services.map(service),
    anonymous,
  ];
}

/** What a principal is asked with: only services send whom they call for. */
function question(model: AccessModel, principal: Principal, asking: Asking): Question {
  const { action, context = {}, ...others } = asking;
  const own = accountOf(principal) ?? [...model.accounts.keys()][0];
  const theirs = Object.entries(context).filter(
    ([key]) =>
      principal.kind === "service" || !OF_SERVICES.some((each) => each.toLowerCase() === key.toLowerCase()),
  );
  return {
    absent: "others",
    ...(own !== undefined && { resourceAccount: own }), // where the ARN has none, each asks in its own account
    ...others,
    context: Object.fromEntries(theirs),
    principal,
    action: action.name,
  };
}

/** Everybody who may, with the statements; and for whom there is no answer. Throws when there is none at all. */
export function whoCan(model: AccessModel, services: readonly string[], asking: Asking): Told {
  const { action, resource } = asking;
  const withPeople = withHolders(model);
  const all = everybody(withPeople, services, asking.tags ?? tagsIn(resource));
  const allowed: string[] = [];
  const absent = new Set<string>();
  const unanswered = new Map<string, number>();
  for (const principal of all) {
    try {
      const answer = decide(withPeople, question(model, principal, asking));
      answer.assumedAbsent.forEach((key) => absent.add(key));
      if (answer.verdict === "allowed") allowed.push(called(principal), ...reasons(answer));
    } catch (error) {
      if (!(error instanceof NotKnown)) throw error;
      unanswered.set(error.message, (unanswered.get(error.message) ?? 0) + 1);
    }
  }
  const [[reason, count] = ["", 0]] = unanswered;
  if (count === all.length) notKnown(reason);
  const none = allowed.length === 0 ? [`nobody may: ${action.name} on ${resource}`] : [];
  const open = [...unanswered].map(
    ([message, times]) => `no answer for ${times} of ${all.length} principals: ${message}`,
  );
  return {
    lines: [...allowed, ...none, ...open, ...notes(action, resource, absent)],
    allowed: allowed.length > 0,
  };
}
