/** What the roles in an environment may do with the workload's stack. Pure. */
import { dnsSuffix } from "../names";
import { allow, type Statement } from "../policies";

export interface StackSite {
  /** The workload's stack, whatever its id. */
  readonly stackArn: string;
  /** Role that CloudFormation works with. Not given: it works with the rights of who makes the change set. */
  readonly executionRoleArn?: string;
  readonly transformArns: readonly string[];
  /** The checked release files of this pipeline and environment. */
  readonly releaseFilesArn: string;
  readonly keyArn: string;
  readonly region: string;
  /** SSM parameters that the template is given by name. Default: none. */
  readonly parametersArn?: string;
  /** Whether releases are planned before they are approved; otherwise the release job has looked at the stack. */
  readonly planned: boolean;
}

/** The jobs name every change set after its run, `d-<execution id>`; others are left alone. */
const OWN_SETS = { StringLike: { "cloudformation:ChangeSetName": "d-*" } };

const describe = (stackArn: string): Statement =>
  allow("DescribeStack", ["cloudformation:DescribeStacks"], [stackArn]);

/** Make, read and delete change sets, with the execution role or none, and no other; execute none. */
export const planStatements = (site: StackSite): Statement[] => [
  ...(site.planned ? [describe(site.stackArn)] : []),
  allow("CreateChangeSets", ["cloudformation:CreateChangeSet"], [site.stackArn], {
    ...(site.executionRoleArn === undefined
      ? { Null: { "cloudformation:RoleArn": "true" } }
      : { StringEquals: { "cloudformation:RoleArn": site.executionRoleArn } }),
    ...OWN_SETS,
  }),
  // Expanding a transform is asked for on the transform, not on the stack.
  ...(site.transformArns.length > 0
    ? [allow("UseTransforms", ["cloudformation:CreateChangeSet"], site.transformArns)]
    : []),
  allow("TagStack", ["cloudformation:TagResource"], [site.stackArn], {
    StringEquals: { "cloudformation:CreateAction": "CreateChangeSet" },
  }),
  allow(
    "ReadAndDeleteChangeSets",
    ["cloudformation:DeleteChangeSet", "cloudformation:DescribeChangeSet"],
    [site.stackArn],
    OWN_SETS,
  ),
  allow("ListChangeSets", ["cloudformation:ListChangeSets"], [site.stackArn]),
  // Names alone, of all tables: a first release does not make again what a stack of its name has left.
  allow("FindTablesLeft", ["dynamodb:ListTables"], ["*"]),
  // Of a change set too: what it will execute, once its transforms are expanded, is judged before the approval.
  allow("ReadTemplate", ["cloudformation:GetTemplate"], [site.stackArn]),
  ...(site.executionRoleArn === undefined
    ? []
    : [
        allow("PassExecutionRole", ["iam:PassRole"], [site.executionRoleArn], {
          StringEquals: { "iam:PassedToService": "cloudformation.amazonaws.com" },
        }),
      ]),
  // CloudFormation fetches the template as the caller.
  allow("ReadReleaseFiles", ["s3:GetObject"], [site.releaseFilesArn]),
  allow("DecryptReleaseFiles", ["kms:Decrypt"], [site.keyArn], {
    StringEquals: { "kms:ViaService": `s3.${site.region}.${dnsSuffix(site.region)}` },
  }),
  // CreateChangeSet looks them up as the caller: the comment on this permission of the role that the CDK's own change sets are
  // made with, https://github.com/aws/aws-cdk-cli/blob/main/packages/aws-cdk/lib/api/bootstrap/bootstrap-template.yaml
  ...(site.parametersArn === undefined
    ? []
    : [allow("ReadPlatform", ["ssm:GetParameters"], [site.parametersArn])]),
];

/** Execute a run's change set, and follow it. */
export const executeStatements = ({ stackArn }: StackSite): Statement[] => [
  describe(stackArn),
  allow("FollowStack", ["cloudformation:DescribeStackEvents"], [stackArn]),
  allow(
    "ExecuteChangeSets",
    ["cloudformation:DescribeChangeSet", "cloudformation:ExecuteChangeSet"],
    [stackArn],
    OWN_SETS,
  ),
];

/** The same, and never leave a stack that cannot be updated or can be deleted. */
export const deployStatements = (site: StackSite): Statement[] => [
  ...executeStatements(site),
  allow(
    "KeepStackUsable",
    ["cloudformation:ContinueUpdateRollback", "cloudformation:UpdateTerminationProtection"],
    [site.stackArn],
  ),
];

/** Delete change sets and a stack that never came to be: one that was deployed has termination protection. */
export const cleanupStatements = ({ stackArn }: StackSite): Statement[] => [
  describe(stackArn),
  allow("DeleteChangeSets", ["cloudformation:DeleteChangeSet"], [stackArn], OWN_SETS),
  allow("ListChangeSets", ["cloudformation:ListChangeSets"], [stackArn]),
  allow("DeleteStack", ["cloudformation:DeleteStack"], [stackArn]),
];
