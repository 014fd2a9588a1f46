/** What every command has in common: where it was typed, how it ends. */
import { resolve } from "node:path";
import { endWithReader, firstSentence } from "../rehearsal/bringUp/commandLine";
import { UnusableFile } from "../rehearsal/record/yamlFile";
import { Refusal } from "./refusal";

/** Folder of Pulumi.yaml and the stack files. */
export const ROOT = resolve(__dirname, "..");
/** Where the command was typed: npm runs scripts in the project's own folder. */
export const HERE = process.env["INIT_CWD"] ?? process.cwd();

/** What each command's `--help` ends with. */
export const EXIT_CODES =
  "exit code: 0 done, 1 something is wrong and the lines above say what, 130 interrupted";

/** The AWS SDK warns of Node.js 20 on each run; this project's own lowest version is in package.json. */
process.env["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] ??= "true";

const isRefusal = (error: unknown): error is Error =>
  error instanceof Refusal || error instanceof UnusableFile;

const isWrongOption = (error: unknown): error is Error =>
  error instanceof Error && "code" in error && /^ERR_PARSE_ARGS/.test(String(error.code));

/** A file or folder that is not what is expected there, such as a folder in a file's place; it is named in the message. */
const isAboutFile = (error: unknown): error is Error =>
  error instanceof Error && "syscall" in error && "path" in error;

/** Ctrl-C at a question. */
const isLeftQuestion = (error: unknown): boolean =>
  error instanceof Error && error.name === "ExitPromptError";

/** Runs one command line; what people cannot put right keeps its stack trace. */
export function run(name: string, command: (args: string[]) => Promise<number>): void {
  endWithReader();
  command(process.argv.slice(2).map((arg) => (arg === "-h" ? "--help" : arg))).then(
    (code) => (process.exitCode = code),
    (error: unknown) => {
      process.exitCode = 1;
      if (isRefusal(error)) return console.error(error.message);
      if (isAboutFile(error))
        return console.error(`${error.message}: make it what it is to be, then try again`);
      if (isWrongOption(error))
        return console.error(`${firstSentence(error)}; npm run ${name} -- --help shows the options`);
      if (!isLeftQuestion(error)) return console.error(error);
      process.exitCode = 130;
      console.error("interrupted: nothing was changed in AWS");
    },
  );
}
