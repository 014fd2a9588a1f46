import { cpSync, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { basename, join, relative } from "node:path";
import { run, tail } from "./command";
import { type Handover, seal } from "./handover";
import { testReport } from "./junit";
import { install } from "./packages";
import { Stopped } from "./stopped";

export interface BuildOptions {
  /** The service's source. */
  readonly source: string;
  /** Its own folder, whose packages are used where they fit. */
  readonly own: string;
  /** Folder to build in; it must not exist yet. */
  readonly folder: string;
  /** Folder of packages that a later run may use again. */
  readonly cache: string;
  readonly environments: readonly string[];
  /** False for what was released before: it was tested then. */
  readonly test: boolean;
  readonly signal: AbortSignal;
  readonly say: (line: string) => void;
}

export interface Built extends Handover {
  /** Undefined where none ran. */
  readonly tests: number | undefined;
}

/** What the scripts make, and what is no source. */
const MADE = ["dist", "reports", "coverage"];
/** Where `npm test` reports. */
const JUNIT = "reports/junit.xml";
const LEFT_OUT = ["node_modules", ".git", ".out"];

/** Copies a service's source as it is now, changes that are not committed included. */
export function copySource(from: string, to: string): void {
  mkdirSync(to, { recursive: true });
  cpSync(from, to, {
    recursive: true,
    dereference: true,
    filter: (path) => !LEFT_OUT.includes(basename(path)) && !MADE.includes(relative(from, path)),
  });
}

/** Runs one of the service's own scripts. Throws Stopped with the end of its output when it fails. */
async function script(
  name: "test" | "bundle",
  copy: string,
  log: string,
  signal: AbortSignal,
): Promise<number> {
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

function missing(file: string, by: string, what: string): Stopped {
  return new Stopped(`${by} wrote no ${file}: ${what}`, "correct the service's scripts, then start again");
}

/** The build job's part: packages, unit tests, bundle, and what is handed over, sealed. Throws Stopped. */
export async function build(options: BuildOptions): Promise<Built> {
  const { source, own, folder, cache, environments, test, signal, say } = options;
  const copy = join(folder, "source");
  const log = (name: string): string => join(folder, `${name}.log`);
  copySource(source, copy);
  for (const file of ["package.json", "template.yaml"]) {
    if (!existsSync(join(copy, file)))
      throw new Stopped(
        `the service has no ${file} in ${source}`,
        "name the service's folder: npm start -- --app DIR",
      );
  }
  const handed = join(folder, "release");
  copySource(copy, join(handed, "source"));
  const packages = await install(copy, own, { cache, log: log("install"), signal });
  say(`packages: ${packages.how}${packages.how === "npm ci" ? `, ${packages.seconds.toFixed(1)} s` : ""}`);
  let tests: number | undefined;
  if (test) {
    const seconds = await script("test", copy, log("test"), signal);
    const report = testReport(join(copy, JUNIT));
    if (!report) throw missing(JUNIT, "npm test", "it must report its tests as JUnit XML");
    ({ tests } = report);
    say(`npm test: ${tests ?? "an unknown number of"} tests passed, ${seconds.toFixed(1)} s`);
  }
  const seconds = await script("bundle", copy, log("bundle"), signal);
  const dist = join(copy, "dist");
  if (!existsSync(dist) || readdirSync(dist).length === 0)
    throw missing("dist/", "npm run bundle", "it must write there what the image is made of");
  cpSync(dist, join(handed, "dist"), { recursive: true, dereference: true });
  cpSync(join(copy, "template.yaml"), join(handed, "template.yaml"));
  mkdirSync(join(handed, "parameters"));
  for (const environment of environments) {
    const file = `parameters/${environment}.json`;
    if (existsSync(join(copy, file))) cpSync(join(copy, file), join(handed, file));
    else writeFileSync(join(handed, file), "[]\n");
  }
  const handover = seal(handed);
  say(`npm run bundle: SHA-256 ${handover.bundle}, ${seconds.toFixed(1)} s`);
  rmSync(join(copy, "node_modules"), { force: true });
  return { ...handover, tests };
}
