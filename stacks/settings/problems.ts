/** How a problem with a setting is worded, and the building blocks of the settings' shapes, which word theirs alike. */
import { distance } from "fastest-levenshtein";
import { z } from "zod";

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
    const texts = issue.message.split("\n"); // as `object` below writes them
    return issue.keys.map((key, i) => at([...issue.path, key], texts[i] ?? "")).sort();
  });
}

/** How `object` words what is not in the table of its keys. */
interface Wording {
  /** Why some other keys are not among them, and what to do. */
  readonly reasons?: Readonly<Record<string, string>>;
  /** Said of any other key. */
  readonly unknown?: string;
  /** Said of what is no map. */
  readonly allowed?: string;
}

/** A map of these keys only. */
export function object<S extends z.core.$ZodLooseShape>(shape: S, wording: Wording = {}) {
  const known = Object.keys(shape);
  const { unknown = "this key is unknown", allowed = `allowed is a map of ${known.join(", ")}` } = wording;
  const reasons = { secure: "this is an encrypted value: write it in plain", ...wording.reasons };
  const unknownKey = (key: string) =>
    new Map(Object.entries(reasons)).get(key) ??
    `${unknown}: ${didYouMean(key, known)}allowed are ${known.join(", ")}`;
  return z.strictObject(shape, {
    error: (issue) =>
      issue.code === "unrecognized_keys"
        ? issue.keys.map(unknownKey).join("\n") // one line for each of issue.keys
        : allowed,
  });
}

/** A text of this form; `allowed` is the message for anything else. */
export const text = (form: RegExp, allowed: string, max = 512) =>
  z.string(allowed).regex(form, allowed).max(max, allowed);

/** The first entry that looks like an earlier one. */
const alike = (items: readonly unknown[]): unknown => {
  const shown = items.map((entry) => JSON.stringify(entry));
  return shown.find((entry, i) => shown.indexOf(entry) < i);
};

/** A list without duplicates. Zod's own checks of its length would hide what is wrong with its entries. */
export function list<T extends z.ZodType>(item: T, [min, max]: readonly [number, number], what: string) {
  const count = max < Infinity ? `, ${min} to ${max}` : min > 0 ? ", at least one" : "";
  const allowed = `allowed is a list of ${what}${count}`;
  const when = ({ value }: { value: unknown }) => Array.isArray(value);
  return z
    .array(item, allowed)
    .refine((items) => items.length >= min && items.length <= max, { error: allowed, when })
    .refine((items) => alike(items.filter((entry) => entry !== z.NEVER)) === undefined, {
      error: "an entry is there twice: remove one",
      when,
    });
}

/** A value whose form follows from what it looks like. A union would report what it lacks of every form. */
export const byLooks = <T>(schemaOf: (value: unknown) => z.ZodType<T>) =>
  z.unknown().transform((value, context): T => {
    const result = schemaOf(value).safeParse(value);
    if (result.success) return result.data;
    for (const issue of result.error.issues)
      context.issues.push({ ...issue, input: value } as z.core.$ZodRawIssue);
    return z.NEVER;
  });

/** One of these words; `reasons` says why some other words are not among them. */
export const oneOf = <const T extends readonly string[]>(
  values: T,
  reasons: Readonly<Record<string, string>> = {},
) =>
  z.enum(values, {
    error: ({ input }) => {
      const reason = typeof input === "string" ? reasons[input] : undefined;
      return `${reason ?? didYouMean(input, values)}allowed are ${values.join(", ")}`;
    },
  });
