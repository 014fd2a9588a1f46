/** How what Pulumi, AWS and others say is put on a line. Pure. */
import { shortType } from "../rehearsal/record/listing";

/** Without colours, whichever way they were written. */
export const plain = (text: string): string =>
  // eslint-disable-next-line no-control-regex -- colours of a terminal begin with this character
  text.replace(/\u001b\[[0-9;]*m|<\{%[^%]*%\}>/g, "");

/** What others have written is shown in one line, and moves no cursor. */
export const printable = (text: string): string => text.replace(/\p{C}+|\s+/gu, " ").trim();

/** The same for a line that is shown as it is: with its spaces and tabs, without colours. */
export const harmless = (line: string): string => plain(line).replace(/[^\P{Cc}\t]/gu, "");

/** The name in the program, which may have colons of its own. */
export const logicalName = (urn: string): string => urn.split("::").slice(3).join("::");

/** `aws:iam:Role catalog-build` */
export function resourceLabel(urn: string): string {
  const [, , types = ""] = urn.split("::");
  return `${shortType(types.split("$").at(-1) ?? "")} ${logicalName(urn)}`;
}

/** `1 stack`, `2 stacks` */
export const count = (number: number, one: string, many = `${one}s`): string =>
  `${number} ${number === 1 ? one : many}`;

/** `42 s`, `3 min 5 s` */
export function duration(milliseconds: number): string {
  const seconds = Math.round(milliseconds / 1000);
  const minutes = Math.floor(seconds / 60);
  return minutes === 0 ? `${seconds} s` : `${minutes} min ${seconds % 60} s`;
}
