/** What a command works with: the engine, AWS, and whoever typed it. Tests have their own. */
import { setTimeout } from "node:timers/promises";
import { type Aws, realAws } from "./aws/clients";
import { type Job, showJobs } from "./board";
import type { Engine } from "./engine/engine";
import { Interrupts } from "./engine/interrupts";
import { confirmed, typed } from "./questions";

export interface Session {
  readonly engine: Engine;
  readonly aws: Aws;
  readonly interrupts: Pick<Interrupts, "happened" | "follow" | "ended">;
  readonly say: (line: string) => void;
  /** Runs jobs side by side, and shows them. */
  readonly show: (jobs: readonly Job[]) => Promise<void>;
  /** Asks; where nobody can answer a Refusal says which option does. */
  readonly confirmed: (question: string, option: string) => Promise<boolean>;
  /** For so many milliseconds. */
  readonly wait: (milliseconds: number) => Promise<void>;
  readonly typed: (question: string, option: string) => Promise<string>;
}

/** A session in this project's folder. Returns what `use` returns, the exit code. */
export async function withSession(root: string, use: (session: Session) => Promise<number>): Promise<number> {
  const { openEngine } = await import("./engine/automation");
  const engine = await openEngine(root);
  const say = (line: string): void => console.log(line);
  const interrupts = new Interrupts(say);
  try {
    const wait = (milliseconds: number): Promise<void> => setTimeout(milliseconds);
    return await use({ engine, aws: realAws, interrupts, say, show: showJobs, confirmed, wait, typed });
  } finally {
    interrupts.close();
  }
}
