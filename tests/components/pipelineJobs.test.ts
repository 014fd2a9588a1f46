import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { buildspec } from "../../components/jobs/buildspec";
import {
  buildStatements,
  cleanupStatements,
  markStatements,
  verifyStatements,
} from "../../components/jobStatements";
import { PipelineJobs, type PipelineJobsArgs } from "../../components/pipelineJobs";
import { lambdaContainer } from "../../components/workloads/lambdaContainer";
import {
  inputsOf,
  JOB_SITE,
  jobScope,
  ofKind,
  only,
  registered,
  resolved,
  roleStatements,
  SCOPE,
} from "../programs";

const text = (value: string) => pulumi.output(value);
const args = (change: Partial<PipelineJobsArgs> = {}): PipelineJobsArgs => ({
  ...jobScope(),
  workload: lambdaContainer,
  site: { ...JOB_SITE, ec2Arn: String, path: SCOPE.path },
  environments: [
    { name: "test", account: "222222222222" },
    { name: "prod", account: "333333333333", approvalTimeoutDays: 2 },
  ],
  directory: "services/shop",
  computeType: "BUILD_GENERAL1_LARGE",
  scanThreshold: "HIGH",
  platform: "linux/amd64",
  transforms: [],
  topicArn: "arn:topic",
  deletable: false,
  ...change,
});
const jobs = (change: Partial<PipelineJobsArgs> = {}) =>
  registered((opts) => new PipelineJobs("shop", args(change), opts));

interface Environment {
  type: string;
  computeType: string;
  image: string;
  privilegedMode: boolean;
  environmentVariables: { name: string; value: string }[];
}
type Made = Awaited<ReturnType<typeof jobs>>;
const environmentOf = (made: Made, kind: string) =>
  only(made, "codebuild/project:Project", `shop-${kind}`).inputs["environment"] as Environment;
const variablesOf = (made: Made, kind: string) =>
  Object.fromEntries(environmentOf(made, kind).environmentVariables.map(({ name, value }) => [name, value]));
const arnOf = (made: Made, group: string) =>
  text(String(only(made, "codebuild/reportGroup:ReportGroup", `shop-${group}`).outputs["arn"]));
const cleanup = (account: string, name: string) =>
  `arn:aws:iam::${account}:role/team/acme-cat--${name}-cleanup`;
const CLEANUP_ROLES = [cleanup("222222222222", "test"), cleanup("333333333333", "prod")];

describe("PipelineJobs", () => {
  it("are four jobs of the pipeline, one for each environment and one more where approval is asked for", async () => {
    assert.deepEqual(
      ofKind(await jobs(), "codebuild/project:Project")
        .map(({ inputs }) => inputs["name"])
        .sort(),
      [
        "acme-cat--prod-plan-job",
        "acme-cat--prod-release-job",
        "acme-cat--test-release-job",
        "acme-cat-build",
        "acme-cat-cleanup",
        "acme-cat-mark",
        "acme-cat-verify",
      ],
    );
  });

  it("may do what their statements say, beyond their log", async () => {
    const made = await jobs();
    const expected = {
      build: buildStatements(args(), arnOf(made, "tests"), arnOf(made, "coverage")),
      verify: verifyStatements(args(), arnOf(made, "verify")),
      mark: markStatements(args()),
      cleanup: cleanupStatements(args(), CLEANUP_ROLES, "arn:topic"),
    };
    for (const [kind, statements] of Object.entries(expected)) {
      const [log, ...own] = roleStatements(made, `shop-${kind}`);
      assert.equal(log?.Sid, "WriteLog");
      assert.deepEqual(own, await resolved(statements), kind);
    }
  });

  it("are given fixed variables: names, and nothing that an app decides", async () => {
    const made = await jobs({ transforms: ["AWS::A", "AWS::B"] });
    const common = { PIPELINE: "catalog", ARTIFACT_BUCKET: "bucket" };
    const { BUILDKIT_IMAGE, ...build } = variablesOf(made, "build");
    assert.match(String(BUILDKIT_IMAGE), /^public\.ecr\.aws\//);
    assert.deepEqual(build, {
      ...common,
      DIRECTORY: "services/shop",
      ENVIRONMENTS: "test prod",
      ARTIFACT_PREFIX: "catalog",
      REPOSITORY_NAME: "images",
      REPOSITORY_URI: "url/images",
      CACHE_URI: "url/cache",
      PLATFORM: "linux/amd64",
      SCAN_THRESHOLD: "HIGH",
      TRANSFORMS: "AWS::A AWS::B",
    });
    assert.deepEqual(variablesOf(made, "verify"), common);
    assert.deepEqual(variablesOf(made, "mark"), { ...common, REPOSITORY_NAME: "images" });
    const { TARGETS, ...others } = variablesOf(made, "cleanup");
    assert.deepEqual(others, { ...common, TOPIC_ARN: "arn:topic" });
    assert.deepEqual(JSON.parse(String(TARGETS)), [
      { environment: "test", stackName: "cat--test", roleArn: CLEANUP_ROLES[0] },
      { environment: "prod", stackName: "cat--prod", roleArn: CLEANUP_ROLES[1] },
    ]);
  });

  it("name no transforms where settings allow none", async () => {
    assert.equal("TRANSFORMS" in variablesOf(await jobs(), "build"), false);
  });

  it("run their own commands, with reports in groups that exist already", async () => {
    const made = await jobs();
    const arn = (group: string) =>
      String(only(made, "codebuild/reportGroup:ReportGroup", `shop-${group}`).outputs["arn"]);
    const expected = {
      build: buildspec({
        job: "build",
        directory: "services/shop",
        testReports: arn("tests"),
        coverageReports: arn("coverage"),
      }),
      verify: buildspec({ job: "verify", testReports: arn("verify") }),
      mark: buildspec({ job: "mark" }),
      cleanup: buildspec({ job: "cleanup" }),
    };
    for (const [kind, text] of Object.entries(expected)) {
      const type = kind === "cleanup" ? "NO_SOURCE" : "CODEPIPELINE";
      const { source } = only(made, "codebuild/project:Project", `shop-${kind}`).inputs;
      assert.deepEqual(source, { type, buildspec: text }, kind);
    }
    const group = (type: string) => ({ type, exportConfig: { type: "NO_EXPORT" }, deleteReports: false });
    assert.deepEqual(inputsOf(made, "codebuild/reportGroup:ReportGroup"), {
      "shop-tests": group("TEST"),
      "shop-coverage": group("CODE_COVERAGE"),
      "shop-verify": group("TEST"),
    });
  });

  it("have Docker in Build alone, and there only if the workload needs it", async () => {
    const privileged = (made: Made) =>
      ofKind(made, "codebuild/project:Project").flatMap(({ name, inputs }) =>
        (inputs["environment"] as Environment).privilegedMode ? [name] : [],
      );
    assert.deepEqual(privileged(await jobs()), ["shop-build"]);
    assert.deepEqual(
      privileged(await jobs({ workload: { ...lambdaContainer, privilegedBuild: false } })),
      [],
    );
  });

  it("build and verify on the service's own platform, in the container that settings ask for", async () => {
    const containers = async (platform: PipelineJobsArgs["platform"]) => {
      const made = await jobs({ platform });
      return ["build", "verify", "mark", "cleanup"].map((kind) => {
        const { type, computeType, image } = environmentOf(made, kind);
        return [type, computeType, image];
      });
    };
    const small = ["LINUX_CONTAINER", "BUILD_GENERAL1_SMALL", "standard:7.0"];
    const x86 = ["LINUX_CONTAINER", "BUILD_GENERAL1_LARGE", "standard:7.0"];
    const arm = ["ARM_CONTAINER", "BUILD_GENERAL1_LARGE", "aws/codebuild/amazonlinux-aarch64-standard:3.0"];
    assert.deepEqual(await containers("linux/amd64"), [x86, x86, small, small]);
    assert.deepEqual(await containers("linux/arm64"), [arm, arm, small, small]);
  });

  it("let destroy delete reports only where they are deletable", async () => {
    assert.deepEqual(
      ofKind(await jobs({ deletable: true }), "codebuild/reportGroup:ReportGroup").map(
        ({ inputs }) => inputs["deleteReports"],
      ),
      [true, true, true],
    );
  });
});
