/** What every role and policy in an environment's account is like. */
import * as iam from "@pulumi/aws/iam";
import * as pulumi from "@pulumi/pulumi";
import type { Scope } from "../names";
import { dividedBy, document, type Document, type Statement } from "../policies";

interface Common {
  readonly scope: Scope;
  /** ARN of the organization's permissions boundary for the roles. Default: none. */
  readonly permissionsBoundary?: string | undefined;
}

/** A role with these rights: in its inline policy, and what has no room there in managed ones, `<role>-more-1`, … */
export function accountRole(
  name: string,
  roleName: string,
  description: string,
  assumeRolePolicy: Document,
  statements: readonly Statement[],
  common: Common,
  parent: pulumi.Resource,
): iam.Role {
  const { scope, permissionsBoundary } = common;
  const role = new iam.Role(
    name,
    {
      name: roleName,
      path: scope.path,
      description,
      assumeRolePolicy,
      ...(permissionsBoundary && { permissionsBoundary }),
    },
    { parent },
  );
  const { inline, more } = divided(statements);
  new iam.RolePolicy(name, { role: role.name, policy: document(...inline) }, { parent });
  managedPolicies(name, roleName, "more", role, `More of: ${description}`, more, common, parent);
  return role;
}

/** A policy with a name of its own: what others are given as a boundary, or has no room in a role. */
export const accountPolicy = (
  name: string,
  policyName: string,
  description: string,
  statements: readonly Statement[],
  { scope }: Common,
  parent: pulumi.Resource,
): iam.Policy =>
  new iam.Policy(
    name,
    { name: policyName, path: scope.path, description, policy: document(...statements) },
    { parent },
  );

/**
 * Characters that all inline policies of a role have room for together.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
 */
const INLINE_LENGTH = 10_240;
/** The most characters that a value of ours has which is known only in the up: ARNs with names of a platform, its subnets. */
const LATER_LENGTH = 450;

/** Its length, with what is not known yet as long as it can be: whether a policy is made does not depend on it. */
function lengthOf(statements: readonly Statement[]): number {
  return JSON.stringify(
    document(...statements),
    function (this: Record<string, unknown>, key, value: unknown) {
      const given = this[key]; // `value` is what an Output says in its place
      return typeof given === "object" && pulumi.Output.isInstance(given) ? "-".repeat(LATER_LENGTH) : value;
    },
  ).length;
}

/** What has room in a role's one inline policy, in its order, and the rest. */
export function divided(statements: readonly Statement[]): {
  readonly inline: readonly Statement[];
  readonly more: readonly Statement[];
} {
  let count = statements.length;
  while (count > 1 && lengthOf(statements.slice(0, count)) > INLINE_LENGTH) count--;
  return { inline: statements.slice(0, count), more: statements.slice(count) };
}

/** Statements in as few documents as managed policies take, in their order. */
export const documentsOf = (statements: readonly Statement[]): Statement[][] =>
  dividedBy(lengthOf, statements);

/** What a role may do besides, in managed policies: `<role>-uses-1`, … */
export function managedPolicies(
  name: string,
  roleName: string,
  called: "more" | "uses",
  role: iam.Role,
  description: string,
  statements: readonly Statement[],
  common: Common,
  parent: pulumi.Resource,
): void {
  documentsOf(statements).forEach((each, at) => {
    const end = `${called}-${at + 1}`;
    const { arn } = accountPolicy(`${name}-${end}`, `${roleName}-${end}`, description, each, common, parent);
    new iam.RolePolicyAttachment(`${name}-${end}`, { role: role.name, policyArn: arn }, { parent });
  });
}
