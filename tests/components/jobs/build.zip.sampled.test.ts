import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { dirname, join, relative } from "node:path";
import { folderWith } from "../../folders";
import { lambdaZip } from "../../../components/workloads/lambdaZip";
import type { Result } from "./harness";
import { build, pool, sourceFolder } from "./inputs";
import { required, worldOf } from "./kinds";
import { filesIn } from "./storage";
import { COMMIT_ID, type World } from "./world";
import { whole } from "../../whole/sample";

const sha256 = (data: Buffer): string => createHash("sha256").update(data).digest("hex");
const releaseIn = (folder: string): string => join(folder, "delivery-release");
const namesIn = (folder: string): string[] =>
  filesIn(folder)
    .map((file) => relative(folder, file))
    .sort();

/** A world whose `npm run bundle` does this to the folder dist. */
function bundling(change: (dist: string) => void): World {
  const world = worldOf(lambdaZip);
  world.npm.does = (args, cwd) => {
    if (args.join(" ") === "run bundle") change(join(cwd, "dist"));
  };
  return world;
}
const writing = (files: readonly (readonly [name: string, text: string])[]) =>
  bundling((dist) => {
    for (const [name, text] of files) {
      mkdirSync(dirname(join(dist, name)), { recursive: true });
      writeFileSync(join(dist, name), text);
    }
  });
const buildZip = (
  world: World,
  folder = sourceFolder(),
  variables: Record<string, string> = {},
): Promise<Result> => build(world, variables, folder, lambdaZip);

/** The zip's own list of what it holds: nothing of it may tell when, where or by whom it was made. */
function entriesOf(zip: Buffer): { name: string; date: number; time: number; extra: number; mode: number }[] {
  const entries = [];
  for (let at = zip.indexOf("PK\x01\x02"); at >= 0; at = zip.indexOf("PK\x01\x02", at + 1)) {
    const name = zip.subarray(at + 46, at + 46 + zip.readUInt16LE(at + 28)).toString("latin1");
    const [time, date, extra] = [
      zip.readUInt16LE(at + 12),
      zip.readUInt16LE(at + 14),
      zip.readUInt16LE(at + 30),
    ];
    entries.push({ name, date, time, extra, mode: zip.readUInt16LE(at + 40) });
  }
  return entries;
}

describe("job build: a zip", () => {
  it("makes a release without a template, and asks CloudFormation nothing, where code alone is released", async () => {
    const world = writing([["index.js", "exports.handler = 1;"]]);
    const folder = sourceFolder();
    rmSync(join(folder, "app/template.yaml"));
    const result = await buildZip(world, folder, { TEMPLATE: "-", REQUIRED_PARAMETERS: "-" });
    assert.equal(result.code, 0, result.output);
    const code = (result.exported["CODE_DIGEST"] ?? "").replace("sha256:", "");
    assert.deepEqual(
      namesIn(releaseIn(folder)).filter((name) => !name.startsWith("parameters/")),
      ["SHA256SUMS", `code/${code}.zip`, "release.json", "source.tar.gz"],
    );
    assert.ok(result.calls.every((call) => !call.includes("cloudformation")));
  });

  it("refuses parameters of a template that there is none of, before anything runs", async () => {
    const folder = sourceFolder();
    writeFileSync(join(folder, "app/delivery.yaml"), "parameters: { test: { TableName: quotes } }\n");
    const result = await buildZip(worldOf(lambdaZip), folder, { TEMPLATE: "-", REQUIRED_PARAMETERS: "-" });
    assert.equal(result.code, 1);
    assert.match(
      result.output,
      /error: app\/delivery\.yaml: parameters: this pipeline releases code alone, to what another stack owns, and has no template that they could be for: remove them\n$/,
    );
    assert.deepEqual(result.calls, []);
  });

  it("tests, checks, bundles and hands over, in exactly these calls, without Docker and a registry", async () => {
    const world = worldOf(lambdaZip);
    const folder = sourceFolder();
    rmSync(join(folder, "app/Dockerfile"));
    const result = await buildZip(world, folder);
    assert.equal(result.code, 0, result.output);
    assert.deepEqual(result.calls, [
      "npm ci",
      "npm test",
      "aws - s3api list-objects-v2",
      "aws - cloudformation validate-template",
      "npm run bundle",
    ]);
    const release = releaseIn(folder);
    const digest = result.exported["CODE_DIGEST"] ?? "";
    const code = `code/${digest.slice(7)}.zip`;
    assert.deepEqual(namesIn(release), [
      ...["SHA256SUMS", code, "parameters/prod.json", "parameters/test.json"],
      ...["release.json", "source.tar.gz", "template.yaml"],
    ]);
    assert.equal(digest, `sha256:${sha256(readFileSync(join(release, code)))}`);
    assert.deepEqual(JSON.parse(readFileSync(join(release, "release.json"), "utf8")), {
      commit: COMMIT_ID,
      codeDigest: digest,
      settings: `zip app template.yaml catalog-- ${required(lambdaZip).join(" ")}`,
    });
    assert.equal(
      readFileSync(join(release, "SHA256SUMS"), "utf8"),
      namesIn(release)
        .slice(1)
        .map((name) => `${sha256(readFileSync(join(release, name)))}  ${name}\n`)
        .join(""),
    );
    assert.equal(result.exported["RELEASE_SHA256"], sha256(readFileSync(join(release, "SHA256SUMS"))));
  });

  whole("makes the same bytes of the same files, whatever their order, times, rights and links", async () => {
    const files = [["a.js", "1"], ["lib/b.js", "2"], ["lib/[id].js", "3"], ["-z $(touch pwned).js", "4"], ["é.js", "5"], ["-", "6"], [" '\"a\\b.js", "7"]] as const; // prettier-ignore
    const odd = writing([...files].reverse());
    const { does } = odd.npm;
    odd.npm.does = (args, cwd) => {
      does?.(args, cwd);
      if (args.join(" ") !== "run bundle") return;
      const dist = join(cwd, "dist");
      utimesSync(join(dist, "a.js"), 1e9, 1e9);
      chmodSync(join(dist, "lib"), 0o700);
      chmodSync(join(dist, "lib/b.js"), 0o600);
      rmSync(join(dist, "lib/[id].js"));
      symlinkSync(join(folderWith({ "far.js": "3" }), "far.js"), join(dist, "lib/[id].js"));
    };
    const worlds = [writing(files), odd, writing([["a.js", "1"]]), writing([...files, ["c/c.js", "6"]])];
    const made = await pool(worlds, async (world) => {
      const folder = sourceFolder();
      const result = await buildZip(world, folder);
      assert.equal(result.code, 0, result.output);
      assert.ok(!existsSync(join(folder, "app/pwned")));
      return { folder, digest: result.exported["CODE_DIGEST"] };
    });
    assert.equal(made[1]?.digest, made[0]?.digest);
    assert.equal(new Set(made.map(({ digest }) => digest)).size, 3);
    const [zip = ""] = filesIn(join(releaseIn(made[1]?.folder ?? ""), "code"));
    const JANUARY_2_1980 = (1 << 5) | 2;
    const entries = entriesOf(readFileSync(zip));
    assert.deepEqual(
      entries.map(({ date, time, extra, mode }) => [date, time, extra, mode]),
      Array(8).fill([JANUARY_2_1980, 0, 0, 0o100644]),
    );
    const names = entries.map(({ name }) => name);
    assert.deepEqual(names, [...names].sort());
    const unpacked = folderWith({});
    execFileSync("unzip", ["-q", zip, "-d", unpacked]);
    const expected = Object.fromEntries([...files, ["index.js", "<testsuites/>\n"]]);
    assert.deepEqual(namesIn(unpacked), Object.keys(expected).sort());
    for (const [name, text] of Object.entries(expected))
      assert.equal(readFileSync(join(unpacked, name), "utf8"), text);
  });

  whole("refuses a bundle that is missing or empty, or that a zip can't hold", async () => {
    const silent = worldOf(lambdaZip);
    silent.npm.silent = "run bundle";
    const cases: [World, RegExp][] = [
      [silent, /error: 'npm run bundle' wrote no folder dist: it is what the zip holds\n/],
      [bundling((dist) => rmSync(join(dist, "index.js"))), /error: the folder dist can't be zipped.*at least one file\n/],
      [writing([["a\nb.js", ""]]), /error: the folder dist holds a file name with a line break or another control character: rename it\n/],
      [writing([["lib/a\rb.js", ""]]), /error: the folder dist holds a file name with a line break or another control character: rename it\n/],
      [bundling((dist) => symlinkSync("nowhere", join(dist, "link"))), /nowhere|link/],
    ]; // prettier-ignore
    await pool(cases, async ([world, message]) => {
      const folder = sourceFolder();
      const result = await buildZip(world, folder);
      assert.equal(result.code, 1, String(message));
      assert.match(result.output, message);
      assert.deepEqual(result.exported, {});
      assert.ok(!existsSync(join(releaseIn(folder), "SHA256SUMS")));
    });
  });

  it("stops before the bundle when the template doesn't declare where the code is", async () => {
    const world = worldOf(lambdaZip);
    world.template.parameters.shift();
    world.template.parameters.push({ ParameterKey: "ImageUri" });
    const result = await buildZip(world);
    assert.equal(result.code, 1);
    assert.match(
      result.output,
      /template.yaml: declare parameter CodeBucket as a String: the pipeline gives it\n/,
    );
    assert.match(
      result.output,
      /app\/parameters\/test.json: parameter ImageUri has no default in template.yaml: set it\n/,
    );
    assert.deepEqual(world.npm.ran, ["ci", "test"]);
    assert.deepEqual([...world.objects.keys()], []);
  });
});
