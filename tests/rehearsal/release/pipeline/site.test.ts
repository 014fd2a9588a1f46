import assert from "node:assert/strict";
import { WORKLOADS } from "../../../../components/workloads/list";
import { publishedIn, targetOf } from "../../../../rehearsal/release/pipeline/site";
import { readSettings } from "../../../../stacks/settings/read";
import { CONTAINER, ECS, ZIP } from "../kinds";
import { recordOf } from "../service";

const RELEASE = { id: "run-1", handover: { folder: "/", sha256: "", bundle: "00".repeat(31).concat("ff") } };

/** What the jobs of an environment are told. */
async function target(tooling: Readonly<Record<string, string>>, environment: "stage" | "live") {
  const { settings } = readSettings({
    organization: "o",
    project: "shop",
    stack: "tooling",
    config: tooling,
  });
  assert.ok(settings?.kind === "tooling");
  const [pipeline] = settings.pipelines;
  const wanted = settings.environments.find(({ name }) => name === environment);
  assert.ok(pipeline && wanted);
  return targetOf(await recordOf(tooling), settings, pipeline, wanted);
}

describe("targetOf", () => {
  it("reads from the jobs what a release is given, and puts in what it knows of itself", async () => {
    const { site, parameters, rollbackParameters, released, workload, endpointUrl } = await target(
      ZIP.tooling,
      "stage",
    );
    assert.deepEqual(
      [site.stack, site.account, site.region],
      ["lamps--stage", "222222222222", "eu-central-1"],
    );
    assert.equal(workload, WORKLOADS["lambda-zip"]);
    assert.deepEqual(Object.keys(parameters), [
      ...[
        "CodeBucket",
        "CodeKey",
        "CodeSha256",
        "Release",
        "CodeDeployRoleArn",
        "PermissionsBoundaryArn",
        "RolePath",
      ],
    ]);
    assert.deepEqual(rollbackParameters, { DeploymentConfig: "CodeDeployDefault.LambdaAllAtOnce" });
    const { bucket, ...others } = released(RELEASE);
    assert.match(bucket, /^artifacts-[0-9a-f]{7}$/);
    assert.deepEqual(others, {
      run: "run-1",
      image: "",
      files: "releases/lamps/222222222222/stage/run-1/",
      sha256: RELEASE.handover.bundle,
      base64: "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAP8=",
    });
    assert.equal(endpointUrl, undefined);
  });

  it("names the image by its repository and digest", async () => {
    const { released } = await target(CONTAINER.tooling, "live");
    assert.match(
      released(RELEASE).image,
      /^111111111111\.dkr\.ecr\.eu-central-1\.amazonaws\.com\/[a-z0-9-]+@sha256:0{62}ff$/,
    );
  });

  it("finds what the environment publishes, and nothing of another account", async () => {
    const { site, endpointUrl } = await target(ECS.tooling, "live");
    assert.equal(endpointUrl, "https://lamps.example.com");
    assert.equal(site.published?.["/shop/live/platform/subnet-ids"], "subnet-0a,subnet-0b");
    const names = Object.keys(publishedIn(await recordOf(ECS.tooling), "333333333333", "eu-central-1"));
    assert.ok(names.length > 0 && names.every((name) => name.startsWith("/shop/live/")), names.join());
  });
});
