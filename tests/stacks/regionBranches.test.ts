/** Branches whose environment is in another Region: what is where, and who may read, pull and push it. */
import assert from "node:assert/strict";
import { variablesOf } from "../../rehearsal/record/pipelines";
import { ofType, type Rehearsed, type Resource } from "../../rehearsal/record/record";
import { documentOf, only } from "../programs";
import { upOf } from "./together.cases";
import { callers, resourcesOf, statement } from "./together.sides";

const REGION = "us-east-1";

describe("branches in another Region", () => {
  let runs: Rehearsed;
  before(async () => (runs = await upOf("branches in another Region")));
  const one = (type: string, name: string): Resource => {
    const [found, ...more] = ofType(runs, type).filter((each) => each.name === name);
    assert.ok(found && more.length === 0, `${type} ${name}`);
    return found;
  };
  const repository = (name: string) => one("awsx:ecr:Repository", name);
  const arnOf = (name: string) => (repository(name).outputs["repository"] as { arn: string }).arn;
  const policy = (name: string) => only(ofType(runs, "aws:iam/rolePolicy:RolePolicy"), "RolePolicy", name);
  const on = (name: string, Sid: string) => resourcesOf(statement(policy(name), Sid));
  const told = (name: string): Partial<Record<string, string>> =>
    variablesOf(only(ofType(runs, "aws:codebuild/project:Project"), "Project", name));
  const bucket = (name: string) => String(one("aws:s3/bucket:Bucket", name).outputs["arn"]);
  const key = (name: string) => one("aws:kms/key:Key", name).outputs["arn"];
  const deploys = (name: string) => `arn:aws:iam::333333333333:role/delivery-${name}--br-deploy`;
  const NAMES = ["catalog", "mail", "jobs", "web"];

  it("have their release files in that Region's bucket, which lets each role of branches into its own folder, and not in tooling's", () => {
    const near = one("aws:s3/bucketPolicy:BucketPolicy", `artifacts-${REGION}`);
    const home = documentOf(one("aws:s3/bucketPolicy:BucketPolicy", "artifacts"));
    for (const name of NAMES) {
      const sid = `Read${name.charAt(0).toUpperCase()}${name.slice(1)}DashDashbr`;
      assert.deepEqual(callers(statement(near, sid)), [deploys(name)]);
      assert.deepEqual(resourcesOf(statement(near, sid)), [
        `${bucket(`artifacts-${REGION}`)}/releases/${name}--br/\${aws:PrincipalAccount}/*`,
      ]);
      assert.ok(home.Statement.every(({ Sid }) => Sid !== sid));
    }
    const decrypt = callers(statement(one("aws:kms/key:Key", `artifacts-${REGION}`), "DecryptReleases"));
    for (const name of NAMES) assert.ok(decrypt.includes(deploys(name)), name);
    // A Region that has no branches knows none.
    const other = documentOf(one("aws:s3/bucketPolicy:BucketPolicy", "artifacts-ap-southeast-1"));
    assert.ok(!JSON.stringify(other).includes("--br"));
  });

  it("are written by their own job into both buckets, below their own pipeline", () => {
    for (const name of NAMES) {
      const files = ["artifacts", `artifacts-${REGION}`].map(
        (each) => `${bucket(each)}/releases/${name}--br/333333333333/*/*`,
      );
      assert.deepEqual(on(`${name}--br-release-job`, "WriteReleaseFiles"), files);
      assert.deepEqual(
        on(`${name}--br-release-job`, "EncryptAndDecrypt"),
        ["artifacts", `artifacts-${REGION}`].map(key),
      );
    }
  });

  it("have files in that Region that expire as those in tooling's, after 30 days", () => {
    const { rules } = one(
      "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
      `artifacts-${REGION}`,
    ).inputs as { rules: { id: string; expiration?: { days: number } }[] };
    const days = new Map(rules.map(({ id, expiration }) => [id, expiration?.days]));
    for (const name of NAMES) assert.equal(days.get(`expire-releases/${name}--br`), 30, name);
  });

  it("have a repository of their own there, made as tooling's own, which expires by the same age", () => {
    const all = ofType(runs, "awsx:ecr:Repository").filter(({ name }) => /\.br(\.|$)/.test(name));
    assert.deepEqual(all.map(({ name, region }) => [name, region]).sort(), [
      ["catalog.br", "eu-west-1"],
      ["catalog.br.us-east-1", REGION],
      ["web.br", "eu-west-1"],
      ["web.br.us-east-1", REGION],
    ]);
    const [{ inputs }] = all as [Resource];
    for (const each of all) assert.deepEqual(each.inputs, inputs, each.name);
    const { rules } = inputs["lifecyclePolicy"] as { rules: object[] };
    assert.deepEqual(rules, [{ description: "old", tagStatus: "any", maximumAgeLimit: 37 }]);
  });

  it("pull from there alone: functions by the role that deploys them, tasks by the role that each branch has", () => {
    const pulls = (name: string) => one("aws:ecr/repositoryPolicy:RepositoryPolicy", name);
    const functions = pulls(`catalog.br.${REGION}`);
    assert.deepEqual(callers(statement(functions, "PullToCreateFunctions")), [deploys("catalog")]);
    assert.deepEqual(statement(functions, "PullToRunFunctions").Condition, {
      ArnLike: { "aws:SourceArn": [`arn:aws:lambda:${REGION}:333333333333:function:catalog--br-*`] },
    });
    const tasks = statement(pulls(`web.br.${REGION}`), "PullToStartTasks").Condition;
    assert.deepEqual(tasks, {
      ArnLike: {
        "aws:PrincipalArn": ["arn:aws:iam::333333333333:role/web--br-????????-task-execution"],
      },
    });
    const inTooling = ofType(runs, "aws:ecr/repositoryPolicy:RepositoryPolicy").map(({ name }) => name);
    assert.deepEqual(
      inTooling.filter((name) => name.endsWith(".br")),
      [],
    );
    assert.deepEqual(on("catalog--br-deploy", "PullImage"), [arnOf(`catalog.br.${REGION}`)]);
    // That of each branch's tasks is in what Deploy adds to its template.
    const added = told("web--br-release-job")["ADDED"] ?? "";
    assert.ok(added.includes(arnOf(`web.br.${REGION}`)) && !added.includes(":eu-west-1:"));
  });

  it("are pushed by their Build to tooling's, copied there, and to no repository of releases", () => {
    for (const name of ["catalog", "web"]) {
      assert.deepEqual(on(`${name}--br-build`, "PushImages"), [arnOf(`${name}.br`)]);
      assert.deepEqual(on(`${name}--br-build`, "CopyImages"), [arnOf(`${name}.br.${REGION}`)]);
    }
    const main = on("catalog-build", "CopyImages");
    assert.deepEqual(main, ["catalog.us-east-1", "catalog.ap-southeast-1"].map(arnOf));
  });

  it("are told to their jobs: the Region, its bucket, and its repository; the scan stays tooling's", () => {
    const url = (name: string) => String(repository(name).outputs["url"]);
    const release = told("catalog--br-release-job");
    assert.deepEqual(
      [
        release["ENVIRONMENT_REGION"],
        release["ENVIRONMENT_BUCKET"],
        release["REPOSITORY_URI"],
        release["REPOSITORY_NAME"],
      ],
      [
        REGION,
        bucket(`artifacts-${REGION}`).split(":::")[1],
        url(`catalog.br.${REGION}`),
        url("catalog.br").split("/")[1],
      ],
    );
    assert.equal(told("catalog--br-build")["REPOSITORIES_ELSEWHERE"], url(`catalog.br.${REGION}`));
    assert.equal(told("jobs--br-build")["ENVIRONMENT_REGIONS"], JSON.stringify({ br: REGION }));
    for (const name of NAMES) assert.equal(told(`${name}--br-cleanup`)["ENVIRONMENT_REGION"], REGION, name);
  });

  it("have rights on what is in that Region alone, and there by the tag of their session", () => {
    for (const name of NAMES) {
      const policies = [
        ...ofType(runs, "aws:iam/rolePolicy:RolePolicy"),
        ...ofType(runs, "aws:iam/policy:Policy"),
      ].filter((each) => each.stack === "dev" && each.name.startsWith(`${name}--br-`));
      assert.ok(policies.length > 1);
      const regions = policies
        .flatMap((each) => documentOf(each).Statement.flatMap(resourcesOf))
        .flatMap((arn) => arn.split(":")[3] ?? "")
        .filter((region) => region !== "" && region !== "*");
      assert.deepEqual([...new Set(regions)], [REGION], name);
    }
    const stacks = `arn:aws:cloudformation:${REGION}:333333333333:stack/mail--br-\${aws:PrincipalTag/branch}/*`;
    const own = only(
      ofType(runs, "aws:iam/policy:Policy").filter(({ stack }) => stack === "dev"),
      "Policy",
      "mail--br-deploy",
    );
    assert.deepEqual(resourcesOf(statement(own, "MendOrDeleteStack")), [stacks]);
  });
});
