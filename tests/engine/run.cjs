/* eslint-disable @typescript-eslint/no-require-imports -- run without ts-node */
/**
 * Runs the engine's tests where Pulumi is installed, and says that they are skipped where it is not.
 * `--all`: every k-th create fails once, not a sample; all else is mocha's.
 */
const { spawnSync } = require("node:child_process");
const { join, resolve } = require("node:path");

if (spawnSync("pulumi", ["version"], { shell: process.platform === "win32" }).status !== 0) {
  console.log("engine: skipped, no pulumi on PATH");
  process.exit(0);
}
const root = resolve(__dirname, "../..");
const given = process.argv.slice(2);
const all = given.includes("--all");
const { status, error } = spawnSync(
  process.execPath,
  [
    join(root, "node_modules/mocha/bin/mocha.js"),
    "--config",
    join(__dirname, "mocharc.yaml"),
    ...given.filter((each) => each !== "--all"),
  ],
  { cwd: root, stdio: "inherit", env: { ...process.env, ...(all && { ENGINE_ALL: "1" }) } },
);
if (error) throw error;
process.exit(status ?? 1);
