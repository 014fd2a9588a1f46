/** What CloudFormation may do about traffic and roles of a workload: with the workload's boundary, or not at all. */
import { type Need, of, type Row, rowsOver } from "./rows";

const EXECUTION = "executor";
const ROLES = "role {workload}-*";

const over = rowsOver("environment-or-branch");
/** For kinds that have something. */
const needing =
  (needs: Need | readonly Need[]) =>
  (may: readonly string[], on: Row["on"], why: string, when?: Row["when"]): Row =>
    over(EXECUTION, may, on, why, { needs, ...(when && { when }) });

const shift = needing("role codedeploy");
const DEPLOYMENTS: readonly Row[] = [
  shift(
    of(
      "codedeploy",
      `CreateApplication CreateDeployment CreateDeploymentGroup DeleteApplication DeleteDeploymentGroup GetApplication
      GetApplicationRevision GetDeployment GetDeploymentGroup ListDeployments ListTagsForResource RegisterApplicationRevision
      TagResource UntagResource UpdateDeploymentGroup`,
    ),
    ["application {workload}-*", "deployment-group {workload}-*"],
    "CloudFormation has CodeDeploy shift the alias",
  ),
  shift(
    of("codedeploy", "StopDeployment"),
    "anything",
    "a deployment has no ARN: this stops others' too, which ends in a roll-back to what ran before",
  ),
  shift(of("codedeploy", "GetDeploymentConfig"), "deployment-config *", "how fast traffic is shifted"),
  shift(of("iam", "PassRole"), "role {own}-codedeploy", "CodeDeploy, and nobody else, gets its role", {
    "iam:PassedToService": "codedeploy.amazonaws.com",
  }),
];

const row = needing("bounded");
const [released, ofBranch] = [needing(["bounded", "released"]), needing(["bounded", "of a branch"])];
const BOUNDED = { "iam:PermissionsBoundary": "{policies}{own}-boundary" };
const ROLE_ROWS: readonly Row[] = [
  over(
    "service cloudformation.amazonaws.com",
    of("sts", "AssumeRole"),
    "role {own}-execution",
    "CloudFormation deploys",
    { needs: "released" },
  ),
  row(
    of(
      "iam",
      `AttachRolePolicy DeleteRolePolicy DetachRolePolicy PutRolePermissionsBoundary PutRolePolicy
      UpdateAssumeRolePolicy`,
    ),
    ROLES,
    "roles are changed only with the workload's boundary, which nothing here takes off",
    BOUNDED,
  ),
  row(
    of(
      "iam",
      `DeleteRole GetRole GetRolePolicy ListAttachedRolePolicies ListRolePolicies ListRoleTags UpdateRole
      UpdateRoleDescription`,
    ),
    ROLES,
    "the workload's roles are read, described and deleted",
  ),
  released(of("iam", "CreateRole"), ROLES, "roles are made only with the workload's boundary", BOUNDED),
  released(of("iam", "TagRole UntagRole"), ROLES, "the workload's roles are tagged"),
  ofBranch(
    of("iam", "CreateRole"),
    ROLES,
    "roles are made only with the boundary of branches, and with the branch's own tag, which that goes by",
    { ...BOUNDED, "aws:RequestTag/branch": "{hash}" },
  ),
  ofBranch(of("iam", "TagRole"), ROLES, "a branch's roles keep its tag, whatever others they are given", {
    "aws:RequestTag/branch": { ifThere: "{hash}" },
  }),
  row(of("iam", "PassRole"), ROLES, "the workload's roles are given to functions, and to nothing else", {
    "iam:PassedToService": "lambda.amazonaws.com",
  }),
];

export const EXECUTION_ROLE_ROWS: readonly Row[] = [...DEPLOYMENTS, ...ROLE_ROWS];
