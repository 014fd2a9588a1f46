import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { lambdaContainer } from "../../../components/workloads/lambdaContainer";
import { lambdaZip } from "../../../components/workloads/lambdaZip";
import type { Workload } from "../../../components/workloads/workload";
import { roleStatements } from "../../programs";
import { jobs } from "./pipelineJobs";
import { branchWorld, branchReleaseVariables, hashOf } from "./branches";
import { run } from "./harness";
import { build, BUILDSPECS, promote, releaseVariables, sourceFolder } from "./inputs";
import { REPOSITORY_URI, worldOf } from "./kinds";
import { BUCKET, COMMIT_ID, EXECUTION_ID, image, type World } from "./world";

/** What a build leaves that ran hostile code: in every place that its policy lets it write. */
const EVIL = `sha256:${"ee".repeat(32)}`;
const evil = (world: World, key: string): void =>
  void world.objects.set(`${BUCKET}/${key}`, Buffer.from("evil"));
const nothing = (): void => undefined;
const OTHER_BUILD = "6b1d0000-0000-4000-8000-00000000b111";

/** By action and resource: what it plants. Nobody reads reports and logs, and what is encrypted is nowhere yet. */
const PLANTS: Readonly<Record<string, (world: World, prefix: string) => void>> = {
  "s3:PutObject arn:bucket/catalog/Release/*": (world, prefix) => {
    for (const name of ["template.yaml", "release.json", "SHA256SUMS", "source.tar.gz", "a1B2c3D"]) {
      evil(world, `${prefix}/Release/${COMMIT_ID}/${name}`);
      evil(world, `${prefix}/Release/${name}`);
    }
  },
  "ecr:PutImage arn:images": (world) => {
    const tags = [COMMIT_ID, `${COMMIT_ID}-${OTHER_BUILD}`, "live-test", "live-prod", "cache", "latest"];
    world.images.push(image(EVIL, ...tags));
  },
  "ecr:PutImage arn:cache": nothing, // taken only where settings say so: build.image.test.ts
  ...Object.fromEntries(
    ["CompleteLayerUpload", "InitiateLayerUpload", "UploadLayerPart"].flatMap((action) =>
      ["images", "cache"].map((where) => [`ecr:${action} arn:${where}`, nothing]),
    ),
  ),
  "kms:GenerateDataKey arn:key": nothing,
  ...Object.fromEntries(
    ["BatchPutTestCases tests", "CreateReport tests", "UpdateReport tests"]
      .concat("BatchPutCodeCoverages coverage", "CreateReport coverage", "UpdateReport coverage")
      .map((each) => each.split(" "))
      .map(([action, group]) => [`codebuild:${action} reports of ${group}`, nothing]),
  ),
  "logs:CreateLogStream its log": nothing,
  "logs:PutLogEvents its log": nothing,
};
/** Actions that change nothing. */
const READS =
  /^(s3:(Get|List)|kms:Decrypt|ecr:(BatchGetImage|BatchCheckLayerAvailability|GetDownloadUrlForLayer|GetAuthorizationToken)|cloudformation:ValidateTemplate)/;
const place = (action: string, arn: string): string => {
  if (action.startsWith("logs:")) return "its log";
  return action.startsWith("codebuild:")
    ? `reports of ${arn.includes("overage") ? "coverage" : "tests"}`
    : arn;
};
const plant = (world: World, prefix = "catalog"): void => {
  for (const each of Object.values(PLANTS)) each(world, prefix);
};

/** Build, Plan, Deploy and Promote of one commit, and what each made of it. */
async function released(workload: Workload, poison: boolean) {
  const world = worldOf(workload);
  if (poison) plant(world);
  const folder = sourceFolder();
  const built = await build(world, {}, folder, workload);
  assert.equal(built.code, 0, built.output);
  delete world.handed; // what CodePipeline hands on is the build's
  const { CODE_DIGEST = "", RELEASE_SHA256 = "" } = built.exported;
  const handed = { CODE_DIGEST, RELEASE_SHA256 };
  // Plan refuses a function with other code than this run's Build has made.
  const Code =
    workload.packaging === "image"
      ? { ImageUri: `${REPOSITORY_URI}@${CODE_DIGEST}` }
      : {
          S3Bucket: BUCKET,
          S3Key: `releases/catalog/222222222222/test/${EXECUTION_ID}/code/${CODE_DIGEST.slice(7)}.zip`,
        };
  const change = {
    Action: "Add",
    LogicalResourceId: "F",
    ResourceType: "AWS::Lambda::Function",
    AfterContext: JSON.stringify({ Properties: { Code } }),
  };
  world.outcome = { status: "CREATE_COMPLETE", reason: null, changes: [{ ResourceChange: change }] };
  const release = join(folder, "delivery-release");
  const given = { ...releaseVariables(RELEASE_SHA256, workload), ...handed };
  const planned = await run(BUILDSPECS.plan, release, given, world);
  assert.equal(planned.code, 0, planned.output);
  delete world.handed;
  const deployed = await run(
    BUILDSPECS.deploy,
    release,
    { ...given, CHANGE_SET: `d-${EXECUTION_ID}` },
    world,
  );
  assert.equal(deployed.code, 0, deployed.output);
  const kind = workload.packaging === "image" ? {} : { PACKAGING: workload.packaging, REPOSITORY_NAME: "" };
  const promoted = await promote(world, { ...kind, ...handed });
  assert.equal(promoted.code, 0, promoted.output);
  const files = [...world.objects]
    .filter(([key]) => /\/(kept|releases)\//.test(key))
    .map(([key, contents]) => [key, contents.toString("base64").length, contents.toString().replace(/"(promotedAt|deployedAt)": *"[^"]*"/g, "$1")])
    .sort(); // prettier-ignore
  return {
    digest: CODE_DIGEST,
    files,
    sums: readFileSync(join(release, "SHA256SUMS"), "utf8"),
    calls: [built, planned, deployed, promoted].map(({ calls }) => calls),
  };
}

describe("what a hostile build leaves", () => {
  it("has a case here for every place that Build's registered policy lets it write", async () => {
    const places = roleStatements(await jobs(), "shop-build").flatMap(({ Action, Resource }) =>
      ([Action].flat() as string[]).flatMap((action) =>
        ([Resource].flat() as string[]).map((resource) => `${action} ${place(action, resource)}`),
      ),
    );
    const written = [...new Set(places.filter((each) => !READS.test(each)))].sort();
    assert.deepEqual(written, Object.keys(PLANTS).sort());
  });

  for (const workload of [lambdaContainer, lambdaZip])
    it(`is acted on by no later Build, Plan, Deploy and Promote of ${workload.kind}`, async () => {
      const [clean, poisoned] = [await released(workload, false), await released(workload, true)];
      assert.deepEqual(poisoned, clean);
      assert.notEqual(poisoned.digest, EVIL);
      assert.ok(poisoned.calls.flat().includes("aws plan cloudformation create-change-set"));
    });

  it("under another branch's head commit is not what that branch deploys", async () => {
    const branch = "feature/two";
    const world = branchWorld(branch, {
      outcome: { status: "CREATE_COMPLETE", reason: null, changes: [] },
    });
    plant(world, "cat--br");
    const folder = sourceFolder();
    const own = { PIPELINE: "catalog--br", ENVIRONMENTS: "br", ARTIFACT_PREFIX: "cat--br" };
    const built = await build(world, own, folder);
    assert.equal(built.code, 0, built.output);
    delete world.handed;
    const { CODE_DIGEST = "", RELEASE_SHA256 = "" } = built.exported;
    assert.notEqual(CODE_DIGEST, EVIL);
    const deployed = await run(
      BUILDSPECS["branch-deploy"],
      join(folder, "delivery-release"),
      {
        ...{ ...branchReleaseVariables, EXECUTION_ID, COMMIT_ID, CODE_DIGEST, RELEASE_SHA256 },
        ...{ BRANCH_HASH: hashOf(branch), BRANCH_LABEL: "feature/two" },
      },
      world,
    );
    assert.equal(deployed.code, 0, deployed.output);
    const asked = world.commands.filter((each) => each.join(" ").includes("describe-image-scan-findings"));
    assert.deepEqual(
      asked.map((each) => each.find((word) => word.startsWith("imageDigest="))),
      [`imageDigest=${CODE_DIGEST}`],
    );
  });
});
