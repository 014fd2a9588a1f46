/** JSON whose form nobody has checked: policy documents, properties of resources. */

/** A JSON object. */
export type Values = Readonly<Record<string, unknown>>;

/** A property that is text; undefined for everything else. */
export function text(values: Values, key: string): string | undefined {
  const value = values[key];
  return typeof value === "string" ? value : undefined;
}

/** A list, or the one item that stands for a list of one; empty where there is none. */
export function list(value: unknown): unknown[] {
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? (value as unknown[]) : [value];
}

/** A map of properties; empty for everything else. */
export const map = (value: unknown): Values =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Values) : {};

export const texts = (value: unknown): string[] => list(value).map(String);
