import assert from "node:assert/strict";
import { walk } from "../../../../rehearsal/access/calls/walk";
import { unbrokenWorld } from "../worlds";
import { whole } from "../../../whole/sample";

/** Actions of a caller for some reason, each once. */
async function asked(caller: string, why: RegExp): Promise<string[]> {
  const { calls } = walk(await unbrokenWorld());
  const found = calls.filter((each) => each.caller === caller && why.test(each.why));
  return [...new Set(found.map(({ action }) => action))].sort();
}

const LOG = ["logs:CreateLogStream", "logs:PutLogEvents"];
const BUCKET = ["s3:GetBucketAcl", "s3:GetBucketLocation"];

describe("access/calls has", () => {
  whole("CodePipeline fetch the source, carry artifacts, run jobs and ask for approval", async () => {
    const pipeline = "delivery-catalog-pipeline";
    assert.deepEqual(await asked(pipeline, /fetches the source/), [
      "codecommit:CancelUploadArchive",
      "codecommit:GetBranch",
      "codecommit:GetCommit",
      "codecommit:GetRepository",
      "codecommit:GetUploadArchiveStatus",
      "codecommit:UploadArchive",
    ]);
    assert.deepEqual(await asked(pipeline, /(carries|encrypts) artifacts/), [
      "kms:Decrypt",
      "kms:DescribeKey",
      "kms:Encrypt",
      "kms:GenerateDataKey",
      "kms:ReEncryptFrom",
      "kms:ReEncryptTo",
      ...BUCKET,
      "s3:GetBucketVersioning",
      "s3:GetObject",
      "s3:GetObjectTagging",
      "s3:GetObjectVersion",
      "s3:GetObjectVersionTagging",
      "s3:PutObject",
      "s3:PutObjectAcl",
      "s3:PutObjectTagging",
    ]);
    assert.deepEqual(await asked(pipeline, /runs the job/), [
      "codebuild:BatchGetBuilds",
      "codebuild:StartBuild",
    ]);
    assert.deepEqual(await asked(pipeline, /asks for approval/), ["sns:Publish"]);
  });

  whole("CodeBuild write logs, carry artifacts and keep reports, each job what it has", async () => {
    const taken = [...LOG, ...BUCKET, "s3:GetObject", "s3:GetObjectVersion"];
    const reports = ["codebuild:CreateReport", "codebuild:UpdateReport"];
    const of = (job: string) => asked(`delivery-catalog-${job}`, /^CodeBuild /);
    const sorted = (...actions: string[]) => actions.sort();
    assert.deepEqual(
      await of("build"),
      sorted(
        ...taken,
        ...reports,
        "codebuild:BatchPutTestCases",
        "codebuild:BatchPutCodeCoverages",
        "kms:Decrypt",
        "kms:GenerateDataKey",
        "s3:PutObject",
      ),
    );
    assert.deepEqual(
      await of("verify"),
      sorted(...taken, ...reports, "codebuild:BatchPutTestCases", "kms:Decrypt"),
    );
    assert.deepEqual(await of("promote"), sorted(...taken, "kms:Decrypt"));
    assert.deepEqual(await of("-prod-plan-job"), sorted(...taken, "kms:Decrypt"));
    assert.deepEqual(await of("cleanup"), LOG);
  });

  it("people watch, start, stop, retry and roll back, and approve", async () => {
    const watch = [
      "GetPipeline",
      "GetPipelineExecution",
      "GetPipelineState",
      "ListActionExecutions",
      "ListPipelineExecutions",
    ].map((each) => `codepipeline:${each}`);
    const { calls } = walk(await unbrokenWorld());
    const people = (part: string) =>
      [...new Set(calls.filter(({ caller }) => caller.includes(part)).map(({ action }) => action))].sort();
    assert.deepEqual(people("catalog-operator"), [
      "codecommit:GetBranch",
      "codecommit:GetCommit",
      "codecommit:GetMergeConflicts",
      ...watch,
      "codepipeline:RetryStageExecution",
      "codepipeline:RollbackStage",
      "codepipeline:StartPipelineExecution",
      "codepipeline:StopPipelineExecution",
      "logs:GetLogEvents",
    ]);
    assert.deepEqual(people("prod-approver"), [
      ...watch,
      "codepipeline:PutApprovalResult",
      "logs:GetLogEvents",
    ]);
    const answered = calls
      .filter(({ action }) => action === "codepipeline:PutApprovalResult")
      .map(({ resource }) => resource);
    assert.deepEqual(answered, ["arn:aws:codepipeline:eu-west-1:111111111111:catalog/Approve-prod/Approval"]);
  });

  whole("the clean-up of each environment take its role, and delete what never came to be", async () => {
    for (const environment of ["test", "prod"])
      assert.deepEqual(
        await asked(`delivery-catalog--${environment}-cleanup`, / in (common|cleanup|removal)\.sh$/),
        [
          "cloudformation:DeleteChangeSet",
          "cloudformation:DeleteStack",
          "cloudformation:DescribeStacks",
          "cloudformation:ListChangeSets",
        ],
      );
    assert.deepEqual(await asked("delivery-catalog-cleanup", /^the job takes the cleanup role$/), [
      "sts:AssumeRole",
    ]);
  });
});
