/** What a container of CodeBuild has besides AWS's CLI: stand-ins on PATH, and a start file that has the jobs' scripts note what they run. */
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { oslsCommand } from "./osls";
import { join } from "node:path";

/** Jobs wait for what AWS does; here it is done within a moment, and nothing is shown by waiting longer. */
const SLEEP = "#!/bin/sh\nexec /bin/sleep 0.1\n";

/** What grows old does so at once: today is as many days later as the file says. A moment that is given stays what it is. */
const date = (days: string): string => `#!/bin/sh
[ -s '${days}' ] || exec /bin/date "$@"
later="$(cat '${days}') days" own=no
for each; do
  shift
  case $each in
    --date=*) own=yes each="$each $later" ;;
    -d | @*) own=yes ;;
  esac
  set -- "$@" "$each"
done
[ $own = yes ] || set -- --date="$later" "$@"
exec /bin/date "$@"
`;

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
  /** From now on, today is as many days later. */
  readonly later: (days: number) => void;
}

/** Of all containers of this process. */
export const traces: string[] = [];

export function containers(folder: string, tools: string): Containers {
  const [bin, bashEnv, trace, days] = ["bin", "start.sh", "trace", "days"].map((name) =>
    join(folder, name),
  ) as [string, string, string, string];
  mkdirSync(bin, { recursive: true });
  for (const [name, script] of [
    ["sleep", SLEEP],
    ["date", date(days)],
    ["osls", oslsCommand(tools)],
  ] as const) {
    writeFileSync(join(bin, name), script);
    chmodSync(join(bin, name), 0o755);
  }
  writeFileSync(bashEnv, noteCommands(trace));
  traces.push(trace);
  return { bin, bashEnv, trace, later: (count) => writeFileSync(days, String(count)) };
}
