/** What CloudFormation calls with the execution role to make, change and delete what a template declares. */
import type { AccessModel } from "../../../packages/iam/src/model";
import { partition } from "../../../components/names";
import { branchTags, type Target } from "../estate/branches";
import { cloudFormationType, SERVICES } from "../../aws/registry";
import { on } from "../../aws/requests";
import type { Asked, DeployedResource, DeployedStack, Operation, Store, Subject } from "../../aws/types";
import type { Deployment } from "../estate/deployed";
import { told } from "../../record/inventory";
import { type Principal, service, session } from "../../../packages/iam/src/policy/principals";
import { type Call, calls, type Phase, type Place, stepOf } from "./call";
import { has, made, schemaOf } from "./handlers";
import { asked } from "./targets";

/** What pages beside the schemas want. */
const documented = (subject: Subject, operation: Operation): (readonly [readonly Asked[], string])[] =>
  (cloudFormationType(subject.resource.type)?.documented ?? [])
    .filter(({ operations, when }) => operations.includes(operation) && has(subject.resource, when))
    .map(({ actions, on: asked, source }) => [on(asked?.(subject) ?? "*", actions), source]);

const DOES: Readonly<Record<Operation, string>> = {
  create: "creates",
  read: "reads",
  update: "updates",
  delete: "deletes",
  tagging: "tags",
};

/** Whose rights CloudFormation works with: an execution role's, or those of the session that a branch is deployed with. */
const executorOf = (target: Target): Principal =>
  target.branch
    ? session(
        told(target, "DEPLOY_ROLE_ARN"),
        `delivery-branch-${target.branch.hash}`,
        branchTags(target.branch),
      )
    : session(told(target, "EXECUTION_ROLE_ARN"), "AWSCloudFormation");

/**
 * No tag of a branch's roles is ever taken off: the keys of its stack's tags stay the same. That schemas have the action
 * for what is only made, too, is said among what is not shown (walk.ts).
 */
const keepsTags = ({ tags }: DeployedStack, action: string): boolean =>
  action === "iam:UntagRole" && "branch" in tags;

/** One operation on one resource. */
function operationCalls(subject: Subject, place: Place, principal: Principal, operation: Operation): Call[] {
  const { resource, stack } = subject;
  const actions = made(resource, operation).filter((action) => !keepsTags(stack, action));
  const why = `CloudFormation ${DOES[operation]} ${resource.logicalId} (${resource.type})`;
  const all = [
    [actions.flatMap((action) => asked(subject, operation, action)), schemaOf(resource.type)] as const,
    ...documented(subject, operation),
  ];
  return all.flatMap(([what, source]) => calls(place, principal, what, why, source));
}

const kept = ({ policies }: DeployedResource, policy: string): boolean =>
  policies[policy] === "Retain" || policies[policy] === "Snapshot";

/** What is made anew by every release: the one before goes, unless it is kept. */
const replaced = ({ type }: DeployedResource): boolean => cloudFormationType(type)?.madeAnew === true;

/** What happens to a resource in each phase. */
function operations(resource: DeployedResource): (readonly [Phase, readonly Operation[]])[] {
  const change: readonly Operation[] = replaced(resource)
    ? ["create", "read", ...(kept(resource, "UpdateReplacePolicy") ? [] : (["delete"] as const))]
    : ["update", "tagging", "read"];
  return [
    ["first deployment", ["create", "read"]],
    ["update", change],
    ["roll-back", change],
    ["deletion", kept(resource, "DeletionPolicy") ? [] : ["read", "delete"]],
  ];
}

/** The services that are handed a role must be able to take it: AWS does not ask that before they try. */
function trust(found: readonly Call[], deployment: Deployment): Call[] {
  return found
    .filter(({ action }) => action === "iam:PassRole")
    .map((call) => {
      const name = String(call.context?.["iam:PassedToService"]);
      const { pipeline, environment, phase, step, resource, source } = call;
      const why = `${call.why}: ${name} must be able to take the role that it is passed`;
      const place: Place = { pipeline, environment, phase, step };
      const says = SERVICES.find(({ takes }) => takes?.[name])?.takes?.[name]?.(deployment);
      return {
        ...place,
        principal: service(name),
        action: "sts:AssumeRole",
        resource,
        ...(says && { context: says }),
        why,
        source,
      };
    });
}

const PARAMETERS =
  "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/systems-manager-parameter-types.html";

/**
 * Parameters of SSM's types are read when a change set is made, by whoever makes it, and again for each update.
 * https://github.com/aws/aws-cdk-cli/blob/main/packages/aws-cdk/lib/api/bootstrap/bootstrap-template.yaml says the former.
 */
function parameterCalls(target: Target, deployment: Deployment): Call[] {
  const { pipeline, environment, parameters, account, region } = deployment;
  const { branch } = target;
  const executes = executorOf(target);
  const plans = session(told(target, "PLAN_ROLE_ARN"), "plan", branch && branchTags(branch));
  const place: Place = { pipeline, environment, phase: "every release", step: stepOf(target) };
  const arn = (name: string) => `arn:${partition(region)}:ssm:${region}:${account}:parameter${name}`;
  const asked = parameters.flatMap((name) => on(arn(name), ["ssm:GetParameters"]));
  const why = "CloudFormation reads the parameters that the template names";
  return [...calls(place, plans, asked, why, PARAMETERS), ...calls(place, executes, asked, why, PARAMETERS)];
}

/** All calls for what a template makes in one environment. */
export function stackCalls(target: Target, deployment: Deployment, model: AccessModel, store: Store): Call[] {
  const executes = executorOf(target);
  const { pipeline, environment } = deployment;
  const found = deployment.resources.flatMap((resource) =>
    operations(resource).flatMap(([phase, all]) => {
      const step = phase === "deletion" ? "Clean-up" : stepOf(target);
      return all.flatMap((operation) =>
        operationCalls(
          { resource, stack: deployment, roles: model.roles, store },
          { pipeline, environment, phase, step },
          executes,
          operation,
        ),
      );
    }),
  );
  return [...found, ...trust(found, deployment), ...parameterCalls(target, deployment)];
}
