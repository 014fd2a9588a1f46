import { sessionOf, takes, withBranches } from "./branchInventory";
import { as, roleArn } from "./cast";
import { removed, replaced } from "./change";
import { administratorAccess, bounded } from "./execution";
import { type Attack, call, type Said, stopped } from "./scene";
import type { BranchFacts, OneBranch, Facts } from "./inventoryModel";

/** A role of a branch's stack. */
const ownRole = (facts: Facts, { account, rolePath, one }: BranchFacts, id: string): string =>
  roleArn(facts, account, `${rolePath.slice(1)}${one.stackName}-${id}`);

/** What a call that makes or tags a role says: its boundary, and whose branch's it is; undefined: nobody's. */
const making = ({ boundary }: BranchFacts, branch: OneBranch | undefined): Said => ({
  context: {
    "iam:PermissionsBoundary": boundary,
    ...(branch && { "aws:RequestTag/branch": branch.hash }),
  },
  ...(!branch && { absent: ["aws:RequestTag/branch"] }),
});

/** How these begin: CloudFormation carries the template out with the session's own rights. */
export const PREMISE =
  "A branch's template is carried out with the rights of its session, and nobody has read it.";

/** Roles that a branch's template makes: their tag says whose they are, and their boundary goes by it. */
export const BRANCH_ROLES: readonly Attack[] = [
  {
    id: "branch-role-without-tag",
    title: "A branch's template makes a role without the branch's tag",
    scene: withBranches((facts, branches) => ({
      story:
        `${PREMISE} The boundary of branches goes by the tag of the role: one without it would be under ` +
        "no branch's. It could reach nothing yet, and wait for a tag to be given later. The session may " +
        "make roles with its own branch's tag or not at all.",
      steps: [
        takes(branches, as(branches.releaseJob.role)),
        stopped(
          sessionOf(branches, branches.one),
          "iam:CreateRole",
          ownRole(facts, branches, "Plain"),
          making(branches, undefined),
        ),
      ],
      change: removed({ policyOf: branches.deploy }, "CreateRolesWithTag"),
    })),
  },
  {
    id: "branch-role-with-anothers-tag",
    title: "A branch's template makes a role with another branch's tag",
    scene: withBranches((facts, branches) => ({
      story:
        `${PREMISE} It makes a role in its own name, with the right boundary and the tag of ` +
        `${branches.other.label}: the boundary would then end at the other one's tables. A deny statement ` +
        "compares the tag that is asked for with the session's own.",
      steps: [
        takes(branches, as(branches.releaseJob.role)),
        stopped(
          sessionOf(branches, branches.one),
          "iam:CreateRole",
          ownRole(facts, branches, "Double"),
          making(branches, branches.other),
        ),
      ],
      change: replaced(
        { policyOf: branches.deploy },
        "CreateRolesWithTag",
        "for roles without any such tag",
        {
          Condition: { Null: { "aws:RequestTag/branch": "true" } },
        },
      ),
    })),
  },
  {
    id: "branch-role-retagged",
    title: "A branch's template gives its role another branch's tag afterwards",
    scene: withBranches((facts, branches) => ({
      story:
        `${PREMISE} The role is made by the book; the next push changes its tag to that of ` +
        `${branches.other.label}, which to CloudFormation is an update like any other. Tagging roles is ` +
        "allowed, for all tags but this one with another value.",
      steps: [
        takes(branches, as(branches.releaseJob.role)),
        call(
          sessionOf(branches, branches.one),
          "iam:CreateRole",
          ownRole(facts, branches, "Function"),
          making(branches, branches.one),
        ),
        stopped(sessionOf(branches, branches.one), "iam:TagRole", ownRole(facts, branches, "Function"), {
          context: { "aws:RequestTag/branch": branches.other.hash },
        }),
      ],
      change: removed({ policyOf: branches.deploy }, "KeepTag"),
    })),
  },
  {
    id: "branch-role-untagged",
    title: "A branch's template takes the tag off its role",
    scene: withBranches((facts, branches) => ({
      story:
        `${PREMISE} Without its tag a role is nobody's, and what is nobody's is found by no clean-up and ` +
        "no search. Taking tags off roles is denied to sessions of branches, whichever tag it is.",
      steps: [
        takes(branches, as(branches.releaseJob.role)),
        stopped(sessionOf(branches, branches.one), "iam:UntagRole", ownRole(facts, branches, "Function")),
      ],
      change: removed({ policyOf: branches.deploy }, "KeepTags"),
    })),
  },
  {
    id: "branch-boundary-exchanged",
    title: "A branch's template makes a role with a boundary that bounds nothing",
    scene: withBranches((facts, branches) => ({
      story:
        `${PREMISE} It names AdministratorAccess as the boundary of its role. The tag is right, the name ` +
        "is right. The session may make roles with the one boundary of branches.",
      steps: [
        takes(branches, as(branches.releaseJob.role)),
        stopped(sessionOf(branches, branches.one), "iam:CreateRole", ownRole(facts, branches, "King"), {
          context: {
            ...bounded(administratorAccess(facts)).context,
            "aws:RequestTag/branch": branches.one.hash,
          },
        }),
      ],
      change: replaced({ policyOf: branches.deploy }, "ManageBoundedRoles", "with any boundary", {
        Condition: { StringLike: { "iam:PermissionsBoundary": "*" } },
      }),
    })),
  },
];
