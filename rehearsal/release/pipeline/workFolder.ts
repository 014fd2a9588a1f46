import { existsSync, mkdirSync, readdirSync, rmSync, unlinkSync } from "node:fs";
import { join } from "node:path";

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/** Where a run works, and what it may use of runs before. */
export interface WorkFolder {
  /** This run's own; it is new, and stays until a later run so that people can look into it. */
  readonly run: string;
  /** Packages of services. */
  readonly cache: string;
}

/**
 * Takes the links to packages out of a run's folder, once nothing of it runs any more: `pulumi new` copies a whole clone, and
 * takes a link to a folder for a file.
 */
export function unlinkPackages({ run }: WorkFolder): void {
  for (const each of readdirSync(run, { recursive: true, withFileTypes: true }))
    if (each.isSymbolicLink() && each.name === "node_modules") unlinkSync(join(each.parentPath, each.name));
}

let runs = 0;

/** Makes this run's folder in `work`, and removes those of runs that have ended, however they did. */
export function workFolder(work: string): WorkFolder {
  const cache = join(work, "packages");
  mkdirSync(cache, { recursive: true });
  for (const [folder, form] of [
    [work, /^run-(\d+)-\d+$/],
    [cache, /\.(\d+)$/],
  ] as const) {
    for (const name of readdirSync(folder)) {
      const pid = form.exec(name)?.[1];
      if (pid !== undefined && !alive(Number(pid)))
        rmSync(join(folder, name), { recursive: true, force: true });
    }
  }
  let run: string;
  do run = join(work, `run-${process.pid}-${++runs}`);
  while (existsSync(run));
  mkdirSync(run);
  return { run, cache };
}
