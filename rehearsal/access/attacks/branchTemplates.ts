import { service } from "../principals";
import { type BranchFacts, type OneBranch, sessionOf, takes, withBeside, withBranches } from "./branchFacts";
import { as, given, ofTemplate, roleArn } from "./cast";
import { removed, replaced, withoutCondition } from "./change";
import { administratorAccess, bounded, passed } from "./execution";
import type { Facts } from "./facts";
import { arnIn, OWN_SET, stackArn } from "./pairs";
import { type Attack, call, type Said, stopped } from "./scene";

const LAMBDA = "lambda.amazonaws.com";

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
const PREMISE = "A branch's template is carried out with the rights of its session, and nobody has read it.";

/** What a branch's template says, and what CloudFormation may do of it with the session's rights. */
export const BRANCH_TEMPLATES: readonly Attack[] = [
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
      change: removed({ policyOf: branches.deploy }, "CreateRolesWithTag"),
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
  {
    id: "branch-function-reads-anothers-table",
    title: "A branch's function, granted everything, reads another branch's table",
    scene: withBranches((facts, branches) => {
      const { one, other, account, boundary, name } = branches;
      const made = ofTemplate(facts, { ...branches, stackName: one.stackName }, { Service: LAMBDA });
      const role = { ...made, tags: { branch: one.hash } };
      const own = arnIn(facts, "lambda", account, `function:${one.stackName}-Api`);
      return {
        story:
          `A function of ${one.label} is granted Action '*' on '*' by its template, all by the book. It ` +
          `reads the table of ${other.label}, where a colleague tries real data. One boundary serves the roles of all ` +
          "branches, and it too says ${aws:PrincipalTag/branch}: of the role, which cannot lose its tag.",
        roles: [role],
        steps: [
          call(service(LAMBDA), "sts:AssumeRole", role.arn),
          stopped(
            as(role),
            "dynamodb:Scan",
            arnIn(facts, "dynamodb", account, `table/${other.stackName}-Products`),
            {
              context: { "lambda:SourceFunctionArn": own },
            },
          ),
        ],
        change: replaced({ managed: boundary }, "UseTables", "for the tables of all branches", {
          Resource: [arnIn(facts, "dynamodb", account, `table/${name}-*`)],
        }),
      };
    }),
  },
  {
    id: "branch-change-set-with-role",
    title: "A branch has CloudFormation work with the execution role of releases",
    scene: withBeside((facts, branches, beside) => ({
      story:
        `A branch's own stack, but with the execution role of ${beside.name}: CloudFormation would carry the ` +
        "branch's template out with the rights of releases. Somebody has even let the role of branches pass it. " +
        "Its change sets take no role along, or are not made.",
      also: [given(facts, branches.deploy, { "iam:PassRole": beside.execution })],
      steps: [
        takes(branches, as(branches.releaseJob.role)),
        call(
          sessionOf(branches, branches.one),
          "iam:PassRole",
          beside.execution,
          passed("cloudformation.amazonaws.com"),
        ),
        stopped(
          sessionOf(branches, branches.one),
          "cloudformation:CreateChangeSet",
          stackArn(facts, branches.account, branches.one.stackName),
          { context: { ...OWN_SET, "cloudformation:RoleArn": beside.execution } },
        ),
      ],
      change: withoutCondition({ policyOf: branches.deploy }, "CreateChangeSets"),
    })),
  },
  ...(["execution", "codedeploy"] as const).map((kind): Attack => ({
    id: `branch-passes-main-${kind}-role`,
    title: `A branch hands over the ${kind} role of releases`,
    scene: withBeside((facts, branches, beside) => {
      const [role, to] =
        kind === "execution"
          ? [beside.execution, "cloudformation.amazonaws.com"]
          : [beside.codedeploy, "codedeploy.amazonaws.com"];
      if (role === undefined || branches.codedeploy === undefined)
        return { lacks: "a workload that CodeDeploy shifts, beside branches" };
      return {
        story:
          `${PREMISE} It hands ${beside.name}'s ${kind} role to the service that trusts it, which then works on ` +
          "what is live. Sessions of branches hand over two things: roles of their own stack, to functions, and " +
          "the CodeDeploy role of branches, to CodeDeploy.",
        steps: [
          takes(branches, as(branches.releaseJob.role)),
          stopped(sessionOf(branches, branches.one), "iam:PassRole", role, passed(to)),
          call(service(to), "sts:AssumeRole", role),
        ],
        change: replaced({ policyOf: branches.deploy }, "PassCodeDeployRole", "for every role and service", {
          Resource: [roleArn(facts, branches.account, "*")],
          Condition: undefined,
        }),
      };
    }),
  })),
  {
    id: "branch-canary-shifts-main-alias",
    title: "A deployment of a branch moves the alias that is live",
    scene: withBeside((facts, branches, beside) => {
      const { codedeploy } = branches;
      if (codedeploy === undefined) return { lacks: "branches that CodeDeploy shifts" };
      return {
        story:
          "CodeDeploy has one role for all branches, since it sets no tag. A poisoned template describes a " +
          `deployment of ${beside.stackName}'s alias, to move it off the version that is live. The role may ` +
          "shift functions whose names begin as those of branches do.",
        steps: [
          takes(branches, as(branches.releaseJob.role)),
          call(
            sessionOf(branches, branches.one),
            "iam:PassRole",
            codedeploy,
            passed("codedeploy.amazonaws.com"),
          ),
          call(service("codedeploy.amazonaws.com"), "sts:AssumeRole", codedeploy),
          stopped(
            as(codedeploy),
            "lambda:UpdateAlias",
            arnIn(facts, "lambda", beside.account, `function:${beside.stackName}-Api`),
          ),
        ],
        change: replaced({ policyOf: codedeploy }, "ShiftAliases", "for every function of the account", {
          Resource: [arnIn(facts, "lambda", beside.account, "function:*")],
        }),
      };
    }),
  },
];
