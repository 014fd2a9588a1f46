import { messageOf } from "../refusal";
import { plain } from "../format";

/** What the CLI said when it failed: its error lines or, where it was killed, that. */
export function engineMessage(error: unknown): string {
  const message = plain(messageOf(error));
  const killed = /Command was killed with (SIG\w+)/.exec(message);
  if (killed) return `pulumi was killed (${killed[1]})`;
  const lines = message.split("\n");
  const start = lines.findIndex((line) => /^\s*(stderr: )?error: /.test(line));
  const told = start < 0 ? lines : lines.slice(start);
  const end = told.findIndex((line, i) => i > 0 && /^\s*(err\?:|stdout:|stderr:)/.test(line));
  return (end < 0 ? told : told.slice(0, end))
    .join("\n")
    .replace(/^\s*(stderr: )?error: /, "")
    .trim();
}
