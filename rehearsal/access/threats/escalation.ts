import { as, roleArn } from "./cast";
import { replaced, withoutCondition } from "./change";
import { administratorAccess, anyRole, bounded, carriedOut, ownRole, PREMISE } from "./execution";
import { functions } from "./pairs";
import { type Attack, call, stopped } from "./scene";

/** From the execution role to the whole account: roles without limits. */
export const ESCALATION: readonly Attack[] = [
  {
    id: "unbounded-role",
    title: "A template creates a role without the boundary",
    scene: (facts) => {
      const last = functions(facts);
      if ("lacks" in last) return last;
      const backdoor = ownRole(facts, last, "Backdoor");
      return {
        story:
          `${PREMISE} It contains a role of the right name with AdministratorAccess and simply leaves ` +
          "the boundary out. The execution role may create roles, and with that role the account would " +
          "be lost; but it may create them with this one boundary only.",
        steps: [
          carriedOut(last),
          stopped(as(last.execution), "iam:CreateRole", backdoor, bounded(undefined)),
          call(as(last.execution), "iam:AttachRolePolicy", backdoor, bounded(undefined)),
        ],
        change: withoutCondition({ policyOf: last.execution }, "ManageBoundedRoles"),
      };
    },
  },
  {
    id: "administrator-access-for-an-old-role",
    title: "A template gives AdministratorAccess to a role from before",
    scene: (facts) => {
      const last = functions(facts);
      if ("lacks" in last) return last;
      return {
        story:
          `${PREMISE} It found a role under the workload's prefix that somebody once made by hand, ` +
          "without a boundary, and attaches AdministratorAccess to it. Its name is right. The condition " +
          "on the boundary is not one that holds when there is none.",
        steps: [
          carriedOut(last),
          stopped(as(last.execution), "iam:AttachRolePolicy", ownRole(facts, last, "legacy"), {
            context: { "iam:PolicyARN": administratorAccess(facts) },
            ...bounded(undefined),
          }),
        ],
        change: {
          at: { policyOf: last.execution },
          sid: "ManageBoundedRoles",
          words: "with StringEqualsIfExists in place of StringEquals",
          to: (statement) => ({
            ...statement,
            Condition: { StringEqualsIfExists: { "iam:PermissionsBoundary": last.boundary } },
          }),
        },
      };
    },
  },
  {
    id: "role-outside-the-prefix",
    title: "A template creates a role under somebody else's name",
    scene: (facts) => {
      const last = functions(facts);
      if ("lacks" in last) return last;
      return {
        story:
          `${PREMISE} It creates the role payroll-export, bounded as it should be. Another team's bucket ` +
          "has trusted that name since last year, and the role was deleted in March. The workload's " +
          "roles carry the workload's prefix, and no other can be made.",
        steps: [
          carriedOut(last),
          stopped(
            as(last.execution),
            "iam:CreateRole",
            roleArn(facts, last.account, "payroll-export"),
            bounded(last.boundary),
          ),
        ],
        change: replaced({ policyOf: last.execution }, "ManageBoundedRoles", "for roles of any name", {
          Resource: anyRole(facts, last),
        }),
      };
    },
  },
  {
    id: "trust-of-deploy-role-rewritten",
    title: "A template rewrites who may take the deploy role",
    scene: (facts) => {
      const last = functions(facts);
      if ("lacks" in last) return last;
      return {
        story:
          `${PREMISE} It rewrites the trust of this system's own deploy role, so that the next release ` +
          "comes from whoever the attacker likes, without a pipeline. The project's roles are named " +
          "apart from every workload's prefix, which is checked when settings are read, and the " +
          "execution role reaches only the latter.",
        steps: [
          carriedOut(last),
          stopped(
            as(last.execution),
            "iam:UpdateAssumeRolePolicy",
            last.deploy,
            bounded(facts.model.roles.get(last.deploy)?.boundary),
          ),
        ],
        change: replaced(
          { policyOf: last.execution },
          "ManageBoundedRoles",
          "for roles of any name, and without its condition",
          { Resource: anyRole(facts, last), Condition: undefined },
        ),
      };
    },
  },
];
