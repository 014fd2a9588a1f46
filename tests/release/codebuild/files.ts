import { lstatSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, dirname, join, resolve, sep } from "node:path";
import { unzipSync, zipSync } from "fflate";
import type { Files } from "./buildspec";

/** Every file below a folder, sorted, with slashes. Throws for what is neither file nor folder. */
export function filesBelow(folder: string, below = ""): string[] {
  return readdirSync(join(folder, below))
    .sort()
    .flatMap((name) => {
      const path = below === "" ? name : `${below}/${name}`;
      const stat = lstatSync(join(folder, path));
      if (stat.isDirectory()) return filesBelow(folder, path);
      if (stat.isFile()) return [path];
      throw new Error(`${path} is neither file nor folder: this CodeBuild follows no links`);
    });
}

/** `**` stands for any folders, `*` for what one name holds. */
function pattern(location: string): RegExp {
  const text = location
    .replace(/[.+^${}()|[\]\\?]/g, "\\$&")
    .replace(/\*\*\/|\*\*|\*/g, (stars) => (stars === "*" ? "[^/]*" : stars === "**" ? ".*" : "(?:.*/)?"));
  return new RegExp(`^${text}$`);
}

/** Files by the names that they will have. Throws in CodeBuild's words where there are none. */
export function matching(folder: string, wanted: Files): Map<string, Buffer> {
  const base = join(folder, wanted["base-directory"]);
  let all: string[];
  try {
    all = filesBelow(base);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    throw new Error(`no matching base directory path found for ${wanted["base-directory"]}`, {
      cause: error,
    });
  }
  const found = all.filter((path) => wanted.files.some((location) => pattern(location).test(path)));
  if (found.length === 0) throw new Error("no matching artifact paths found");
  return new Map(
    found.map((path) => [wanted["discard-paths"] ? basename(path) : path, readFileSync(join(base, path))]),
  );
}

/** A zip has no modes here: CodePipeline keeps none of a source's either. */
export const zipped = (files: ReadonlyMap<string, Buffer>): Buffer =>
  Buffer.from(zipSync(Object.fromEntries(files), { level: 1 }));

/** Writes what a zip holds below a folder. Throws for a name that leads out of it. */
export function unzip(zip: Buffer, folder: string): void {
  for (const [path, body] of Object.entries(unzipSync(zip))) {
    const file = resolve(folder, path);
    if (!file.startsWith(resolve(folder) + sep)) throw new Error(`${path} leads out of the folder`);
    if (path.endsWith("/")) continue;
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, body);
  }
}
