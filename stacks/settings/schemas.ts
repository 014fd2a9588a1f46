/** The building blocks of the settings' schemas: they word their problems alike, and say what docs/settings.md tells of a key. */
import { z } from "zod";
import { didYouMean } from "./problems";

/** What docs/settings.md says of a key, beside its description and what follows from its schema. */
interface Told {
  /** What may be written, where the schema alone does not say it to people. */
  readonly allowed?: string;
  readonly unit?: string;
  /** What is so where the key is not written. Default: its default in the schema. */
  readonly unset?: string;
  /** Where an odd value is from. */
  readonly source?: string;
  /** Whether the keys in it are not listed. */
  readonly closed?: boolean;
}
export const told = z.registry<Told>();

const forms = new WeakMap<z.core.$ZodType, readonly z.ZodType[]>();
/** The forms of a value of which `byLooks` chooses one; none where the schema is one form by itself. */
export const formsOf = (schema: z.core.$ZodType): readonly z.ZodType[] =>
  forms.get(schema) ?? (schema._zod.parent ? formsOf(schema._zod.parent) : []);

export const flag = () => z.boolean("allowed are true and false");

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

/** A list with at least one entry, and its type says so; `allowed` is the message for anything else. */
export const nonEmpty = <T extends z.ZodType>(item: T, allowed: string) =>
  z
    .array(item, allowed)
    .min(1, allowed)
    .transform((items) => items as [z.output<T>, ...z.output<T>[]]);

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
export function byLooks<S extends z.ZodType>(
  among: readonly S[],
  formOf: (value: unknown) => S,
): z.ZodType<z.output<S>, z.input<S>> {
  const schema = z.unknown().transform((value, context): z.output<S> => {
    const result = formOf(value).safeParse(value);
    if (result.success) return result.data;
    for (const issue of result.error.issues)
      context.issues.push({ ...issue, input: value } as z.core.$ZodRawIssue);
    return z.NEVER;
  });
  forms.set(schema, among);
  return schema as z.ZodType<z.output<S>, z.input<S>>; // for programs, which are told what they may write
}

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
