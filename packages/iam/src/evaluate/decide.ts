import { closest } from "fastest-levenshtein";
import { requestContext, type RequestContext, type Spoken } from "./context";
import { type Decision, type Documents, evaluate, type Request } from "./evaluate";
import { notKnown } from "../policy/notKnown";
import type { Policy } from "../policy/policies";
import { accountOf, anonymous, type Principal, withRoleTags } from "../policy/principals";
import type { AccessModel, Guarded, Role } from "../model";

/** A question to the model. */
export interface Question extends Spoken {
  readonly principal: Principal;
  readonly action: string;
  /** ARN of one resource; `*` for an action that knows none. */
  readonly resource: string;
  /** Where it is, for ARNs that do not say it and that the model does not have. */
  readonly resourceAccount?: string;
  /** What the session was limited to when its role was taken. */
  readonly session?: Policy;
}

export interface Answer extends Decision {
  /** Condition keys that a policy asked for and that were taken for absent. */
  readonly assumedAbsent: readonly string[];
}

/** A question with all that decides it; a caller may replace single documents. */
export interface Case {
  readonly request: Request;
  readonly documents: Documents;
  readonly assumedAbsent: RequestContext["assumedAbsent"];
}

/** Services whose resources have no policies of their own, or none that a stack here could make: the model may have others'. */
const WITHOUT_POLICIES = new Set([
  "apigateway",
  "cloudformation",
  "cloudwatch",
  "codebuild",
  "codecommit",
  "codeconnections",
  "codedeploy",
  "codepipeline",
  "codestar-connections",
  "codestar-notifications",
  "ec2",
  "ecs",
  "elasticloadbalancing",
  "events",
  "iam",
  "ssm",
  "xray",
]);
/** Services whose resources have policies, and are what the workloads' templates make: others may be there too. */
const OF_WORKLOADS = new Set(["dynamodb", "lambda", "logs", "secretsmanager", "sqs"]);

/** By service, what carries the policy: a bucket for its objects, a topic for its subscriptions, a table for its indexes. */
export const CARRIERS: Readonly<
  Record<string, { readonly attached: Guarded["attached"]; readonly of: (arn: string) => string | undefined }>
> = {
  s3: { attached: "bucket", of: (arn) => arn.split("/")[0] },
  kms: { attached: "key", of: (arn) => (arn.includes(":key/") ? arn : undefined) },
  ecr: { attached: "repository", of: (arn) => (arn.includes(":repository/") ? arn : undefined) },
  sns: { attached: "topic", of: (arn) => arn.split(":").slice(0, 6).join(":") },
  dynamodb: { attached: "table", of: (arn) => arn.replace(/(:table\/[^/]+)\/index\/.*$/, "$1") },
  logs: { attached: "logGroup", of: (arn) => arn.replace(/(:log-group:[^:]+):.*$/, "$1") },
  // A version or alias has a policy apart from its function's.
  lambda: { attached: "function", of: (arn) => arn },
  sqs: { attached: "queue", of: (arn) => arn },
  secretsmanager: { attached: "secret", of: (arn) => arn },
  // What another account shares by RAM lets in by a policy that RAM writes; no other connection has one.
  codeconnections: { attached: "connection", of: (arn) => arn },
  "codestar-connections": { attached: "connection", of: (arn) => arn },
};

const ARN = /^arn:[a-z-]+:([a-z0-9-]+):[a-z0-9-]*:(\d{12}|aws|):[^*?]+$/;

const unknownResource = (model: AccessModel, arn: string): never =>
  notKnown(`${arn} is not in the model; the nearest is ${closest(arn, [...model.guarded.keys()])}`);

interface Target {
  readonly account: string;
  readonly policy?: Policy | undefined;
}

/** The resource's account and policy. Throws where the model does not have what would decide. */
function target(model: AccessModel, { principal, action, resource, resourceAccount }: Question): Target {
  const caller = accountOf(principal);
  const ownAccount = () => resourceAccount ?? caller ?? notKnown(`say in which account ${resource} is`);
  if (resource === "*") return { account: ownAccount() };
  const [, service = "", written = ""] =
    ARN.exec(resource) ?? notKnown(`${resource} is not the ARN of one resource`);
  if (/^sts:/i.test(action)) {
    const role: Role = model.roles.get(resource) ?? notKnown(`role ${resource} is not in the model`);
    return { account: role.account, policy: role.trust };
  }
  const arn = CARRIERS[service]?.of(resource);
  const guarded: Guarded | undefined = arn === undefined ? undefined : model.guarded.get(arn);
  if (guarded) return { account: guarded.account, policy: guarded.policy };
  if (arn !== undefined && !OF_WORKLOADS.has(service) && !WITHOUT_POLICIES.has(service))
    return unknownResource(model, arn);
  // What belongs to AWS, such as a transform, is asked for in the caller's account.
  const account = written === "" || written === "aws" ? ownAccount() : written;
  const without = WITHOUT_POLICIES.has(service) || model.withoutPolicies?.has(service) === true;
  const known = without || service === "kms" || service === "ecr";
  if (!known && !OF_WORKLOADS.has(service))
    notKnown(`whether resources of ${service} have policies is not in the model`);
  if (!known && (caller === undefined || caller !== account)) {
    notKnown(`the policy of ${resource} decides for others, and it is not in the model`);
  }
  return { account };
}

/** The policy of what is asked about, whoever asks; undefined where it has none. */
export const policyOf = (
  model: AccessModel,
  action: string,
  { arn, account }: { readonly arn: string; readonly account: string },
): Policy | undefined =>
  target(model, { principal: anonymous, action, resource: arn, resourceAccount: account }).policy;

/** The principal's own policies. Throws for a role, or the boundary of one, that the model does not have. */
function own(model: AccessModel, principal: Principal): Pick<Documents, "identity" | "boundary"> {
  if (principal.kind === "user") return notKnown(`user ${principal.arn} is not in the model`);
  if (principal.kind !== "session") return { identity: [] };
  const role =
    model.roles.get(principal.roleArn) ?? notKnown(`role ${principal.roleArn} is not in the model`);
  if (role.boundary === undefined) return { identity: role.identity };
  const boundary =
    model.managed.get(role.boundary) ??
    notKnown(`the boundary of ${role.arn} is ${role.boundary}, whose document no stack makes: give it`);
  return { identity: role.identity, boundary };
}

/** A principal with the tags of its role. */
export const tagged = ({ roles }: AccessModel, principal: Principal): Principal =>
  principal.kind === "session" ? withRoleTags(principal, roles.get(principal.roleArn)?.tags) : principal;

/** Collects what decides a question on both sides. */
export function prepare(model: AccessModel, question: Question): Case {
  const { action, resource, session } = question;
  const { account, policy } = target(model, question);
  const principal = tagged(model, question.principal);
  const { lookup, assumedAbsent } = requestContext(principal, account, question, model.keys);
  return {
    request: { principal, action, resource: { arn: resource, account }, context: lookup },
    documents: { ...own(model, principal), ...(session && { session }), ...(policy && { resource: policy }) },
    assumedAbsent,
  };
}

/** Whether a role is taken with tags for the session: that is a permission of its own. */
const passesTags = ({ action, context = {} }: Question): boolean =>
  /^sts:AssumeRole$/i.test(action) &&
  Object.keys(context).some((key) => /^aws:(RequestTag\/|TagKeys$)/i.test(key));

/** Both must be allowed; what denies is told of both. */
function both(one: Answer, other: Answer): Answer {
  const denied = [one, other].filter(({ verdict }) => verdict === "denied");
  const told = denied.length > 0 ? denied : [one, other];
  const unique = <Value>(all: readonly Value[]): Value[] => [
    ...new Map(all.map((each) => [JSON.stringify(each), each])).values(),
  ];
  return {
    verdict: denied.length > 0 ? "denied" : "allowed",
    by: unique(told.flatMap(({ by }) => by)),
    missing: unique(told.flatMap(({ missing }) => missing)),
    assumedAbsent: unique([one, other].flatMap(({ assumedAbsent }) => assumedAbsent)),
  };
}

/**
 * Decides a question by the policies of both sides. Throws NotKnown rather than guess. Who takes a role and gives the
 * session tags is asked for `sts:TagSession` too.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/id_session-tags.html#id_session-tags_permissions-required
 */
export function decide(model: AccessModel, question: Question): Answer {
  const { request, documents, assumedAbsent } = prepare(model, question);
  const answer = { ...evaluate(request, documents), assumedAbsent: [...assumedAbsent] };
  return passesTags(question)
    ? both(answer, decide(model, { ...question, action: "sts:TagSession" }))
    : answer;
}
