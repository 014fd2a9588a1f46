/** `delivery.yaml` of a service, read and checked by the rules of the build job: those are in its own files. */
import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { raw } from "jq-wasm";
import { Alias, isNode, isScalar, parseDocument, visit } from "yaml";
import { isTooDeep, textOf } from "../../record/yamlFile";
import { Stopped } from "../stopped";
import type { RunnerStep } from "../../../components/stage";
import type { Packaging } from "../../../components/workloads/workload";

const SCRIPTS = resolve(__dirname, "../../../components/jobs/scripts");
const FILE = "delivery.yaml";
/** As much as the job's reader takes. */
const CHARACTERS = 65_536;

export const STEPS = ["install", "test", "bundle", "verify"] as const;
export type Step = (typeof STEPS)[number];
type Texts = Readonly<Record<string, string>>;
/** Steps that run inside environments alone. */
const BESIDE = ["beforeDeploy", "afterDeploy"] as const satisfies readonly RunnerStep[];
export type Runners = Readonly<Record<string, readonly RunnerStep[]>>;

/** What the file says; every value is the text that is written. */
export interface Delivery extends Partial<
  Readonly<Record<Step | (typeof BESIDE)[number], readonly string[]>>
> {
  readonly runtime?: Texts;
  readonly reports?: Partial<Readonly<Record<"tests" | "coverage" | "verify", string>>>;
  readonly variables?: Texts;
  readonly secrets?: Texts;
  readonly parameters?: Readonly<Record<string, Texts>>;
}

/** Why a text is none of what `delivery.yaml` may be. */
export interface Refused {
  readonly refused: string;
}

/** What a scalar without a text is in JSON. */
const filled = (value: unknown): unknown => {
  if (value === null) return "";
  if (Array.isArray(value)) return value.map(filled);
  return typeof value === "object"
    ? Object.fromEntries(Object.entries(value).map(([key, each]) => [key, filled(each)]))
    : value;
};

/** Reads YAML as the job does (delivery.py): no aliases, no tags, no key twice, and every scalar as a text. */
export function readText(text: string): { readonly value: unknown } | Refused {
  if (text.length > CHARACTERS)
    return { refused: `it has more than ${CHARACTERS} characters: put commands into scripts` };
  if (isTooDeep(text)) return { refused: "it is not YAML that can be read: write it anew" };
  const document = parseDocument(text, { schema: "failsafe", version: "1.1", prettyErrors: false });
  const lineOf = (offset: number): string => `line ${text.slice(0, offset).split("\n").length}: `;
  const [error] = document.errors;
  if (error?.code === "DUPLICATE_KEY")
    return { refused: `${lineOf(error.pos[0])}a key is there twice: remove one` };
  if (error) return { refused: `${lineOf(error.pos[0])}it is not YAML: ${error.message}` };
  const [odd] = document.warnings;
  if (odd) return { refused: `${lineOf(odd.pos[0])}a tag is not allowed: remove it` };
  let refused: string | undefined;
  visit(document, {
    Alias: (_, node: Alias) => {
      refused = `${lineOf(node.range?.[0] ?? 0)}an alias is not allowed: write the value out`;
      return visit.BREAK;
    },
    Pair: (_, { key }) => {
      if (isScalar(key)) return undefined;
      refused = `${lineOf(isNode(key) ? (key.range?.[0] ?? 0) : 0)}a key must be a text`;
      return visit.BREAK;
    },
  });
  return refused === undefined ? { value: filled(document.toJS() ?? {}) } : { refused };
}

/** What the job knows when it checks the file. */
export interface Checked {
  /** As people know the file. */
  readonly shown: string;
  readonly environments: readonly string[];
  /** Steps that run inside each environment that has a runner. */
  readonly runners: Runners;
  readonly packaging: Packaging;
  /** Whether the service has a package.json. */
  readonly npm: boolean;
}

/** One line for each problem, by the job's own program. */
export async function problemsOf(value: unknown, checked: Checked): Promise<string[]> {
  const text = (name: string): string => readFileSync(join(SCRIPTS, name), "utf8");
  const { exitCode } = process; // jq takes it for its own
  const out = await raw(JSON.stringify(value), text("delivery.jq"), [
    "-r",
    ...["--argjson", "schema", `[${text("delivery.schema.json")}]`],
    ...["--arg", "file", checked.shown],
    ...["--arg", "environments", checked.environments.join(" ")],
    ...["--argjson", "runners", JSON.stringify(checked.runners)],
    ...["--arg", "packaging", checked.packaging],
    ...["--arg", "npm", String(checked.npm)],
  ]);
  process.exitCode = exitCode;
  return out.split("\n").filter((line) => line !== "");
}

/** The same of a file that Build has checked. */
export function deliveryIn(folder: string): Delivery | undefined {
  const file = join(folder, FILE);
  if (!existsSync(file)) return undefined;
  const read = readText(textOf(file, FILE));
  return "refused" in read ? undefined : (read.value as Delivery);
}

/** The commands that run inside environments, which this machine is not. */
export const besideDeploy = (delivery: Delivery): string[] =>
  BESIDE.flatMap((step) => (delivery[step] ?? []).map((command) => `${step}: ${command}`));

/** Reads a service's file; nothing where there is none. Throws Stopped with every problem of it. */
export async function readDelivery(
  folder: string,
  directory: string,
  site: Pick<Checked, "environments" | "runners" | "packaging">,
): Promise<Delivery | undefined> {
  const file = join(folder, FILE);
  if (!existsSync(file)) return undefined;
  const shown = `${directory}/${FILE}`;
  const next = "correct it, then start again";
  const read = readText(textOf(file, shown));
  if ("refused" in read) throw new Stopped(`${shown}: ${read.refused}`, next);
  const npm = existsSync(join(folder, "package.json"));
  const problems = await problemsOf(read.value, { shown, npm, ...site });
  if (problems.length > 0) throw new Stopped(`${shown} can't be used`, next, problems);
  return read.value as Delivery;
}
