/** A pipeline's own role, and what starts it. */
import { of, type Row, rowsOver } from "./rows";

const PIPELINE = "tooling-role {project}-{prefix}-pipeline";
const TRIGGER = "tooling-role {project}-{prefix}-trigger";

const row = rowsOver("pipeline-or-branches");

export const PIPELINE_ROWS: readonly Row[] = [
  row(
    "service codepipeline.amazonaws.com",
    of("sts", "AssumeRole"),
    PIPELINE,
    "CodePipeline runs the pipeline",
  ),
  row(
    PIPELINE,
    of(
      "s3",
      `GetObject GetObjectTagging GetObjectVersion GetObjectVersionTagging PutObject PutObjectAcl PutObjectTagging`,
    ),
    "artifact {artifacts}/*",
    "artifacts of this pipeline pass from action to action",
  ),
  row(
    PIPELINE,
    of("s3", "GetBucketAcl GetBucketLocation GetBucketVersioning"),
    "bucket",
    "CodePipeline looks at the artifact store",
  ),
  row(
    PIPELINE,
    of("kms", "Decrypt DescribeKey Encrypt GenerateDataKey ReEncryptFrom ReEncryptTo"),
    "key",
    "artifacts are encrypted",
  ),
  row(
    PIPELINE,
    of("codebuild", "BatchGetBuilds StartBuild"),
    ["job {project}-{prefix}-build", "job {project}-{prefix}-verify", "job {project}-{prefix}-promote"],
    "it runs its own jobs, and no other pipeline's",
    { needs: "released" },
  ),
  rowsOver("environment")(
    PIPELINE,
    of("codebuild", "BatchGetBuilds StartBuild"),
    "job {own}-*",
    "it runs the jobs of its environments, and none of its branches'",
  ),
  row(
    PIPELINE,
    of("codebuild", "BatchGetBuilds StartBuild"),
    [
      "job {project}-{prefix}-register",
      "job {project}-{prefix}-build",
      "job {project}-{prefix}-release-job",
      "job {project}-{prefix}-verify",
    ],
    "it runs its own jobs, and none of the pipeline's whose branches these are",
    { needs: "of branches" },
  ),
  row(PIPELINE, of("sns", "Publish"), "topic", "people are asked for approval", { needs: "approvals" }),
  row(
    PIPELINE,
    of(
      "codecommit",
      `CancelUploadArchive GetBranch GetCommit GetRepository GetUploadArchiveStatus UploadArchive`,
    ),
    "repository {repository}",
    "the source is fetched",
    { needs: "codecommit" },
  ),
  row(PIPELINE, of("codeconnections", "UseConnection"), "connection", "the source is fetched", {
    needs: "connection",
  }),
  row(
    PIPELINE,
    of("codestar-connections", "UseConnection"),
    "connection-by-its-old-name",
    "the source is fetched; AWS asks under both names of the service",
    { needs: "connection" },
  ),
  row("service events.amazonaws.com", of("sts", "AssumeRole"), TRIGGER, "rules start what they are for", {
    when: { "aws:SourceArn": "arn:{partition}:events:{region}:{tooling}:rule/*" },
  }),
  row(
    TRIGGER,
    of("codepipeline", "StartPipelineExecution"),
    "pipeline {pipeline}",
    "a push starts this pipeline",
    { needs: "codecommit" },
  ),
  row(
    TRIGGER,
    of("codebuild", "StartBuild"),
    "job {project}-{prefix}-cleanup",
    "a run that ends badly, a branch that is deleted, or the daily sweep starts the clean-up",
  ),
];
