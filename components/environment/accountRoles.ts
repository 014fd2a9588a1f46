/** What every role and policy in an environment's account is like. */
import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import type { Scope } from "../names";
import { document, type Document, type Statement } from "../policies";

interface Common {
  readonly scope: Scope;
  /** ARN of the organization's permissions boundary for the roles. Default: none. */
  readonly permissionsBoundary?: string | undefined;
}

export function accountRole(
  name: string,
  roleName: string,
  description: string,
  assumeRolePolicy: Document,
  statements: readonly Statement[],
  { scope, permissionsBoundary }: Common,
  parent: pulumi.Resource,
): aws.iam.Role {
  const role = new aws.iam.Role(
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
  new aws.iam.RolePolicy(name, { role: role.name, policy: document(...statements) }, { parent });
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
): aws.iam.Policy =>
  new aws.iam.Policy(
    name,
    { name: policyName, path: scope.path, description, policy: document(...statements) },
    { parent },
  );

/** Characters that a managed policy has room for. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html */
export const MANAGED_POLICY_LENGTH = 6144;

/** Statements in as few documents as managed policies take, in their order. */
export function documentsOf(statements: readonly Statement[]): Statement[][] {
  const documents: Statement[][] = [];
  for (const statement of statements) {
    const last = documents.at(-1);
    const grown = [...(last ?? []), statement];
    if (last && JSON.stringify(document(...grown)).length <= MANAGED_POLICY_LENGTH) last.push(statement);
    else documents.push([statement]);
  }
  return documents;
}

/** What a role may do besides, in managed policies: `<role>-uses-1`, … */
export function furtherPolicies(
  name: string,
  roleName: string,
  role: aws.iam.Role,
  description: string,
  statements: readonly Statement[],
  common: Common,
  parent: pulumi.Resource,
): void {
  documentsOf(statements).forEach((each, at) => {
    const end = `uses-${at + 1}`;
    const { arn } = accountPolicy(`${name}-${end}`, `${roleName}-${end}`, description, each, common, parent);
    new aws.iam.RolePolicyAttachment(`${name}-${end}`, { role: role.name, policyArn: arn }, { parent });
  });
}
