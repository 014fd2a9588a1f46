import { policy } from "../../../packages/iam/src/policy/policies";
import { service, session } from "../../../packages/iam/src/policy/principals";
import { sessionOf, takes, withBeside, withBranches } from "./branchInventory";
import { PREMISE } from "./branchRoles";
import { as, given, nameOf, ofTemplate, roleArn } from "./cast";
import { replaced, withoutCondition } from "./change";
import { passed } from "./execution";
import { arnIn, OWN_SET, stackArn } from "./pairs";
import { type Attack, call, stopped } from "./scene";

const LAMBDA = "lambda.amazonaws.com";

/** What functions of a branch do, and what its template hands to services. */
export const BRANCH_TEMPLATES: readonly Attack[] = [
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
    id: "branch-function-becomes-another-branch",
    title: "A branch's function takes its own role again, as another branch",
    scene: withBranches((facts, branches) => {
      const { one, other, account, boundary } = branches;
      const made = ofTemplate(facts, { ...branches, stackName: one.stackName }, { Service: LAMBDA });
      const itself = `arn:${facts.partition}:sts::${account}:assumed-role/${nameOf(made.arn)}/run`;
      const trust = [
        { Effect: "Allow", Principal: { Service: LAMBDA }, Action: "sts:AssumeRole" },
        { Effect: "Allow", Principal: { AWS: itself }, Action: ["sts:AssumeRole", "sts:TagSession"] },
      ];
      const role = {
        ...made,
        tags: { branch: one.hash },
        trust: policy(
          `trust of role ${nameOf(made.arn)}`,
          "trust",
          { Version: "2012-10-17", Statement: trust },
          facts.model.keys,
        ),
      };
      return {
        story:
          "A template's role trusts its own session, which no boundary limits, and lets it choose tags: with " +
          `the tag of ${other.label} its boundary is that branch's. IAM has no key for the text of a trust policy; ` +
          "Plan, for branches the job that deploys, refuses a role that anybody but Lambda may take. Say that this one " +
          "came past it: tables are still for calls out of that branch's functions.",
        roles: [role],
        steps: [
          call(service(LAMBDA), "sts:AssumeRole", role.arn),
          call(as(role), "sts:AssumeRole", role.arn, { context: { "aws:RequestTag/branch": other.hash } }),
          stopped(
            session(role.arn, "again", { branch: other.hash }),
            "dynamodb:Scan",
            arnIn(facts, "dynamodb", account, `table/${other.stackName}-Products`),
            {
              context: {
                "lambda:SourceFunctionArn": arnIn(facts, "lambda", account, `function:${one.stackName}-Api`),
              },
            },
          ),
        ],
        change: withoutCondition({ managed: boundary }, "UseTables"),
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
        change:
          kind === "execution"
            ? replaced({ policyOf: branches.deploy }, "PassCodeDeployRole", "for every role and service", {
                Resource: [roleArn(facts, branches.account, "*")],
                Condition: undefined,
              })
            : replaced({ policyOf: branches.deploy }, "PassCodeDeployRole", "for all roles of that kind", {
                Resource: [roleArn(facts, branches.account, "*-codedeploy")],
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
