/* eslint-disable @typescript-eslint/no-require-imports -- run without ts-node */
/**
 * Runs the engine's tests where Pulumi is installed, and says that they are skipped where it is not.
 * `--all`: every k-th create fails once, not a sample. `--keep NAME`: keeps the stacks of the present version under this name, for
 * the upgrade tests of the versions to come. All else is mocha's.
 */
const { spawnSync } = require("node:child_process");
const { join, resolve } = require("node:path");

const given = process.argv.slice(2);
if (given.includes("--help") || given.includes("-h")) {
  console.log(`npm run test:engine -- [options]: the stacks under Pulumi's command line, over a doubled AWS

  --all        every k-th create fails once; default: a sample
  --keep NAME  keep the stacks of this version, for the upgrade tests of the versions to come
  -g NAME      the tests whose names hold it; so are all of mocha's options
  --help       show this

exit code: 0 all passed or no pulumi on PATH, else not`);
  process.exit(0);
}
if (spawnSync("pulumi", ["version"], { shell: process.platform === "win32" }).status !== 0) {
  console.log("engine: skipped, no pulumi on PATH");
  process.exit(0);
}
const root = resolve(__dirname, "../..");
const all = given.includes("--all");
const keep = given.includes("--keep") ? (given.splice(given.indexOf("--keep"), 2)[1] ?? "") : undefined;
if (keep !== undefined) {
  if (!/^[\w.-]+$/.test(keep)) {
    console.error(`--keep ${keep}: name the version, for instance --keep 0.2.0`);
    process.exit(2);
  }
  given.push("--spec", "tests/engine/versions.test.ts", "--no-parallel");
}
const { status, error } = spawnSync(
  process.execPath,
  [
    join(root, "node_modules/mocha/bin/mocha.js"),
    "--config",
    join(__dirname, "mocharc.yaml"),
    ...given.filter((each) => each !== "--all"),
  ],
  {
    cwd: root,
    stdio: "inherit",
    env: { ...process.env, ...(all && { ENGINE_ALL: "1" }), ...(keep && { ENGINE_KEEP: keep }) },
  },
);
if (error) throw error;
process.exit(status ?? 1);
