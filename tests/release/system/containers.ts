/** What a container of CodeBuild has besides AWS's CLI: stand-ins on PATH, and a start file that has the jobs' scripts note what they run. */
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Jobs wait for what AWS does; here it is done within a moment, and nothing is shown by waiting longer. */
const SLEEP = "#!/bin/sh\nexec /bin/sleep 0.1\n";

/**
 * Read by each bash: of those that run a job's own files, every command is noted as `file:line`. Bash takes no PS4 from the
 * environment of root.
 */
const noteCommands = (file: string): string => `case $0 in
  "\${JOB-none}"/*.sh)
    exec {BASH_XTRACEFD}>>'${file}'
    PS4='+\${BASH_SOURCE##*/}:\${LINENO}: '
    set -x
    ;;
esac
`;

export interface Containers {
  readonly bin: string;
  readonly bashEnv: string;
  /** What the jobs' scripts have run, a line for each command. */
  readonly trace: string;
}

/** Of all containers of this process. */
export const traces: string[] = [];

export function containers(folder: string): Containers {
  const [bin, bashEnv, trace] = ["bin", "start.sh", "trace"].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  mkdirSync(bin, { recursive: true });
  writeFileSync(join(bin, "sleep"), SLEEP);
  chmodSync(join(bin, "sleep"), 0o755);
  writeFileSync(bashEnv, noteCommands(trace));
  traces.push(trace);
  return { bin, bashEnv, trace };
}
