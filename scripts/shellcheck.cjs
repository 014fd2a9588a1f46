// Every shell script of the project is one that bash can read, and clean under shellcheck where that is installed.
/* eslint-disable @typescript-eslint/no-require-imports -- plain CommonJS, run without ts-node */
const { spawnSync } = require("node:child_process");
const { readFileSync, readdirSync } = require("node:fs");
const { join } = require("node:path");

const root = join(__dirname, "..");
const skipped = new Set(["node_modules", ".git", ".out"]);

/** Shell scripts under a folder: files that end `.sh`. */
function scripts(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (skipped.has(entry.name)) return [];
    const path = join(folder, entry.name);
    return entry.isDirectory() ? scripts(path) : entry.name.endsWith(".sh") ? [path] : [];
  });
}

function check(command, args) {
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: "inherit" });
  if (error) throw error;
  return status === 0;
}

const files = scripts(root).sort();
if (files.length === 0) {
  console.error("shellcheck: no file ends in .sh, so nothing was checked");
  process.exit(1);
}
const readable = files.map((file) => check("bash", ["-n", file])).every(Boolean);
if (!readable) process.exit(1);
if (spawnSync("shellcheck", ["--version"]).error) {
  console.log("shellcheck: not on PATH, skipped");
  process.exit(0);
}
// Files without #! are parts of others: shellcheck follows `source` to them, and sees what they share.
const programs = files.filter((file) => readFileSync(file, "utf8").startsWith("#!"));
if (programs.length === 0) {
  console.error("shellcheck: no script begins with #!, so nothing was checked");
  process.exit(1);
}
process.exit(check("shellcheck", ["-x", "-a", "-P", "SCRIPTDIR", ...programs]) ? 0 : 1);
