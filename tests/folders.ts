import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

export type Files = Readonly<Record<string, string>>;

type Contents = Readonly<Record<string, string | Buffer>>;

/** Gone after the tests, as all that is below tmpdir(): setup.ts. */
export const emptyFolder = (): string => mkdtempSync(join(tmpdir(), "folder-"));

export function write(folder: string, files: Contents): void {
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
}

/** A new folder with these files. */
export function folderWith(files: Contents): string {
  const path = emptyFolder();
  write(path, files);
  return path;
}
