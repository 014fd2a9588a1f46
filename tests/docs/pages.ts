/** The pages of the documentation, and what is found in them. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

export const ROOT = join(__dirname, "../..");
export const README = "README.md";
/** Paths from the project's folder. */
export const PAGES = [
  README,
  "CONTRIBUTING.md",
  "SECURITY.md",
  ...readdirSync(join(ROOT, "docs"), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".md"))
    .sort()
    .map((file) => `docs/${file}`),
];

export const textOf = (path: string): string => readFileSync(join(ROOT, path), "utf8");

const FENCE = /^( *)```(\w*)\n([\s\S]*?)^\1```$/gm;

/** Blocks of this language, without the spaces that they are indented by. */
export const blocks = (text: string, language: string): string[] =>
  [...text.matchAll(FENCE)]
    .filter(([, , written]) => written === language)
    .map(([, indent = "", , body = ""]) => body.replace(new RegExp(`^${indent}`, "gm"), ""));

const prose = (text: string): string => text.replace(FENCE, "");

export const codeSpans = (text: string): string[] =>
  [...text.matchAll(/`([^`\n]+)`/g)].map(([, code = ""]) => code);

/** Where the page's own links and pictures lead: all but those to other sites. */
export const ownLinks = (text: string): string[] =>
  [...prose(text).matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, target = ""]) => target)
    .filter((target) => !/^https?:/.test(target));

/** What a link can name of a page, as GitHub makes it of headings. */
export const anchors = (text: string): string[] =>
  [...prose(text).matchAll(/^#+ (.+)$/gm)].map(([, heading = ""]) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, "")
      .replaceAll(" ", "-"),
  );

const cells = (row: string): string[] =>
  row
    .replace(/^\||\|\s*$/g, "")
    .split(/(?<!\\)\|/)
    .map((cell) => cell.trim());

/** A line of a table of settings, which is one whose first column is called `key`. */
export interface SettingRow {
  readonly key: string;
  /** Kind of stack: tooling, environment, both. */
  readonly stack: string;
}

export function settingRows(text: string): SettingRow[] {
  const tables = [...prose(text).matchAll(/(?:^\|.*\n?)+/gm)].map(([table]) => table.trimEnd().split("\n"));
  return tables.flatMap(([head = "", , ...rows]) =>
    cells(head)[0] === "key"
      ? rows.flatMap((row) => {
          const [keys = "", stack = ""] = cells(row);
          return codeSpans(keys).map((key) => ({ key, stack }));
        })
      : [],
  );
}
