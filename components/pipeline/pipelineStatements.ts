/** What a pipeline's own role may do. Pure. */
import type * as pulumi from "@pulumi/pulumi";
import { type JobScope, objects } from "../jobs/jobStatements";
import { artifactPrefix, jobArn } from "../names";
import { allow, type Statement } from "../policies";

/**
 * The pipeline's own role: its artifacts, its jobs, its topic; the source's statements come beside these.
 * https://docs.aws.amazon.com/codepipeline/latest/userguide/how-to-custom-role.html
 */
export const pipelineStatements = (
  job: JobScope,
  jobNames: readonly string[],
  /** Where approvals are asked for; not given where there are none. */
  approvalTopicArn: pulumi.Input<string> | undefined,
): Statement[] => [
  allow(
    "KeepArtifacts",
    [
      "s3:GetObject",
      "s3:GetObjectTagging",
      "s3:GetObjectVersion",
      "s3:GetObjectVersionTagging",
      "s3:PutObject",
      "s3:PutObjectAcl",
      "s3:PutObjectTagging",
    ],
    [objects(job, `${artifactPrefix(job.pipeline)}/`)],
  ),
  allow(
    "FindBucket",
    ["s3:GetBucketAcl", "s3:GetBucketLocation", "s3:GetBucketVersioning"],
    [job.store.bucketArn],
  ),
  allow(
    "UseKey",
    [
      "kms:Decrypt",
      "kms:DescribeKey",
      "kms:Encrypt",
      "kms:GenerateDataKey",
      "kms:ReEncryptFrom",
      "kms:ReEncryptTo",
    ],
    [job.store.keyArn],
  ),
  allow(
    "RunJobs",
    ["codebuild:BatchGetBuilds", "codebuild:StartBuild"],
    jobNames.map((name) => jobArn(job.scope, name)),
  ),
  ...(approvalTopicArn === undefined ? [] : [allow("AskForApproval", ["sns:Publish"], [approvalTopicArn])]),
];
