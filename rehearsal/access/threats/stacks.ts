import { as } from "./cast";
import { added, replaced } from "./change";
import { ownStack, passed, takesDeployRole, takesPlanRole } from "./execution";
import { approved, arnIn, lastOf, OWN_SET } from "./pairs";
import { type Attack, call, stopped } from "./scene";

/** Past the change set, or past the approval. */
export const STACKS: readonly Attack[] = [
  {
    id: "plan-executes-unapproved",
    title: "A plan executes its own change set, before anybody approved it",
    scene: (facts) => {
      const last = approved(facts);
      if ("lacks" in last) return last;
      return {
        story:
          "Plan runs before the approval, by design: people want to see what they approve. A subverted " +
          `plan does not wait and executes the set that it has just made in ${last.name}. This is the ` +
          "line that makes an approval a boundary and not a ceremony: the plan role has no action that " +
          "executes.",
        steps: [
          takesPlanRole(last),
          call(as(last.plan), "cloudformation:CreateChangeSet", ownStack(facts, last), {
            context: { ...OWN_SET, "cloudformation:RoleArn": last.execution },
          }),
          call(as(last.plan), "iam:PassRole", last.execution, passed("cloudformation.amazonaws.com")),
          stopped(as(last.plan), "cloudformation:ExecuteChangeSet", ownStack(facts, last), {
            context: OWN_SET,
          }),
        ],
        change: replaced(
          { policyOf: last.plan },
          "ReadAndDeleteChangeSets",
          "with all actions on change sets",
          { Action: ["cloudformation:*ChangeSet"] },
        ),
      };
    },
  },
  {
    id: "plan-deletes-stack",
    title: "A plan deletes the stack",
    scene: (facts) => {
      const last = lastOf(facts);
      return {
        story:
          "Not every attacker wants to get in; some want it gone. A subverted plan deletes the stack of " +
          `${last.name}. The plan role may delete change sets, a word that looks alike in a review, and ` +
          "no stack. (A stack that was ever deployed has termination protection too, which is not " +
          "counted here.)",
        steps: [
          takesPlanRole(last),
          stopped(as(last.plan), "cloudformation:DeleteStack", ownStack(facts, last), {
            absent: ["cloudformation:ChangeSetName", "cloudformation:RoleArn"],
          }),
        ],
        change: replaced({ policyOf: last.plan }, "ListChangeSets", "with every action of CloudFormation", {
          Action: ["cloudformation:*"],
        }),
      };
    },
  },
  {
    id: "plan-role-reads-data",
    title: "A plan, before any approval, reads the data of the environment",
    scene: (facts) => {
      const last = lastOf(facts);
      const table = arnIn(facts, "dynamodb", last.account, `table/${last.stackName}-Customers-1ABCDEF`);
      return {
        story:
          `A poisoned build reaches the first job that stands in ${last.name}: the one that plans. It ` +
          "takes the plan role and scans the customers' table; no change set, no approval, no trace in " +
          "the stack. The plan role knows change sets and its release files, and not one action on data. " +
          "(The change is the read-only policy that people attach when a plan 'cannot see enough'.)",
        steps: [takesPlanRole(last), stopped(as(last.plan), "dynamodb:Scan", table)],
        change: added(
          { policyOf: last.plan },
          {
            Sid: "ReadEverything",
            Action: ["dynamodb:Get*", "dynamodb:List*", "dynamodb:Query", "dynamodb:Scan"],
            Resource: "*",
          },
          "added, which reads every table",
        ),
      };
    },
  },
  {
    id: "stack-updated-directly",
    title: "A release updates the stack directly, with a template of its own",
    scene: (facts) => {
      const last = lastOf(facts);
      return {
        story:
          "Why bother with the change set that people saw, when there is UpdateStack? A subverted " +
          "release job takes the deploy role and sends a template of its own in one call. The deploy " +
          "role has no action that takes a template; it can only execute what lies there.",
        steps: [
          takesDeployRole(last),
          stopped(as(last.deploy), "cloudformation:UpdateStack", ownStack(facts, last)),
        ],
        change: replaced(
          { policyOf: last.deploy },
          "KeepStackUsable",
          "with every action of CloudFormation",
          {
            Action: ["cloudformation:*"],
          },
        ),
      };
    },
  },
  {
    id: "cleanup-deletes-live-stack",
    title: "Clean-up deletes a stack that is live",
    scene: (facts) => {
      const last = lastOf(facts);
      return {
        story:
          "Clean-up may delete stacks, since one that never came to be has to go. What was deployed has " +
          `termination protection; so a subverted clean-up first takes the protection off ${last.name}'s ` +
          "live stack, and then does what it may. Taking it off is the deploy role's right, and clean-up " +
          "has neither that action nor that role.",
        steps: [
          call(as(facts.main.cleanup.role), "sts:AssumeRole", last.cleanup),
          stopped(as(last.cleanup), "cloudformation:UpdateTerminationProtection", ownStack(facts, last)),
          call(as(last.cleanup), "cloudformation:DeleteStack", ownStack(facts, last)),
        ],
        change: replaced({ policyOf: last.cleanup }, "DeleteStack", "with every action of CloudFormation", {
          Action: ["cloudformation:*"],
        }),
      };
    },
  },
];
