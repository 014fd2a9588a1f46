import { relative, resolve } from "node:path";
import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { closest } from "fastest-levenshtein";
import { checkWritable, firstSentence, HERE, isRefusal, ROOT, stacksOf } from "../bringUp/commandLine";
import { UnusableFile } from "../record/yamlFile";

const USAGE = `npm run resources -- [options]: lists what the stacks register, without AWS

  --config DIR  folder of Pulumi.<stack>.yaml files; default: this project's own
  --json FILE   write it as data, with inputs, instead; docs/resources.md says
                what is in it
  --help        show this

exit code: 0 listed or written, 2 nothing could be`;

const OPTIONS = {
  config: { type: "string", default: ROOT },
  json: { type: "string" },
  help: { type: "boolean", default: false },
} as const;

function optionsOf(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: OPTIONS }).values;
  } catch (error) {
    const [, wrong] = error instanceof Error ? (/^Unknown option '(-[^' ]*)/.exec(error.message) ?? []) : [];
    if (wrong === undefined) throw error;
    const known = Object.keys(OPTIONS).map((each) => `--${each}`);
    throw new UnusableFile(`there is no option ${wrong}; the nearest is ${closest(wrong, known)}`);
  }
}

/** Returns what is to be printed. */
async function answer(args: readonly string[]): Promise<string> {
  const { config, json, help } = optionsOf(args);
  if (help) return USAGE;
  const file = json === undefined ? undefined : resolve(HERE, json);
  if (file !== undefined) checkWritable("--json", file);
  const { folder, record } = await stacksOf(resolve(HERE, config));
  const { resourcesOf, written } = await import("./document");
  const resources = resourcesOf(folder.project, record);
  if (file === undefined) return (await import("./table")).table(resources);
  writeFileSync(file, written(resources));
  const count = resources.stacks.reduce((sum, stack) => sum + stack.resources.length, 0);
  return `${count} resources of ${resources.stacks.length} stacks: ${relative(HERE, file)}`;
}

/** What a command says and ends with. */
export interface Ended {
  readonly code: 0 | 2;
  readonly stdout: string;
  readonly stderr: string;
}

/** Answers one command line. What people cannot put right is thrown. */
export async function run(args: readonly string[]): Promise<Ended> {
  try {
    return { code: 0, stdout: await answer(args), stderr: "" };
  } catch (error) {
    if (!isRefusal(error)) throw error;
    const stderr = `${firstSentence(error)}; npm run resources -- --help shows the options`;
    return { code: 2, stdout: "", stderr };
  }
}
