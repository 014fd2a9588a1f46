/** Environments of branches: jobs of their own, and sessions that are one branch's each. */
import { shiftingRows } from "./environmentRows";
import { of, type Row, rowsOver } from "./rows";

const REGISTER = "tooling-role {project}-{prefix}-register";
const RELEASE = "tooling-role {project}-{prefix}-release-job";
const CLEANUP = "tooling-role {project}-{prefix}-cleanup";
const REGISTRY = "artifact kept/{pipeline}/*";
/** Exactly one tag, of the length that a branch's has. */
const FOR_A_BRANCH = { "aws:RequestTag/branch": "????????", "aws:TagKeys": "branch" };

const row = rowsOver("branches");

const REGISTERING: readonly Row[] = [
  row(REGISTER, of("s3", "GetObject PutObject"), REGISTRY, "a branch that gets a stack is noted"),
  row(CLEANUP, of("s3", "DeleteObject GetObject"), REGISTRY, "what was noted goes with the stack"),
  row(
    CLEANUP,
    of("s3", "PutObject"),
    "artifact kept/{pipeline}/????????.stack",
    "which stack it is about to delete: what that keeps is told also when the job comes to no end",
  ),
  row(CLEANUP, of("kms", "GenerateDataKey"), "key", "the note of it is encrypted"),
  ...[REGISTER, CLEANUP].map((who) =>
    row(who, of("s3", "ListBucket"), "bucket", "which branches have a stack", {
      when: { "s3:prefix": "kept/{pipeline}/*" },
    }),
  ),
  row(REGISTER, of("kms", "GenerateDataKey"), "key", "what is noted is encrypted"),
  row(CLEANUP, of("kms", "Decrypt"), "key", "what was noted is encrypted"),
  ...[REGISTER, RELEASE].map((who) =>
    row(
      who,
      of("codepipeline", "GetPipelineExecution GetPipelineState ListActionExecutions"),
      "pipeline {pipeline}",
      "each acts for its own run alone, and asks what started it and what it was handed",
    ),
  ),
  row(CLEANUP, of("codecommit", "GetBranch"), "repository {repository}", "whether a branch is still there", {
    needs: "codecommit",
  }),
];

const TAKING: readonly Row[] = [RELEASE, CLEANUP].map((who) =>
  row(
    who,
    of("sts", "AssumeRole TagSession"),
    "role {own}-deploy",
    "what deploys and cleans up says for which branch it takes the role, and nothing else of the session",
    { theyWant: FOR_A_BRANCH },
  ),
);

const over = rowsOver("branch");
const STACK = "stack {workload}/*";
/** Change sets are named after the run. */
const OF_A_RUN = { "cloudformation:ChangeSetName": "d-*" };
/** Of the session of one branch. */
const own = (may: Row["may"], on: Row["on"], why: string, more: Partial<Row> = {}): Row =>
  over("executor", may, on, why, more);

const DEPLOYING: readonly Row[] = [
  own(
    of("cloudformation", "CreateChangeSet"),
    STACK,
    "a change set is made for the branch's own stack, with the session's rights and with no role",
    { when: { ...OF_A_RUN, "cloudformation:RoleArn": { absent: true } } },
  ),
  own(
    of("cloudformation", "CreateChangeSet"),
    "transform {transforms}",
    "the transforms of the settings are expanded",
    { needs: "transforms" },
  ),
  own(of("cloudformation", "TagResource"), STACK, "a change set tags what it makes", {
    when: { "cloudformation:CreateAction": "CreateChangeSet" },
  }),
  own(
    of("cloudformation", "DeleteChangeSet DescribeChangeSet ExecuteChangeSet"),
    STACK,
    "change sets of runs are read, executed, and removed when they are stale",
    { when: OF_A_RUN },
  ),
  own(
    of("dynamodb", "ListTables"),
    "anything",
    "a branch's first release finds the tables that a stack of its name has left; DynamoDB knows no resource for all tables",
  ),
  own(
    of("cloudformation", "GetTemplate"),
    STACK,
    "what a change set will execute is judged, with its transforms expanded",
  ),
  own(
    of("cloudformation", "DescribeStackEvents DescribeStacks ListChangeSets"),
    STACK,
    "how the branch's own stack is",
  ),
  own(
    of("cloudformation", "ContinueUpdateRollback DeleteStack"),
    STACK,
    "a stack that cannot be updated is mended; one whose branch is gone is deleted",
  ),
  own(
    of("s3", "GetObject"),
    "artifact releases/{pipeline}/{account}/{environment}/*",
    "CloudFormation fetches the template as the caller",
  ),
  own(of("kms", "Decrypt"), "key", "the template is encrypted; through S3 and not otherwise", {
    when: { "kms:ViaService": "s3.{region}.{suffix}" },
  }),
];

export const BRANCH_ROWS: readonly Row[] = [
  ...REGISTERING,
  ...TAKING,
  ...DEPLOYING,
  ...shiftingRows(row, "function {prefix}-*"),
  row(
    "rewritten-role {own}-deploy",
    of("s3", "GetObject"),
    "artifact releases/{pipeline}/{account}/*",
    "who administers the account of branches can rewrite the role: it then reads the release files of all of them",
    { needs: "abroad" },
  ),
];
