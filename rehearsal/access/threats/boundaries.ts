import { as } from "./cast";
import { replaced } from "./change";
import { administratorAccess, bounded, carriedOut, ownRole, PREMISE } from "./execution";
import { functions } from "./pairs";
import { type Attack, call, stopped } from "./scene";

/** From the execution role to the whole account: the boundary itself. */
export const BOUNDARIES: readonly Attack[] = [
  {
    id: "boundary-exchanged",
    title: "A template exchanges a role's boundary for a wide one",
    scene: (facts) => {
      const last = functions(facts);
      if ("lacks" in last) return last;
      return {
        story:
          `${PREMISE} It creates the role properly, with the boundary, and in the next release sets ` +
          "another one: AdministratorAccess makes a boundary that bounds nothing. The permission to set " +
          "a boundary is for this boundary, not for any.",
        steps: [
          carriedOut(last),
          call(as(last.execution), "iam:CreateRole", ownRole(facts, last, "Sleeper"), bounded(last.boundary)),
          stopped(
            as(last.execution),
            "iam:PutRolePermissionsBoundary",
            ownRole(facts, last, "Sleeper"),
            bounded(administratorAccess(facts)),
          ),
        ],
        change: replaced({ policyOf: last.execution }, "ManageBoundedRoles", "with any boundary", {
          Condition: { StringLike: { "iam:PermissionsBoundary": "*" } },
        }),
      };
    },
  },
  {
    id: "boundary-taken-off",
    title: "A template takes the boundary off a role",
    scene: (facts) => {
      const last = functions(facts);
      if ("lacks" in last) return last;
      return {
        story:
          `${PREMISE} It deletes the line PermissionsBoundary from a role that exists, and ` +
          "CloudFormation asks IAM to take it off: the quietest of all escalations, since the diff shows " +
          "a line less. Nobody here was given that action.",
        steps: [
          carriedOut(last),
          stopped(
            as(last.execution),
            "iam:DeleteRolePermissionsBoundary",
            ownRole(facts, last, "Function"),
            bounded(last.boundary),
          ),
        ],
        change: replaced(
          { policyOf: last.execution },
          "ReadAndDeleteRoles",
          "with all deleting actions of IAM",
          {
            Action: ["iam:Delete*"],
          },
        ),
      };
    },
  },
  {
    id: "boundary-edited",
    title: "A template writes a new version of the boundary itself",
    scene: (facts) => {
      const last = functions(facts);
      if ("lacks" in last) return last;
      return {
        story:
          `${PREMISE} Why leave the boundary when it can be rewritten? A new version of the policy, and ` +
          "every role that it binds is free at once. The boundary is a managed policy of the " +
          "environment's stack, and no statement of the execution role is about policies.",
        steps: [carriedOut(last), stopped(as(last.execution), "iam:CreatePolicyVersion", last.boundary)],
        change: replaced(
          { policyOf: last.execution },
          "ReadAndDeleteRoles",
          "with every action of IAM on everything",
          {
            Action: ["iam:*"],
            Resource: "*",
          },
        ),
      };
    },
  },
  {
    id: "boundary-reverted",
    title: "A template makes an older, wider version of the boundary the valid one",
    scene: (facts) => {
      const last = functions(facts);
      if ("lacks" in last) return last;
      return {
        story:
          `${PREMISE} Managed policies keep five versions. One of last year's was too wide, which is why ` +
          "there is a newer one; setting it as the default again writes nothing at all. That action too " +
          "is nobody's here.",
        steps: [carriedOut(last), stopped(as(last.execution), "iam:SetDefaultPolicyVersion", last.boundary)],
        change: replaced(
          { policyOf: last.execution },
          "ManageBoundedRoles",
          "with all actions on policies, on everything and without its condition",
          { Action: ["iam:*Policy*"], Resource: "*", Condition: undefined },
        ),
      };
    },
  },
];
