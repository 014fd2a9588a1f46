import { as, given, somebody } from "./cast";
import { added, replaced, withoutCondition, withoutOperator } from "./change";
import { ownStack, passed, takesDeployRole, takesPlanRole } from "./execution";
import { lastOf, OWN_SET, stackArn } from "./pairs";
import { type Attack, call, stopped } from "./scene";

/** What a plan makes: for which stack, with which role, out of what. */
export const CHANGE_SETS: readonly Attack[] = [
  {
    id: "change-set-on-another-stack",
    title: "A plan makes a change set for another team's stack",
    scene: (facts) => {
      const last = lastOf(facts);
      return {
        story:
          `The job that plans for ${last.name} has been subverted. It makes a change set as always, with ` +
          "the right role and the right name, but for the stack payroll in the same account. Somebody " +
          "will see it there and execute it, or the next attack does. The plan role knows one stack.",
        steps: [
          takesPlanRole(last),
          call(as(last.plan), "iam:PassRole", last.execution, passed("cloudformation.amazonaws.com")),
          stopped(as(last.plan), "cloudformation:CreateChangeSet", stackArn(facts, last.account, "payroll"), {
            context: { ...OWN_SET, "cloudformation:RoleArn": last.execution },
          }),
        ],
        change: replaced({ policyOf: last.plan }, "CreateChangeSets", "for every stack of the account", {
          Resource: [stackArn(facts, last.account, "*").replace(/[^/]*$/, "*")],
        }),
      };
    },
  },
  {
    id: "change-set-with-another-role",
    title: "A change set is to be carried out with an administrator's role",
    scene: (facts) => {
      const last = lastOf(facts);
      const zone = somebody(facts, last.account, "landing-zone", { "*": "*" });
      return {
        story:
          "An account-wide policy lets whoever works with stacks pass any role to CloudFormation; " +
          "somebody has attached it to all roles, the plan role among them. A subverted plan now asks " +
          "for its own template on its own stack, to be carried out by landing-zone, which may do " +
          "everything. Making a change set is tied to the execution role, whatever else may be passed.",
        roles: [zone],
        also: [given(facts, last.plan, { "iam:PassRole": "*" })],
        steps: [
          takesPlanRole(last),
          call(as(last.plan), "iam:PassRole", zone.arn, passed("cloudformation.amazonaws.com")),
          stopped(as(last.plan), "cloudformation:CreateChangeSet", ownStack(facts, last), {
            context: { ...OWN_SET, "cloudformation:RoleArn": zone.arn },
          }),
        ],
        change: withoutOperator(
          { policyOf: last.plan },
          "CreateChangeSets",
          "StringEquals",
          "without its condition on the role",
        ),
      };
    },
  },
  {
    id: "unlisted-transform",
    title: "A template fetches a part of itself after it was checked",
    scene: (facts) => {
      const last = lastOf(facts);
      const { partition, region } = facts;
      const transform = `arn:${partition}:cloudformation:${region}:aws:transform/Include`;
      const listed = facts.model.roles
        .get(last.plan)
        ?.identity.some(({ statements }) =>
          JSON.stringify(statements.map(({ content }) => content)).includes(transform),
        );
      if (listed === true) return { lacks: "a transform that settings do not list: AWS::Include is listed" };
      return {
        story:
          "A template with the transform AWS::Include is checked, hashed and reviewed; the part that " +
          "matters comes from a bucket of the attacker's when CloudFormation makes the change set. " +
          "Transforms are asked for by name, and the plan role may use those that settings list.",
        steps: [
          takesPlanRole(last),
          stopped(as(last.plan), "cloudformation:CreateChangeSet", transform, {
            context: { ...OWN_SET, "cloudformation:RoleArn": last.execution },
          }),
        ],
        change: added(
          { policyOf: last.plan },
          {
            Sid: "UseEveryTransform",
            Action: ["cloudformation:CreateChangeSet"],
            Resource: `arn:${partition}:cloudformation:${region}:aws:transform/*`,
          },
          "added",
        ),
      };
    },
  },
  {
    id: "foreign-change-set-executed",
    title: "A release executes a change set that somebody prepared by hand",
    scene: (facts) => {
      const last = lastOf(facts);
      return {
        story:
          `An employee who may make change sets in the account of ${last.name}, but not execute any, has ` +
          "left one on the workload's stack, called hotfix. All he needs is a release job whose variable " +
          "can be bent to that name. The deploy role executes sets that are named after a run, and " +
          "people have no runs.",
        steps: [
          takesDeployRole(last),
          stopped(as(last.deploy), "cloudformation:ExecuteChangeSet", ownStack(facts, last), {
            context: { "cloudformation:ChangeSetName": "hotfix" },
          }),
        ],
        change: withoutCondition({ policyOf: last.deploy }, "ExecuteChangeSets"),
      };
    },
  },
];
