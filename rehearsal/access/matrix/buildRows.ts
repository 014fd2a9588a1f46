/** The jobs that a pipeline has once: they build, verify, promote and clean up. */
import { of, type Row, rowsOver } from "./rows";

const BUILD = "tooling-role {project}-{prefix}-build";
const VERIFY = "tooling-role {project}-{prefix}-verify";
const PROMOTE = "tooling-role {project}-{prefix}-promote";
const CLEANUP = "tooling-role {project}-{prefix}-cleanup";

const tested = of("codebuild", "BatchPutTestCases CreateReport UpdateReport");
const covered = of("codebuild", "BatchPutCodeCoverages CreateReport UpdateReport");

const PUSH = of(
  "ecr",
  `BatchCheckLayerAvailability BatchGetImage CompleteLayerUpload GetDownloadUrlForLayer InitiateLayerUpload
  PutImage UploadLayerPart`,
);

const row = rowsOver("pipeline");
const any = rowsOver("pipeline-or-branches");

const BUILDING: readonly Row[] = [
  any(BUILD, of("s3", "PutObject"), "artifact {artifacts}/Release/*", "Build hands over the release"),
  any(
    BUILD,
    of("s3", "GetObject"),
    "artifact kept/{pipeline}/*",
    "a commit that was released before is not built again",
  ),
  any(BUILD, of("s3", "ListBucket"), "bucket", "whether a commit was released before", {
    when: { "s3:prefix": "kept/{pipeline}/*" },
  }),
  any(BUILD, of("kms", "GenerateDataKey"), "key", "the release is encrypted"),
  any(BUILD, tested, "test-reports", "unit tests are reported"),
  any(BUILD, covered, "coverage-reports", "their coverage is reported"),
  any(
    BUILD,
    of("ecr", "GetAuthorizationToken"),
    "anything",
    "Docker logs in; ECR knows no resource for this",
    { needs: "image" },
  ),
  any(
    BUILD,
    PUSH,
    "images",
    "the image is pushed; ECR cannot limit a push by tag, so no tag decides anything",
    { needs: "image" },
  ),
  any(BUILD, PUSH, "cache", "layers are kept for later builds, and taken from there", {
    needs: ["image", "layer cache"],
  }),
  any(
    BUILD,
    of("cloudformation", "ValidateTemplate"),
    "anything",
    "the template is checked; CloudFormation knows no resource for this",
  ),
];

const OTHER_JOBS: readonly Row[] = [
  any(VERIFY, tested, "verify-reports", "end-to-end tests are reported"),
  any(
    VERIFY,
    of("s3", "GetObject"),
    "artifact releases/{pipeline}/*/deployed.json",
    "Verify is told by Deploy alone what it has deployed, and where that answers",
  ),
  row(
    PROMOTE,
    of("codepipeline", "GetPipelineExecution GetPipelineState"),
    "pipeline {pipeline}",
    "Promote acts for its own run alone",
  ),
  row(PROMOTE, of("s3", "GetObject"), "artifact releases/{pipeline}/*", "a verified release is copied"),
  row(
    PROMOTE,
    of("s3", "DeleteObject PutObject"),
    "artifact kept/{pipeline}/*",
    "a verified release is kept, one that nothing runs is removed",
  ),
  row(PROMOTE, of("s3", "ListBucket"), "bucket", "which release files there are", {
    when: { "s3:prefix": ["releases/{pipeline}/*", "kept/{pipeline}/*"] },
  }),
  row(PROMOTE, of("kms", "GenerateDataKey"), "key", "what is kept is encrypted"),
  row(
    PROMOTE,
    of("s3", "GetObject"),
    "artifact kept/{pipeline}/environments/*",
    "records say what runs where, and ran before",
  ),
  row(
    PROMOTE,
    of("ecr", "BatchDeleteImage DescribeImages"),
    "images",
    "images that no record names go once they are old; no rule of the repository could tell",
    { needs: "image" },
  ),
  row(
    PROMOTE,
    of("s3", "DeleteObject"),
    "artifact releases/{pipeline}/*",
    "releases whose code nothing reads any more go; no rule of the bucket could tell",
    { needs: "files" },
  ),
  row(
    CLEANUP,
    of("codepipeline", "GetPipelineExecution ListActionExecutions"),
    "pipeline {pipeline}",
    "what failed, and where",
  ),
  row(
    CLEANUP,
    of("logs", "GetLogEvents"),
    ["-build", "-promote", "-verify", "--*-release-job"].map((job) => `job-log {project}-{prefix}${job}:*`),
    "why a job failed, in its own words; of this pipeline's jobs only",
  ),
  row(
    CLEANUP,
    of("logs", "GetLogEvents"),
    "job-log {project}-{prefix}--*-plan-job:*",
    "why a plan failed, in its own words",
    { needs: "approvals" },
  ),
  row(CLEANUP, of("sns", "Publish"), "topic", "people are told of a failed run"),
];

export const BUILD_ROWS: readonly Row[] = [...BUILDING, ...OTHER_JOBS];
