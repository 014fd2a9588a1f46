import { cpSync, existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { basename, join, relative } from "node:path";
import type { Packaging } from "../../../components/workloads/workload";
import { tail } from "../command";
import { type Delivery, readDelivery, type Runners, type Step } from "./deliveryFile";
import { requireNode } from "./engines";
import { seal } from "./handover";
import { installFor, reportName, reportOf, requireRuntimes, runStep, stepName } from "./steps";
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
  /** Image that Build and Verify run in. */
  readonly image: string;
  /** Folder to build in; it must not exist yet. */
  readonly folder: string;
  /** Folder of packages that a later run may use again. */
  readonly cache: string;
  readonly packaging: Packaging;
  /** Path of the template below the source; parameters and Dockerfile are beside it. */
  readonly template: string;
  readonly environments: readonly string[];
  /** Steps that run inside each environment that has a runner. */
  readonly runners: Runners;
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

/** A copy of the service that is built in, and how. */
interface Site {
  readonly copy: string;
  readonly delivery: Delivery | undefined;
  readonly signal: AbortSignal;
  /** Path of a log, by name. */
  readonly log: (name: string) => string;
}

/** Runs one of the service's own steps. Throws Stopped with the end of its output when it fails. */
async function must(step: Step, { copy, delivery, signal, log }: Site): Promise<number> {
  const { failed, how, seconds } = await runStep(step, delivery, { copy, log: log(step), signal });
  if (!failed) return seconds;
  const failures = step === "test" ? reportOf("tests", delivery, copy)?.failures : undefined;
  throw new Stopped(
    `${stepName(step, delivery)} failed in the build (${how}): nothing was released`,
    `correct the service, then start again; all of the output is in ${log(step)}`,
    failures?.length ? failures : tail(log(step)),
  );
}

/** `[]` where the service has none for an environment. */
function takeParameters(
  from: string | undefined,
  release: string,
  { environments, directory }: BuildOptions,
  delivery: Delivery | undefined,
): void {
  mkdirSync(join(release, "parameters"));
  for (const environment of environments) {
    const own = from === undefined ? "" : join(from, `${environment}.json`);
    const file = join(release, `parameters/${environment}.json`);
    const said = delivery?.parameters?.[environment];
    if (said && existsSync(own))
      throw new Stopped(
        `${directory}/delivery.yaml: parameters.${environment}: parameters/${environment}.json has them too`,
        "keep one of them, then start again",
      );
    if (said) {
      const list = Object.entries(said).map(([ParameterKey, ParameterValue]) => ({
        ParameterKey,
        ParameterValue,
      }));
      writeFileSync(file, `${JSON.stringify(list, null, 2)}\n`);
    } else if (existsSync(own)) cpSync(own, file);
    else writeFileSync(file, "[]\n");
  }
}

/** Unit tests, as the service reports them. */
async function tested(site: Site, say: BuildOptions["say"]): Promise<number | undefined> {
  const { copy, delivery } = site;
  const seconds = await must("test", site);
  const report = reportOf("tests", delivery, copy);
  const name = stepName("test", delivery);
  if (!report)
    throw new Stopped(
      `${name} wrote no ${reportName("tests", delivery)}: it must report its tests as JUnit XML`,
      "correct the service's scripts, then start again",
    );
  say(`${name}: ${report.tests ?? "an unknown number of"} tests passed, ${seconds.toFixed(1)} s`);
  return report.tests;
}

/** The build job's part: packages, unit tests, code, and what is handed over, sealed. Throws Stopped. */
export async function build(options: BuildOptions): Promise<Built> {
  const { source, own, folder, cache, template, test, signal, say } = options;
  const packager = PACKAGERS[options.packaging];
  const copy = join(folder, "source");
  const log = (name: string): string => join(folder, `${name}.log`);
  copySource(source, copy);
  const has = (file: string): boolean => existsSync(join(copy, file));
  const manifest = has("delivery.yaml") ? [] : ["package.json"];
  for (const file of [...manifest, ...packager.needs(template)]) {
    if (!has(file))
      throw new Stopped(
        `the service has no ${file} in ${source}`,
        "add it, or name the service's folder: npm start -- --app DIR",
      );
  }
  const delivery = await readDelivery(copy, options.directory, options);
  const ownImage = !options.image.startsWith("aws/codebuild/");
  const unsaid = [
    ...(delivery ? requireRuntimes(delivery, options.directory, options.image) : []),
    ...(test && has("package.json")
      ? requireNode(copy, options.directory, ownImage, delivery?.runtime?.["nodejs"])
      : []),
  ];
  const release = join(folder, "release");
  copySource(copy, join(release, "source"));
  const site: Site = { copy, delivery, signal, log };
  say(`packages: ${await installFor(delivery, own, { copy, cache, log: log("install"), signal })}`);
  const tests = test ? await tested(site, say) : undefined;
  const { bundle, how, notShown } = await packager.pack({
    ...options,
    copy,
    release,
    log,
    delivery,
    step: (step) => must(step, site),
  });
  const parameters = packager.parameters(template);
  takeParameters(parameters && join(copy, parameters), release, options, delivery);
  say(how);
  rmSync(join(copy, "node_modules"), { force: true });
  return { ...seal(release, bundle), tests, notShown: [...unsaid, ...notShown] };
}
