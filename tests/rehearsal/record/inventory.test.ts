import assert from "node:assert/strict";
import { NotKnown } from "../../../packages/iam/src/policy/notKnown";
import { inventoryOf, type Job, type Pipeline, told, toldTo } from "../../../rehearsal/record/inventory";
import type { Rehearsed, Resource } from "../../../rehearsal/record/record";
import { changed } from "../access/models";
import { upOf } from "../../stacks/together.cases";

const BRANCHES = "branches of a repository in CodeCommit, and behind a connection";

const nameOf = ({ project }: Job) => String(project.outputs["name"]);
const one = (all: readonly Pipeline[], name: string): Pipeline =>
  all.find((each) => each.name === name) ?? assert.fail(`there is no pipeline ${name}`);

describe("record/inventory", () => {
  let sample: Rehearsed;
  before(async () => {
    sample = await upOf("the sample");
  });

  it("finds a pipeline with its jobs in the order of its stages, then the one that events start", () => {
    const { jobs, targets, resource, actions, environments, ...rest } = one(inventoryOf(sample), "catalog");
    assert.match(rest.bucketArn, /^arn:aws:s3:::artifacts-[0-9a-f]{7}$/);
    assert.match(rest.keyArn, /^arn:aws:kms:eu-west-1:111111111111:key\//);
    assert.deepEqual(
      { ...rest, bucketArn: "", keyArn: "" },
      {
        name: "catalog",
        arn: "arn:aws:codepipeline:eu-west-1:111111111111:catalog",
        account: "111111111111",
        region: "eu-west-1",
        partition: "aws",
        roleArn: "arn:aws:iam::111111111111:role/delivery-catalog-pipeline",
        bucketArn: "",
        keyArn: "",
        runners: [],
        viaS3: "s3.eu-west-1.amazonaws.com",
        workload: "lambda-container",
        branchesOf: undefined,
      },
    );
    assert.deepEqual(
      jobs.map((job) => [job.kind, nameOf(job), job.action?.stage]),
      [
        ["build", "delivery-catalog-build", "Build"],
        ["deploy", "delivery-catalog--test-release-job", "Deploy-test"],
        ["verify", "delivery-catalog-verify", "Deploy-test"],
        ["promote", "delivery-catalog-promote", "Deploy-test"],
        ["plan", "delivery-catalog--prod-plan-job", "Approve-prod"],
        ["deploy", "delivery-catalog--prod-release-job", "Deploy-prod"],
        ["verify", "delivery-catalog-verify", "Deploy-prod"],
        ["promote", "delivery-catalog-promote", "Deploy-prod"],
        ["cleanup", "delivery-catalog-cleanup", undefined],
      ],
    );
    assert.deepEqual(
      environments.map((each) => [each.pipeline, each.name, told(each, "STACK_NAME"), nameOf(each)]),
      [
        ["catalog", "test", "catalog--test", "delivery-catalog--test-release-job"],
        ["catalog", "prod", "catalog--prod", "delivery-catalog--prod-release-job"],
      ],
    );
    assert.deepEqual(
      [resource.name, actions[0]?.name, [...new Set(targets.map(({ inputs }) => inputs["arn"]))].length],
      ["catalog", "Source", 2],
    );
  });

  it("tells a pipeline of branches from the one whose branches they are", async () => {
    const all = inventoryOf(await upOf(BRANCHES));
    const ofBranches = all.filter(({ branchesOf }) => branchesOf !== undefined);
    assert.ok(ofBranches.length > 1 && ofBranches.length < all.length);
    for (const { name, workload, branchesOf, environments, jobs } of ofBranches) {
      assert.deepEqual(workload, one(all, String(branchesOf)).workload);
      assert.deepEqual(environments, []);
      assert.ok(name.endsWith("--br") && jobs.every(({ variables }) => variables["PIPELINE"] === name));
      assert.deepEqual(
        jobs.map(({ kind }) => kind),
        ["branch-register", "build", "branch-deploy", "verify", "branch-cleanup"],
      );
    }
  });

  it("goes by the partition that the pipeline is in", () => {
    const arn = "arn:aws-cn:codepipeline:cn-north-1:111111111111:catalog";
    const china = changed(sample, (each) =>
      each.type === "aws:codepipeline/pipeline:Pipeline"
        ? { ...each, outputs: { ...each.outputs, arn } }
        : each,
    );
    const { partition, region, viaS3, bucketArn } = one(inventoryOf(china), "catalog");
    assert.deepEqual([partition, region, viaS3], ["aws-cn", "cn-north-1", "s3.cn-north-1.amazonaws.com.cn"]);
    assert.match(bucketArn, /^arn:aws-cn:s3:::artifacts-/);
  });

  it("tells what a job is told: of its action what is plain text, over what its project says", () => {
    const [deploy] = one(inventoryOf(sample), "catalog").environments;
    assert.ok(deploy?.action);
    const variables = [
      { name: "STAGE", value: "S", type: "PLAINTEXT" },
      { name: "ENVIRONMENT", value: "E", type: "PLAINTEXT" },
      { name: "RUN", value: "#{codepipeline.PipelineExecutionId}", type: "PLAINTEXT" },
    ];
    const action = {
      ...deploy.action,
      configuration: { ...deploy.action.configuration, EnvironmentVariables: JSON.stringify(variables) },
    };
    assert.deepEqual(toldTo({ ...deploy, action }), { ...deploy.variables, STAGE: "S", ENVIRONMENT: "E" });
  });

  describe("refuses", () => {
    const refuses = (
      title: string,
      message: RegExp,
      change: (resource: Resource) => Resource | undefined,
    ): void =>
      void it(title, () =>
        assert.throws(
          () => inventoryOf(changed(sample, change)),
          (error) => error instanceof NotKnown && message.test(error.message),
        ),
      );
    const isJob = ({ type, name }: Resource, job: string) =>
      type === "aws:codebuild/project:Project" && name === job;
    refuses(
      "an action whose project no stack makes",
      /^action Verify of stage Deploy-test runs a project/,
      (each) => (isJob(each, "catalog-verify") ? undefined : each),
    );
    refuses("a job that runs no script", /^catalog-build runs no script that is known$/, (each) =>
      isJob(each, "catalog-build")
        ? { ...each, inputs: { ...each.inputs, source: { buildspec: "x" } } }
        : each,
    );
    refuses("a deployment to no environment", /^catalog--test-release-job has no ENVIRONMENT$/, (each) =>
      isJob(each, "catalog--test-release-job")
        ? {
            ...each,
            inputs: { ...each.inputs, environment: { environmentVariables: [] } },
          }
        : each,
    );
    refuses("a pipeline without a store", /^catalog has no location$/, (each) =>
      each.type === "aws:codepipeline/pipeline:Pipeline"
        ? { ...each, inputs: { ...each.inputs, artifactStores: [] } }
        : each,
    );
    it("a pipeline that tooling promises nobody", () => {
      const silent = sample.map((run) => ({ ...run, outputs: {} }));
      assert.throws(
        () => inventoryOf(silent),
        (error) =>
          error instanceof NotKnown &&
          error.message === "pipeline catalog, as tooling promises it, has no workload",
      );
    });
  });
});
