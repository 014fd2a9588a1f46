const made = new Map<string, RegExp>();

/** Whether a row's text with `*` and `?` for other characters covers another. */
export function fits(pattern: string, text: string): boolean {
  if (pattern === "*" || pattern === text) return true;
  let expression = made.get(pattern);
  if (!expression) {
    const escaped = pattern.replace(/[.+^${}()|[\]\\]/g, "\\$&");
    expression = new RegExp(`^${escaped.replaceAll("*", ".*").replaceAll("?", ".")}$`, "s");
    made.set(pattern, expression);
  }
  return expression.test(text);
}

/** Something that a pattern covers. */
export const instance = (pattern: string): string => pattern.replace(/[*?]/g, "1");

/** Something that just misses: another letter before the first wildcard's delimiter, or at the end. */
export function nearMiss(pattern: string): string {
  const [, before = "", delimiter = "", rest = ""] = /^(.*?)([^a-zA-Z0-9]?)([*?].*)$/s.exec(pattern) ?? [];
  return rest === "" ? `${pattern}x` : instance(`${before}x${delimiter}${rest}`);
}
