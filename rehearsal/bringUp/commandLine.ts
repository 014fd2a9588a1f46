/** What the rehearsal's commands have in common: where they stand, whose stacks they speak of, what they refuse. */
import { accessSync, constants, existsSync, statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { NotKnown, notKnown } from "../../packages/iam/src/policy/notKnown";
import type { Rehearsed } from "../record/record";
import { type Folder, readStackFiles } from "../record/stackFiles";
import { UnusableFile } from "../record/yamlFile";

export const ROOT = resolve(__dirname, "../..");
/** Where the command was typed: npm runs scripts in the project's own folder. */
export const HERE = process.env["INIT_CWD"] ?? process.cwd();

/** What the person who typed the command can put right: wrong options, files that cannot be read or written. */
export const isRefusal = (error: unknown): error is Error =>
  error instanceof NotKnown ||
  error instanceof UnusableFile ||
  (error instanceof Error && "code" in error && /^(ERR_PARSE_ARGS|E[A-Z]+$)/.test(String(error.code)));

/** Its first sentence: a refusal is one line. */
export const firstSentence = ({ message }: Error): string => message.split(/\n|\. /)[0] ?? "";

/** Better now than after the run. */
export function checkWritable(option: string, file: string): void {
  const folder = dirname(file);
  if (!existsSync(folder))
    throw new UnusableFile(`${option} ${file}: the folder ${folder} does not exist; create it first`);
  if (existsSync(file) && statSync(file).isDirectory())
    throw new UnusableFile(`${option} ${file} is a folder; name a file`);
  accessSync(existsSync(file) ? file : folder, constants.W_OK);
}

/** The stacks of a folder, all up. Pulumi is loaded here, so that wrong options are answered at once. */
export async function stacksOf(config: string): Promise<{ folder: Folder; record: Rehearsed }> {
  const folder = readStackFiles(config, resolve(ROOT, "Pulumi.yaml"));
  const { bringUp } = await import("./bringUp");
  const { default: program } = (await import("../../index")) as { default: () => Promise<unknown> };
  const { runs, findings } = await bringUp(folder, { program });
  const [finding] = findings;
  if (finding) notKnown(`the stacks do not come up: ${finding.stack}: ${finding.message}`);
  return { folder, record: runs };
}
