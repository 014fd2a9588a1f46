/** A command cannot go on, and whoever typed it can put that right: each line of the message says what to do. */
export class Refusal extends Error {}

/** The message of whatever was thrown, without a stack trace. */
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
