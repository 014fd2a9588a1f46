import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { lambdaContainer } from "../../../components/workloads/lambdaContainer";
import { build, pool, sourceFolder } from "./inputs";
import { required } from "./kinds";
import { BUCKET, COMMIT_ID, DIGEST, emptyWorld, image, type World } from "./world";
import { whole } from "../../whole/sample";

const hash = (file: string): string => createHash("sha256").update(readFileSync(file)).digest("hex");
const worldWith = (changes: Partial<World>): World => ({ ...emptyWorld(), ...changes });

describe("job build", () => {
  it("tests, checks, builds and hands over, in exactly these calls", async () => {
    const world = emptyWorld();
    const folder = sourceFolder();
    const result = await build(world, {}, folder);
    assert.equal(result.code, 0, result.output);
    assert.deepEqual(result.calls, [
      "npm ci",
      "npm test",
      "aws - s3api list-objects-v2",
      "aws - cloudformation validate-template",
      "npm run bundle",
      "aws - ecr get-login-password",
      "docker login",
      "docker buildx",
      "docker buildx",
      "docker logout",
    ]);
    const release = join(folder, "delivery-release");
    assert.deepEqual(readdirSync(release).sort(), [
      "SHA256SUMS",
      "parameters",
      "release.json",
      "source.tar.gz",
      "template.yaml",
    ]);
    assert.deepEqual(readdirSync(join(release, "parameters")).sort(), ["prod.json", "test.json"]);
    assert.equal(readFileSync(join(release, "parameters/test.json"), "utf8"), "[]\n");
    assert.deepEqual(JSON.parse(readFileSync(join(release, "release.json"), "utf8")), {
      commit: COMMIT_ID,
      codeDigest: DIGEST,
      settings: `image app template.yaml catalog-- ${required(lambdaContainer).join(" ")}`,
    });
    assert.equal(
      readFileSync(join(release, "SHA256SUMS"), "utf8"),
      ["parameters/prod.json", "parameters/test.json", "release.json", "source.tar.gz", "template.yaml"]
        .map((name) => `${hash(join(release, name))}  ${name}\n`)
        .join(""),
    );
    assert.deepEqual(result.exported, {
      CODE_DIGEST: DIGEST,
      RELEASE_SHA256: hash(join(release, "SHA256SUMS")),
    });
    assert.deepEqual([...world.objects.keys()], []);
  });

  whole("hands over the source as it came, and the same bytes for the same source", async () => {
    const folders = [
      sourceFolder({ "app/node_modules/x.js": "1" }),
      sourceFolder({ "app/node_modules/y.js": "2" }),
    ];
    const sums = await pool(
      folders,
      async (folder) => (await build(emptyWorld(), {}, folder)).exported["RELEASE_SHA256"],
    );
    assert.equal(sums[0], sums[1]);
    const names = execFileSync("tar", ["-tzf", join(folders[0] ?? "", "delivery-release/source.tar.gz")], {
      encoding: "utf8",
    });
    assert.deepEqual(names.trim().split("\n"), [
      "./", "./Dockerfile", "./package.json", "./parameters/", "./parameters/prod.json", "./src/", "./src/handler.ts", "./template.yaml",
    ]); // prettier-ignore
  });

  whole("hands over a kept release exactly as it was", async () => {
    const folder = sourceFolder();
    const first = await build(emptyWorld(), {}, folder);
    const world = worldWith({ images: [image(DIGEST, "any")] });
    const kept = join(folder, "delivery-release");
    for (const name of [
      "SHA256SUMS",
      "release.json",
      "source.tar.gz",
      "template.yaml",
      "parameters/test.json",
      "parameters/prod.json",
    ]) {
      world.objects.set(`${BUCKET}/kept/catalog/${COMMIT_ID}/${name}`, readFileSync(join(kept, name)));
    }
    const changed = sourceFolder({ "app/template.yaml": "Resources: {Other: {}}\n" });
    const result = await build(world, {}, changed);
    assert.equal(result.code, 0, result.output);
    assert.deepEqual(result.exported, first.exported);
    assert.match(result.output, /hands over the kept release of this commit/);
    const added = await build(world, { ENVIRONMENTS: "test prod stage" }, changed);
    assert.match(
      added.output,
      /the kept release of this commit has no parameters\/stage.json: it is made again/,
    );
    assert.notEqual(added.exported["RELEASE_SHA256"], first.exported["RELEASE_SHA256"]);
    world.objects.set(`${BUCKET}/kept/catalog/${COMMIT_ID}/template.yaml`, Buffer.from("tampered"));
    const tampered = await build(world, {}, changed);
    assert.match(
      tampered.output,
      /the kept release of this commit is not whole, or has other code: it is made again/,
    );
    assert.equal(
      readFileSync(join(changed, "delivery-release/template.yaml"), "utf8"),
      "Resources: {Other: {}}\n",
    );
    assert.deepEqual([added.code, tampered.code], [0, 0]);
  });

  it("stops before anything is built when tests fail, write no report, or the folder is wrong", async () => {
    const failing = emptyWorld();
    failing.npm.fails = "test";
    const silent = emptyWorld();
    silent.npm.silent = "test";
    const results = await Promise.all([
      build(failing),
      build(silent),
      build(emptyWorld(), { DIRECTORY: "service" }),
    ]);
    assert.deepEqual(
      results.map((result) => result.code),
      [1, 1, 1],
    );
    assert.deepEqual(
      results.flatMap((result) => result.calls.filter((call) => !call.startsWith("npm"))),
      [],
    );
    assert.match(results[1]?.output ?? "", /error: 'npm test' wrote no reports\/junit.xml/);
    assert.match(
      results[2]?.output ?? "",
      /error: the source has no service\/package.json: the pipeline's setting 'directory'/,
    );
  });

  it("works when the service is the whole source", async () => {
    const folder = join(sourceFolder(), "app");
    const result = await build(emptyWorld(), { DIRECTORY: "." }, folder);
    assert.equal(result.code, 0, result.output);
    assert.ok(existsSync(join(folder, "delivery-release/SHA256SUMS")));
  });
});
