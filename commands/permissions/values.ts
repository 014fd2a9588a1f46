/** What stands in the values of a template whose functions nobody has resolved. Pure. */
import { list, texts } from "../../packages/iam/src/json";
import { printable } from "../format";

type Plain = Readonly<Record<string, unknown>>;

export const isPlain = (value: unknown): value is Plain =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Values at `A.B`, of each item of lists on the way and of both branches of Fn::If. */
export function at(value: unknown, names: readonly string[]): unknown[] {
  if (Array.isArray(value)) return value.flatMap((each) => at(each, names));
  if (isPlain(value) && Array.isArray(value["Fn::If"])) return at(value["Fn::If"].slice(1), names);
  const [first, ...rest] = names;
  if (first === undefined) return [value];
  return isPlain(value) && first in value ? at(value[first], rest) : [];
}

/** Logical ids that a value names. */
export function named(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(named);
  if (!isPlain(value)) return [];
  return Object.entries(value).flatMap(([key, inner]) => {
    if (key === "Ref") return texts(inner);
    if (key === "Fn::GetAtt") return [String(list(inner)[0]).split(".")[0] ?? ""];
    if (key === "Fn::Sub")
      return [
        ...[...String(list(inner)[0]).matchAll(/\$\{([A-Za-z0-9]+)/g)].map(([, id = ""]) => id),
        ...named(list(inner).slice(1)),
      ];
    return named(inner);
  });
}

/** Maps anywhere in a value, the value itself first. */
export function maps(value: unknown): Plain[] {
  if (Array.isArray(value)) return value.flatMap(maps);
  return isPlain(value) ? [value, ...Object.values(value).flatMap(maps)] : [];
}

/** Texts anywhere in a value. */
export const plainTexts = (value: unknown): string[] =>
  Array.isArray(value)
    ? value.flatMap(plainTexts)
    : typeof value === "string"
      ? [printable(value)]
      : isPlain(value)
        ? Object.values(value).flatMap(plainTexts)
        : [];
