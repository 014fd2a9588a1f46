import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import {
  buildStatements,
  cleanupStatements,
  endStaleApprovals,
  environmentJobStatements,
  type JobScope,
  promoteStatements,
  runInsideStatements,
  scanStatements,
  verifyStatements,
} from "../../../components/jobs/jobStatements";
import { pipelineStatements } from "../../../components/pipeline/pipelineStatements";
import type { Statement } from "../../../components/policies";
import { jobScope, resolved } from "../../programs";

const text = (value: string) => pulumi.output(value);
const job: JobScope = {
  ...jobScope(),
  pipeline: { name: "product-catalog-of-the-shop", prefix: "cat" },
};
const ARTIFACTS = "arn:bucket/product-catalog-of-t/*";
const PIPELINE = "arn:aws:codepipeline:eu-central-1:444444444444:product-catalog-of-the-shop";
const allow = (Sid: string, Action: string[], Resource: string[], Condition?: object) => ({
  ...{ Sid, Effect: "Allow", Action, Resource },
  ...(Condition && { Condition }),
});
const readArtifacts = [
  allow("ReadArtifacts", ["s3:GetObject", "s3:GetObjectVersion"], [ARTIFACTS]),
  allow("FindBucket", ["s3:GetBucketAcl", "s3:GetBucketLocation"], ["arn:bucket"]),
];
const encrypt = allow("EncryptAndDecrypt", ["kms:Decrypt", "kms:GenerateDataKey"], ["arn:key"]);
const report = (Sid: string, what: string, group: string) =>
  allow(Sid, [`codebuild:${what}`, "codebuild:CreateReport", "codebuild:UpdateReport"], [group]);
const reportTests = (group: string) => report("ReportTests", "BatchPutTestCases", group);

const ask = (...actions: string[]) =>
  allow(
    "AskPipeline",
    actions.map((each) => `codepipeline:${each}`),
    [PIPELINE],
  );

const FILES = "arn:bucket/releases/product-catalog-of-the-shop/222222222222/test/*/";

describe("statements of the jobs", () => {
  const may = (title: string, statements: () => Statement[], expected: object[]) =>
    it(title, async () => assert.deepEqual(await resolved(statements()), expected));

  may(
    "Build pushes to its repository and its cache, writes its artifact and takes back kept releases",
    () => buildStatements(job, text("arn:tests"), text("arn:coverage")),
    [
      ...readArtifacts,
      allow("WriteRelease", ["s3:PutObject"], ["arn:bucket/product-catalog-of-t/Release/*"]),
      allow("TakeBackKeptReleases", ["s3:GetObject"], ["arn:bucket/kept/product-catalog-of-the-shop/*"]),
      allow("FindKeptReleases", ["s3:ListBucket"], ["arn:bucket"], {
        StringLike: { "s3:prefix": "kept/product-catalog-of-the-shop/*" },
      }),
      encrypt,
      reportTests("arn:tests"),
      report("ReportCoverage", "BatchPutCodeCoverages", "arn:coverage"),
      allow("LogInToEcr", ["ecr:GetAuthorizationToken"], ["*"]),
      allow(
        "PushImages",
        [
          "ecr:BatchCheckLayerAvailability",
          "ecr:BatchGetImage",
          "ecr:CompleteLayerUpload",
          "ecr:GetDownloadUrlForLayer",
          "ecr:InitiateLayerUpload",
          "ecr:PutImage",
          "ecr:UploadLayerPart",
        ],
        ["arn:images", "arn:cache"],
      ),
      allow("CheckTemplate", ["cloudformation:ValidateTemplate"], ["*"]),
      allow(
        "ReadBuildSecrets",
        ["secretsmanager:GetSecretValue"],
        ["arn:aws:secretsmanager:eu-central-1:444444444444:secret:/acme/product-catalog-of-the-shop/build/*"],
      ),
    ],
  );
  may(
    "a job for an environment writes that environment's release files and takes the roles named, no other",
    () =>
      environmentJobStatements(job, "deploy", { account: "222222222222", name: "test" }, [
        "arn:plan",
        "arn:deploy",
      ]),
    [
      ...readArtifacts,
      allow(
        "WriteReleaseFiles",
        ["s3:PutObject"],
        ["arn:bucket/releases/product-catalog-of-the-shop/222222222222/test/*"],
      ),
      encrypt,
      allow(
        "ReadJudge",
        ["ssm:GetParameters"],
        ["arn:aws:ssm:eu-central-1:444444444444:parameter/acme/tooling/judge/*"],
      ),
      allow("TakeRoles", ["sts:AssumeRole"], ["arn:plan", "arn:deploy"]),
      ask("GetPipelineState", "GetPipelineExecution", "ListActionExecutions"),
    ],
  );
  it("a job that plans asks for no run, since it has nothing to do in a roll-back", async () => {
    const environment = { account: "222222222222", name: "test" };
    const [follow] = (await resolved(
      environmentJobStatements(job, "plan", environment, []).filter(({ Sid }) => Sid === "AskPipeline"),
    )) as Statement[];
    assert.deepEqual(follow, ask("GetPipelineState", "ListActionExecutions"));
  });
  it("a pipeline without approvals asks nobody", async () => {
    const sids = async (topicArn?: string) =>
      ((await resolved(pipelineStatements(job, [], topicArn))) as Statement[]).map(({ Sid }) => Sid);
    const asking = await sids("arn:topic");
    assert.equal(asking.at(-1), "AskForApproval");
    assert.deepEqual(await sids(), asking.slice(0, -1));
  });
  may(
    "Verify reads what it is handed and what Deploy says of itself, reports, and takes no role",
    () => verifyStatements(job, text("arn:tests")),
    [
      ...readArtifacts,
      allow(
        "ReadDeployed",
        ["s3:GetObject"],
        ["arn:bucket/releases/product-catalog-of-the-shop/*/deployed.json"],
      ),
      allow("Decrypt", ["kms:Decrypt"], ["arn:key"]),
      reportTests("arn:tests"),
    ],
  );
  may(
    "Promote records and keeps releases, removes images, pushes none, and takes no role",
    () => promoteStatements(job),
    [
      ...readArtifacts,
      ask("GetPipelineState", "GetPipelineExecution"),
      allow("ReadReleaseFiles", ["s3:GetObject"], ["arn:bucket/releases/product-catalog-of-the-shop/*"]),
      allow(
        "KeepReleases",
        ["s3:DeleteObject", "s3:PutObject"],
        ["arn:bucket/kept/product-catalog-of-the-shop/*"],
      ),
      allow("FindReleases", ["s3:ListBucket"], ["arn:bucket"], {
        StringLike: {
          "s3:prefix": ["releases/product-catalog-of-the-shop/*", "kept/product-catalog-of-the-shop/*"],
        },
      }),
      encrypt,
      allow("ReadRecords", ["s3:GetObject"], ["arn:bucket/kept/product-catalog-of-the-shop/environments/*"]),
      allow("RemoveOldImages", ["ecr:BatchDeleteImage", "ecr:DescribeImages"], ["arn:images"]),
    ],
  );

  may(
    "what has steps run inside an environment puts the source there, reads what Deploy has left, and takes one role",
    () => runInsideStatements(job, { account: "222222222222", name: "test" }, "arn:starter"),
    [
      ...readArtifacts,
      allow("WriteSource", ["s3:PutObject"], [`${FILES}source.tar.gz`]),
      allow("ReadDeployed", ["s3:GetObject"], [`${FILES}deployed.json`]),
      encrypt,
      allow("TakeRoles", ["sts:AssumeRole"], ["arn:starter"]),
      ask("GetPipelineState", "GetPipelineExecution", "ListActionExecutions"),
    ],
  );

  may("who looks at a scan may ask ECR, which asks Inspector as the caller", () => scanStatements(job), [
    allow("ReadScan", ["ecr:DescribeImageScanFindings"], ["arn:images"]),
    allow("ReadEnhancedScan", ["inspector2:ListCoverage", "inspector2:ListFindings"], ["*"]),
  ]);

  may(
    "clean-up reads the run and the logs of its jobs, tells people and takes the clean-up roles, and reads no file",
    () =>
      cleanupStatements(job, ["arn:a", "arn:b"], "arn:topic", [
        { name: "test", account: "222222222222", approvalTimeoutDays: 7 },
      ]),
    [
      allow("TakeRoles", ["sts:AssumeRole"], ["arn:a", "arn:b"]),
      allow(
        "ReadRun",
        ["codepipeline:GetPipelineExecution", "codepipeline:ListActionExecutions"],
        [PIPELINE],
      ),
      allow(
        "ReadReasons",
        ["logs:GetLogEvents"],
        ["build", "verify", "promote", "-*-plan-job", "-*-release-job"].map(
          (kind) => `arn:aws:logs:eu-central-1:444444444444:log-group:/aws/codebuild/acme-cat-${kind}:*`,
        ),
      ),
      allow("TellPeople", ["sns:Publish"], ["arn:topic"]),
    ],
  );
  may(
    "who ends stale approvals looks at its own pipeline and stops runs of it, and answers none",
    () => [endStaleApprovals(job)],
    [
      allow(
        "EndStaleApprovals",
        ["codepipeline:GetPipelineState", "codepipeline:StopPipelineExecution"],
        [PIPELINE],
      ),
    ],
  );
  may(
    "the pipeline keeps its own artifacts, runs its own jobs and asks at its own topic",
    () => pipelineStatements(job, ["acme-cat-build", "acme-cat-promote"], "arn:topic"),
    [
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
        [ARTIFACTS],
      ),
      allow(
        "FindBucket",
        ["s3:GetBucketAcl", "s3:GetBucketLocation", "s3:GetBucketVersioning"],
        ["arn:bucket"],
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
        ["arn:key"],
      ),
      allow(
        "RunJobs",
        ["codebuild:BatchGetBuilds", "codebuild:StartBuild"],
        ["acme-cat-build", "acme-cat-promote"].map(
          (name) => `arn:aws:codebuild:eu-central-1:444444444444:project/${name}`,
        ),
      ),
      allow("AskForApproval", ["sns:Publish"], ["arn:topic"]),
    ],
  );
});
