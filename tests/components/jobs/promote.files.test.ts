import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { lambdaZip } from "../../../components/workloads/lambdaZip";
import type { Result } from "./harness";
import { build, promote, sourceFolder } from "./inputs";
import { worldOf } from "./kinds";
import { filesIn } from "./storage";
import { BUCKET, COMMIT_ID, EXECUTION_ID, type World } from "./world";

const A = "a".repeat(40);
const B = "b".repeat(64);
const KEPT = `${BUCKET}/kept/catalog/`;
const RELEASES = `${BUCKET}/releases/catalog/222222222222/test/`;
const FILES = ["SHA256SUMS", `code/${"d1".repeat(32)}.zip`, "release.json", "template.yaml"];

/** A release that Deploy has left, marks as they are, and the bundles of their commits. */
function verified(marks: Readonly<Record<string, string>> = {}): World {
  const world = worldOf(lambdaZip);
  for (const name of FILES)
    world.objects.set(`${RELEASES}${EXECUTION_ID}/${name}`, Buffer.from(`new ${name}`));
  for (const [name, commit] of Object.entries(marks)) {
    world.objects.set(`${KEPT}${name}`, Buffer.from(`${commit}\n`));
    for (const file of FILES) world.objects.set(`${KEPT}${commit}/${file}`, Buffer.from("old"));
  }
  return world;
}
const promoteFiles = (world: World, variables: Record<string, string> = {}): Promise<Result> =>
  promote(world, { PACKAGING: "zip", REPOSITORY_NAME: "", EXPIRATION_IN_DAYS: "44", ...variables });

/** Marks with the commit that they name, and folders with how many files they have. */
function keptIn(world: World): Record<string, string | number> {
  const kept: Record<string, string | number> = {};
  for (const [key, contents] of [...world.objects].sort(([a], [b]) => (a < b ? -1 : 1))) {
    if (!key.startsWith(KEPT)) continue;
    const [name = "", file] = key.slice(KEPT.length).split("/");
    kept[name] = file === undefined ? contents.toString() : Number(kept[name] ?? 0) + 1;
  }
  return kept;
}

/** What Build handed over, by name. */
function filesOf(source: string): [string, Buffer][] {
  const folder = join(source, "delivery-release");
  return filesIn(folder).map((file) => [relative(folder, file), readFileSync(file)]);
}

describe("job promote: where code is files", () => {
  it("moves both marks, keeps the bundle and prunes what has no mark, in exactly these calls", async () => {
    const world = verified({ "live-test": A, "live-test-previous": B, "live-prod": A });
    const result = await promoteFiles(world);
    assert.equal(result.code, 0, result.output);
    assert.deepEqual(keptIn(world), {
      [A]: 4,
      [COMMIT_ID]: 4,
      "live-prod": `${A}\n`,
      "live-test": `${COMMIT_ID}\n`,
      "live-test-previous": `${A}\n`,
    });
    assert.deepEqual(result.calls, [
      "aws - codepipeline get-pipeline-state",
      "aws - s3 cp",
      "aws - s3api list-objects-v2",
      "aws - s3api list-objects-v2",
      ...FILES.map(() => "aws - s3api copy-object"),
      "aws - s3api list-objects-v2",
      "aws - s3api list-objects-v2",
      "aws - s3 cp",
      "aws - s3 cp",
      "aws - s3 cp",
      "aws - s3api list-objects-v2",
      "aws - s3 cp",
      "aws - s3 cp",
      "aws - s3 cp",
      "aws - s3 rm",
      "aws - s3api list-objects-v2",
    ]);
  });

  it("sets only the one mark on a first release, and changes nothing when it is there already", async () => {
    const world = verified();
    for (const moves of [true, false]) {
      const result = await promoteFiles(world);
      assert.equal(result.code, 0, result.output);
      assert.deepEqual(keptIn(world), { [COMMIT_ID]: 4, "live-test": `${COMMIT_ID}\n` });
      assert.equal(result.output.includes(`kept/catalog/live-test is on ${COMMIT_ID} already`), !moves);
    }
  });

  it("keeps what any environment runs or ran before, over three releases and a roll-back to the second", async () => {
    const world = verified();
    const [C, D, E] = ["c", "d", "e"].map((letter) => letter.repeat(40));
    const release = async (COMMIT: string | undefined, ENVIRONMENT: string): Promise<void> => {
      const variables = { COMMIT_ID: COMMIT ?? "", ENVIRONMENT };
      for (const name of FILES)
        world.objects.set(
          `${RELEASES.replace("/test/", `/${ENVIRONMENT}/`)}${EXECUTION_ID}/${name}`,
          Buffer.from(name),
        );
      const result = await promoteFiles(world, variables);
      assert.equal(result.code, 0, result.output);
    };
    await release(C, "test");
    await release(C, "prod");
    await release(D, "test");
    await release(E, "test");
    const marks = { "live-prod": `${C}\n`, "live-test": `${E}\n`, "live-test-previous": `${D}\n` };
    assert.deepEqual(keptIn(world), { [String(C)]: 4, [String(D)]: 4, [String(E)]: 4, ...marks });
    await release(E, "prod");
    await release(D, "test");
    assert.deepEqual(keptIn(world), {
      ...{ [String(C)]: 4, [String(D)]: 4, [String(E)]: 4 },
      ...{ "live-prod": `${E}\n`, "live-prod-previous": `${C}\n` },
      ...{ "live-test": `${D}\n`, "live-test-previous": `${E}\n` },
    });
  });

  it("keeps a bundle that Build takes back, also after the commit was released with other files", async () => {
    const deploy = async (files: Record<string, string>): Promise<string | undefined> => {
      const folder = sourceFolder(files);
      const built = await build(world, {}, folder, lambdaZip);
      assert.equal(built.code, 0, built.output);
      for (const key of world.objects.keys()) if (key.startsWith(RELEASES)) world.objects.delete(key);
      for (const [name, contents] of filesOf(folder))
        world.objects.set(`${RELEASES}${EXECUTION_ID}/${name}`, contents);
      return built.exported["CODE_DIGEST"];
    };
    const world = worldOf(lambdaZip);
    const first = await deploy({});
    assert.equal((await promoteFiles(world)).code, 0);
    world.npm.does = (args, cwd) => {
      if (args[1] === "bundle") writeFileSync(join(cwd, "dist/other.js"), "other");
    };
    world.objects.set(`${KEPT}${COMMIT_ID}/template.yaml`, Buffer.from("broken"));
    const other = await deploy({});
    assert.notEqual(other, first);
    assert.equal((await promoteFiles(world)).code, 0);
    delete world.npm.does;
    const taken = await deploy({ "app/template.yaml": "Resources: {Other: {}}\n" });
    assert.equal(taken, other);
    assert.deepEqual(world.npm.ran.slice(-2), ["ci", "test"]);
    assert.equal(keptIn(world)[COMMIT_ID], 7);
  });

  it("leaves a bundle that another job is keeping just now, and takes no other pipeline's marks", async () => {
    const world = verified({ "live-test": A });
    world.objects.set(`${BUCKET}/kept/catalog-2/live-test`, Buffer.from("c".repeat(40)));
    const inFlight = `${KEPT}${"f".repeat(40)}/SHA256SUMS`;
    // It comes while this job copies, and has no mark yet.
    world.objects = new (class extends Map<string, Buffer> {
      override set(key: string, contents: Buffer): this {
        if (key.startsWith(`${KEPT}${COMMIT_ID}/`)) super.set(inFlight, Buffer.from("x"));
        return super.set(key, contents);
      }
    })(world.objects);
    const result = await promoteFiles(world);
    assert.equal(result.code, 0, result.output);
    assert.ok(world.objects.has(inFlight));
    assert.ok(!result.calls.includes("aws - s3 rm"));
  });

  it("removes release files that no approval can wait for any more, but never those that the environment runs", async () => {
    const world = verified();
    const day = (ago: number) =>
      new Date(Date.now() - ago * 24 * 60 * 60 * 1000).toISOString().replace(/\.\d+Z$/, "+00:00");
    const put = (key: string, ago: number) => {
      world.objects.set(key, Buffer.from("x"));
      world.written.set(key, day(ago));
    };
    for (const name of FILES) world.written.set(`${RELEASES}${EXECUTION_ID}/${name}`, day(400));
    put(`${RELEASES}old-run/code/a.zip`, 45);
    put(`${RELEASES}waits/code/b.zip`, 43);
    put(`${RELEASES.replace("/test/", "/prod/")}of-prod/code/c.zip`, 400);
    put(`${RELEASES.replace("/catalog/", "/catalog-2/")}of-another/code/d.zip`, 400);
    const result = await promoteFiles(world);
    assert.equal(result.code, 0, result.output);
    assert.deepEqual(
      [...world.objects.keys()].filter((key) => key.includes("/releases/")).sort(),
      [
        ...[...FILES, "deployed.json"].map((name) => `${RELEASES}${EXECUTION_ID}/${name}`),
        `${RELEASES}waits/code/b.zip`,
        `${BUCKET}/releases/catalog/222222222222/prod/of-prod/code/c.zip`,
        `${BUCKET}/releases/catalog-2/222222222222/test/of-another/code/d.zip`,
      ].sort(),
    );
  });

  it("stops when a mark names no commit, which it leaves, and prunes nothing then", async () => {
    for (const [name, text] of [
      ["live-test", "$(touch pwned)"],
      ["live-prod", ""],
    ] as const) {
      const world = verified({ "live-test": A, "live-test-previous": B });
      world.objects.set(`${KEPT}${name}`, Buffer.from(text));
      const result = await promoteFiles(world);
      assert.equal(result.code, 1);
      assert.match(
        result.output,
        new RegExp(
          `error: mark s3://artifacts-bucket/kept/catalog/${name} names no commit, but .*: delete it, then retry`,
        ),
      );
      assert.equal(keptIn(world)[B], 4);
      assert.equal(world.objects.get(`${KEPT}${name}`)?.toString(), text);
    }
  });

  it("stops when Deploy left no release, before any mark moves", async () => {
    const world = verified({ "live-test": A });
    world.objects.delete(`${RELEASES}${EXECUTION_ID}/SHA256SUMS`);
    const result = await promoteFiles(world);
    assert.equal(result.code, 1);
    assert.match(result.output, /error: Deploy left no release in s3:.*start a new release/);
    assert.deepEqual(keptIn(world), { [A]: 4, "live-test": `${A}\n` });
  });
});
