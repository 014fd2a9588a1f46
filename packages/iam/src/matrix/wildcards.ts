/**
 * Whether a text with `*` and `?` for other characters covers another. Without a regular expression, which a pattern of somebody
 * else's could keep busy for hours.
 */
export function fits(pattern: string, text: string): boolean {
  let [at, star, after] = [0, -1, 0];
  for (let i = 0; i < text.length;) {
    if (pattern[at] === "*") [star, after] = [at++, i];
    else if (pattern[at] === "?" || pattern[at] === text[i]) [at, i] = [at + 1, i + 1];
    else if (star >= 0) [at, i] = [star + 1, ++after];
    else return false;
  }
  return /^\**$/.test(pattern.slice(at));
}

/** Something that a pattern covers. */
export const instance = (pattern: string): string => pattern.replace(/[*?]/g, "1");

/** Something that just misses: another letter before the first wildcard's delimiter, or at the end; another account. */
export function nearMiss(pattern: string): string {
  const [, before = "", delimiter = "", rest = ""] = /^(.*?)([^a-zA-Z0-9]?)([*?].*)$/s.exec(pattern) ?? [];
  if (rest === "") return `${pattern}x`;
  const others = before.replace(/(?<=^arn:(?:[^:]*:){3}\d{11})\d$/, (digit) => (digit === "9" ? "8" : "9"));
  return instance(`${others === before ? `${before}x` : others}${delimiter}${rest}`);
}
