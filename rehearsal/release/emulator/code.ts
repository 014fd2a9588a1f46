import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { readZip } from "./zipFile";
import type { Handover } from "../model";

/** Folder of a release that has its zips. */
export const CODE = "code";

/** Whether a path of a release is code, and in what form: a folder stands for a zip that can't be made here. */
export function isCode({ folder }: Handover, path: string): "zip" | "folder" | undefined {
  if (!/^code\/[0-9a-f]{64}\.zip$/.test(path) || !existsSync(join(folder, path))) return undefined;
  return statSync(join(folder, path)).isDirectory() ? "folder" : "zip";
}

/** Folder with the files of a release's code, beside the release, which stays as it is. */
export function codeFolder(copy: Handover, path: string): string {
  if (isCode(copy, path) === "folder") return join(copy.folder, path);
  const folder = join(`${copy.folder}-code`, basename(path, ".zip"));
  mkdirSync(folder, { recursive: true });
  for (const { name, content } of readZip(readFileSync(join(copy.folder, path)), path)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
  return folder;
}
