/** The release can't go on. The message says what happened, `next` what to do about it. */
export class Stopped extends Error {
  constructor(
    message: string,
    readonly next: string,
    /** Lines of a log, or problems, one each. */
    readonly details: readonly string[] = [],
  ) {
    super(message);
  }
}

/** This machine can't show the rest: nothing of it is wrong. The message says what, and why. */
export class NotCovered extends Stopped {
  constructor(
    message: string,
    /** What can be said all the same: one line each. */
    readonly warnings: readonly string[] = [],
  ) {
    super(message, "release it in AWS, which needs nothing of this machine");
  }
}

/** Somebody ended the run with a signal. Nothing of it is running any more. */
export class Interrupted extends Error {
  constructor(
    /** What a process exits with that this signal ended. */
    readonly exitCode = 130,
  ) {
    super("interrupted: nothing is left running, and the next run starts afresh");
  }
}

/** The message of whatever was thrown, without a stack trace. */
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
