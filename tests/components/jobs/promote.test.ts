import assert from "node:assert/strict";
import { promote, promoteVariables } from "./inputs";
import {
  BUCKET,
  COMMIT_ID,
  DIGEST,
  EXECUTION_ID,
  OLD_DIGEST,
  emptyWorld,
  image,
  type Image,
  type World,
} from "./world";

const OLDEST = `sha256:${"0b".repeat(32)}`;
const OLD_COMMIT = "a".repeat(40);
const OLDEST_COMMIT = "b".repeat(40);
const FILES = ["SHA256SUMS", "parameters/test.json", "release.json", "source.tar.gz", "template.yaml"];

/** A verified release whose files Deploy has left, and bundles of releases before. */
function verified(images: Image[], commits: readonly string[] = []): World {
  const world = { ...emptyWorld(), images };
  for (const name of FILES)
    world.objects.set(
      `${BUCKET}/releases/catalog/222222222222/test/${EXECUTION_ID}/${name}`,
      Buffer.from(name),
    );
  for (const commit of commits)
    for (const name of FILES)
      world.objects.set(`${BUCKET}/kept/catalog/${commit}/${name}`, Buffer.from("old"));
  return world;
}
const tags = (world: World): Record<string, string[]> =>
  Object.fromEntries(world.images.map((one) => [one.digest, one.tags]));
const kept = (world: World): string[] =>
  [...world.objects.keys()].filter((key) => key.startsWith(`${BUCKET}/kept/`)).sort();
const bundle = (commit: string): string[] => FILES.map((name) => `${BUCKET}/kept/catalog/${commit}/${name}`);

describe("job promote", () => {
  it("moves both marks, keeps the bundle and prunes what has no mark, in exactly these calls", async () => {
    const images = [
      image(DIGEST, COMMIT_ID),
      image(OLD_DIGEST, OLD_COMMIT, "live-test", "live-prod"),
      image(OLDEST, OLDEST_COMMIT, "live-test-previous"),
    ];
    const world = verified(images, [OLD_COMMIT, OLDEST_COMMIT]);
    const result = await promote(world);
    assert.equal(result.code, 0, result.output);
    assert.deepEqual(tags(world), {
      [DIGEST]: [COMMIT_ID, "live-test"],
      [OLD_DIGEST]: [OLD_COMMIT, "live-prod", "live-test-previous"],
      [OLDEST]: [OLDEST_COMMIT],
    });
    assert.deepEqual(kept(world), [...bundle(OLD_COMMIT), ...bundle(COMMIT_ID)]);
    assert.deepEqual(result.calls, [
      "aws - codepipeline get-pipeline-state",
      "aws - s3 cp",
      "aws - s3api list-objects-v2",
      "aws - s3api list-objects-v2",
      ...FILES.map(() => "aws - s3api copy-object"),
      "aws - s3api list-objects-v2",
      "aws - ecr batch-get-image",
      "aws - ecr batch-get-image",
      "aws - ecr batch-get-image",
      "aws - ecr put-image",
      "aws - ecr batch-get-image",
      "aws - ecr put-image",
      "aws - ecr describe-images",
      "aws - s3 rm",
    ]);
  });

  it("sets only the one mark on a first release", async () => {
    const world = verified([image(DIGEST, COMMIT_ID)]);
    const result = await promote(world);
    assert.equal(result.code, 0, result.output);
    assert.deepEqual(tags(world), { [DIGEST]: [COMMIT_ID, "live-test"] });
  });

  it("changes nothing when the mark is there already: a retry, or a roll-back", async () => {
    const images = [
      image(DIGEST, COMMIT_ID, "live-test"),
      image(OLD_DIGEST, OLD_COMMIT, "live-test-previous"),
    ];
    const world = verified(images);
    const before = JSON.stringify(tags(world));
    const result = await promote(world);
    assert.equal(result.code, 0, result.output);
    assert.equal(JSON.stringify(tags(world)), before);
    assert.ok(!result.calls.includes("aws - ecr put-image"));
  });

  it("keeps bundles that any environment's mark needs, and folders that are not a commit's", async () => {
    const world = verified(
      [image(DIGEST, COMMIT_ID), image(OLD_DIGEST, OLD_COMMIT, "live-alive-live-previous")],
      [OLD_COMMIT, "notes"],
    );
    const result = await promote(world);
    assert.equal(result.code, 0, result.output);
    assert.deepEqual(kept(world), [...bundle(OLD_COMMIT), ...bundle(COMMIT_ID), ...bundle("notes")]);
  });

  it("stops when Deploy left no release, before any mark moves", async () => {
    const world = verified([image(DIGEST, COMMIT_ID)]);
    world.objects.delete(`${BUCKET}/releases/catalog/222222222222/test/${EXECUTION_ID}/SHA256SUMS`);
    const result = await promote(world);
    assert.equal(result.code, 1);
    assert.match(
      result.output,
      /error: Deploy left no release in s3:\/\/artifacts-bucket\/releases\/catalog\/222222222222\/test\/.*start a new release/,
    );
    assert.deepEqual(tags(world), { [DIGEST]: [COMMIT_ID] });
  });

  it("refuses an object whose name is not plain, and an image that isn't there", async () => {
    const world = verified([image(DIGEST, COMMIT_ID)]);
    world.objects.set(
      `${BUCKET}/releases/catalog/222222222222/test/${EXECUTION_ID}/a b?versionId=1`,
      Buffer.from(""),
    );
    const odd = await promote(world);
    assert.match(odd.output, /error: an object of the release has a bad name/);
    const missing = await promote(verified([]));
    assert.match(missing.output, /error: image sha256:\w+ is not in catalog: it can't be marked/);
    assert.deepEqual([odd.code, missing.code], [1, 1]);
  });

  it("stops when the environment's mark is on something that is not a plain image", async () => {
    const world = verified([
      image(DIGEST, COMMIT_ID),
      { digest: OLD_DIGEST, tags: ["live-test"], manifest: "" },
    ]);
    const result = await promote(world);
    assert.equal(result.code, 1);
    assert.match(result.output, /error: ECR can't give the image of tag live-test: UnsupportedImageType/);
    assert.deepEqual(tags(world), { [DIGEST]: [COMMIT_ID], [OLD_DIGEST]: ["live-test"] });
  });

  it("prunes nothing when the marked image has lost its commit's tag", async () => {
    const world = verified([image(DIGEST)], [OLD_COMMIT]);
    const result = await promote(world);
    assert.equal(result.code, 1);
    assert.match(result.output, /error: no mark is on commit \w+: nothing is removed/);
    assert.deepEqual(kept(world), [...bundle(OLD_COMMIT), ...bundle(COMMIT_ID)]);
    assert.ok(promoteVariables["COMMIT_ID"]);
  });
});
