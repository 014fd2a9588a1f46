import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync, strToU8 } from "fflate";

/**
 * A script as jobs get it. Lines that are only a comment stay in the repository, and so does indentation: of the texts over
 * several lines jq, JMESPath and JavaScript know none. A command over several lines is one. Python keeps its indentation.
 */
export function scriptText(name: string): string {
  const text = readFileSync(join(__dirname, "scripts", name), "utf8");
  if (name.endsWith(".json")) return checked(text);
  return name.endsWith(".py") ? text.replace(/^#.*\n|^\n/gm, "") : bare(text);
}

/** A schema without what it says to people who write by it. */
const checked = (text: string): string =>
  JSON.stringify(JSON.parse(text), (key, value: unknown) =>
    ["$schema", "title", "description"].includes(key) && typeof value === "string" ? undefined : value,
  );

export const bare = (text: string): string =>
  text
    .split("\n")
    .filter((line) => !/^\s*(#|$)/.test(line))
    .map((line) => line.trimStart())
    .join("\n")
    .replace(/ \\\n/g, " ");

/**
 * Gzip, as base64. By a compressor in JavaScript: zlib's bytes differ between versions of Node.js and processors, and
 * every machine must make the same text.
 */
export const pack = (text: string): string =>
  Buffer.from(gzipSync(strToU8(text), { level: 9, mtime: 0 })).toString("base64");
