/** What the rehearsal's commands have in common: where they stand, whose stacks they speak of, what they refuse. */
import { accessSync, constants, existsSync, statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { parseArgs, type ParseArgsConfig } from "node:util";
import { closest } from "fastest-levenshtein";
import { NotKnown } from "../../packages/iam/src/policy/notKnown";
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

/** Options as they were meant: `-h` is `--help`. */
export const spelledOut = (args: readonly string[]): string[] =>
  args.map((arg) => (arg === "-h" ? "--help" : arg));

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
  // Every problem that it has, not the first alone.
  if (finding) throw new UnusableFile(`the stacks do not come up: ${finding.stack}: ${finding.message}`);
  return { folder, record: runs };
}

/** A command line's options. Throws UnusableFile for one that there is not, with the nearest. */
export function optionsOf<T extends NonNullable<ParseArgsConfig["options"]>>(
  args: readonly string[],
  options: T,
) {
  try {
    return parseArgs({ args: spelledOut(args), options }).values;
  } catch (error) {
    const [, wrong] = error instanceof Error ? (/^Unknown option '(-[^' ]*)/.exec(error.message) ?? []) : [];
    if (wrong === undefined) throw error;
    const known = Object.keys(options).map((each) => `--${each}`);
    throw new UnusableFile(`there is no option ${wrong}; the nearest is ${closest(wrong, known)}`);
  }
}

/** Why there is no answer: of a file every problem is told, which no option helps with; all else is one line. */
export function refusal(error: Error, hint: string): string {
  const aboutFile = error instanceof UnusableFile && !/^(--|there is no option )/.test(error.message);
  return aboutFile ? error.message : `${firstSentence(error)}; ${hint}`;
}

/** What a command says and ends with. */
export interface Ended {
  readonly code: 0 | 1 | 2;
  readonly stdout: string;
  readonly stderr: string;
}

/** A command line's answer, or in one line why there is none. What people cannot put right is thrown. */
export async function answered(command: string, answer: Promise<string>): Promise<Ended> {
  try {
    return { code: 0, stdout: await answer, stderr: "" };
  } catch (error) {
    if (!isRefusal(error)) throw error;
    return { code: 2, stdout: "", stderr: refusal(error, `npm run ${command} -- --help shows the options`) };
  }
}

/** Prints what a command says and sets the exit code. */
export function end(ended: Promise<Ended>): void {
  ended.then(
    ({ code, stdout, stderr }) => {
      if (stdout) console.log(stdout);
      if (stderr) console.error(stderr);
      process.exitCode = code;
    },
    (error: unknown) => {
      console.error(error);
      process.exitCode = 2;
    },
  );
}
