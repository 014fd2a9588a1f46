/** What a container of CodeBuild has: AWS's CLI, stand-ins on PATH, and a start file that has the jobs' scripts note what they run. */
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { samCommand } from "../aws/sam";
import { forkedCli } from "../cli/forked";
import { traceHeader } from "./commandLines";
import { oslsCommand } from "./osls";

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

/** Changes the image's Node.js. Here the buildspec's is there and no other. */
const N = `#!/bin/sh
case $(node --version) in
  v"\${1%%.*}".*) ;;
  *) echo "n: no Node.js $1 here" >&2; exit 1 ;;
esac
`;

/** Changes the image's Python. Here the machine's is there and no other. */
const PYENV =
  '#!/bin/sh\n[ "$#:$1:$2" = 2:global:3.12.11 ] || { echo "pyenv: not known here: $*" >&2; exit 1; }\n';

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
  /** From now on, today is as many days later. */
  readonly later: (days: number) => void;
}

export interface ContainersOptions {
  /** For their own files. */
  readonly folder: string;
  /** Ignored folder of the project with what is installed once. */
  readonly tools: string;
  /** File for what the jobs' scripts run, a line for each command. */
  readonly trace: string;
  /** The Python that runs what asks AWS's CLI. */
  readonly python: string;
  readonly cli: string;
}

export function containers({ folder, tools, trace, python, cli }: ContainersOptions): Containers {
  const [bin, bashEnv, days] = ["bin", "start.sh", "days"].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  mkdirSync(bin, { recursive: true });
  for (const [name, script] of [
    ["sleep", SLEEP],
    ["n", N],
    ["pyenv", PYENV],
    ["date", date(days)],
    ["osls", oslsCommand(tools)],
    ["sam", samCommand(python)],
    ["aws", forkedCli(join(folder, "cli"), python, cli)],
  ] as const) {
    writeFileSync(join(bin, name), script);
    chmodSync(join(bin, name), 0o755);
  }
  writeFileSync(trace, traceHeader());
  writeFileSync(bashEnv, noteCommands(trace));
  return { bin, bashEnv, later: (count) => writeFileSync(days, String(count)) };
}
