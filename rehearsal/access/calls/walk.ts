import type { AccessModel } from "../../../packages/iam/src/model";
import { called } from "../../../packages/iam/src/evaluate/ask";
import { type Answer, decide } from "../../../packages/iam/src/evaluate/decide";
import { withHolders } from "../../../packages/iam/src/evaluate/unattachedPolicies";
import { inventoryOf, selfPipelines, storeRead } from "../../record/inventory";
import { targetsOf } from "../estate/branches";
import { NotKnown, notKnown } from "../../../packages/iam/src/policy/notKnown";
import type { Principal } from "../../../packages/iam/src/policy/principals";
import type { World } from "../estate/world";
import type { Call, Place } from "./call";
import { pullRequestCalls, rowCalls, selfCalls } from "./rowCalls";
import { deploymentCalls, runtimeCalls } from "./runtimeCalls";
import { stackCalls } from "./stackCalls";

/** One call that a step of a release makes, decided. */
export interface WalkedCall extends Place {
  /** Name of the role, or `service codebuild.amazonaws.com`. */
  readonly caller: string;
  readonly principal: Principal;
  readonly action: string;
  readonly resource: string;
  /** What the request says beyond who asks for what. */
  readonly context: Readonly<Record<string, string | readonly string[]>>;
  /** `CloudFormation creates Function (AWS::Lambda::Function)`, `ecr put-image in promote.sh`. */
  readonly why: string;
  /** Page that documents it. */
  readonly source: string;
  /** It must be allowed. */
  readonly answer: Answer;
}

export interface Walk {
  readonly calls: readonly WalkedCall[];
  /** What is denied, or cannot be decided; one line each. */
  readonly findings: readonly string[];
  readonly notShown: readonly string[];
}

/** What the role's last part is called; for people the policy that they have. */
const shortName = (roleArn: string): string => roleArn.split("/").at(-1) ?? roleArn;

const caller = (principal: Principal): string =>
  principal.kind === "session"
    ? shortName(principal.roleArn)
    : principal.kind === "service"
      ? `service ${principal.name}`
      : called(principal);

/** `catalog to test, Deploy-test: Deploy (update)`. */
const where = ({ pipeline, environment, step, phase }: Place): string =>
  `${pipeline}${environment === undefined ? "" : ` to ${environment}`}, ${step} (${phase})`;

export const shown = (call: Call): string =>
  `${where(call)}: ${call.why}: ${caller(call.principal)} needs ${call.action} on ${call.resource}`;

const questionOf = ({ principal, action, resource, context }: Call): string =>
  JSON.stringify([principal, action, resource, context]);

/** Decides calls, each question once: steps of several phases ask the same. */
function deciding(model: AccessModel): (call: Call) => WalkedCall | string {
  const known = new Map<string, Answer | NotKnown>();
  // What belongs to AWS, and paths of HTTP APIs, name no account: they are in the caller's.
  const decided = ({ principal, action, resource, context = {} }: Call): Answer | NotKnown => {
    try {
      return decide(model, { principal, action, resource, context, absent: "others" });
    } catch (error) {
      if (error instanceof NotKnown) return error;
      throw error;
    }
  };
  return (call) => {
    const question = questionOf(call);
    const answer = known.get(question) ?? decided(call);
    known.set(question, answer);
    return answer instanceof NotKnown
      ? `${shown(call)}, which cannot be decided: ${answer.message}`
      : { ...call, context: call.context ?? {}, caller: caller(call.principal), answer };
  };
}

/** One line for each thing that is denied, at the first call for it: whose permission is missing where. */
function denials(walked: readonly WalkedCall[]): string[] {
  const alike = new Map<string, WalkedCall[]>();
  for (const call of walked.filter(({ answer }) => answer.verdict === "denied")) {
    const { pipeline, environment, action, resource, answer } = call;
    const key = JSON.stringify([pipeline, environment, call.caller, action, resource, answer.missing]);
    alike.set(key, [...(alike.get(key) ?? []), call]);
  }
  return [...alike.values()].flatMap(([first, ...others]) => {
    if (!first) return [];
    const more = others.length === 0 ? "" : ` (and ${others.length} more calls like it)`;
    return [`${shown(first)}; missing: ${first.answer.missing.join(", ")}${more}`];
  });
}

const keyOf = (call: Call): string => {
  const { pipeline, environment, phase, step, why } = call;
  return JSON.stringify([pipeline, environment, phase, step, why]) + questionOf(call);
};

/** What no policy of the stacks can tell. */
const NOT_SHOWN = [
  "calls that AWS makes and does not document, and what its own documentation has wrong: pulumi up and a release show that",
  "organization policies, policies of VPC endpoints and grants of keys, which have a say as well",
  "the key of the approval topic, AWS's own alias/aws/sns: its policy lets all of the account use it through SNS",
  "what an action with a wildcard in a template's policies stands for: each function calls only some of it",
];

/** What a walk with two branches cannot tell of all. */
const ofBranches = ({ deployments }: World): string[] =>
  deployments.some(({ tags }) => "branch" in tags)
    ? [
        "iam:UntagRole for roles of a branch, which CloudFormation's schema has for making one as well: sessions of branches are refused it, so a branch's template that takes a tag off a role fails",
        "who starts, retries and stops pipelines of branches: no policy that the stacks make for people has them",
        "that an update of a branch's stack ends within the hour that its session lasts",
      ]
    : [];

/** Every call that AWS documents the steps of a release as making, in every environment and phase. */
export function callsOf(world: World): Call[] {
  const { record, deployments, model } = world;
  const pipelines = inventoryOf(record);
  const ofPipelines = pipelines.flatMap((each) => rowCalls(record, each));
  const ofPullRequests = pipelines.slice(0, 1).flatMap((first) => pullRequestCalls(record, first));
  const ofSelf = selfPipelines(record).flatMap((each) => selfCalls(record, each));
  const ofDeployments = deployments.flatMap((deployment) => {
    const store =
      pipelines.find(({ name }) => name === deployment.pipeline) ??
      notKnown(`there is no pipeline ${deployment.pipeline}`);
    return targetsOf(store)
      .filter(({ name }) => name === deployment.environment)
      .flatMap((target) => [
        ...stackCalls(target, deployment, model, storeRead(record, store, target)),
        ...deploymentCalls(target, deployment),
        ...runtimeCalls(deployment),
      ]);
  });
  const all = [...ofPipelines, ...ofPullRequests, ...ofSelf, ...ofDeployments];
  const unique = new Map(all.map((call) => [keyOf(call), call]));
  return [...unique.values()];
}

/**
 * Every call that AWS documents the steps of a release as making, in every environment and phase, each decided by
 * the policies of both sides. A call that is denied, or that cannot be decided, is a finding.
 */
export function walk(world: World): Walk {
  const model = withHolders(world.model);
  const answers = callsOf(world).map(deciding(model));
  const walked = answers.filter((each): each is WalkedCall => typeof each !== "string");
  const undecided = answers.filter((each): each is string => typeof each === "string");
  const without = world.withoutTemplate.map(
    ({ pipeline, why }) => `what CloudFormation does for pipeline ${pipeline}: ${why}`,
  );
  return {
    calls: walked,
    findings: [...undecided, ...denials(walked)],
    notShown: [...without, ...world.assumed, ...ofBranches(world), ...NOT_SHOWN],
  };
}
