import assert from "node:assert/strict";
import { anchors, ownLinks, PAGES, README, textOf } from "./pages";

/** Longer lines are not read in a terminal or a review. */
const LINE = 160;
/** Nobody in a hurry reads a longer README. */
const README_LINES = 150;
/** A page that is written by a program out of what the program knows. */
const GENERATED = "docs/settings.md";

const tooLong = (page: string): string[] =>
  textOf(page)
    .split("\n")
    .flatMap((line, i) => ([...line].length > LINE ? [`${page}:${i + 1}: ${[...line].length}`] : []));

describe("the form of the documentation", () => {
  it(`has no line of more than ${LINE} characters`, () => {
    const pages = PAGES.filter((page) => page !== GENERATED);
    assert.ok(pages.length > 0);
    assert.deepEqual(pages.flatMap(tooLong), []);
  });

  it(`has a README of at most ${README_LINES} lines`, () => {
    const lines = textOf(README).trimEnd().split("\n").length;
    assert.ok(lines > 0 && lines <= README_LINES, `${lines} lines`);
  });

  it("has a table of contents in the README, with every chapter", () => {
    const text = textOf(README);
    const [head = "", ...chapters] = text.split(/^(?=## )/m);
    assert.ok(chapters.length > 0);
    assert.deepEqual(
      ownLinks(head).filter((link) => link.startsWith("#")),
      chapters.map((chapter) => `#${anchors(chapter)[0] ?? ""}`),
    );
  });

  it("says each heading once on a page, so that links to it are clear", () => {
    const twice = PAGES.flatMap((page) => {
      const all = anchors(textOf(page));
      return all.filter((anchor, i) => all.indexOf(anchor) !== i).map((anchor) => `${page}#${anchor}`);
    });
    assert.deepEqual(twice, []);
  });

  it("says in each decision what was decided, why, and what would change it", () => {
    const decisions = PAGES.filter((page) => /^docs\/decisions\/(?!README)/.test(page));
    assert.ok(decisions.length > 0);
    const parts = ["Decision.", "Why.", "What would change it."];
    assert.deepEqual(
      decisions.flatMap((page) =>
        parts.filter((part) => !textOf(page).includes(`**${part}**`)).map((part) => `${page}: ${part}`),
      ),
      [],
    );
  });
});
