/** The service's own commands: those that its `delivery.yaml` names, and npm's scripts where it names none. */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { spawnSync } from "node:child_process";
import { run, tail } from "../command";
import { besideDeploy, type Delivery, type Step } from "./deliveryFile";
import { testReport } from "./junit";
import { install } from "./packages";
import { AWS, JOBS } from "../shownBy";
import { NotCovered, Stopped } from "../stopped";
import { IMAGE_RUNTIMES } from "../../record/imageRuntimes";
import type { NotShown } from "../../record/notShown";

/** Where commands run, and what they may use. */
export interface StepSite {
  /** Copy of the service. */
  readonly copy: string;
  readonly log: string;
  readonly signal: AbortSignal;
  readonly variables?: Readonly<Record<string, string>>;
}

export interface Ran {
  readonly failed: boolean;
  /** How the last command ended. */
  readonly how: string;
  readonly seconds: number;
}

/** What people know a step as. */
export function stepName(step: Step, delivery: Delivery | undefined): string {
  if (delivery?.[step]) return `'${step}' of delivery.yaml`;
  if (step === "install") return "npm ci";
  return step === "test" ? "npm test" : `npm run ${step}`;
}

/** Runs a step up to the first command that fails. */
export async function runStep(step: Step, delivery: Delivery | undefined, site: StepSite): Promise<Ran> {
  const { copy: folder, log, signal } = site;
  const variables = { ...delivery?.variables, ...site.variables };
  const own = delivery?.[step]?.map((command) => ["bash", "-euo", "pipefail", "-c", command] as const);
  let seconds = 0;
  let how = "nothing to do";
  for (const words of own ?? [["npm", "run", "--silent", step] as const]) {
    const ended = await run({ words: [...words], folder, log, signal, variables });
    seconds += ended.seconds;
    how = ended.how;
    if (ended.failed) return { failed: true, how, seconds };
  }
  return { failed: false, how, seconds };
}

/**
 * Fetches what the service needs. Returns how, for people. Throws Stopped when that fails.
 */
export async function installFor(
  delivery: Delivery | undefined,
  own: string,
  { cache, ...site }: StepSite & { readonly cache: string },
): Promise<string> {
  const { copy, log, signal } = site;
  if (delivery?.install) {
    const { failed, how, seconds } = await runStep("install", delivery, site);
    if (!failed) return `'install' of delivery.yaml, ${seconds.toFixed(1)} s`;
    throw new Stopped(
      `'install' of delivery.yaml failed in the build (${how}): nothing was released`,
      `correct it, see ${log}`,
      existsSync(log) ? tail(log) : [],
    );
  }
  if (delivery && !existsSync(join(copy, "package.json"))) return "none, the service has no package.json";
  const { how, seconds } = await install(copy, own, { cache, log, signal });
  return `${how}${how === "npm ci" ? `, ${seconds.toFixed(1)} s` : ""}`;
}

/** Files below a folder that a path with `*` in its parts means, sorted. */
function meant(folder: string, pattern: string): string[] {
  return pattern.split("/").reduce<string[]>(
    (places, part) => {
      const form = new RegExp(
        `^${part
          .split("*")
          .map((each) => each.replace(/[.]/g, "\\."))
          .join(".*")}$`,
      );
      return places.flatMap((place) =>
        existsSync(place)
          ? readdirSync(place)
              .filter((name) => form.test(name) && (part.startsWith(".") || !name.startsWith(".")))
              .sort()
              .map((name) => join(place, name))
          : [],
      );
    },
    [folder],
  );
}

/** Puts a report of the service where the job has CodeBuild look for it: several files as one. Then reads it. */
export function reportOf(
  what: "tests" | "verify",
  delivery: Delivery | undefined,
  folder: string,
): ReturnType<typeof testReport> {
  const file = join(folder, reportFile(what));
  const pattern = delivery?.reports?.[what];
  const found = pattern === undefined || join(folder, pattern) === file ? [] : meant(folder, pattern);
  if (found.length > 0) {
    const plain = found.map((each) =>
      readFileSync(each, "utf8").replace(/<\?xml[^>]*>|<\/?testsuites[^>]*>/g, ""),
    );
    mkdirSync(dirname(file), { recursive: true });
    const [only] = found;
    writeFileSync(
      file,
      found.length === 1 && only !== undefined
        ? readFileSync(only)
        : `<testsuites>\n${plain.join("")}</testsuites>\n`,
    );
  }
  return testReport(file);
}
const reportFile = (what: "tests" | "verify"): string =>
  what === "tests" ? "reports/junit.xml" : "reports/verify.xml";
/** As people know it. */
export const reportName = (what: "tests" | "verify", delivery: Delivery | undefined): string =>
  delivery?.reports?.[what] ?? reportFile(what);

/** What a runtime's commands need on this machine. */
const TOOLS: Readonly<Record<string, string>> = {
  python: "python3",
  java: "javac", // a JRE has no compiler
  golang: "go",
  ruby: "ruby",
  dotnet: "dotnet",
};

/**
 * Throws Stopped for versions that CodeBuild's image does not have, and NotCovered where this machine has none of a
 * language at all. Returns what is not shown of them.
 */
export function requireRuntimes(delivery: Delivery, directory: string, image: string): NotShown[] {
  const { runtime = {}, secrets = {} } = delivery;
  const known = IMAGE_RUNTIMES[image] ?? {};
  const wrong = Object.entries(runtime).flatMap(([name, version]) => {
    const has = known[name];
    return has === undefined || has.includes(version)
      ? []
      : [`runtime.${name}: ${image} has no ${name} ${version} (it has ${has.join(", ") || "none"})`];
  });
  if (wrong.length > 0)
    throw new Stopped(
      `${directory}/delivery.yaml can't be used`,
      "name one that the image has, as of 2026-03, then start again",
      wrong,
    );
  const lacking = Object.keys(runtime)
    .map((name) => TOOLS[name] ?? "node")
    .filter((tool) => spawnSync(tool, [tool === "go" ? "version" : "--version"], { stdio: "ignore" }).error);
  if (lacking.length > 0)
    throw new NotCovered(`the service is built with ${lacking.join(", ")}, which this machine does not have`);
  const asked = Object.entries(runtime)
    .map(([name, version]) => `${name} ${version}`)
    .join(", ");
  const names = Object.keys(secrets).join(", ");
  const beside = besideDeploy(delivery);
  return [
    ...(asked
      ? [{ what: `the versions of ${asked}: commands ran on this machine's own`, shownBy: JOBS }]
      : []),
    ...(names ? [{ what: `the secrets ${names}: commands ran without them`, shownBy: AWS }] : []),
    ...(beside.length > 0
      ? [
          {
            what: `what runs inside environments before Deploy and after it (${beside.join("; ")})`,
            shownBy: JOBS,
          },
        ]
      : []),
  ];
}
