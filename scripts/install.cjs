/* eslint-disable @typescript-eslint/no-require-imports -- it runs before anything is installed, TypeScript included */
/**
 * Installs what the lockfiles say, here and in app/, when it is not there yet: what `npm test` and `npm start`
 * run first. Takes a tenth of a second when nothing is to be done. With --omit=dev, as commands that bring stacks up run it,
 * an install by `npm ci --omit=dev` is enough.
 */
const { spawnSync } = require("node:child_process");
const { existsSync, readFileSync } = require("node:fs");
const { join, resolve } = require("node:path");

const ROOT = resolve(__dirname, "..");
/** The lowest Node that every dependency runs on, as package.json has it in `engines`. */
const NODE = [20, 19];

function fail(message) {
  console.error(message);
  process.exit(1);
}

const OMITS_DEV = process.argv.includes("--omit=dev");

/** Versions by path; optional packages are left out, since npm skips those for other platforms. */
function versions(lockfile) {
  const { packages } = JSON.parse(readFileSync(lockfile, "utf8"));
  return Object.entries(packages).filter(
    ([path, { optional, link, dev }]) => path !== "" && !optional && !link && !(dev && OMITS_DEV),
  );
}

/** npm writes its own copy of the lockfile last: an interrupted install lacks it. */
function installed(folder) {
  const copy = join(folder, "node_modules", ".package-lock.json");
  if (!existsSync(copy)) return false;
  try {
    const there = new Map(versions(copy));
    return versions(join(folder, "package-lock.json")).every(
      ([path, { version }]) => there.get(path)?.version === version && existsSync(join(folder, path)),
    );
  } catch {
    return false; // a copy that cannot be read is as good as none
  }
}

function install(folder, name) {
  if (!existsSync(join(folder, "package-lock.json")) || installed(folder)) return;
  console.error(`Installing the packages of ${name} (npm ci) ...`);
  const { status, error } = spawnSync("npm", ["ci", "--no-audit", "--no-fund", "--loglevel=error"], {
    cwd: folder,
    stdio: ["ignore", "ignore", "inherit"],
    shell: process.platform === "win32", // npm is a batch file there
  });
  if (error) fail(`npm could not be started (${error.message}); install Node.js with npm and try again`);
  if (status !== 0)
    fail(`npm ci failed in ${folder}; see the lines above, and run it there yourself to see all of them`);
}

const [major, minor] = process.versions.node.split(".").map(Number);
if (major < NODE[0] || (major === NODE[0] && minor < NODE[1])) {
  fail(`Node.js ${process.versions.node} is too old; install ${NODE.join(".")} or newer`);
}
install(ROOT, "the project");
if (!OMITS_DEV) install(join(ROOT, "app"), "the service");
