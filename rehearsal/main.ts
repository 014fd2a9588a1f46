import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { relative, resolve } from "node:path";
import type { Act2 } from "./access/check";
import { NotKnown } from "../packages/iam/src/policy/notKnown";
import type { WorldOptions } from "./access/estate/world";
import { asData, writeReport } from "./report/write";
import type { Act1 } from "./bringUp/check";
import type { Act3Options } from "./release/check";
import type { Act3 } from "./release/report";
import {
  checkWritable,
  commandLine,
  endWithReader,
  HERE,
  isRefusal,
  refusal,
  ROOT,
  spelledOut,
} from "./bringUp/commandLine";
import { Interrupted, Stopped } from "./release/stopped";
import { count, progressLine, results, summary } from "./report/terminal";
import { type Folder, readStackFiles } from "./record/stackFiles";
import { fitted } from "./record/wrapped";
import { UnusableFile } from "./record/yamlFile";

const USAGE = `npm start -- [options]: rehearses the delivery on this machine, without AWS

  --config DIR  folder of Pulumi.<stack>.yaml files; default: this project's own.
                Its Pulumi.yaml counts where it has one
  --page FILE   where to write the report; default: .out/report.html here
  --json FILE   write everything that was recorded and judged as JSON
  --app DIR     release this service; default: the directory of the first
                pipeline that is here
  --workload K  release it as this kind of service, whatever settings say
  --pipeline N  release with the pipeline of this name
  --from REF    first release this git commit, branch or tag, then what is
                here over it
  --yes         answer every question with yes; assumed without a terminal
  --reject      answer every approval with no
  --serve       leave the last environment running until Ctrl-C
  --verbose     show all tables, and everything that is not covered
  --help        show this

exit code: 0 ok, 1 there are findings or the release stopped, 2 nothing could be rehearsed`;

interface Options {
  readonly config: string;
  readonly page: string;
  readonly json: string | undefined;
  readonly app: string | undefined;
  readonly workload: string | undefined;
  readonly pipeline: string | undefined;
  readonly from: string | undefined;
  readonly yes: boolean;
  readonly reject: boolean;
  readonly serve: boolean;
  readonly verbose: boolean;
  readonly help: boolean;
}

function options(args: readonly string[]): Options {
  const { values } = commandLine({
    args: spelledOut(args),
    options: {
      config: { type: "string" },
      page: { type: "string" },
      json: { type: "string" },
      app: { type: "string" },
      workload: { type: "string" },
      pipeline: { type: "string" },
      from: { type: "string" },
      yes: { type: "boolean", default: false },
      reject: { type: "boolean", default: false },
      serve: { type: "boolean", default: false },
      verbose: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  const app = values.app === undefined ? undefined : resolve(HERE, values.app);
  if (app !== undefined && !["package.json", "delivery.yaml"].some((file) => existsSync(resolve(app, file))))
    throw new UnusableFile(
      `--app ${app}: neither package.json nor delivery.yaml is there; name the folder of a service`,
    );
  if (values.yes && values.reject) throw new UnusableFile("--yes and --reject exclude each other; give one");
  if (values.serve && values.reject)
    throw new UnusableFile(
      "--serve and --reject exclude each other: what is rejected is nowhere to be served",
    );
  return {
    ...values,
    app,
    workload: values.workload,
    pipeline: values.pipeline,
    from: values.from,
    config: resolve(HERE, values.config ?? ROOT),
    page: values.page === undefined ? resolve(ROOT, ".out/report.html") : resolve(HERE, values.page),
    json: values.json && resolve(HERE, values.json),
  };
}

const shown = (path: string): string => relative(HERE, path) || ".";

/** Pulumi is loaded here, so that wrong options are answered at once. */
async function act1(folder: Folder): Promise<Act1> {
  console.log(
    `Bring-up: ${count(folder.stacks.length, "stack")} of project ${folder.project}, each brought up once`,
  );
  const { rehearse } = await import("./bringUp/check");
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

/** Text where it was not tried, or had to stop, which says why. Throws what `others` throws, which have a turn now and then. */
async function act2(
  folder: Folder,
  { runs, findings }: Act1,
  options: WorldOptions,
  others: () => Promise<void>,
): Promise<Act2 | string> {
  if (findings.length > 0) return "not checked, since the bring-up has findings";
  console.log("Access: who may do what, by the policies of all stacks");
  const { accessLines, act2: tried } = await import("./access/check");
  try {
    const access = await tried(folder, runs, options, others);
    accessLines(access).forEach((line) => console.log(fitted(line)));
    return access;
  } catch (error) {
    if (error instanceof Stopped) return `${error.message}; ${error.next}`;
    if (error instanceof NotKnown) return error.message;
    throw error;
  }
}

/** The service is built while access is checked, which takes one processor; no environment is touched before that has ended. */
async function accessAndRelease(
  folder: Folder,
  first: Act1,
  options: Omit<Act3Options, "permitted" | "work" | "shown">,
): Promise<[Act2 | string, Act3 | string]> {
  const { act3 } = await import("./release/check");
  let permit: (yes: boolean) => void = () => undefined;
  const permitted = new Promise<boolean>((resolve) => (permit = resolve));
  const released =
    first.findings.length > 0
      ? Promise.resolve("not released, since the bring-up has findings")
      : act3(folder, first.runs, { ...options, permitted, work: resolve(ROOT, ".out/release"), shown });
  let failed: { readonly error: unknown } | undefined;
  released.catch((error: unknown) => (failed = { error }));
  const others = async (): Promise<void> => {
    await new Promise((resolve) => setImmediate(resolve));
    if (failed) throw failed.error; // a signal ends the check too
  };
  let access: Act2 | string | undefined;
  try {
    access = await act2(folder, first, options, others);
  } finally {
    permit(typeof access === "object");
  }
  return [access, await released];
}

/** Returns the exit code. */
async function main(args: readonly string[]): Promise<number> {
  const { config, page, json, help, verbose, workload, ...others } = options(args);
  if (help) {
    console.log(USAGE);
    return 0;
  }
  mkdirSync(resolve(ROOT, ".out"), { recursive: true });
  checkWritable("--page", page);
  if (json !== undefined) checkWritable("--json", json);
  const written = readStackFiles(config, resolve(ROOT, "Pulumi.yaml"));
  const places = [...new Set([config, ROOT])];
  const { checkRelease } = await import("./release/wanted");
  const { asKind } = await import("./release/asKind");
  const folder = workload === undefined ? written : asKind(written, places, others, workload);
  checkRelease(folder, places, others);
  console.log(`Settings: ${folder.stacks.map(({ path }) => shown(path)).join(", ")}`);
  if (!others.yes && !others.reject && !process.stdin.isTTY)
    console.log("No terminal: every question is answered with yes.");
  const first = await act1(folder);
  console.log(results(first, verbose));
  const [access, released] = await accessAndRelease(folder, first, { ...others, places });
  const denied = typeof access === "string" || access.findings.length > 0;
  const acts = { act1: first, act2: access, release: released };
  console.log(summary(acts, verbose));
  await writeReport(page, folder, acts);
  console.log(`The report, for a browser: ${shown(page)}`);
  if (json !== undefined) {
    writeFileSync(json, `${JSON.stringify(asData(folder, acts), null, 2)}\n`);
    console.log(`Everything as data: ${shown(json)}`);
  }
  const stopped = typeof released === "object" && released.stopped !== undefined;
  return first.findings.length === 0 && !denied && !stopped ? 0 : 1;
}

endWithReader();
main(process.argv.slice(2)).then(
  (code) => (process.exitCode = code),
  (error: unknown) => {
    if (error instanceof Interrupted) {
      console.error(error.message);
      process.exitCode = error.exitCode;
      return;
    }
    console.error(isRefusal(error) ? refusal(error, "npm start -- --help shows the options") : error);
    process.exitCode = 2;
  },
);
