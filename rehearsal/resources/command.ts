import { relative, resolve } from "node:path";
import { writeFileSync } from "node:fs";
import { answered, checkWritable, type Ended, HERE, optionsOf, ROOT } from "../bringUp/commandLine";
import { stacksOf } from "../bringUp/stacksOf";

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

/** Returns what is to be printed. */
async function answer(args: readonly string[]): Promise<string> {
  const { config, json, help } = optionsOf(args, OPTIONS);
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

/** Answers one command line. */
export const run = (args: readonly string[]): Promise<Ended> => answered("resources", answer(args));
