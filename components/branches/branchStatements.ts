/** What separates branches from each other and from all else: the tag of the session, which only our jobs set. Pure. */
import {
  askPipeline,
  decrypt,
  encrypt,
  encryptIn,
  type JobScope,
  list,
  objects,
  readArtifacts,
  readJudge,
  storesFor,
  writeReleaseFiles,
} from "../jobs/jobStatements";
import { ANY_BRANCH, keptFolder, SESSION_BRANCH } from "../names";
import { findBranches } from "./branchSource";
import { allow, deny, document, type Document, type Statement } from "../policies";
import type { Source } from "../pipeline/source";
import type { PipelineEnvironment } from "../stage";
import { executeStatements, planStatements, type StackSite } from "../environment/stackStatements";

/** Trust in jobs of another account that say which branch they act for, and nothing else. */
export const trustBranchJobs = (accountRoot: string, roleArns: readonly string[]): Document =>
  document({
    Sid: "AssumedByJobs",
    Effect: "Allow",
    Principal: { AWS: accountRoot },
    Action: ["sts:AssumeRole", "sts:TagSession"],
    Condition: {
      ArnEquals: { "aws:PrincipalArn": [...roleArns] },
      // Asks for the tag: without one there is no session.
      StringLike: { "aws:RequestTag/branch": ANY_BRANCH },
      "ForAllValues:StringEquals": { "aws:TagKeys": ["branch"] },
    },
  });

/** The job's side of it. */
const takeBranchRole = (roleArn: string): Statement =>
  allow("TakeBranchRole", ["sts:AssumeRole", "sts:TagSession"], [roleArn]);

/** The branches that have an environment: an object each. */
function useRegistry(job: JobScope, ...more: string[]): Statement[] {
  const registry = keptFolder(job.pipeline);
  return [
    allow("UseRegistry", [...more, "s3:GetObject"], [objects(job, registry)]),
    list("ListRegistry", job, registry),
    more.includes("s3:PutObject") ? encrypt(job) : decrypt(job),
  ];
}

const noted = ({ store, pipeline }: JobScope) =>
  store.bucketArn.apply((bucket) => `${bucket}/${keptFolder(pipeline)}${ANY_BRANCH}.stack`);

/** Say which branch a run is of, and note it. */
export const registerStatements = (job: JobScope): Statement[] => [
  ...readArtifacts(job), // of the action's input the commands read delivery.yaml, and run nothing
  ...useRegistry(job, "s3:PutObject"),
  askPipeline(job, "stage", "run", "actions"),
];

/** Put checked release files where the branch's session may read them, and take that session. */
export const branchReleaseStatements = (
  job: JobScope,
  { account, region }: Pick<PipelineEnvironment, "account" | "region">,
  roleArn: string,
): Statement[] => [
  ...readArtifacts(job),
  writeReleaseFiles(job, { account, name: "*" }, storesFor(job, { region })),
  encryptIn(storesFor(job, { region })),
  readJudge(job),
  takeBranchRole(roleArn),
  askPipeline(job, "stage", "run", "actions"),
];

/** Remove environments of branches. */
export const branchCleanupStatements = (job: JobScope, source: Source, roleArn: string): Statement[] => [
  ...useRegistry(job, "s3:DeleteObject"),
  // Which stack it is about to delete: the notes of branches are Register's to write.
  allow("NoteDeletions", ["s3:PutObject"], [noted(job)]),
  allow("EncryptNotes", ["kms:GenerateDataKey"], [job.store.keyArn]),
  ...findBranches(job.scope, source),
  takeBranchRole(roleArn),
];

/** A branch's stack, made, changed and deleted with the session's own rights: a role of CloudFormation's has no tag. */
export const branchStackStatements = (site: StackSite): Statement[] => [
  ...planStatements(site),
  ...executeStatements(site),
  allow(
    "MendOrDeleteStack",
    ["cloudformation:ContinueUpdateRollback", "cloudformation:DeleteStack"],
    [site.stackArn],
  ),
];

/** A branch's own roles carry its tag from birth, since their boundary goes by it. */
export const keepBranchTags = (): Statement[] => {
  const other = { StringNotEquals: { "aws:RequestTag/branch": SESSION_BRANCH } };
  return [
    deny("CreateRolesWithTag", ["iam:CreateRole"], ["*"], other),
    deny("KeepTag", ["iam:TagRole"], ["*"], { ...other, Null: { "aws:RequestTag/branch": "false" } }),
    // Whatever the tag: names of tags are the same to IAM in large and small letters, but not in a condition.
    deny("KeepTags", ["iam:UntagRole"], ["*"]),
  ];
};
