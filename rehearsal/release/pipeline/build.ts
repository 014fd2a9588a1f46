import { cpSync, existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { basename, join, relative } from "node:path";
import type { Packaging } from "../../../components/workloads/workload";
import { run, tail } from "../command";
import { requireNode } from "./engines";
import { seal } from "./handover";
import { testReport } from "./junit";
import { install } from "./packages";
import { Stopped } from "../stopped";
import { PACKAGERS } from "../packaging/list";
import type { NotShown } from "../../record/notShown";
import type { Handover } from "../model";

export interface BuildOptions {
  /** The service's source. */
  readonly source: string;
  /** Its own folder, whose packages are used where they fit. */
  readonly own: string;
  /** The same as settings have it: below the source. */
  readonly directory: string;
  /** Build and Verify run in an image that is not CodeBuild's. */
  readonly ownImage: boolean;
  /** Folder to build in; it must not exist yet. */
  readonly folder: string;
  /** Folder of packages that a later run may use again. */
  readonly cache: string;
  readonly packaging: Packaging;
  /** Path of the template below the source; parameters and Dockerfile are beside it. */
  readonly template: string;
  readonly environments: readonly string[];
  readonly region: string;
  /** What the names of the workload's stacks begin with. */
  readonly stackPrefix: string;
  /** False for what was released before: it was tested then. */
  readonly test: boolean;
  readonly signal: AbortSignal;
  readonly say: (line: string) => void;
}

export interface Built extends Handover {
  /** Undefined where none ran. */
  readonly tests: number | undefined;
  readonly notShown: readonly NotShown[];
}

/** What the scripts make, and what is no source. */
const MADE = /^(dist(-[\w-]+)?|reports|coverage)$/;
/** Where `npm test` reports. */
const JUNIT = "reports/junit.xml";
const LEFT_OUT = ["node_modules", ".git", ".out"];

/** Copies a service's source as it is now, changes that are not committed included. */
export function copySource(from: string, to: string): void {
  mkdirSync(to, { recursive: true });
  cpSync(from, to, {
    recursive: true,
    dereference: true,
    filter: (path) => !LEFT_OUT.includes(basename(path)) && !MADE.test(relative(from, path)),
  });
}

/** Runs one of the service's own scripts. Throws Stopped with the end of its output when it fails. */
async function script(name: string, copy: string, log: string, signal: AbortSignal): Promise<number> {
  const command = name === "test" ? "npm test" : `npm run ${name}`;
  const words = ["npm", "run", "--silent", name] as const;
  const { failed, how, seconds } = await run({ words: [...words], folder: copy, log, signal });
  if (!failed) return seconds;
  const failures = name === "test" ? testReport(join(copy, JUNIT))?.failures : undefined;
  throw new Stopped(
    `${command} failed in the build (${how}): nothing was released`,
    `correct the service, then start again; all of the output is in ${log}`,
    failures?.length ? failures : tail(log),
  );
}

/** `[]` where the service has none for an environment. */
function takeParameters(from: string | undefined, release: string, environments: readonly string[]): void {
  mkdirSync(join(release, "parameters"));
  for (const environment of environments) {
    const own = from === undefined ? "" : join(from, `${environment}.json`);
    const file = join(release, `parameters/${environment}.json`);
    if (existsSync(own)) cpSync(own, file);
    else writeFileSync(file, "[]\n");
  }
}

/** Unit tests, as the service reports them. */
async function tested(copy: string, { signal, say }: BuildOptions, log: string): Promise<number | undefined> {
  const seconds = await script("test", copy, log, signal);
  const report = testReport(join(copy, JUNIT));
  if (!report)
    throw new Stopped(
      `npm test wrote no ${JUNIT}: it must report its tests as JUnit XML`,
      "correct the service's scripts, then start again",
    );
  say(`npm test: ${report.tests ?? "an unknown number of"} tests passed, ${seconds.toFixed(1)} s`);
  return report.tests;
}

/** The build job's part: packages, unit tests, code, and what is handed over, sealed. Throws Stopped. */
export async function build(options: BuildOptions): Promise<Built> {
  const { source, own, folder, cache, template, environments, test, signal, say } = options;
  const packager = PACKAGERS[options.packaging];
  const copy = join(folder, "source");
  const log = (name: string): string => join(folder, `${name}.log`);
  copySource(source, copy);
  for (const file of ["package.json", ...packager.needs(template)]) {
    if (!existsSync(join(copy, file)))
      throw new Stopped(
        `the service has no ${file} in ${source}`,
        "add it, or name the service's folder: npm start -- --app DIR",
      );
  }
  const unsaid = test ? requireNode(copy, options.directory, options.ownImage) : [];
  const release = join(folder, "release");
  copySource(copy, join(release, "source"));
  const packages = await install(copy, own, { cache, log: log("install"), signal });
  say(`packages: ${packages.how}${packages.how === "npm ci" ? `, ${packages.seconds.toFixed(1)} s` : ""}`);
  const tests = test ? await tested(copy, options, log("test")) : undefined;
  const { bundle, how, notShown } = await packager.pack({
    ...options,
    copy,
    release,
    log,
    script: (name) => script(name, copy, log(name), signal),
  });
  const parameters = packager.parameters(template);
  takeParameters(parameters && join(copy, parameters), release, environments);
  say(how);
  rmSync(join(copy, "node_modules"), { force: true });
  return { ...seal(release, bundle), tests, notShown: [...unsaid, ...notShown] };
}
