import assert from "node:assert/strict";
import { lambdaContainer } from "../../../components/workloads/lambdaContainer";
import { lambdaZip } from "../../../components/workloads/lambdaZip";
import { only, roleStatements } from "../../programs";
import { connection, made, type Made, PIPELINE, REPOSITORY } from "../branchPipelines";
import { judgeVariables } from "../jobs/inputs";

const ROLE = "arn:aws:iam::222222222222:role/team/acme-cat--br-deploy";
const variablesOf = (all: Made, kind: string) => {
  const { environment } = only(all, "codebuild/project:Project", `shop--br-${kind}`).inputs as {
    environment: { environmentVariables: { name: string; value: string }[] };
  };
  return Object.fromEntries(environment.environmentVariables.map(({ name, value }) => [name, value]));
};
const own = (all: Made, kind: string) =>
  roleStatements(all, `shop--br-${kind}`)
    .slice(1)
    .map(({ Sid, Action, Resource }) => [Sid, Action, Resource]);
const COMMON = { PIPELINE: "cat--br", ARTIFACT_BUCKET: "bucket" };
const READ = [
  ["ReadArtifacts", ["s3:GetObject", "s3:GetObjectVersion"], ["arn:bucket/cat--br/*"]],
  ["FindBucket", ["s3:GetBucketAcl", "s3:GetBucketLocation"], ["arn:bucket"]],
];
const KEY = ["EncryptAndDecrypt", ["kms:Decrypt", "kms:GenerateDataKey"], ["arn:key"]];
const LIST = ["ListRegistry", ["s3:ListBucket"], ["arn:bucket"]];
const TAKE = ["TakeBranchRole", ["sts:AssumeRole", "sts:TagSession"], [ROLE]];

const ASK = [
  "AskPipeline",
  ["GetPipelineState", "GetPipelineExecution", "ListActionExecutions"].map((each) => `codepipeline:${each}`),
  [PIPELINE],
];

describe("BranchJobs", () => {
  it("tells its jobs what settings say, and no more", async () => {
    const all = await made();
    // What a stack of a branch is called, for Build too, which writes it into templates.
    assert.equal(variablesOf(all, "build")["STACK_PREFIX"], "cat--br-");
    assert.deepEqual(variablesOf(all, "register"), {
      ...COMMON,
      STACK_PREFIX: "cat--br-",
      SOURCE: "codecommit",
      INCLUDE: '["feature/*","fix"]',
      MAIN_BRANCH: "trunk",
      MAX_BRANCHES: "4",
      DIRECTORY: ".",
      PACKAGING: "image",
    });
    assert.deepEqual(variablesOf(all, "cleanup"), {
      ...COMMON,
      STACK_PREFIX: "cat--br-",
      DEPLOY_ROLE_ARN: ROLE,
      PULUMI_STACK: "test",
      EXPIRE_AFTER_DAYS: "3",
      REPOSITORY: "shop",
    });
    const { PARAMETERS, ...release } = variablesOf(all, "release-job");
    assert.deepEqual(release, {
      ...COMMON,
      STACK_PREFIX: "cat--br-",
      ENVIRONMENT: "br",
      PULUMI_STACK: "test",
      ENVIRONMENT_ACCOUNT: "222222222222",
      REPOSITORY_NAME: "images",
      REPOSITORY_URI: "url/images",
      SCAN_THRESHOLD: "HIGH",
      PLAN_ROLE_ARN: ROLE,
      DEPLOY_ROLE_ARN: ROLE,
      ROLLBACK_PARAMETERS: "{}",
      ...judgeVariables(lambdaContainer),
      APPROVAL: "false",
    });
    assert.deepEqual(JSON.parse(String(PARAMETERS)), {
      ImageUri: "<image>",
      Release: "<run>",
      CodeDeployRoleArn: "arn:aws:iam::222222222222:role/team/acme-cat--br-codedeploy",
      PermissionsBoundaryArn: "arn:aws:iam::222222222222:policy/team/acme-cat--br-boundary",
      RolePath: "/team/",
      DeploymentConfig: "CodeDeployDefault.LambdaAllAtOnce",
    });
    const build = variablesOf(all, "build");
    // What is packaged for `br` is of no branch: Deploy knows its name of a stack by these two.
    assert.deepEqual(
      [build["ENVIRONMENTS"], build["STACK_PREFIX"], build["ARTIFACT_PREFIX"]],
      ["br", "cat--br-", "cat--br"],
    );
    // What a service may set otherwise, it may not set for its branches.
    assert.deepEqual(
      String(build["REQUIRED_PARAMETERS"]).split(" "),
      Object.keys(JSON.parse(String(PARAMETERS)) as object),
    );
    assert.equal(build["ROLLBACK_PARAMETER_NAMES"], "-");
    assert.ok(!("REPOSITORY" in variablesOf(await made({ source: connection }), "cleanup")));
    assert.ok(
      !(
        "REPOSITORY_URI" in variablesOf(await made({ workload: lambdaZip, images: undefined }), "release-job")
      ),
    );
  });

  it("lets Register write the registry, the clean-up delete from it, and the release job do neither", async () => {
    const all = await made();
    const registry = ["arn:bucket/kept/cat--br/*"];
    assert.deepEqual(own(all, "register"), [
      ...READ,
      ["UseRegistry", ["s3:PutObject", "s3:GetObject"], registry],
      LIST,
      KEY,
      ASK,
    ]);
    assert.deepEqual(own(all, "cleanup"), [
      ["UseRegistry", ["s3:DeleteObject", "s3:GetObject"], registry],
      LIST,
      ["Decrypt", ["kms:Decrypt"], ["arn:key"]],
      ["NoteDeletions", ["s3:PutObject"], ["arn:bucket/kept/cat--br/????????.stack"]],
      ["EncryptNotes", ["kms:GenerateDataKey"], ["arn:key"]],
      ["FindBranches", ["codecommit:GetBranch"], [REPOSITORY]],
      TAKE,
    ]);
    assert.deepEqual(own(all, "release-job"), [
      ...READ,
      ["WriteReleaseFiles", ["s3:PutObject"], ["arn:bucket/releases/cat--br/222222222222/*/*"]],
      KEY,
      [
        "ReadJudge",
        ["ssm:GetParameters"],
        ["arn:aws:ssm:eu-central-1:444444444444:parameter/acme/tooling/judge/*"],
      ],
      TAKE,
      ASK,
      ["ReadScan", ["ecr:DescribeImageScanFindings"], ["arn:images"]],
      ["ReadEnhancedScan", ["inspector2:ListCoverage", "inspector2:ListFindings"], ["*"]],
    ]);
    const [, , , , , ask] = own(await made({ source: connection }), "register");
    assert.deepEqual(ask, ASK);
  });
});
