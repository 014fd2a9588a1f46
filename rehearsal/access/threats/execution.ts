import { service } from "../../../packages/iam/src/policy/principals";
import { as, roleArn } from "./cast";
import { stackArn } from "./pairs";
import { call, type Said, type Step } from "./scene";
import type { EnvironmentFacts, Facts } from "./inventoryModel";

/** How most attacks by a template begin. */
export const PREMISE =
  "A poisoned template has got as far as CloudFormation, which carries it out with the execution role.";

/** CloudFormation takes the execution role, as in every release. */
export const carriedOut = ({ execution }: EnvironmentFacts): Step =>
  call(service("cloudformation.amazonaws.com"), "sts:AssumeRole", execution);

/** The first job that stands in an environment takes its plan role, as in every release. */
export const takesPlanRole = ({ planJob, releaseJob, plan }: EnvironmentFacts): Step =>
  call(as((planJob ?? releaseJob).role), "sts:AssumeRole", plan);

/** The release job takes the deploy role, as in every release. */
export const takesDeployRole = ({ releaseJob, deploy }: EnvironmentFacts): Step =>
  call(as(releaseJob.role), "sts:AssumeRole", deploy);

export const ownStack = (facts: Facts, { account, stackName }: EnvironmentFacts): string =>
  stackArn(facts, account, stackName);

/** A role under the workload's prefix. */
export const ownRole = (
  facts: Facts,
  { account, rolePath, stackName }: EnvironmentFacts,
  id: string,
): string => roleArn(facts, account, `${rolePath.slice(1)}${stackName}-${id}`);

export const anyRole = (facts: Facts, { account }: EnvironmentFacts): string[] => [
  roleArn(facts, account, "*"),
];

export const administratorAccess = ({ partition }: Facts): string =>
  `arn:${partition}:iam::aws:policy/AdministratorAccess`;

/** What a call says of the boundary that a role has or is to have. */
export const bounded = (boundary: string | undefined): Said =>
  boundary === undefined
    ? { absent: ["iam:PermissionsBoundary"] }
    : { context: { "iam:PermissionsBoundary": boundary } };

/** What a call says of the service that it hands a role to. */
export const passed = (to: string): Said => ({ context: { "iam:PassedToService": to } });
