import assert from "node:assert/strict";
import { ecsService } from "../../../components/workloads/ecsService";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { build, pool, sourceFolder } from "./inputs";
import { worldOf } from "./kinds";
import { COMMIT_ID, OLD_DIGEST, SECRET, emptyWorld, image, type World } from "./world";

const worldWith = (changes: Partial<World>): World => ({ ...emptyWorld(), ...changes });
const scan = (status: string, counts?: object, completed = true): object => ({
  imageScanStatus: { status },
  imageScanFindings: {
    ...(completed && { imageScanCompletedAt: "2026-01-01" }),
    ...(counts && { findingSeverityCounts: counts }),
  },
});

describe("job build: the image", () => {
  it("builds one platform with a plain manifest and a registry cache, and leaves no credential", async () => {
    const world = emptyWorld();
    const result = await build(world);
    const registry = "111111111111.dkr.ecr.eu-west-1.amazonaws.com";
    const [login, create, made, logout] = world.docker.ran;
    assert.equal(login, `login --username AWS --password-stdin ${registry}`);
    assert.equal(
      create,
      "buildx create --name delivery --driver docker-container --driver-opt image=public.ecr.aws/vend/moby/buildkit:v0.20.0",
    );
    assert.equal(
      made?.replace(/--metadata-file \S+/, "--metadata-file FILE"),
      "buildx build --builder delivery --platform linux/amd64 --provenance=false --sbom=false " +
        `--cache-from type=registry,ref=${registry}/catalog-cache:cache ` +
        `--cache-to type=registry,ref=${registry}/catalog-cache:cache,mode=max,image-manifest=true,oci-mediatypes=true,ignore-error=true ` +
        `--output type=image,name=${registry}/catalog:${COMMIT_ID},push=true,oci-mediatypes=false,rewrite-timestamp=true ` +
        "--metadata-file FILE --file ./Dockerfile .",
    );
    assert.equal(logout, `logout ${registry}`);
    assert.ok(!result.output.includes(SECRET));
    assert.ok(!world.commands.flat().some((argument) => argument.includes(SECRET)));
  });

  it("takes the Dockerfile and the parameters beside a template in a folder of its own", async () => {
    const world = worldOf(ecsService);
    world.template.parameters.push({ ParameterKey: "Size" });
    const folder = sourceFolder({
      "app/ecs-service/template.yaml": "Resources: {Service: {}}\n",
      "app/ecs-service/Dockerfile": "FROM scratch\n",
      "app/ecs-service/parameters/test.json": '[{"ParameterKey": "Size", "ParameterValue": "1"}]',
    });
    const variables = { TEMPLATE: "ecs-service/template.yaml" };
    const refused = await build(world, variables, folder, ecsService);
    assert.equal(refused.code, 1);
    assert.equal(
      refused.output.split("error: ")[1],
      "template and parameters can't be deployed:\n" +
        "app/ecs-service/parameters/prod.json: parameter Size has no default in ecs-service/template.yaml: set it\n",
    );
    world.template.parameters.pop();
    world.template.parameters.push({ ParameterKey: "Size", DefaultValue: "2" });
    const result = await build(world, variables, folder, ecsService);
    assert.equal(result.code, 0, result.output);
    const made = world.docker.ran.find((each) => each.startsWith("buildx build")) ?? "";
    assert.ok(made.endsWith(" --file ecs-service/Dockerfile ."), made);
    const release = join(folder, "delivery-release");
    assert.equal(readFileSync(join(release, "template.yaml"), "utf8"), "Resources: {Service: {}}\n");
    assert.equal(readFileSync(join(release, "parameters/prod.json"), "utf8"), "[]\n");
    assert.match(readFileSync(join(release, "parameters/test.json"), "utf8"), /Size/);
    const gone = await build(worldOf(ecsService), { TEMPLATE: "ecs/template.yaml" }, folder, ecsService);
    assert.equal(gone.code, 1);
    assert.match(gone.output, /error: app\/ecs\/template.yaml is missing: it is what the pipeline deploys\n/);
  });

  it("doesn't build again what has an image, but looks at its scan", async () => {
    const world = worldWith({ images: [image(OLD_DIGEST, COMMIT_ID)] });
    const result = await build(world);
    assert.equal(result.code, 0, result.output);
    assert.equal(result.exported["CODE_DIGEST"], OLD_DIGEST);
    assert.deepEqual(world.docker.ran, []);
    assert.deepEqual(world.npm.ran, ["ci", "test"]);
    assert.ok(!result.output.includes("kept release"));
    assert.deepEqual(
      world.commands.filter((command) => command[1] === "s3").map((command) => command[2]),
      ["cp"],
    );
    assert.ok(result.calls.includes("aws - ecr describe-image-scan-findings"));
  });

  it("uses the image of a run that was faster, and fails when the push failed for another reason", async () => {
    const world = emptyWorld();
    world.docker.raceDigest = OLD_DIGEST;
    const result = await build(world);
    assert.equal(result.code, 0, result.output);
    assert.equal(result.exported["CODE_DIGEST"], OLD_DIGEST);
    const other = emptyWorld();
    other.docker.fails = true;
    const failed = await build(other);
    assert.equal(failed.code, 1);
    assert.match(failed.output, /error: the image was not built or not pushed: see the lines above/);
    assert.ok(other.docker.ran.some((command) => command.startsWith("logout")));
  });

  it("refuses an image under the commit's tag that is not a plain one", async () => {
    const world = worldWith({ images: [{ digest: OLD_DIGEST, tags: [COMMIT_ID], manifest: "" }] });
    const result = await build(world);
    assert.equal(result.code, 1);
    assert.match(
      result.output,
      /error: ECR can't give the image of tag \w+ as a plain image: UnsupportedImageType/,
    );
  });

  it("refuses a digest that is none", async () => {
    const world = emptyWorld();
    world.docker.digest = "latest";
    const result = await build(world);
    assert.equal(result.code, 1);
    assert.match(result.output, /error: variable CODE_DIGEST must match sha256/);
  });

  it("waits for the scan, basic or enhanced, until it has a time, and lets findings below the threshold pass", async () => {
    const world = worldWith({
      scans: [
        null,
        scan("PENDING"),
        scan("IN_PROGRESS"),
        scan("ACTIVE", undefined, false),
        scan("ACTIVE", { MEDIUM: 7, LOW: 1 }),
      ],
    });
    const result = await build(world);
    assert.equal(result.code, 0, result.output);
    assert.equal(world.slept, 60);
    assert.match(result.output, /findings of the image scan: 7 MEDIUM, 1 LOW\n/);
  });

  it("stops at findings of the threshold or worse, at scans that failed, and when no scan comes", async () => {
    const cases: [string, object | null, RegExp][] = [
      [
        "HIGH",
        scan("COMPLETE", { CRITICAL: 1, HIGH: 2, LOW: 9 }),
        /error: 3 findings of severity HIGH or worse/,
      ],
      [
        "CRITICAL",
        scan("ACTIVE", { CRITICAL: 1, HIGH: 2 }),
        /error: 1 findings of severity CRITICAL or worse/,
      ],
      ["UNDEFINED", scan("COMPLETE", { UNTRIAGED: 4 }), /error: 4 findings of severity UNDEFINED or worse/],
      ["HIGH", scan("FAILED"), /error: ECR's scan of sha256:\w+ ended in FAILED: no release without a scan/],
      ["HIGH", scan("UNSUPPORTED_IMAGE"), /ended in UNSUPPORTED_IMAGE/],
      ["HIGH", scan("SCAN_ELIGIBILITY_EXPIRED"), /ended in SCAN_ELIGIBILITY_EXPIRED/],
      [
        "HIGH",
        null,
        /error: ECR's scan of sha256:\w+ has no result after 20 minutes: is scanning on push switched on/,
      ],
    ];
    await pool(cases, async ([SCAN_THRESHOLD, answer, message]) => {
      const result = await build(worldWith({ scans: [answer] }), { SCAN_THRESHOLD });
      assert.equal(result.code, 1);
      assert.match(result.output, message);
      assert.deepEqual(result.exported, {});
    });
  });

  it("skips the scan gate when the threshold is NONE, and says so", async () => {
    const result = await build(worldWith({ scans: [null] }), { SCAN_THRESHOLD: "NONE" });
    assert.equal(result.code, 0, result.output);
    assert.match(result.output, /SCAN_THRESHOLD is NONE: what ECR's scan finds is not looked at/);
    assert.ok(!result.calls.includes("aws - ecr describe-image-scan-findings"));
  });
});
