/** What doctor looks at on this machine: tools, settings, the login. */
import { existsSync } from "node:fs";
import { basename, join } from "node:path";
import { styleText } from "node:util";
import type { Delivery } from "../delivery";
import { allParts, arrange, located, missingEnvironments, readParts, toolingOf } from "../delivery";

/** One thing that was looked at. */
export interface Check {
  readonly what: string;
  /** What is wrong with it; nothing, where it is as it should be. */
  readonly problem?: string;
  /** What fixes it: commands, and lines for people. */
  readonly fix?: readonly string[];
  /** The command has just fixed it itself; or it is no failure: it waits for a person, a run, or a right to look. */
  readonly state?: "fixed" | "waits";
}

/** A line for what is ok; for a problem what fixes it, too, at the beginning of lines so that it can be copied. */
export function lines({ what, problem, fix = [] }: Check): string[] {
  if (problem === undefined) return [`${styleText("green", "ok")}     ${what}`];
  const [first = "", ...rest] = problem.split("\n");
  const told = [`${styleText("red", "failed")} ${what}: ${first}`, ...rest.map((line) => `       ${line}`)];
  return [...told, "       fix:", ...fix, ""];
}

/** All checks for people, with what nobody can see from here. */
export function asText(checks: readonly Check[], notSeen: readonly string[]): string {
  const wrong = checks.filter(({ problem }) => problem !== undefined).length;
  return [
    ...checks.flatMap(lines),
    ...notSeen.map((each) => `not seen: ${each}`),
    wrong === 0 ? `All ${checks.length} checks are ok` : `${wrong} of ${checks.length} checks failed`,
  ].join("\n");
}

export const asJson = (checks: readonly Check[], notSeen: readonly string[]): string =>
  JSON.stringify({ version: 1, checks, notSeen }, null, 2);

/** `engines` is `>=20.19`. */
export function checkNode(version: string, engines: string): Check {
  const numbers = (text: string): number[] => text.replace(/^\D+/, "").split(".").map(Number);
  const [major = 0, minor = 0] = numbers(version);
  const [wantedMajor = 0, wantedMinor = 0] = numbers(engines);
  const what = `Node.js ${version}`;
  return major > wantedMajor || (major === wantedMajor && minor >= wantedMinor)
    ? { what }
    : {
        what,
        problem: `is too old for this project, which needs ${engines}`,
        fix: ["install a newer one (https://nodejs.org)"],
      };
}

/** Where what tooling says of an environment is not what the environment's own file says. */
export function disagreements(delivery: Delivery): Check[] {
  return delivery.environments.flatMap((part): Check[] => {
    const tooling = toolingOf(delivery, part);
    if (!tooling) return [];
    const { environment, provider } = part.settings;
    const what = basename(part.file);
    const listed = tooling.settings.environments.find(({ name }) => name === environment);
    const theirs = basename(tooling.file);
    const problem = !listed
      ? `describes environment ${environment}, which ${theirs} does not list`
      : listed.account !== provider.account
        ? `has account ${provider.account}, and ${theirs} lists ${listed.account} for ${environment}`
        : provider.region !== (listed.region ?? tooling.settings.provider.region)
          ? `has Region ${provider.region}, and ${theirs} has ${listed.region ?? tooling.settings.provider.region} for ${environment}`
          : undefined;
    if (problem === undefined) return [];
    return [{ what, problem, fix: [`correct the one that is wrong: $EDITOR ${what} ${theirs}`] }];
  });
}

/** Every problem of every stack file; the delivery where they can be read at all. */
export function checkSettings(root: string): { checks: Check[]; delivery?: Delivery } {
  const what = "settings";
  if (!existsSync(join(root, "Pulumi.yaml"))) {
    return {
      checks: [{ what, problem: `${root} has no Pulumi.yaml`, fix: ["run this in the project's folder"] }],
    };
  }
  const { project, parts, problems } = readParts(root);
  if (problems.length > 0) {
    const files = [...new Set(problems.map(({ file }) => basename(file)))];
    const fix = [`correct what the lines say: $EDITOR ${files.join(" ")}`];
    return { checks: problems.map((each) => ({ what, problem: located(project, each), fix })) };
  }
  const delivery = arrange(root, project, parts);
  const names = allParts(delivery).map(({ stack }) => stack);
  if (delivery.tooling.length === 0) {
    return { checks: [{ what, problem: "no stack is of kind tooling", fix: ["npm run init"] }] };
  }
  const missing = missingEnvironments(delivery).map((name) => ({
    what: `environment ${name}`,
    problem: "has no stack file",
    fix: [`npm run init, or take it out of environments in ${basename(delivery.tooling[0]?.file ?? "")}`],
  }));
  return {
    checks: [{ what: `settings of ${names.join(", ")}` }, ...missing, ...disagreements(delivery)],
    delivery,
  };
}
