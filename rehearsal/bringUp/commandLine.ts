/** What the rehearsal's commands have in common: where they stand, whose stacks they speak of, what they refuse. */
import { accessSync, constants, existsSync, statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { parseArgs, type ParseArgsConfig } from "node:util";
import { closest } from "fastest-levenshtein";
import { NotKnown } from "../../packages/iam/src/policy/notKnown";
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
export const firstSentence = ({ message }: Error): string => message.split(/\.?\n|\. /)[0] ?? "";

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

/** What node:util's parseArgs says of a wrong command line, in its form. */
class WrongArgument extends Error {
  readonly code = "ERR_PARSE_ARGS_VALUE";
}

/**
 * Words and options of a command line. Refuses what parseArgs takes, and what nobody means: an empty word or value, such as that of
 * a shell's variable that is not set, which would mean the default or this folder; and an option that is given twice, of
 * which the last would count.
 */
export function commandLine<const T extends ParseArgsConfig & { readonly args: readonly string[] }>(
  config: T,
) {
  const given = new Set<string>();
  const parsed = parseArgs({ ...config, args: [...config.args] });
  for (const token of parseArgs({ ...config, args: [...config.args], tokens: true }).tokens ?? []) {
    if (token.kind === "positional" && token.value === "")
      throw new WrongArgument("one of the words is empty: write it out, or leave it out");
    if (token.kind !== "option") continue;
    if (token.value === "")
      throw new WrongArgument(`${token.rawName} is given an empty value: write one, or leave the option out`);
    if (given.has(token.name) && config.options?.[token.name]?.multiple !== true)
      throw new WrongArgument(`${token.rawName} is given twice: give it once`);
    given.add(token.name);
  }
  return parsed as ReturnType<typeof parseArgs<T>>;
}

/** A command line's options. Throws UnusableFile for one that there is not, with the nearest. */
export function optionsOf<T extends NonNullable<ParseArgsConfig["options"]>>(
  args: readonly string[],
  options: T,
) {
  try {
    return commandLine({ args: spelledOut(args), options }).values;
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

/** Whoever read the output has closed it (`| head`): the command ends as by Ctrl-C, in order, instead of with a stack trace. */
export function endWithReader(): void {
  let ended = false;
  for (const stream of [process.stdout, process.stderr])
    stream.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code !== "EPIPE") throw error;
      if (!ended) process.kill(process.pid, "SIGINT");
      ended = true;
    });
}

/** Prints what a command says and sets the exit code. */
export function end(ended: Promise<Ended>): void {
  endWithReader();
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

/** Ends a command that takes no words and no options of its own: it says what it does, or does it. */
export function endPlain(command: string, does: string, work: () => Promise<string> | string): void {
  const answer = async (args: readonly string[]): Promise<string> =>
    optionsOf(args, { help: { type: "boolean", default: false } }).help
      ? `npm run ${command}: ${does}\n\n  --help  show this\n\nexit code: 0 done, 2 not`
      : work();
  end(answered(command, answer(process.argv.slice(2))));
}
