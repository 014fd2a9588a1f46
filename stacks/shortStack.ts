/**
 * Takes the frames of installed packages out of an error. Pulumi's Node.js host puts all that these frames lead to into one
 * text and needs twenty seconds to fail at that, before it shows a refusal of one line
 * (https://github.com/pulumi/pulumi/issues/20567).
 */
export function shortenStack(error: unknown): void {
  if (!(error instanceof Error) || error.stack === undefined) return;
  const lines = error.stack.split("\n");
  error.stack = lines.filter((line) => !/^\s+at .*node_modules/.test(line)).join("\n");
}
