/** What the roles in an environment may do with the workload's stack. Pure. */
import { dnsSuffix } from "./names";
import { allow, type Statement } from "./policies";

export interface StackSite {
  /** The workload's stack, whatever its id. */
  readonly stackArn: string;
  readonly executionRoleArn: string;
  readonly transformArns: readonly string[];
  /** The checked release files of this pipeline and environment. */
  readonly releaseFilesArn: string;
  readonly keyArn: string;
  readonly region: string;
  /** Whether releases are planned before they are approved; otherwise the release job has looked at the stack. */
  readonly planned: boolean;
}

/** The jobs name every change set after its run, `d-<execution id>`; others are left alone. */
const OWN_SETS = { StringLike: { "cloudformation:ChangeSetName": "d-*" } };

const describe = (stackArn: string): Statement =>
  allow("DescribeStack", ["cloudformation:DescribeStacks"], [stackArn]);

/** Make, read and delete change sets, with the execution role and no other; execute none. */
export const planStatements = (site: StackSite): Statement[] => [
  ...(site.planned ? [describe(site.stackArn)] : []),
  allow("CreateChangeSets", ["cloudformation:CreateChangeSet"], [site.stackArn], {
    StringEquals: { "cloudformation:RoleArn": site.executionRoleArn },
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
  allow("PassExecutionRole", ["iam:PassRole"], [site.executionRoleArn], {
    StringEquals: { "iam:PassedToService": "cloudformation.amazonaws.com" },
  }),
  // CloudFormation fetches the template as the caller.
  allow("ReadReleaseFiles", ["s3:GetObject"], [site.releaseFilesArn]),
  allow("DecryptReleaseFiles", ["kms:Decrypt"], [site.keyArn], {
    StringEquals: { "kms:ViaService": `s3.${site.region}.${dnsSuffix(site.region)}` },
  }),
];

/** Execute a run's change set, follow it, and never leave a stack that cannot be updated or can be deleted. */
export const deployStatements = ({ stackArn }: StackSite): Statement[] => [
  describe(stackArn),
  allow("FollowStack", ["cloudformation:DescribeStackEvents"], [stackArn]),
  allow(
    "ExecuteChangeSets",
    ["cloudformation:DescribeChangeSet", "cloudformation:ExecuteChangeSet"],
    [stackArn],
    OWN_SETS,
  ),
  allow(
    "KeepStackUsable",
    ["cloudformation:ContinueUpdateRollback", "cloudformation:UpdateTerminationProtection"],
    [stackArn],
  ),
];

/** Delete change sets and a stack that never came to be: one that was deployed has termination protection. */
export const cleanupStatements = ({ stackArn }: StackSite): Statement[] => [
  describe(stackArn),
  allow("DeleteChangeSets", ["cloudformation:DeleteChangeSet"], [stackArn], OWN_SETS),
  allow("ListChangeSets", ["cloudformation:ListChangeSets"], [stackArn]),
  allow("DeleteStack", ["cloudformation:DeleteStack"], [stackArn]),
];
