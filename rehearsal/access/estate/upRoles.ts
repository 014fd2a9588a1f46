/** Roles that people make for the pipeline that brings the stacks up: no stack has them. */
import type { Role } from "../../../packages/iam/src/model";
import type { ConditionKeys } from "../../../packages/iam/src/policy/conditionKeys";
import { policy } from "../../../packages/iam/src/policy/policies";
import { upRolesOf } from "../../record/inventory";
import type { Rehearsed } from "../../record/record";

/** As docs/self-update.md has people make them. What they may do is the organization's affair. */
export const upRoles = (record: Rehearsed, keys: ConditionKeys): Role[] =>
  upRolesOf(record).map(({ arn, jobRoleArn }) => ({
    arn,
    account: arn.split(":")[4] ?? "",
    trust: policy(
      `trust of role ${arn.split("/").at(-1)}`,
      "trust",
      {
        Version: "2012-10-17",
        Statement: [
          {
            Sid: "AssumedByUp",
            Effect: "Allow",
            Principal: { AWS: jobRoleArn.replace(/:role\/.*$/, ":root") },
            Action: "sts:AssumeRole",
            Condition: { ArnEquals: { "aws:PrincipalArn": jobRoleArn } },
          },
        ],
      },
      keys,
    ),
    identity: [],
    boundary: undefined,
  }));
