import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { folderWith, write } from "./folders";

const COMPILED = JSON.stringify(join(__dirname, "../scripts/compiled.cjs"));

const FILES = {
  "main.cjs": `#!/usr/bin/env node
    require("./part.cjs").tell(["A"]);
    require("./module/index.js");
    require("./later.cjs");
    console.log(require("./own"), require("told"));`,
  "part.cjs": `const { lower } = require("./lower.mjs");
    const isItself = [require.main.filename.endsWith("main.cjs"), this === exports, module.exports === exports];
    const found = [require.resolve("./lower.mjs"), require.resolve.paths("x")[0], __filename, __dirname];
    exports.tell = (texts) => console.log(JSON.stringify([texts.map(lower), isItself, found, module.children.length]));`,
  "later.cjs": `import("./lower.mjs").then(({ lower }) => console.log(lower("LATER"), process.argv.length));`,
  "lower.mjs": "export const lower = (text) => text.toLowerCase();",
  "module/package.json": '{ "type": "module" }',
  "module/index.js": "console.log(typeof this);",
  "own/index.js": 'module.exports = "a folder";',
  "node_modules/.package-lock.json": "{}",
  "node_modules/told/index.js": 'module.exports = require("./text");',
  "node_modules/told/text/index.js": 'module.exports = "first";',
  "keep.cjs": `const [folder, packages] = [__dirname + "/kept", __dirname + "/node_modules"];
    require(${COMPILED}).keepCompiled({ folder, packages, program: "main.cjs", how: "one way" });`,
};

/** Runs the program of a folder, as it is or with what is kept of it. */
function run(
  folder: string,
  ...args: readonly string[]
): { status: number | null; out: string; err: string } {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ["--no-warnings", ...args, join(folder, "main.cjs")],
    {
      encoding: "utf8",
    },
  );
  return { status, out: stdout, err: stderr };
}
const keeping = (folder: string) => run(folder, "-r", join(folder, "keep.cjs"));

/** The file in which something is kept; another one where it is written anew. */
function kept(folder: string): { path: string; inode: number } {
  const names = readdirSync(join(folder, "kept"));
  assert.equal(names.length, 1);
  const path = join(folder, "kept", String(names[0]));
  return { path, inode: statSync(path).ino };
}

describe("what is kept of compiled files", () => {
  it("lets a program run as it does without, and is not written again by the next process", () => {
    const folder = folderWith(FILES);
    const plain = run(folder);
    assert.deepEqual([plain.status, plain.err], [0, ""]);
    assert.match(
      plain.out,
      /^\[\["a"\],\[true,true,true\],\["[^\n]*,\d\]\nundefined\na folder first\nlater 2\n$/,
    );
    assert.deepEqual(keeping(folder), plain);
    const first = kept(folder);
    assert.deepEqual(keeping(folder), plain);
    assert.deepEqual(kept(folder), first);
  });

  it("is not taken for another text of the same length, which is all that V8 compares", () => {
    const folder = folderWith(FILES);
    keeping(folder);
    const first = kept(folder);
    write(folder, { "part.cjs": FILES["part.cjs"].replace("map(lower)", "slice(0,0)") });
    assert.match(keeping(folder).out, /^\[\[\],/);
    assert.notEqual(kept(folder).inode, first.inode);
  });

  it("is not taken where other packages are installed, or another file of the project is meant", () => {
    const folder = folderWith(FILES);
    assert.match(keeping(folder).out, /^a folder first$/m);
    const first = kept(folder);
    write(folder, { "own.js": 'module.exports = "a file";' });
    assert.match(keeping(folder).out, /^a file first$/m);
    rmSync(first.path);
    assert.match(keeping(folder).out, /^a file first$/m);
    write(folder, { "node_modules/told/text.js": 'module.exports = "second";' });
    write(folder, { "node_modules/.package-lock.json": '{ "packages": {} }' });
    assert.match(keeping(folder).out, /^a file second$/m);
    kept(folder);
  });

  it("is made anew where files become something in another way", () => {
    const folder = folderWith(FILES);
    keeping(folder);
    const first = kept(folder);
    write(folder, { "keep.cjs": FILES["keep.cjs"].replace("one way", "another way") });
    keeping(folder);
    assert.notEqual(kept(folder).inode, first.inode);
  });

  it("is nothing where npm has no list of what it has installed", () => {
    const folder = folderWith(FILES);
    rmSync(join(folder, "node_modules/.package-lock.json"));
    const { status, err } = keeping(folder);
    assert.deepEqual([status, err, readdirSync(folder).includes("kept")], [0, "", false]);
  });

  it("is made anew where it can't be read, and a program runs where nothing can be kept", () => {
    const folder = folderWith(FILES);
    const plain = run(folder);
    keeping(folder);
    writeFileSync(kept(folder).path, "no");
    assert.deepEqual(keeping(folder), plain);
    const first = kept(folder);
    assert.deepEqual(keeping(folder), plain);
    assert.deepEqual(kept(folder), first);
    const readOnly = folderWith({ ...FILES, kept: "a file" });
    const { status, err } = keeping(readOnly);
    assert.deepEqual([status, err], [0, ""]);
  });

  it("leaves what is wrong with a file to Node.js to say", () => {
    const folder = folderWith({ ...FILES, "part.cjs": "exports.tell = (texts => texts;" });
    const plain = run(folder);
    assert.equal(plain.status, 1);
    assert.match(plain.err, /part\.cjs:1\n/);
    const { status, err } = keeping(folder);
    assert.deepEqual([status, err.split("\n").slice(0, 5)], [1, plain.err.split("\n").slice(0, 5)]);
  });
});
