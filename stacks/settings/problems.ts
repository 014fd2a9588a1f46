/** How a problem with a setting is worded. */
import { distance } from "fastest-levenshtein";
import type { z } from "zod";

export const isMap = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** The elements of a list of maps, with an empty map for what is none. */
export const maps = (value: unknown): Record<string, unknown>[] =>
  Array.isArray(value) ? value.map((item: unknown) => (isMap(item) ? item : {})) : [];

/** The parsed value, or undefined if it has not this form. */
export function valid<T>(schema: z.ZodType<T>, value: unknown): T | undefined {
  const result = schema.safeParse(value);
  return result.success ? result.data : undefined;
}

/** Shorter ones are in too much. */
const PART_LENGTH = 3;

/** `did you mean "prod"? `, or nothing if nothing known is near: for a third of its length it may differ, or be a part of it. */
export function didYouMean(received: unknown, known: readonly string[]): string {
  if (typeof received !== "string") return "";
  const written = received.toLowerCase();
  const [first] = known
    .map((one) => ({ one, lower: one.toLowerCase(), far: distance(written, one.toLowerCase()) }))
    .filter(({ lower, far }) => {
      const [part = "", whole = ""] = [written, lower].sort((a, b) => a.length - b.length);
      const swapped = whole.length > PART_LENGTH ? 2 : 1; // two letters, one for the other
      const isPart = part.length >= PART_LENGTH && whole.includes(part);
      return isPart || far <= Math.max(swapped, whole.length / 3);
    })
    .sort((a, b) => a.far - b.far);
  return first === undefined ? "" : `did you mean ${JSON.stringify(first.one)}? `;
}

/** One line about one setting; `rest` says what is allowed and what to do. */
export function line(key: string, value: unknown, rest: string): string {
  if (value === undefined) return `${key}: is missing; ${rest}`;
  const json = JSON.stringify(value);
  if (/^"?\{\\?"secure\\?":/.test(json))
    return `${key}: received an encrypted value; write it in plain; ${rest}`;
  return `${key}: received ${json.length > 100 ? `${json.slice(0, 99)}…` : json}; ${rest}`;
}

/** `environments[1].account` */
const keyOf = (path: readonly PropertyKey[]): string =>
  path.reduce<string>((key, part) => {
    if (typeof part === "number") return `${key}[${part}]`;
    const word = String(part);
    return /^[\w:-]+$/.test(word) ? `${key}${key && "."}${word}` : `${key}[${JSON.stringify(word)}]`;
  }, "");

const valueAt = (value: unknown, path: readonly PropertyKey[]): unknown =>
  path.reduce<unknown>((inner, part) => (inner as Record<PropertyKey, unknown> | undefined)?.[part], value);

/** One line for each thing that is wrong with the form of a value; none if it is right. */
export function shapeProblems(schema: z.ZodType, value: unknown, namespace = ""): string[] {
  const result = schema.safeParse(value);
  const at = (path: readonly PropertyKey[], text: string) =>
    line(namespace + keyOf(path), valueAt(value, path), text);
  return (result.error?.issues ?? []).flatMap((issue) => {
    if (issue.code !== "unrecognized_keys") return [at(issue.path, issue.message)];
    const texts = issue.message.split("\n"); // as `object` in schemas.ts writes them
    return issue.keys.map((key, i) => at([...issue.path, key], texts[i] ?? "")).sort();
  });
}
