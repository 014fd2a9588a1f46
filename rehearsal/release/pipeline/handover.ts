import { createHash } from "node:crypto";
import { cpSync, lstatSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Stopped } from "../stopped";
import type { Handover } from "../model";

const SUMS = "SHA256SUMS";

const sha256 = (data: string | Buffer): string => createHash("sha256").update(data).digest("hex");

/** Every file below a folder, sorted, with slashes. Throws Stopped for what is neither file nor folder. */
function filesIn(folder: string, below = ""): string[] {
  return readdirSync(join(folder, below))
    .sort()
    .flatMap((name) => {
      const path = below ? `${below}/${name}` : name;
      const stat = lstatSync(join(folder, path));
      if (stat.isDirectory()) return filesIn(folder, path);
      if (stat.isFile()) return [path];
      throw new Stopped(`the release holds ${path}, which is neither file nor folder`, "start a new release");
    });
}

/** As `sha256sum` writes it: a line for each file. */
const sumsOf = (folder: string): string =>
  filesIn(folder)
    .filter((path) => path !== SUMS)
    .map((path) => `${sha256(readFileSync(join(folder, path)))}  ${path}\n`)
    .join("");

/** Checksum of a folder: that of its one file, or of the list of the sums of all. */
export function folderSum(folder: string): string {
  const files = filesIn(folder);
  const [only] = files;
  return files.length === 1 && only !== undefined
    ? sha256(readFileSync(join(folder, only)))
    : sha256(sumsOf(folder));
}

/** Writes SHA256SUMS: from here on nothing may change. `bundle` is the code's checksum. */
export function seal(folder: string, bundle: string): Handover {
  const sums = sumsOf(folder);
  writeFileSync(join(folder, SUMS), sums);
  return { folder, sha256: sha256(sums), bundle };
}

/** Copies a release to where it is used. */
export function copyTo(folder: string, handover: Handover): Handover {
  mkdirSync(folder, { recursive: true });
  cpSync(handover.folder, folder, { recursive: true });
  return { ...handover, folder };
}

/** Throws Stopped unless a release is, byte for byte, what Build said. */
export function check({ folder, sha256: wanted }: Handover): void {
  const written = readFileSync(join(folder, SUMS), "utf8");
  const found = sumsOf(folder);
  const before = new Map(written.split("\n").map((line) => [line.slice(66), line.slice(0, 64)]));
  const now = new Map(found.split("\n").map((line) => [line.slice(66), line.slice(0, 64)]));
  const changed = [...new Set([...before.keys(), ...now.keys()])].filter(
    (path) => before.get(path) !== now.get(path),
  );
  if (sha256(written) === wanted && changed.length === 0) return;
  throw new Stopped(
    changed.length > 0
      ? `the release was changed after Build: ${changed.join(", ")}`
      : `SHA256SUMS has the checksum ${sha256(written)}, Build said ${wanted}: the release was changed after Build`,
    "find out what changes files in the work folder, then start a new release",
    changed.map(
      (path) =>
        `${path}: Build had ${before.get(path) ?? "no such file"}, now ${now.get(path) ?? "it is gone"}`,
    ),
  );
}
