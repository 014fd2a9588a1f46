/** What the commands of every day work with: AWS, a clock, the terminal and git. Tests have their own. */
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { type Aws, realAws } from "../aws/clients";
import { chosen, confirmed } from "../questions";

/** Waits, until somebody types Ctrl-C. */
export interface Patience {
  /** True after this time, in milliseconds; false as soon as somebody has interrupted. */
  readonly wait: (milliseconds: number) => Promise<boolean>;
  /** Ctrl-C ends the process again. */
  readonly close: () => void;
}

export interface Desk {
  readonly aws: Aws;
  readonly say: (line: string) => void;
  readonly now: () => Date;
  /** Characters of a line. */
  readonly columns: number;
  /** Whether somebody looks at a terminal: it has colours, and can be cleared. */
  readonly terminal: boolean;
  /** From this call on Ctrl-C is heard by `wait` and ends nothing. */
  readonly patience: () => Patience;
  readonly confirmed: typeof confirmed;
  readonly chosen: typeof chosen;
  /** What git prints. Throws what it says otherwise. */
  readonly git: (...args: string[]) => Promise<string>;
}

/** Lines that are not on a terminal are as long as this. */
const COLUMNS = 120;
const SIGNALS = ["SIGINT", "SIGTERM"] as const;

function patience(): Patience {
  let interrupted = false;
  let wake = (): void => undefined;
  const heard = (): void => {
    interrupted = true;
    wake();
  };
  for (const signal of SIGNALS) process.on(signal, heard);
  return {
    wait: (milliseconds) =>
      new Promise((resolve) => {
        if (interrupted) return resolve(false);
        const timer = setTimeout(() => resolve(true), milliseconds);
        wake = () => {
          clearTimeout(timer);
          resolve(false);
        };
      }),
    close: () => SIGNALS.forEach((signal) => process.off(signal, heard)),
  };
}

/** Git never asks at the terminal: what it cannot read, it says. */
const git = async (...args: string[]): Promise<string> =>
  (await promisify(execFile)("git", args, { env: { ...process.env, GIT_TERMINAL_PROMPT: "0" } })).stdout;

/** The real one. */
export const desk = (): Desk => ({
  aws: realAws,
  say: (line) => console.log(line),
  now: () => new Date(),
  columns: process.stdout.columns || COLUMNS,
  terminal: process.stdout.isTTY,
  patience,
  confirmed,
  chosen,
  git,
});
