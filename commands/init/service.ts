/** A small service to begin with, of any kind, from the files of `examples/`. */
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { commandLine } from "../../rehearsal/bringUp/commandLine";
import { TEMPLATE_KINDS, type WorkloadKind, WORKLOADS } from "../../components/workloads/list";
import { ROOT } from "../command";
import { oneOf } from "../known";
import { Refusal } from "../refusal";

const EXAMPLES = join(ROOT, "examples");
const KINDS = TEMPLATE_KINDS;

/** Kinds that there is an example of in the language, and what a template says of a function in it. */
interface Language {
  readonly kinds: readonly WorkloadKind[];
  readonly runtime: string;
  readonly handler: string;
}

/** As the templates of `examples/` are. */
const NODE: Language = { kinds: KINDS, runtime: "nodejs22.x", handler: "index.handler" };

/** Languages of the examples, by the names of their folders. */
export const LANGUAGES = {
  node: NODE,
  python: { kinds: ["lambda-container", "lambda-zip"], runtime: "python3.12", handler: "app.handler" },
  go: { kinds: ["lambda-container", "lambda-zip"], runtime: "provided.al2023", handler: "bootstrap" },
  java: { kinds: ["lambda-container", "lambda-zip"], runtime: "java21", handler: "rates.Handler::handle" },
  ruby: { kinds: ["lambda-container", "lambda-zip"], runtime: "ruby3.4", handler: "app.handler" },
} as const satisfies Record<string, Language>;

export type LanguageName = keyof typeof LANGUAGES;
const NAMES = Object.keys(LANGUAGES) as LanguageName[];

/** Languages that a kind has an example in; the first is the default. */
export const languagesOf = (kind: WorkloadKind): LanguageName[] =>
  NAMES.filter((name) => LANGUAGES[name].kinds.some((each) => each === kind));

/** Puts the files of an example into a folder: what is of the language, of the kind, and of both, in this order. */
export function writeService(kind: WorkloadKind, language: LanguageName, folder: string): void {
  mkdirSync(folder, { recursive: true });
  const ofKind = join(EXAMPLES, kind);
  const ofOthers = NAMES.map((name) => join(ofKind, name));
  cpSync(join(EXAMPLES, language), folder, { recursive: true });
  cpSync(ofKind, folder, { recursive: true, filter: (source) => !ofOthers.includes(source) });
  const ofBoth = join(ofKind, language);
  if (existsSync(ofBoth)) cpSync(ofBoth, folder, { recursive: true });
  const { runtime, handler } = LANGUAGES[language];
  const template = join(folder, "template.yaml");
  if (existsSync(template))
    writeFileSync(
      template,
      readFileSync(template, "utf8").replace(NODE.runtime, runtime).replace(NODE.handler, handler),
    );
  if (WORKLOADS[kind].packaging !== "serverless") return;
  // The same packages as those of the sample.
  const lockfile = readFileSync(join(ROOT, "app/serverless/package-lock.json"), "utf8");
  writeFileSync(join(folder, "package-lock.json"), lockfile.replaceAll('"catalog-serverless"', '"rates"'));
}

const filesBelow = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((each) => each.isFile())
    .map((each) => relative(folder, join(each.parentPath, each.name)))
    .sort();

/** Writes what is asked for; returns what to say of it. Throws a Refusal, or what is thrown of a wrong command line. */
export function writtenService(args: string[], here: string): string[] {
  const { values, positionals } = commandLine({
    args,
    allowPositionals: true,
    options: { service: { type: "string" }, language: { type: "string" } },
  });
  if (values.service === undefined)
    throw new Refusal("--language is of a service: give --service KIND with it");
  const kind = oneOf("kind of service", values.service, KINDS);
  const known = languagesOf(kind);
  const [standard] = known;
  const language = values.language === undefined ? standard : oneOf("language", values.language, NAMES);
  if (language === undefined || !known.includes(language))
    throw new Refusal(`there is no ${kind} service in ${language}: allowed are ${known.join(", ")}`);
  const [written, ...others] = positionals;
  if (written === undefined || others.length > 0)
    throw new Refusal(`name one folder: npm run init -- --service ${kind} DIR`);
  const folder = resolve(here, written);
  if (existsSync(folder) && (!statSync(folder).isDirectory() || readdirSync(folder).length > 0))
    throw new Refusal(`${written}: is not an empty folder; name one that is empty or not there`);
  writeService(kind, language, folder);
  return [
    `Wrote to ${written}: ${filesBelow(folder).join(", ")}`,
    `Next: npm start -- --app ${written} --workload ${kind} releases it on this machine, without AWS`,
  ];
}
