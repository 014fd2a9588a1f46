import Table from "cli-table3";
import type { Resources } from "./document";

/** Columns of a terminal, whatever its real width: output that goes into a file is the same. */
const WIDTHS = [9, 26, 24, 16];

/** `aws:sns:Topic` for `aws:sns/topic:Topic`, as Pulumi's CLI shows it. */
const shown = (type: string): string => type.replace(/\/[^:]*:/, ":");

/** `Job catalog-build`: the last part of the type, and the name. */
function short(urn: string | null): string {
  const [, , types = "", name = ""] = (urn ?? "").split("::");
  return urn === null ? "" : `${types.split(":").at(-1) ?? ""} ${name}`;
}

/** For people: stack, type, name and parent of each resource, 80 columns wide. */
export function table({ stacks }: Resources): string {
  const made = new Table({
    head: ["stack", "type", "name", "parent"],
    colWidths: WIDTHS,
    wordWrap: true,
    wrapOnWordBoundary: false,
    style: { head: [], border: [], compact: true },
  });
  for (const { stack, resources } of stacks) {
    made.push(...resources.map(({ type, name, parent }) => [stack, shown(type), name, short(parent)]));
  }
  return made.toString();
}
