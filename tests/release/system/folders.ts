/** Where runs of scenarios leave what people read: each process has folders of its own, since two runs may go on in one checkout. */
import { existsSync, lstatSync, mkdirSync, readdirSync, renameSync, rmSync, symlinkSync } from "node:fs";
import { join, relative } from "node:path";
import { ROOT } from "../../../rehearsal/bringUp/commandLine";

// Read by people after the run.
export const OUT = join(ROOT, ".out/release-test"); // eslint-disable-line no-restricted-syntax -- in the project, where people find it

/** What the jobs' scripts have run, a file for each scenario; of part of the tests, with the part's name. */
export const TRACES = join(OUT, "traces");

/** By process: `runs/<pid>/<scenario>`. */
const RUNS = "runs";

function runs(pid: string): boolean {
  try {
    process.kill(Number(pid), 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== "ESRCH"; // another user's process is one, too
  }
}

/** Has `path` lead to what `make` makes at the path that it gets, and never to nothing in between. */
export function replaced(path: string, make: (at: string) => void): void {
  const making = `${path}.${process.pid}`;
  rmSync(making, { recursive: true, force: true });
  make(making);
  // A folder gives way to no link.
  if (existsSync(path) && lstatSync(path).isDirectory()) rmSync(path, { recursive: true, force: true });
  renameSync(making, path);
}

/**
 * An empty folder for a scenario's logs, to which `<out>/<scenario>` leads. What ended processes have left of the same scenario
 * is removed; what another that runs has of it stays.
 */
export function ownFolder(scenario: string, out = OUT): string {
  const all = join(out, RUNS);
  const own = join(all, String(process.pid), scenario);
  mkdirSync(all, { recursive: true });
  for (const pid of readdirSync(all))
    if (pid === String(process.pid) || !runs(pid))
      rmSync(join(all, pid, scenario), { recursive: true, force: true });
  mkdirSync(own, { recursive: true });
  replaced(join(out, scenario), (at) => symlinkSync(relative(out, own), at));
  return own;
}
