import { spawnSync } from "node:child_process";

let version: string | undefined | null = null;
/** `3.11.7`, of this machine; undefined where it has none, or none that can talk to Node.js as a child does (Windows). */
export function pythonVersion(): string | undefined {
  if (version === null) {
    const { stdout } = spawnSync("python3", ["--version"], { encoding: "utf8" });
    version = process.platform === "win32" ? undefined : /^Python (3[.]\S+)/.exec(stdout ?? "")?.[1];
  }
  return version;
}
