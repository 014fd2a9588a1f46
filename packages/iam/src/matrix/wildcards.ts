const made = new Map<string, RegExp | undefined>();

/** Whether a text with `*` and `?` for other characters covers another. */
export function fits(pattern: string, text: string): boolean {
  if (pattern === "*" || pattern === text) return true;
  let expression = made.get(pattern);
  if (!expression && !made.has(pattern)) {
    const escaped = pattern.replace(/[.+^${}()|[\]\\]/g, "\\$&");
    const source = `^${escaped.replaceAll("*", ".*").replaceAll("?", ".")}$`;
    expression = /[*?]/.test(pattern) ? new RegExp(source, "s") : undefined; // without one, only the text itself
    made.set(pattern, expression);
  }
  return expression?.test(text) ?? false;
}

/** Something that a pattern covers. */
export const instance = (pattern: string): string => pattern.replace(/[*?]/g, "1");

/** Something that just misses: another letter before the first wildcard's delimiter, or at the end. */
export function nearMiss(pattern: string): string {
  const [, before = "", delimiter = "", rest = ""] = /^(.*?)([^a-zA-Z0-9]?)([*?].*)$/s.exec(pattern) ?? [];
  return rest === "" ? `${pattern}x` : instance(`${before}x${delimiter}${rest}`);
}
