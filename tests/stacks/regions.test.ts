/** Tooling and environments in three Regions: what is where, and who may use it. */
import assert from "node:assert/strict";
import { ofType, type Rehearsed } from "../../rehearsal/record/record";
import { variablesOf } from "../../rehearsal/record/pipelines";
import { documentOf, only, runOf, broughtUp } from "../programs";
import { environments, tooling } from "./settingsSample";
import { all, codecommit } from "./together.case";
import { callers, resourcesOf } from "./together.sides";

const REGIONS: Readonly<Record<string, string>> = { us: "us-east-1", asia: "ap-southeast-1" };
const settings = tooling({
  environments: environments("test", "us@333333333333", "asia@333333333333").map((each) => {
    const region = REGIONS[String(each.name)];
    return { ...each, ...(region !== undefined && { region }) };
  }),
  pipelines: [codecommit("catalog", { workload: "lambda-zip" })],
});

describe("environments in three Regions", () => {
  let runs: Rehearsed;
  before(async () => (runs = await broughtUp(all(settings).files)));
  const store = (kind: string, name: string) => only(runOf(runs, "tooling").resources, kind, name);
  const statement = (resource: Parameters<typeof documentOf>[0], Sid: string) => {
    const found = documentOf(resource).Statement.find((each) => each.Sid === Sid);
    assert.ok(found, `${resource.name} has no ${Sid}`);
    return found;
  };
  const role = (environment: string, kind: string, account = "333333333333") =>
    `arn:aws:iam::${account}:role/delivery-catalog--${environment}-${kind}`;
  const job = (name: string) => only(ofType(runs, "aws:codebuild/project:Project"), "Project", name);
  const told = (name: string): Partial<Record<string, string>> => variablesOf(job(name));
  const policy = (name: string) => only(ofType(runs, "aws:iam/rolePolicy:RolePolicy"), "RolePolicy", name);

  it("have one tooling, with a key and a bucket in each Region and nothing else there", () => {
    const there = runOf(runs, "tooling").resources.filter(
      ({ type, region }) => type.startsWith("aws:") && region !== "eu-west-1",
    );
    assert.deepEqual([...new Set(there.map(({ region }) => region))].sort(), ["ap-southeast-1", "us-east-1"]);
    assert.deepEqual([...new Set(there.map(({ type }) => type.split("/")[0]))].sort(), ["aws:kms", "aws:s3"]);
    for (const region of Object.values(REGIONS)) {
      assert.equal(store("Bucket", `artifacts-${region}`).region, region);
      assert.equal(store("Bucket", `artifacts-${region}-access-logs`).region, region);
      assert.equal(store("Key", `artifacts-${region}`).region, region);
    }
  });

  it("each have what is theirs in their own Region", () => {
    for (const [name, region] of Object.entries({ ...REGIONS, test: "eu-west-1" })) {
      const { resources } = runOf(runs, name);
      const arns = resources.flatMap(
        (each) => JSON.stringify(each.inputs).match(/arn:aws:[a-z0-9-]+:[a-z0-9-]*:\d*/g) ?? [],
      );
      const regions = arns.map((arn) => arn.split(":")[3]).filter((each) => each !== "");
      assert.deepEqual([...new Set(regions)], [region], name);
    }
  });

  it("read releases in their own Region's bucket alone, with its key, each by its exact role", () => {
    const readers = (name: string) => callers(statement(store("BucketPolicy", name), "ReadCatalog")).sort();
    assert.deepEqual(readers("artifacts"), [
      role("test", "execution", "222222222222"),
      role("test", "plan", "222222222222"),
    ]);
    for (const [name, region] of Object.entries(REGIONS)) {
      assert.deepEqual(readers(`artifacts-${region}`), [role(name, "execution"), role(name, "plan")]);
      const decrypt = statement(store("Key", `artifacts-${region}`), "DecryptReleases");
      assert.deepEqual(callers(decrypt).sort(), [role(name, "execution"), role(name, "plan")]);
      assert.deepEqual(
        (decrypt as unknown as { Condition: Record<string, unknown> }).Condition["StringEquals"],
        {
          "kms:ViaService": `s3.${region}.amazonaws.com`,
        },
      );
      const [bucket, key] = [store("Bucket", `artifacts-${region}`), store("Key", `artifacts-${region}`)].map(
        ({ outputs }) => String(outputs["arn"]),
      );
      const read = statement(policy(`catalog--${name}-plan`), "ReadReleaseFiles");
      assert.deepEqual(resourcesOf(read), [`${bucket}/releases/catalog/333333333333/${name}/*`]);
      assert.ok(JSON.stringify(documentOf(policy(`catalog--${name}-plan`))).includes(`"${key}"`));
    }
  });

  it("have release jobs that write to tooling's bucket and to theirs, and to no other", () => {
    const buckets = (name: string) =>
      resourcesOf(statement(policy(`catalog--${name}-release-job`), "WriteReleaseFiles")).map((each) =>
        each.replace(/^arn:aws:s3:::(.*)-[0-9a-f]{7}\/.*$/, "$1"),
      );
    assert.deepEqual(buckets("test"), ["artifacts"]);
    assert.deepEqual(buckets("us"), ["artifacts", "artifacts-us-east-1"]);
    assert.deepEqual(buckets("asia"), ["artifacts", "artifacts-ap-southeast-1"]);
  });

  it("are told to the jobs, where they are not in tooling's Region", () => {
    const place = (name: string) => {
      const { ENVIRONMENT_REGION, ENVIRONMENT_BUCKET } = told(`catalog--${name}-release-job`);
      return [ENVIRONMENT_REGION, ENVIRONMENT_BUCKET?.replace(/-[0-9a-f]{7}$/, "")];
    };
    assert.deepEqual(place("test"), [undefined, undefined]);
    assert.deepEqual(place("us"), ["us-east-1", "artifacts-us-east-1"]);
    assert.deepEqual(place("asia"), ["ap-southeast-1", "artifacts-ap-southeast-1"]);
    const targets = JSON.parse(told("catalog-cleanup")["TARGETS"] ?? "") as { region?: string }[];
    assert.deepEqual(
      targets.map(({ region }) => region),
      [undefined, "us-east-1", "ap-southeast-1"],
    );
    const places = JSON.parse(told("catalog-promote")["PLACES"] ?? "") as Record<string, { region: string }>;
    assert.deepEqual(
      Object.entries(places).map(([name, { region }]) => [name, region]),
      Object.entries(REGIONS),
    );
  });
});
