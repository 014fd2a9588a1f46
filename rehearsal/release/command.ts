import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync, readFileSync } from "node:fs";
import { shownWhile } from "../record/progress";
import { cleanEnvironment, tie } from "./emulator/processes";
import { Interrupted, Stopped } from "./stopped";

/** A command of npm's or git's, run in a folder. */
export interface Command {
  readonly words: readonly [string, ...string[]];
  readonly folder: string;
  /** File that its output goes to. */
  readonly log: string;
  /** Ends it, and all that it started. */
  readonly signal: AbortSignal;
  /** Besides those that every child gets. */
  readonly variables?: Readonly<Record<string, string>>;
}

export interface Ended {
  readonly failed: boolean;
  /** `exit code 1`, or the signal that ended it. */
  readonly how: string;
  readonly seconds: number;
}

/** Runs a command to its end. Throws Interrupted when the signal came, Stopped when it can't be started. */
export async function run({ words, folder, log, signal, variables }: Command): Promise<Ended> {
  if (signal.aborted) throw new Interrupted();
  const started = performance.now();
  const [command, ...args] = words;
  const output = openSync(log, "a");
  const child = spawn(command, args, {
    cwd: folder,
    detached: true,
    stdio: ["ignore", output, output],
    env: { ...cleanEnvironment(), AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true", ...variables },
  });
  closeSync(output);
  const stop = tie(child);
  signal.addEventListener("abort", stop, { once: true });
  try {
    const [code, killed] = (await shownWhile(words.join(" "), once(child, "exit"))) as [
      number | null,
      string | null,
    ];
    if (signal.aborted) throw new Interrupted();
    const how = killed === null ? `exit code ${code}` : killed;
    return { failed: code !== 0, how, seconds: (performance.now() - started) / 1000 };
  } catch (error) {
    if (error instanceof Interrupted) throw error;
    const { message } = error as Error;
    throw new Stopped(`${command} could not be started: ${message}`, `install ${command}, then start again`);
  } finally {
    signal.removeEventListener("abort", stop);
  }
}

/** The last lines of a log. */
export const tail = (log: string, lines = 20): string[] =>
  readFileSync(log, "utf8").trimEnd().split("\n").slice(-lines);
