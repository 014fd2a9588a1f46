/** What CloudFormation may do with the roles that a workload's template makes: by the stack's prefix, with the boundary. Pure. */
import { roleArn } from "../names";
import { allow, type Statement } from "../policies";
import type { WorkloadSite } from "./workload";

export const roles = ({ scope, account, name }: WorkloadSite) => roleArn(scope, account, `${name}-*`);

export function boundedRoles(site: WorkloadSite, arns: readonly string[] = [roles(site)]): Statement[] {
  const bounded = { StringEquals: { "iam:PermissionsBoundary": site.boundaryArn } };
  return [
    // Never without the boundary, neither when a role is made nor when it is changed; nothing here takes one off.
    allow(
      "ManageBoundedRoles",
      [
        "iam:AttachRolePolicy",
        "iam:CreateRole",
        "iam:DeleteRolePolicy",
        "iam:DetachRolePolicy",
        "iam:PutRolePermissionsBoundary",
        "iam:PutRolePolicy",
        "iam:UpdateAssumeRolePolicy",
      ],
      arns,
      bounded,
    ),
    allow(
      "ReadAndDeleteRoles",
      [
        "iam:DeleteRole",
        "iam:GetRole",
        "iam:GetRolePolicy",
        "iam:ListAttachedRolePolicies",
        "iam:ListRolePolicies",
        "iam:ListRoleTags",
        "iam:TagRole",
        "iam:UntagRole",
        "iam:UpdateRole",
        "iam:UpdateRoleDescription",
      ],
      arns,
    ),
  ];
}
