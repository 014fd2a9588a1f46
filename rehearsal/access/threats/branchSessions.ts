import { sessionOf, takes, withBeside, withBranches } from "./branchInventory";
import { as } from "./cast";
import { replaced } from "./change";
import { ownStack } from "./execution";
import { arnIn, OWN_SET, stackArn } from "./pairs";
import { type Attack, call, stopped, viaS3 } from "./scene";

/** A change set that takes no role along. */
const PLAIN_SET = { context: OWN_SET, absent: ["cloudformation:RoleArn"] };

/** What the session of one branch does to another's things, and to the service's own. */
export const BRANCH_SESSIONS: readonly Attack[] = [
  {
    id: "branch-updates-main-stack",
    title: "A branch changes the service's own stack",
    scene: withBeside((facts, branches, beside) => ({
      story:
        `The stack ${beside.stackName} is in the same account as the branches'. A subverted job, with the ` +
        `session of ${branches.one.label}, makes its change set for that one. The role knows stacks of ` +
        "branches by their prefix, and this session the one with its own hash.",
      steps: [
        takes(branches, as(branches.releaseJob.role)),
        stopped(
          sessionOf(branches, branches.one),
          "cloudformation:CreateChangeSet",
          ownStack(facts, beside),
          PLAIN_SET,
        ),
      ],
      change: replaced({ policyOf: branches.deploy }, "CreateChangeSets", "for every stack of the account", {
        Resource: [stackArn(facts, branches.account, "*").replace(/[^/]*$/, "*")],
      }),
    })),
  },
  {
    id: "branch-deletes-anothers-stack",
    title: "A branch deletes another branch's stack",
    scene: withBranches((facts, branches) => {
      const { one, other, account, deploy, name } = branches;
      return {
        story:
          `With the session of ${one.label} a subverted job deletes the stack of ${other.label}, which a ` +
          "colleague shows to a customer at that moment. One role serves both branches, and it names no " +
          "branch: it says ${aws:PrincipalTag/branch}, and that is this session's own.",
        steps: [
          takes(branches, as(branches.releaseJob.role)),
          stopped(
            sessionOf(branches, one),
            "cloudformation:DeleteStack",
            stackArn(facts, account, other.stackName),
            { absent: ["cloudformation:RoleArn"] },
          ),
        ],
        change: replaced({ policyOf: deploy }, "MendOrDeleteStack", "for the stacks of all branches", {
          Resource: [stackArn(facts, account, `${name}-*`).replace(/[^/]*$/, "*")],
        }),
      };
    }),
  },
  {
    id: "branch-cleanup-deletes-main-stack",
    title: "The clean-up of branches deletes the service's own stack",
    scene: withBeside((facts, branches, beside) => ({
      story:
        "The clean-up deletes stacks every night, by notes in a bucket. Somebody leads it to believe that " +
        `${beside.stackName} is a branch that is gone. But it must say a branch to get a session, and no ` +
        "branch's session may delete a stack that is not named after a branch.",
      steps: [
        takes(branches, as(branches.cleanup.role)),
        stopped(sessionOf(branches, branches.one), "cloudformation:DeleteStack", ownStack(facts, beside), {
          absent: ["cloudformation:RoleArn"],
        }),
      ],
      change: replaced({ policyOf: branches.deploy }, "MendOrDeleteStack", "for every stack of the account", {
        Resource: [stackArn(facts, branches.account, "*").replace(/[^/]*$/, "*")],
      }),
    })),
  },
  {
    id: "branch-reads-anothers-release",
    title: "A branch reads another branch's release files",
    scene: withBranches((facts, branches) => {
      const { one, other, account, deploy, name } = branches;
      return {
        story:
          `Both branches are in account ${account}, and the bucket lets the role read what is for that ` +
          `account. So a subverted job of ${one.label} asks for the parameters of ${other.label}. What is ` +
          "left is the role's own policy, which ends at the folder with the session's hash.",
        steps: [
          takes(branches, as(branches.releaseJob.role)),
          call(sessionOf(branches, one), "kms:Decrypt", facts.key, viaS3(facts)),
          stopped(sessionOf(branches, one), "s3:GetObject", other.releaseFile),
        ],
        change: replaced({ policyOf: deploy }, "ReadReleaseFiles", "for the files of all branches", {
          Resource: [`${facts.bucket}/releases/${name}/${account}/*`],
        }),
      };
    }),
  },
  {
    id: "branch-changes-anothers-code",
    title: "A branch puts its code into another branch's function",
    scene: withBranches((facts, branches) => {
      const { one, other, account, deploy, name } = branches;
      return {
        story:
          `A poisoned template of ${one.label} names a function of ${other.label} as its own, and ` +
          "CloudFormation asks Lambda to change its code, with the session's rights. Functions of all " +
          "branches begin alike; this session may change those that go on with its own hash.",
        steps: [
          takes(branches, as(branches.releaseJob.role)),
          stopped(
            sessionOf(branches, one),
            "lambda:UpdateFunctionCode",
            arnIn(facts, "lambda", account, `function:${other.stackName}-Api`),
          ),
        ],
        change: replaced({ policyOf: deploy }, "ManageFunctions", "for the functions of all branches", {
          Resource: [arnIn(facts, "lambda", account, `function:${name}-*`)],
        }),
      };
    }),
  },
  {
    id: "branch-deletes-anothers-table",
    title: "A branch deletes another branch's table",
    scene: withBranches((facts, branches) => {
      const { one, other, account, deploy, name } = branches;
      return {
        story:
          `A template of ${one.label} takes over a table that it finds in ${other.label}'s stack and drops ` +
          "it in the next push. CloudFormation does so with the session that it was given, whose tables " +
          "have its own branch in their names.",
        steps: [
          takes(branches, as(branches.releaseJob.role)),
          stopped(
            sessionOf(branches, one),
            "dynamodb:DeleteTable",
            arnIn(facts, "dynamodb", account, `table/${other.stackName}-Products`),
          ),
        ],
        change: replaced({ policyOf: deploy }, "ManageTables", "for the tables of all branches", {
          Resource: [arnIn(facts, "dynamodb", account, `table/${name}-*`)],
        }),
      };
    }),
  },
];
