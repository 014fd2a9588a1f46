import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { sampled } from "../whole/sample";
import { PAGES, ROOT, textOf } from "./pages";

/** Words that only those who wrote this would know, with what is said instead. */
const OLD: readonly (readonly [RegExp, string])[] = [
  [/\bacts? [123]\b/i, "bring-up, access, release"],
  [/\bcharters?\b(?!")/i, "access matrix"],
  [/\bthe walk\b|\bwalk:/i, "simulated calls"],
  [/\btold attacks?\b|\battacks:|\battacks? held\b/i, "threat scenarios"],
  [/\bmend(s|ed|ing)?\b/i, "fix"],
  [/\b(is|are) (not )?well\b(?! formed)|\b(all|everything) held\b/i, "ok, failed"],
  [/\bproves? nothing\b/i, "inconclusive"],
  [/\bnot shown (here|by)\b|^not shown$/im, "not covered"],
];

const FOLDERS = ["commands", "components", "packages/iam/src", "rehearsal", "scripts", "stacks"];

const sources = FOLDERS.flatMap((folder) =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts") && !file.includes("node_modules"))
    .map((file) => join(folder, file)),
);

/** Texts of a program that have a space in them: a single word may be a name of the code's own. */
function texts(path: string): string[] {
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isStringLiteralLike(node) || ts.isTemplateHead(node) || ts.isTemplateMiddleOrTemplateTail(node))
      found.push(node.text);
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(path, textOf(path), ts.ScriptTarget.Latest));
  return found.filter((text) => /\s/.test(text.trim()));
}

const faults = (path: string, all: readonly string[]): string[] =>
  all.flatMap((text) =>
    OLD.flatMap(([old, now]) => {
      const [word] = old.exec(text) ?? [];
      return word === undefined ? [] : [`${path}: "${word}" in "${text.trim()}"; say: ${now}`];
    }),
  );

describe("the words that people read", () => {
  it("are the same in every text of the programs", () => {
    const read = sampled(sources, (_, index) => index % 8 === 0);
    const all = read.map((path) => [path, texts(path)] as const);
    assert.ok(all.flatMap(([, found]) => found).length > read.length);
    assert.deepEqual(
      all.flatMap(([path, found]) => faults(path, found)),
      [],
    );
  });

  it("are the same on every page of the documentation", () => {
    assert.ok(PAGES.length > 20);
    assert.deepEqual(
      PAGES.flatMap((path) => faults(path, textOf(path).split("\n"))),
      [],
    );
  });
});
