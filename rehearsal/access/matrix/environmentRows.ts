/** What the roles in an environment's account may do with the workload's stack. */
import { of, type Row, rowsOver } from "./rows";

const PLAN = "role {own}-plan";
const DEPLOY = "role {own}-deploy";
const CLEANUP = "role {own}-cleanup";
const STACK = "stack {workload}/*";
/** Change sets are named after the run. */
const OF_A_RUN = { "cloudformation:ChangeSetName": "d-*" };

const row = rowsOver("environment");

const PLANNING: readonly Row[] = [
  row(
    PLAN,
    of("cloudformation", "DescribeStacks"),
    STACK,
    "what state it is in; without an approval the release job has looked",
    { needs: "approval" },
  ),
  row(PLAN, of("cloudformation", "ListChangeSets"), STACK, "which change sets there are"),
  row(
    PLAN,
    of("cloudformation", "CreateChangeSet"),
    STACK,
    "a change set is made for this stack, with the execution role and no other",
    { when: { ...OF_A_RUN, "cloudformation:RoleArn": "{roles}{own}-execution" } },
  ),
  row(
    PLAN,
    of("cloudformation", "CreateChangeSet"),
    "transform {transforms}",
    "the transforms of the settings are expanded",
    { needs: "transforms" },
  ),
  row(PLAN, of("cloudformation", "TagResource"), STACK, "a change set tags what it makes", {
    when: { "cloudformation:CreateAction": "CreateChangeSet" },
  }),
  row(
    PLAN,
    of("cloudformation", "DeleteChangeSet DescribeChangeSet"),
    STACK,
    "change sets of runs are read, and stale ones removed; none is executed",
    { when: OF_A_RUN },
  ),
  row(
    PLAN,
    of("dynamodb", "ListTables"),
    "anything",
    "a first release finds the tables that a stack of its name has left; DynamoDB knows no resource for all tables",
  ),
  row(
    PLAN,
    of("cloudformation", "GetTemplate"),
    STACK,
    "what a change set will execute is judged, with its transforms expanded",
  ),
  row(PLAN, of("iam", "PassRole"), "role {own}-execution", "CloudFormation works with the execution role", {
    when: { "iam:PassedToService": "cloudformation.amazonaws.com" },
  }),
  row(
    PLAN,
    of("s3", "GetObject"),
    "artifact releases/{pipeline}/{account}/{environment}/*",
    "CloudFormation fetches the template as the caller",
  ),
  row(PLAN, of("kms", "Decrypt"), "key", "the template is encrypted; through S3 and not otherwise", {
    when: { "kms:ViaService": "s3.{region}.{suffix}" },
  }),
];

/** Parameters of SSM's types are read by whoever makes a change set, and again by whoever carries it out. */
const NAMING: readonly Row[] = [PLAN, "role {own}-execution"].map((who) =>
  row(
    who,
    of("ssm", "GetParameters"),
    "parameter {project}/{environment}/platform/*",
    "templates name the values of the environment's platform, and no others",
    { needs: "platform" },
  ),
);

const DEPLOYING: readonly Row[] = [
  row(DEPLOY, of("cloudformation", "DescribeStackEvents DescribeStacks"), STACK, "how the update goes"),
  row(
    DEPLOY,
    of("cloudformation", "DescribeChangeSet ExecuteChangeSet"),
    STACK,
    "the change set of the run is executed",
    { when: OF_A_RUN },
  ),
  row(
    DEPLOY,
    of("cloudformation", "ContinueUpdateRollback UpdateTerminationProtection"),
    STACK,
    "no stack is left that cannot be updated, or that can be deleted",
  ),
  row(CLEANUP, of("cloudformation", "DescribeStacks ListChangeSets"), STACK, "what a failed run left"),
  row(CLEANUP, of("cloudformation", "DeleteChangeSet"), STACK, "the change set of a failed run goes", {
    when: OF_A_RUN,
  }),
  row(
    CLEANUP,
    of("cloudformation", "DeleteStack"),
    STACK,
    "a stack that never came to be goes; one that was deployed has termination protection",
  ),
];

const CODEDEPLOY = "role {own}-codedeploy";
const shifts =
  (over: typeof row) =>
  (who: string, may: Row["may"], on: Row["on"], why: string): Row =>
    over(who, may, on, why, { needs: "role codedeploy" });

/** How CodeDeploy shifts what these functions are behind. */
export const shiftingRows = (over: typeof row, functions: string): readonly Row[] => {
  const shifting = shifts(over);
  return [
    shifting(
      "service codedeploy.amazonaws.com",
      of("sts", "AssumeRole"),
      CODEDEPLOY,
      "CodeDeploy shifts traffic",
    ),
    shifting(
      CODEDEPLOY,
      of("lambda", "GetAlias GetProvisionedConcurrencyConfig UpdateAlias"),
      functions,
      "the aliases of this workload are shifted",
    ),
    shifting(
      CODEDEPLOY,
      of("cloudwatch", "DescribeAlarms"),
      "anything",
      "an alarm stops a deployment; CloudWatch knows no resource for all alarms",
    ),
  ];
};

export const ENVIRONMENT_ROWS: readonly Row[] = [
  ...PLANNING,
  ...NAMING,
  ...DEPLOYING,
  ...shiftingRows(row, "function {workload}-*"),
];
