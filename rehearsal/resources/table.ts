import { aligned, shortType } from "../record/listing";
import type { Resources } from "./document";

/** `Job catalog-build`: the last part of the type, and the name. */
function short(urn: string | null): string {
  const [, , types = "", name = ""] = (urn ?? "").split("::");
  return urn === null ? "" : `${types.split(":").at(-1) ?? ""} ${name}`;
}

/** For people and grep: a line for each resource, with stack, type, name and parent. */
export const table = ({ stacks }: Resources): string =>
  aligned([
    ["stack", "type", "name", "parent"],
    ...stacks.flatMap(({ stack, resources }) =>
      resources.map(({ type, name, parent }) => [stack, shortType(type), name, short(parent)]),
    ),
  ]).join("\n");
