import assert from "node:assert/strict";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { folderWith } from "../../folders";
import { lambdaContainer } from "../../../components/workloads/lambdaContainer";
import { lambdaZip } from "../../../components/workloads/lambdaZip";
import type { Workload } from "../../../components/workloads/workload";
import type { Result } from "./harness";
import { build, pool, seal, sourceFolder } from "./inputs";
import { keep, worldOf } from "./kinds";
import { filesIn } from "./storage";
import { DIGEST, image, type World } from "./world";
import { whole } from "../../whole/sample";

const filesOf = (folder: string): Record<string, Buffer> =>
  Object.fromEntries(filesIn(folder).map((file) => [relative(folder, file), readFileSync(file)]));

/** What Build hands over for a commit; each call makes it anew. */
async function made(
  workload: Workload = lambdaZip,
): Promise<{ files: Record<string, Buffer>; result: Result }> {
  const folder = sourceFolder();
  const result = await build(worldOf(workload), {}, folder, workload);
  assert.equal(result.code, 0, result.output);
  return { files: filesOf(join(folder, "delivery-release")), result };
}

/** Builds the same commit from other source, so that what is made again can be told. */
async function again(world: World, variables: Record<string, string> = {}, workload: Workload = lambdaZip) {
  const folder = sourceFolder({ "app/template.yaml": "Resources: {Other: {}}\n" });
  const result = await build(world, variables, folder, workload);
  assert.equal(result.code, 0, result.output);
  return { result, files: filesOf(join(folder, "delivery-release")) };
}

describe("job build: a kept release whose code is files", () => {
  whole("is handed over as it is, and nothing is bundled", async () => {
    const first = await made();
    const world = worldOf(lambdaZip);
    keep(world, folderWith(first.files));
    const { result, files } = await again(world);
    assert.deepEqual(result.exported, first.result.exported);
    assert.deepEqual(files, first.files);
    assert.deepEqual(world.npm.ran, ["ci", "test"]);
    assert.deepEqual(result.calls, [
      "npm ci",
      "npm test",
      "aws - s3api list-objects-v2",
      "aws - s3 cp",
      "aws - s3api list-objects-v2",
      "aws - s3 cp",
      "aws - cloudformation validate-template",
    ]);
    assert.match(
      result.output,
      /hands over the kept release of this commit, which was checked when it was built\n/,
    );
  });

  whole(
    "is made again, code and all, when it is not whole, not of these settings, or names no code",
    async () => {
      const { files } = await made();
      const [zip = ""] = Object.keys(files).filter((name) => name.startsWith("code/"));
      const without = (folder: string, name: string): void => rmSync(join(folder, name));
      const write = (folder: string, name: string, text: string): void =>
        writeFileSync(join(folder, name), text);
      const json = (folder: string, change: object): void => {
        const old = JSON.parse(readFileSync(join(folder, "release.json"), "utf8")) as object;
        write(folder, "release.json", JSON.stringify({ ...old, ...change }));
        seal(folder);
      };
      const whole = /the kept release of this commit is not whole, or has other code: it is made again\n/;
      const none = /the kept release of this commit names no code: it is made again\n/;
      const cases: [string, (folder: string) => void, RegExp, Record<string, string>?][] = [
      ["other code", (folder) => write(folder, zip, "x"), whole],
      ["other code, sealed", (folder) => (write(folder, zip, "x"), void seal(folder)), whole],
      ["no code", (folder) => without(folder, zip), whole],
      ["code more, sealed", (folder) => (write(folder, `code/${"0".repeat(64)}.zip`, "x"), void seal(folder)), whole],
      ["a file left of another release", (folder) => write(folder, "parameters/old.json", "[]"), whole],
      ["no sums", (folder) => without(folder, "SHA256SUMS"), /^(?![^]*the kept release)/],
      ["another digest", (folder) => json(folder, { codeDigest: DIGEST }), whole],
      ["another commit", (folder) => json(folder, { commit: "0".repeat(40) }), whole],
      ["a hostile digest", (folder) => json(folder, { codeDigest: "sha256:$(touch pwned)" }), none],
      ["a digest of two lines", (folder) => json(folder, { codeDigest: `${DIGEST}\n${DIGEST}` }), none],
      ["an older form", (folder) => json(folder, { codeDigest: undefined, imageDigest: DIGEST }), none],
      ["no JSON", (folder) => write(folder, "release.json", "{"), none],
      ["other settings", (folder) => json(folder, { settings: "zip app other.yaml catalog-- x" }), /was made with other settings of the pipeline: it is made again\n/],
      ["settings from before", (folder) => json(folder, { settings: undefined }), /was made with other settings of the pipeline: it is made again\n/],
      ["an environment more", () => undefined, /has no parameters\/stage.json: it is made again\n/, { ENVIRONMENTS: "test prod stage" }],
    ]; // prettier-ignore
      await pool(cases, async ([what, change, message, variables]) => {
        const folder = folderWith(files);
        change(folder);
        const world = worldOf(lambdaZip);
        keep(world, folder);
        const next = await again(world, variables);
        assert.match(next.result.output, message, what);
        assert.equal(next.files["template.yaml"]?.toString(), "Resources: {Other: {}}\n", what);
        assert.deepEqual(world.npm.ran, ["ci", "test", "run bundle"], what);
        const names = Object.keys(next.files).filter((name) => name.startsWith("code/"));
        assert.deepEqual(names, [`code/${next.result.exported["CODE_DIGEST"]?.slice(7)}.zip`], what);
      });
    },
  );

  whole("of another kind is not taken: what was an image before becomes a zip", async () => {
    const { files } = await made(lambdaContainer);
    const world = worldOf(lambdaZip);
    keep(world, folderWith(files));
    const { result } = await again(world);
    assert.match(result.output, /was made with other settings of the pipeline: it is made again\n/);
    assert.notEqual(result.exported["CODE_DIGEST"], DIGEST);
  });

  whole(
    "of an image is made again, image and all, when the repository can't give that image as it was",
    async () => {
      const { files } = await made(lambdaContainer);
      const other = `sha256:${"0c".repeat(32)}`;
      for (const [images, why] of [
        [[], "ImageNotFound"],
        [[image(other, "any")], "ImageNotFound"],
        [[{ ...image(DIGEST, "any"), manifest: "" }], "UnsupportedImageType"],
      ] as const) {
        const world = { ...worldOf(lambdaContainer), images: [...images] };
        world.docker.digest = `sha256:${"0d".repeat(32)}`;
        keep(world, folderWith(files));
        const { result } = await again(world, {}, lambdaContainer);
        assert.equal(result.exported["CODE_DIGEST"], world.docker.digest);
        assert.ok(
          result.output.includes(`can't give the image of the kept release (${why}): it is built again\n`),
          result.output,
        );
      }
    },
  );

  whole(
    "of an image is made again when the template is another one, with the image that there is",
    async () => {
      const { files } = await made(lambdaContainer);
      const world = { ...worldOf(lambdaContainer), images: [image(DIGEST, "any")] };
      keep(world, folderWith(files));
      const folder = sourceFolder({ "app/other/template.yaml": "Resources: {Other: {}}\n" });
      const result = await build(world, { TEMPLATE: "other/template.yaml" }, folder);
      assert.equal(result.code, 0, result.output);
      assert.equal(result.exported["CODE_DIGEST"], DIGEST);
      assert.equal(
        readFileSync(join(folder, "delivery-release/template.yaml"), "utf8"),
        "Resources: {Other: {}}\n",
      );
    },
  );
});
