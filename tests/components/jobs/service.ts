import type { Call } from "./commands";
import type { World, Identity } from "./world";

/** A process that was asked for, as the double sees it. */
export interface Invocation {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Who calls, where a profile has the CLI run a process for that. */
  readonly session?: Identity | undefined;
}

export interface Answer {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** An error that AWS answers with; the CLI ends with code 254. */
export class ServiceError extends Error {
  constructor(
    readonly type: string,
    message: string,
  ) {
    super(message);
  }
}

/** Answers one operation, or undefined when it is another part's. */
export type Service = (call: Call, who: Identity, world: World, cwd: string) => unknown;
