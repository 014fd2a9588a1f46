import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { basename, dirname, join, relative, resolve } from "node:path";
import { type Dockerfile, readDockerfile } from "./dockerfile";
import { Stopped } from "../stopped";
import type { Handover } from "../model";

/** What an image is started by; its files are in the release beside it. */
export type Image = Omit<Dockerfile, "copies">;

const FILES = "image";
const CONFIG = "image.json";
/** Where Build puts what the image is made of, unless the Dockerfile says. */
const BUNDLE = { sources: ["dist/"], destination: "/var/task/" };

/** Folder of an image's files: `/` of its container. */
export const imageFolder = ({ folder }: Pick<Handover, "folder">): string => join(folder, FILES);

/** Undefined where the release has no image. */
export function imageOf({ folder }: Pick<Handover, "folder">): Image | undefined {
  const file = join(folder, CONFIG);
  return existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as Image) : undefined;
}

/** Folder that Lambda looks for a handler in. */
export function taskRoot(root: string, image: Image | undefined): string {
  const places = [image?.env["LAMBDA_TASK_ROOT"], image?.workdir, "/"].map((path) => join(root, path ?? "/"));
  return (
    places.find(
      (path) => existsSync(path) && readdirSync(path).some((name) => /\.([cm]?js|py)$/.test(name)),
    ) ?? root
  );
}

/** Files that a source of COPY means: itself, or what a `*` in its last part stands for. */
function meant(context: string, source: string): string[] {
  const path = resolve(context, source.replace(/^\/+/, ""));
  if (relative(context, path).startsWith("..")) return [];
  if (!source.includes("*")) return existsSync(path) ? [path] : [];
  const pattern = new RegExp(
    `^${basename(path)
      .replace(/[.+^${}()|[\]\\]/g, "\\$&")
      .replaceAll("*", ".*")}$`,
  );
  const folder = dirname(path);
  return existsSync(folder)
    ? readdirSync(folder)
        .filter((name) => pattern.test(name))
        .map((name) => join(folder, name))
    : [];
}

function copy(paths: readonly string[], destination: string, into: boolean): void {
  for (const path of paths) {
    const to = statSync(path).isDirectory() || !into ? destination : join(destination, basename(path));
    mkdirSync(dirname(to), { recursive: true });
    const filter = (each: string): boolean =>
      !["node_modules", ".git", ".out"].includes(basename(each)) || each === path;
    cpSync(path, to, { recursive: true, dereference: true, filter });
  }
}

/**
 * Puts into a release what a Dockerfile copies from the build's folder, each file at its place in the image, and what
 * starts it. What runs inside the build of an image does not run here. Throws Stopped where a source is not there.
 */
export function makeImage(
  dockerfile: string,
  context: string,
  release: string,
  bundler = "npm run bundle",
): Image {
  const { copies, ...image } = readDockerfile(readFileSync(dockerfile, "utf8"));
  const root = join(release, FILES);
  mkdirSync(root);
  for (const { sources, destination } of copies.length > 0 ? copies : [BUNDLE]) {
    for (const source of sources) {
      const paths = meant(context, source);
      const empty = paths.every((path) => statSync(path).isDirectory() && readdirSync(path).length === 0);
      if (empty)
        throw new Stopped(
          `${bundler} wrote no ${source}: it must write there what the image is made of`,
          "correct the service's scripts, or what its Dockerfile copies, then start again",
        );
      copy(paths, join(root, destination), destination.endsWith("/") || sources.length > 1);
    }
  }
  writeFileSync(join(release, CONFIG), `${JSON.stringify(image, null, 2)}\n`);
  return image;
}
