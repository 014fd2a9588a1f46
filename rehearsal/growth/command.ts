import { writeFileSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import {
  checkWritable,
  type Ended,
  firstSentence,
  HERE,
  isRefusal,
  optionsOf,
  ROOT,
} from "../bringUp/commandLine";
import { stacksOf } from "../bringUp/stacksOf";
import { UnusableFile } from "../record/yamlFile";

const USAGE = `npm run growth -- --before FILE [options]: who may do what was not possible before, in sentences, without AWS

  --before FILE  the stacks as they were: npm run resources -- --json FILE writes it, on the base branch
  --after FILE   as they are; default: what the stack files of --config register
  --config DIR   folder of Pulumi.<stack>.yaml files, with access-growth.yaml for growth that is wanted;
                 default: this project's own
  --text FILE    write the lines there as well
  --accept       growth is not refused; for what somebody has agreed to elsewhere, such as by a label
  --help         show this

exit code: 0 nothing grows, or access-growth.yaml has it with a reason; 1 rights grow; 2 nothing could be compared,
or an entry of access-growth.yaml matches no growth`;

const OPTIONS = {
  before: { type: "string" },
  after: { type: "string" },
  config: { type: "string", default: ROOT },
  text: { type: "string" },
  accept: { type: "boolean", default: false },
  help: { type: "boolean", default: false },
} as const;

async function answer(args: readonly string[]): Promise<Ended> {
  const { before, after, config, text, accept, help } = optionsOf(args, OPTIONS);
  if (help) return { code: 0, stdout: USAGE, stderr: "" };
  if (before === undefined)
    throw new UnusableFile("--before is missing: the file of the stacks as they were");
  const file = text === undefined ? undefined : resolve(HERE, text);
  if (file !== undefined) checkWritable("--text", file);
  const folder = resolve(HERE, config);
  const { readResources, recordOf } = await import("./before");
  const { acknowledge, FILE, readAcknowledged } = await import("./acknowledged");
  const entries = readAcknowledged(join(folder, FILE));
  const old = recordOf(readResources(resolve(HERE, before), `--before ${before}`));
  const now =
    after === undefined
      ? (await stacksOf(folder)).record
      : recordOf(readResources(resolve(HERE, after), `--after ${after}`));
  const { growthOf } = await import("./growth");
  const classes = await growthOf(old, now);
  const judged = acknowledge(classes, entries);
  const { growthLines } = await import("./lines");
  const lines = growthLines(classes, judged).join("\n");
  if (file !== undefined) writeFileSync(file, `${lines}\n`);
  const refused = judged.unwanted.length > 0 && !accept;
  const rest = `${judged.unwanted.length} not acknowledged; write each in ${relative(HERE, join(folder, FILE))} with a reason, or narrow the statement`;
  return { code: refused ? 1 : 0, stdout: lines, stderr: refused ? rest : "" };
}

/** Answers one command line. What people cannot put right is thrown. */
export async function run(args: readonly string[]): Promise<Ended> {
  try {
    return await answer(args);
  } catch (error) {
    if (!isRefusal(error)) throw error;
    const line = error instanceof UnusableFile ? error.message : firstSentence(error);
    return { code: 2, stdout: "", stderr: `${line}; npm run growth -- --help shows the options` };
  }
}
