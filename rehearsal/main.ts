import { accessSync, constants, existsSync, writeFileSync } from "node:fs";
import { dirname, relative, resolve } from "node:path";
import { parseArgs } from "node:util";
import type { Act1 } from "./rehearse";
import { Interrupted } from "./release/stopped";
import { progressLine, results, summary } from "./report";
import { type Folder, readStackFiles } from "./stackFiles";
import { UnusableFile } from "./yamlFile";

const USAGE = `npm start -- [options]: rehearses the delivery on this machine, without AWS

  --config DIR  folder of Pulumi.<stack>.yaml files; default: this project's own.
                Its Pulumi.yaml counts where it has one
  --json FILE   write everything that was recorded and judged as JSON
  --app DIR     release this service; default: the directory of the first
                pipeline that is here
  --from REF    release it over what this git commit, branch or tag had
  --yes         answer every question with yes; assumed without a terminal
  --reject      answer every approval with no
  --serve       leave the last environment running until Ctrl-C
  --help        show this

exit code: 0 all held, 1 there are findings or the release stopped, 2 nothing could be rehearsed`;

const ROOT = resolve(__dirname, "..");
/** Where the command was typed: npm runs scripts in the project's own folder. */
const HERE = process.env["INIT_CWD"] ?? process.cwd();

interface Options {
  readonly config: string;
  readonly json: string | undefined;
  readonly app: string | undefined;
  readonly from: string | undefined;
  readonly yes: boolean;
  readonly reject: boolean;
  readonly serve: boolean;
  readonly help: boolean;
}

function options(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      config: { type: "string" },
      json: { type: "string" },
      app: { type: "string" },
      from: { type: "string" },
      yes: { type: "boolean", default: false },
      reject: { type: "boolean", default: false },
      serve: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  const app = values.app === undefined ? undefined : resolve(HERE, values.app);
  if (app !== undefined && !existsSync(resolve(app, "package.json")))
    throw new UnusableFile(`--app ${app}: no package.json is there; name the folder of a service`);
  if (values.yes && values.reject) throw new UnusableFile("--yes and --reject exclude each other; give one");
  return {
    ...values,
    app,
    from: values.from,
    config: resolve(HERE, values.config ?? ROOT),
    json: values.json && resolve(HERE, values.json),
  };
}

/** Better now than after the run. */
function checkWritable(file: string): void {
  const folder = dirname(file);
  if (!existsSync(folder))
    throw new UnusableFile(`--json ${file}: the folder ${folder} does not exist; create it first`);
  accessSync(existsSync(file) ? file : folder, constants.W_OK);
}

const shown = (path: string): string => relative(HERE, path) || ".";

/** Pulumi is loaded here, so that wrong options are answered at once. */
async function act1(folder: Folder): Promise<Act1> {
  console.log(`Act 1: ${folder.stacks.length} stacks of project ${folder.project}, each brought up once`);
  const { rehearse } = await import("./rehearse");
  const { default: program } = (await import("../index")) as { default: () => Promise<unknown> };
  let at = { position: 0, of: 0 };
  return rehearse(folder, {
    program,
    watch: {
      started: (_stack, position, of) => (at = { position, of }),
      ended: (run) => console.log(progressLine(run, at.position, at.of)),
    },
  });
}

/** What the person who typed the command can put right: wrong options, files that cannot be read or written. */
const isRefusal = (error: unknown): error is Error =>
  error instanceof UnusableFile ||
  (error instanceof Error && "code" in error && /^(ERR_PARSE_ARGS|E[A-Z]+$)/.test(String(error.code)));

/** Returns the exit code. */
async function main(args: readonly string[]): Promise<number> {
  const { config, json, help, ...others } = options(args);
  if (help) {
    console.log(USAGE);
    return 0;
  }
  if (json !== undefined) checkWritable(json);
  const folder = readStackFiles(config, resolve(ROOT, "Pulumi.yaml"));
  console.log(`Settings: ${folder.stacks.map(({ path }) => shown(path)).join(", ")}`);
  if (!others.yes && !others.reject && !process.stdin.isTTY)
    console.log("No terminal: every question is answered with yes.");
  const act = await act1(folder);
  console.log(results(act));
  const { act3 } = await import("./release/act3");
  const released =
    act.findings.length > 0
      ? "not released, since act 1 has findings"
      : await act3(folder, {
          ...others,
          places: [...new Set([config, ROOT])],
          work: resolve(ROOT, ".out/release"),
          shown,
        });
  console.log(summary(act, released));
  if (json !== undefined) {
    writeFileSync(
      json,
      `${JSON.stringify({ project: folder.project, settings: folder.stacks, act1: act, release: released }, null, 2)}\n`,
    );
    console.log(`Everything as data: ${shown(json)}`);
  }
  const stopped = typeof released === "object" && released.stopped !== undefined;
  return act.findings.length === 0 && !stopped ? 0 : 1;
}

main(process.argv.slice(2)).then(
  (code) => (process.exitCode = code),
  (error: unknown) => {
    if (error instanceof Interrupted) {
      console.error(error.message);
      process.exitCode = error.exitCode;
      return;
    }
    console.error(
      isRefusal(error) ? `${error.message.split(/\n|\. /)[0]}; npm start -- --help shows the options` : error,
    );
    process.exitCode = 2;
  },
);
