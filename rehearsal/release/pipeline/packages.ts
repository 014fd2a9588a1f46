import { createHash } from "node:crypto";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
} from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { run, tail } from "../command";
import { Stopped } from "../stopped";

const lockfile = z.looseObject({
  packages: z.record(
    z.string(),
    z.looseObject({
      version: z.string().optional(),
      optional: z.boolean().optional(),
      link: z.boolean().optional(),
    }),
  ),
});

/** Versions by path; npm leaves out optional packages that are for other machines. */
function versions(file: string): Map<string, string | undefined> {
  const { packages } = lockfile.parse(JSON.parse(readFileSync(file, "utf8")));
  const needed = Object.entries(packages).filter(([path, { optional, link }]) => path && !optional && !link);
  return new Map(needed.map(([path, { version }]) => [path, version]));
}

/** Whether a folder's packages are what a lockfile says. npm writes its own copy of the lockfile last. */
function installed(folder: string, lock: string): boolean {
  try {
    const there = versions(join(folder, "node_modules", ".package-lock.json"));
    return [...versions(lock)].every(
      ([path, version]) => there.get(path) === version && existsSync(join(folder, path)),
    );
  } catch {
    return false; // missing, or a copy that can't be read: as good as not installed
  }
}

/** The same of the service's own, which people and merges may have broken. Throws Stopped. */
function wantedBy(lock: string): Map<string, string | undefined> {
  try {
    return versions(lock);
  } catch {
    throw new Stopped(
      "the service's package-lock.json is not one that npm writes",
      "delete it, run npm install in its folder, and keep the new one with its source",
    );
  }
}

/** How the packages came to be there. */
export type Installation = {
  readonly how: "installed already" | "npm ci" | "none needed";
  readonly seconds: number;
};

/**
 * Gives a work copy its packages: those of the service's own folder where they are what the copy's lockfile says,
 * otherwise what `npm ci` installs, once for each lockfile. Throws Stopped when npm fails.
 */
export async function install(
  copy: string,
  own: string,
  site: { readonly cache: string; readonly log: string; readonly signal: AbortSignal },
): Promise<Installation> {
  const lock = join(copy, "package-lock.json");
  const link = (folder: string): void => {
    const modules = join(folder, "node_modules");
    if (existsSync(modules)) symlinkSync(realpathSync(modules), join(copy, "node_modules"), "junction");
  };
  if (!existsSync(lock)) {
    throw new Stopped(
      "the service has no package-lock.json, which npm ci needs",
      "run npm install in its folder and keep the file with its source",
    );
  }
  if (wantedBy(lock).size === 0) return { how: "none needed", seconds: 0 };
  if (installed(own, lock)) {
    link(own);
    return { how: "installed already", seconds: 0 };
  }
  const files = ["package.json", "package-lock.json", ".npmrc"].filter((file) =>
    existsSync(join(copy, file)),
  );
  const hash = createHash("sha256").update(process.version);
  files.forEach((file) => hash.update(readFileSync(join(copy, file))));
  const kept = join(site.cache, hash.digest("hex").slice(0, 16));
  if (installed(kept, lock)) {
    link(kept);
    return { how: "installed already", seconds: 0 };
  }
  // Under another name until it is whole: an interrupted one is never taken for one that ended.
  const fresh = `${kept}.${process.pid}`;
  mkdirSync(fresh, { recursive: true });
  files.forEach((file) => copyFileSync(join(copy, file), join(fresh, file)));
  try {
    const words = ["npm", "ci", "--no-audit", "--no-fund", "--prefer-offline"] as const;
    const { failed, how, seconds } = await run({ ...site, words: [...words], folder: fresh });
    if (failed) {
      throw new Stopped(
        `npm ci failed in the build (${how}): nothing was released`,
        `correct package.json and package-lock.json, see ${site.log}`,
        tail(site.log),
      );
    }
    rmSync(kept, { recursive: true, force: true });
    renameSync(fresh, kept);
    link(kept);
    return { how: "npm ci", seconds };
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
}
