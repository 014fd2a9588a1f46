/** Images of environments in three Regions: what is where, and who may pull and push it. */
import assert from "node:assert/strict";
import { variablesOf } from "../../rehearsal/record/pipelines";
import { ofType, type Rehearsed, type Resource } from "../../rehearsal/record/record";
import { documentOf, only } from "../programs";
import { upOf } from "./together.cases";
import { texts } from "../../packages/iam/src/json";
import { callers, resourcesOf, statement } from "./together.sides";

describe("images of environments in three Regions", () => {
  let runs: Rehearsed;
  before(async () => (runs = await upOf("images in three Regions")));
  const repository = (name: string): Resource => {
    const [found, ...more] = ofType(runs, "awsx:ecr:Repository").filter((each) => each.name === name);
    assert.ok(found && more.length === 0, name);
    return found;
  };
  const url = (name: string) => String(repository(name).outputs["url"]);
  const arn = (name: string) => String((repository(name).outputs["repository"] as { arn: string }).arn);
  const policy = (name: string) => only(ofType(runs, "aws:iam/rolePolicy:RolePolicy"), "RolePolicy", name);
  const told = (name: string): Partial<Record<string, string>> =>
    variablesOf(only(ofType(runs, "aws:codebuild/project:Project"), "Project", name));
  const pulls = (name: string): Resource | undefined =>
    ofType(runs, "aws:ecr/repositoryPolicy:RepositoryPolicy").find((each) => each.name === name);
  const role = (name: string, kind: string) => `arn:aws:iam::333333333333:role/delivery-${name}-${kind}`;

  it("have a repository in each Region that a pipeline releases to, made as tooling's own, and no other", () => {
    const all = ofType(runs, "awsx:ecr:Repository").filter(({ name }) => !name.endsWith(".cache"));
    assert.deepEqual(all.map(({ name, region }) => [name, region]).sort(), [
      ["catalog", "eu-west-1"],
      ["catalog.ap-southeast-1", "ap-southeast-1"],
      ["catalog.us-east-1", "us-east-1"],
      ["checkout", "eu-west-1"],
      ["checkout.us-east-1", "us-east-1"],
      ["rates", "eu-west-1"],
      ["rates.us-east-1", "us-east-1"],
      ["web", "eu-west-1"],
      ["web.ap-southeast-1", "ap-southeast-1"],
    ]);
    for (const { name, inputs } of all) assert.deepEqual(inputs, repository("catalog").inputs, name);
    for (const { name } of all)
      assert.ok(arn(name).includes(`:ecr:${name.split(".")[1] ?? "eu-west-1"}:111111111111:`), name);
  });

  it("may be pulled by the roles and functions of their own Region's environments alone", () => {
    for (const [name, environment, region] of [
      ["catalog.us-east-1", "us", "us-east-1"],
      ["catalog.ap-southeast-1", "asia", "ap-southeast-1"],
    ] as const) {
      const found = pulls(name) as Resource;
      assert.deepEqual(callers(statement(found, "PullToCreateFunctions")), [
        role(`catalog--${environment}`, "execution"),
      ]);
      assert.deepEqual(statement(found, "PullToRunFunctions").Condition, {
        ArnLike: {
          "aws:SourceArn": [`arn:aws:lambda:${region}:333333333333:function:catalog--${environment}-*`],
        },
      });
    }
    assert.deepEqual(callers(statement(pulls("web.ap-southeast-1") as Resource, "PullToStartTasks")), [
      role("web--asia", "task-execution"),
    ]);
    assert.deepEqual(statement(pulls("checkout.us-east-1") as Resource, "PullToRunFunctions").Condition, {
      ArnLike: {
        "aws:SourceArn": ["checkout-us", "checkout-us:*"].map(
          (each) => `arn:aws:lambda:us-east-1:333333333333:function:${each}`,
        ),
      },
    });
    assert.deepEqual(callers(statement(pulls("catalog") as Resource, "PullToCreateFunctions")), [
      "arn:aws:iam::222222222222:role/delivery-catalog--test-execution",
    ]);
    assert.equal(pulls("web"), undefined);
  });

  it("are pulled by roles that have that repository and no other", () => {
    const repositories = (name: string) =>
      documentOf(policy(name))
        .Statement.filter(({ Action }) => [Action].flat().includes("ecr:BatchGetImage"))
        .flatMap((each) => resourcesOf(each));
    assert.deepEqual(repositories("catalog--test-execution"), [arn("catalog")]);
    assert.deepEqual(repositories("catalog--us-execution"), [arn("catalog.us-east-1")]);
    assert.deepEqual(repositories("catalog--asia-execution"), [arn("catalog.ap-southeast-1")]);
    assert.deepEqual(repositories("web--asia-task-execution"), [arn("web.ap-southeast-1")]);
    assert.deepEqual(repositories("checkout--us-deploy"), [arn("checkout.us-east-1")]);
  });

  it("are pushed by Build and removed by Promote, in every Region; environments' jobs do neither", () => {
    const all = ["catalog", "catalog.us-east-1", "catalog.ap-southeast-1"].map(arn);
    const built = policy("catalog-build");
    assert.deepEqual(resourcesOf(statement(built, "PushImages")), [arn("catalog"), arn("catalog.cache")]);
    assert.deepEqual(resourcesOf(statement(built, "CopyImages")), all.slice(1));
    // What is there is pulled by nobody in tooling.
    assert.ok(!texts(statement(built, "CopyImages").Action).includes("ecr:GetDownloadUrlForLayer"));
    assert.deepEqual(resourcesOf(statement(policy("catalog-promote"), "RemoveOldImages")), all);
    for (const each of ["catalog--us-plan-job", "catalog--us-release-job", "web--asia-release-job"]) {
      const actions = documentOf(policy(each)).Statement.flatMap(({ Action }) => texts(Action));
      assert.deepEqual(
        actions.filter((action) => action.startsWith("ecr:") && action !== "ecr:DescribeImageScanFindings"),
        [],
      );
    }
  });

  it("are told to the jobs: to Build and Promote all, to an environment's the one of its Region", () => {
    const elsewhere = ["catalog.us-east-1", "catalog.ap-southeast-1"].map(url).join(" ");
    for (const each of ["catalog-build", "catalog-promote"])
      assert.equal(told(each)["REPOSITORIES_ELSEWHERE"], elsewhere);
    for (const [job, name] of Object.entries({
      "catalog--test-release-job": "catalog",
      "catalog--us-plan-job": "catalog.us-east-1",
      "catalog--us-release-job": "catalog.us-east-1",
      "catalog--asia-release-job": "catalog.ap-southeast-1",
      "checkout--us-plan-job": "checkout.us-east-1",
      "web--asia-release-job": "web.ap-southeast-1",
    })) {
      assert.equal(told(job)["REPOSITORY_URI"], url(name), job);
      // The scan of tooling's Region decides, wherever the same image is run.
      assert.equal(told(job)["REPOSITORY_NAME"], String(url(name.split(".")[0] ?? "").split("/")[1]), job);
    }
    assert.equal(told("catalog-promote")["PLACES"], undefined);
  });

  it("have release files in their Region that expire, since nothing that runs reads them", () => {
    const found = ofType(runs, "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration");
    const rules = (region: string) =>
      (only(found, "BucketLifecycleConfiguration", `artifacts-${region}`).inputs["rules"] as { id: string }[])
        .map(({ id }) => id)
        .sort();
    assert.deepEqual(rules("us-east-1"), ["expire-releases/catalog", "old-versions"]);
    assert.deepEqual(rules("ap-southeast-1"), [
      "expire-releases/catalog",
      "expire-releases/web",
      "old-versions",
    ]);
  });
});
