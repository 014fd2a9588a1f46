import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import {
  appendFileSync,
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  writeFileSync,
} from "node:fs";
import { createInterface } from "node:readline";
import { join } from "node:path";
import type { Readable, Writable } from "node:stream";

export interface ShellOptions {
  /** Folder of its own, for what it notes. */
  readonly folder: string;
  /** Where the first command starts. */
  readonly source: string;
  readonly env: Readonly<Record<string, string>>;
  /** File that everything is written to, both streams in the order in which the commands write. */
  readonly log: string;
}

/** Stays for the whole build, so that all that any command has started is in its group. Starts scripts, tells their exit codes. */
// With a socket as its input, bash would read a person's .bashrc: --norc.
const AGENT = 'while IFS= read -r script; do env -i bash "$script" </dev/null; echo $? >&3; done';

const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

/**
 * Runs commands as CodeBuild's agent does: each is a bash of its own, which begins where the one before it has ended, with the
 * variables that it has exported. The page speaks of one instance of the shell; what holds here holds in one, too.
 * https://docs.aws.amazon.com/codebuild/latest/userguide/build-spec-ref.html#build-spec.phases
 */
export class Shell {
  readonly #folder: string;
  readonly #log: string;
  readonly #agent: ChildProcess;
  readonly #codes: AsyncIterator<string>;
  #killed = false;
  #commands = 0;

  constructor({ folder, source, env, log }: ShellOptions) {
    this.#folder = folder;
    this.#log = log;
    mkdirSync(folder, { recursive: true });
    const variables = Object.entries(env).map(([name, value]) => `export ${name}=${quoted(value)}\n`);
    writeFileSync(join(folder, "env.sh"), variables.join(""));
    writeFileSync(join(folder, "at"), source);
    const output = openSync(log, "a");
    this.#agent = spawn("bash", ["--norc", "-c", AGENT], {
      env: { PATH: env["PATH"] },
      detached: true,
      stdio: ["pipe", output, output, "pipe"],
    });
    closeSync(output);
    this.#agent.stdin?.on("error", () => undefined); // it is gone
    this.#codes = createInterface({ input: this.#agent.stdio[3] as Readable })[Symbol.asyncIterator]();
  }

  get killed(): boolean {
    return this.#killed;
  }

  /** What a later command would find. */
  get variables(): Readonly<Record<string, string>> {
    const file = join(this.#folder, "env");
    const lines = existsSync(file) ? readFileSync(file, "utf8").split("\0").filter(Boolean) : [];
    return Object.fromEntries(
      lines.map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)]),
    );
  }

  set(name: string, value: string): void {
    appendFileSync(join(this.#folder, "env.sh"), `export ${name}=${quoted(value)}\n`);
  }

  /** A line of CodeBuild's own; what a command has printed before may have no end. */
  say(line: string): void {
    const begun = /[^\n]$/.test(readFileSync(this.#log, "utf8"));
    appendFileSync(this.#log, `${begun ? "\n" : ""}[Container] ${line}\n`);
  }

  /** Exit code of one command. One that ends the shell itself leaves nothing to take over. */
  async run(command: string): Promise<number> {
    if (this.#killed) return 137;
    this.say(`Running command ${command.split("\n", 1)[0] ?? ""}`);
    const [env, at] = [join(this.#folder, "env"), join(this.#folder, "at")].map(quoted);
    const script = join(this.#folder, `${++this.#commands}.sh`);
    const lines = [
      `cd "$(cat ${at})" && . ${env}.sh`,
      command,
      `CODEBUILD_LAST_EXIT=$?\nexport -p >${env}.sh\nenv -0 >${env}\npwd >${at}\nexit $CODEBUILD_LAST_EXIT`,
    ];
    writeFileSync(script, `${lines.join("\n")}\n`);
    (this.#agent.stdin as Writable).write(`${script}\n`);
    const code = await this.#codes.next();
    return code.done === true ? 137 : Number(code.value);
  }

  /** Ends what runs, and all that any command has started, as a container does that is gone: nothing gets to do anything more. */
  kill(): void {
    this.#killed = true;
    this.#end();
  }

  /** The same after the last command. */
  async close(): Promise<void> {
    const gone = this.#agent.exitCode !== null || this.#agent.signalCode !== null;
    this.#end();
    if (!gone) await once(this.#agent, "close");
  }

  #end(): void {
    const { pid } = this.#agent;
    if (pid === undefined) return;
    try {
      process.kill(-pid, "SIGKILL");
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
    }
  }
}
