import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { buildspec } from "../../../components/jobs/buildspec";
import {
  buildStatements,
  cleanupStatements,
  endStaleApprovals,
  type PipelineImages,
  promoteStatements,
  verifyStatements,
} from "../../../components/jobs/jobStatements";
import type { PipelineJobsArgs } from "../../../components/jobs/pipelineJobs";
import { inputsOf, JOB_DEFAULTS, ofKind, only, resolved, roleStatements } from "../../programs";
import { args, environmentOf, jobs, type Made, variablesOf } from "./pipelineJobs";

const text = (value: string) => pulumi.output(value);
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
        "acme-cat-promote",
        "acme-cat-verify",
      ],
    );
  });

  it("have none that verifies where nothing is verified, or each environment is from inside, and keep its reports", async () => {
    const jobDefaults = { ...JOB_DEFAULTS, lambdaNodeImage: "nodejs" };
    const environment = { name: "test", account: "222222222222" };
    const inside = { ...environment, runner: { steps: ["verify"] as const } };
    const without = { ...environment, verify: false };
    for (const environments of [[without], [inside], [without, inside]] as const) {
      const made = await jobs({ environments, shortJobs: ["verify"], jobDefaults });
      assert.deepEqual(
        ofKind(made, "codebuild/project:Project").filter(
          ({ inputs }) => inputs["name"] === "acme-cat-verify",
        ),
        [],
      );
      only(made, "codebuild/reportGroup:ReportGroup", "shop-verify");
      assert.equal(variablesOf(made, "build")["VERIFY"], undefined);
      assert.ok(!JSON.stringify(roleStatements(made, "shop-cleanup")).includes("acme-cat-verify"));
    }
    const made = await jobs({ environments: [without, environment], shortJobs: ["verify"], jobDefaults });
    only(made, "codebuild/project:Project", "shop-verify");
    assert.equal(variablesOf(made, "build")["VERIFY"], "npm");
  });

  it("may do what their statements say, beyond their log", async () => {
    const made = await jobs();
    const expected = {
      build: buildStatements(args(), arnOf(made, "tests"), arnOf(made, "coverage")),
      verify: verifyStatements(args(), arnOf(made, "verify")),
      promote: promoteStatements(args()),
      cleanup: cleanupStatements(args(), CLEANUP_ROLES, "arn:topic", args().environments),
    };
    for (const [kind, statements] of Object.entries(expected)) {
      const [log, ...own] = roleStatements(made, `shop-${kind}`);
      assert.equal(log?.Sid, "WriteLog");
      assert.deepEqual(own, await resolved(statements), kind);
    }
  });

  it("end stale approvals only where that is asked for: the clean-up job does, with a statement more", async () => {
    const project = (made: Made) => only(made, "codebuild/project:Project", "shop-cleanup").inputs;
    const [plain, ends] = [await jobs(), await jobs({ endsStaleApprovals: true })];
    assert.deepEqual(project(plain)["source"], {
      type: "NO_SOURCE",
      buildspec: buildspec({ job: "cleanup" }),
    });
    assert.deepEqual(project(ends)["source"], {
      type: "NO_SOURCE",
      buildspec: buildspec({ job: "cleanup", endsStaleApprovals: true }),
    });
    assert.deepEqual(
      [plain, ends].map((made) => project(made)["description"]),
      [
        "Tells of failed runs and removes what they left",
        "Tells of failed runs, removes what they left, and ends stale approvals",
      ],
    );
    const [own, more] = [roleStatements(plain, "shop-cleanup"), roleStatements(ends, "shop-cleanup")];
    assert.deepEqual(more, [...own, await resolved(endStaleApprovals(args()))]);
  });

  it("tell Build what runs inside which environment, where something does", async () => {
    const runner = { steps: ["beforeDeploy", "verify"] as const };
    const [test, prod] = [
      { name: "test", account: "222222222222", runner },
      { name: "prod", account: "333333333333" },
    ];
    const told = async (change: Parameters<typeof jobs>[0]) =>
      variablesOf(await jobs(change), "build")["RUNNERS"];
    assert.equal(await told({ environments: [test, prod] }), '{"test":["beforeDeploy","verify"]}');
    assert.equal(await told({}), undefined);
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
      PACKAGING: "image",
      TEMPLATE: "aws/template.yaml",
      STACK_PREFIX: "cat--",
      REQUIRED_PARAMETERS: "ImageUri Release CodeDeployRoleArn PermissionsBoundaryArn RolePath",
      ROLLBACK_PARAMETER_NAMES: "DeploymentConfig",
      REPOSITORY_NAME: "images",
      REPOSITORY_URI: "url/images",
      CACHE_URI: "url/cache",
      PLATFORM: "linux/amd64",
      TRANSFORMS: "AWS::A AWS::B",
      SECRETS: "/acme/catalog/build/",
    });
    assert.deepEqual(variablesOf(made, "verify"), { ...common, PACKAGING: "image" });
    assert.deepEqual(variablesOf(made, "promote"), {
      ...common,
      PACKAGING: "image",
      REPOSITORY_NAME: "images",
      ENVIRONMENTS: "test prod",
      KEEP_RELEASES: "5",
      EXPIRATION_IN_DAYS: "90",
    });
    const { TARGETS, ...others } = variablesOf(made, "cleanup");
    assert.deepEqual(others, { ...common, TOPIC_ARN: "arn:topic" });
    assert.deepEqual(JSON.parse(String(TARGETS)), [
      { environment: "test", stackName: "cat--test", roleArn: CLEANUP_ROLES[0] },
      { environment: "prod", stackName: "cat--prod", roleArn: CLEANUP_ROLES[1] },
    ]);
  });

  it("know of a cache of layers only where there is one", async () => {
    const images = { ...args().images, cacheArn: undefined, cacheUrl: undefined } as PipelineImages;
    const made = await jobs({ images });
    assert.equal("CACHE_URI" in variablesOf(made, "build"), false);
    const push = roleStatements(made, "shop-build").find(({ Sid }) => Sid === "PushImages");
    assert.deepEqual(push?.Resource, ["arn:images"]);
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
        packaging: "image",
        directory: "services/shop",
        testReports: arn("tests"),
        coverageReports: arn("coverage"),
      }),
      verify: buildspec({ job: "verify", testReports: arn("verify") }),
      promote: buildspec({ job: "promote" }),
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

  it("build and verify on the service's own platform, in the container that settings ask for", async () => {
    const containers = async (platform: PipelineJobsArgs["platform"]) => {
      const made = await jobs({ platform });
      return ["build", "verify", "promote", "cleanup"].map((kind) => {
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
