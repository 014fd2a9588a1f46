/** Patterns of events, as EventBridge, filter policies of SNS and filters of Lambda's event sources have them. */
import { list, map, type Values } from "../../../../packages/iam/src/json";

/** The value of a text in JSON; undefined where it is none. */
export const parsed = (value: string): unknown => {
  try {
    return JSON.parse(value) as unknown;
  } catch {
    return undefined;
  }
};

const isMap = (value: unknown): value is Values =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\/]/g, "\\$&");

/** `a*c`, with `\*` for the character itself. */
function fitsWildcard(form: string, value: string): boolean {
  const parts = form.match(/\\.|\*|[^\\*]+/g) ?? [];
  const source = parts.map((part) => (part === "*" ? ".*" : escaped(part.replace(/^\\/, "")))).join("");
  return new RegExp(`^${source}$`, "s").test(value);
}

const COMPARED: Readonly<Record<string, (value: number, limit: number) => boolean>> = {
  "=": (value, limit) => value === limit,
  "<": (value, limit) => value < limit,
  "<=": (value, limit) => value <= limit,
  ">": (value, limit) => value > limit,
  ">=": (value, limit) => value >= limit,
};

function fitsNumeric(limits: readonly unknown[], value: unknown): boolean {
  if (typeof value !== "number") return false;
  for (let at = 0; at < limits.length; at += 2)
    if (!COMPARED[String(limits[at])]?.(value, Number(limits[at + 1]))) return false;
  return true;
}

/** A text, or one in any case. */
const inCase = (
  wanted: unknown,
  value: string,
  compare: (value: string, wanted: string) => boolean,
): boolean =>
  isMap(wanted)
    ? compare(value.toLowerCase(), String(wanted["equals-ignore-case"]).toLowerCase())
    : compare(value, String(wanted));

type Operator = (wanted: unknown, value: unknown) => boolean;
const ofText =
  (fits: (wanted: unknown, value: string) => boolean): Operator =>
  (wanted, value) =>
    typeof value === "string" && fits(wanted, value);

/** By their names in a pattern; `exists` is not here, since it is about what is not there. */
const OPERATORS: Readonly<Record<string, Operator>> = {
  prefix: ofText((wanted, value) => inCase(wanted, value, (a, b) => a.startsWith(b))),
  suffix: ofText((wanted, value) => inCase(wanted, value, (a, b) => a.endsWith(b))),
  "equals-ignore-case": ofText((wanted, value) => String(wanted).toLowerCase() === value.toLowerCase()),
  wildcard: ofText((wanted, value) => fitsWildcard(String(wanted), value)),
  numeric: (wanted, value) => fitsNumeric(list(wanted), value),
  "anything-but": (wanted, value) =>
    ![wanted].flat().some((each) => (isMap(each) ? operator(each, value) : each === value)),
};

const operator = (form: Values, value: unknown): boolean =>
  Object.entries(form).every(([name, wanted]) =>
    [wanted].flat().length > 1 && name !== "numeric" && name !== "anything-but"
      ? list(wanted).some((each) => OPERATORS[name]?.(each, value) === true)
      : OPERATORS[name]?.(wanted, value) === true,
  );

/** What is wanted of one field: one of these of its values. */
const fitsField = (wanted: readonly unknown[], value: unknown): boolean =>
  wanted.some((one) => {
    if (isMap(one) && "exists" in one) return (value !== undefined) === (one["exists"] === true);
    const values = value === undefined ? [] : [value].flat();
    return values.some((each) => (isMap(one) ? operator(one, each) : one === each));
  });

/** Whether an event fits a pattern: in each field that the pattern names. */
export function fits(pattern: Values, event: unknown): boolean {
  if (Array.isArray(event)) return event.some((each) => fits(pattern, each));
  const fields = isMap(event) ? event : {};
  return Object.entries(pattern).every(([name, wanted]) => {
    if (name === "$or") return list(wanted).some((each) => fits(map(each), event));
    return Array.isArray(wanted) ? fitsField(wanted, fields[name]) : fits(map(wanted), fields[name]);
  });
}

/** The first operator of a pattern that is not known here, such as `cidr`. */
export function unknownOperator(pattern: Values): string | undefined {
  for (const [name, wanted] of Object.entries(pattern)) {
    const found =
      name === "$or"
        ? list(wanted).map((each) => unknownOperator(map(each)))
        : isMap(wanted)
          ? [unknownOperator(wanted)]
          : list(wanted).flatMap((one) =>
              isMap(one) ? Object.keys(one).filter((key) => key !== "exists" && !(key in OPERATORS)) : [],
            );
    const unknown = found.find((each) => each !== undefined);
    if (unknown !== undefined) return unknown;
  }
  return undefined;
}
