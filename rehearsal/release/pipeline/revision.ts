import { execFileSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { cleanEnvironment } from "../emulator/processes";
import { Stopped } from "../stopped";

function git(folder: string, args: readonly string[], variables = {}): string {
  return execFileSync("git", ["-C", folder, ...args], {
    encoding: "utf8",
    env: { ...cleanEnvironment(), ...variables },
    stdio: ["ignore", "pipe", "pipe"],
  }).trim();
}

/** `ef1d3a0 and changes that are not committed`; undefined where the folder is in no git repository. */
export function revisionOf(folder: string): string | undefined {
  try {
    const commit = git(folder, ["rev-parse", "--short", "HEAD"]);
    return git(folder, ["status", "--porcelain", "--", "."]) === ""
      ? commit
      : `${commit} and changes that are not committed`;
  } catch {
    return undefined;
  }
}

/** Runs git, and refuses what `--from` says where it fails. */
const attempting =
  (folder: string, ref: string) =>
  (what: string, args: readonly string[], at = folder, variables = {}): string => {
    try {
      return git(at, args, variables);
    } catch {
      throw new Stopped(`--from ${ref}: ${what}`, "name a branch, tag or commit that has the service");
    }
  };

/** The commit that is meant. Throws Stopped where there is none. */
export function commitOf(folder: string, ref: string): string {
  const attempt = attempting(folder, ref);
  attempt(`${folder} is in no git repository`, ["rev-parse", "--show-prefix"]);
  const verify = ["rev-parse", "--verify", "--quiet", "--end-of-options", `${ref}^{commit}`];
  return attempt("git knows no such commit", verify);
}

/** What git had in a folder: writes it below `into`, and returns the commit. Throws Stopped. */
export function checkOut(folder: string, ref: string, into: string): string {
  const attempt = attempting(folder, ref);
  const commit = commitOf(folder, ref);
  const prefix = attempt(`${folder} is in no git repository`, ["rev-parse", "--show-prefix"]);
  const top = attempt(`${folder} is in no git repository`, ["rev-parse", "--show-toplevel"]);
  mkdirSync(into, { recursive: true });
  // An index of its own: the repository's stays as it is.
  const own = { GIT_INDEX_FILE: join(into, "..", "from.index") };
  const tree = prefix === "" ? commit : `${commit}:${prefix.replace(/\/$/, "")}`;
  attempt(`it has no folder ${prefix}`, ["read-tree", tree], top, own);
  attempt("its files can't be written", ["checkout-index", "--all", `--prefix=${into}/`], top, own);
  return git(folder, ["rev-parse", "--short", commit]);
}
