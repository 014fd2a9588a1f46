/** A value on one line of YAML, as people write it: `{ name: test, account: "222222222222" }`. */
import { stringify } from "yaml";

export type Value = string | number | boolean | readonly Value[] | { readonly [key: string]: Value };

const isList = (value: Value): value is readonly Value[] => Array.isArray(value);

/** In quotes where YAML would take it for something else, or for the end of a list or map. */
function scalar(value: string | number | boolean): string {
  const plain = stringify(value, { lineWidth: 0 }).trim();
  return typeof value === "string" && plain === value && /[,[\]{}#]/.test(value)
    ? JSON.stringify(value)
    : plain;
}

export function inline(value: Value): string {
  if (isList(value)) return `[${value.map(inline).join(", ")}]`;
  if (typeof value !== "object") return scalar(value);
  const pairs = Object.entries(value).map(([key, each]) => `${scalar(key)}: ${inline(each)}`);
  return pairs.length === 0 ? "{}" : `{ ${pairs.join(", ")} }`;
}
