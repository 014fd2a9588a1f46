import assert from "node:assert/strict";
import { existsSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { anchors, blocks, codeSpans, ownLinks, PAGES, README, ROOT, textOf } from "./pages";

const scripts = (file: string): string[] =>
  Object.keys((JSON.parse(textOf(file)) as { scripts: Record<string, string> }).scripts);

/** Names of the npm scripts that a page tells to run. */
const named = (text: string): string[] =>
  [...blocks(text, "sh"), ...codeSpans(text)].flatMap((code) =>
    [...code.matchAll(/\bnpm (?:run ([\w:-]+)|(test|start)\b)/g)].map(([, run, own]) => run ?? own ?? ""),
  );

describe("the documentation", () => {
  it("links to files that there are", () => {
    const links = PAGES.flatMap((page) =>
      ownLinks(textOf(page)).map((link) => ({ page, path: link.replace(/#.*$/, "") })),
    );
    const files = links.filter(({ path }) => path !== "");
    assert.ok(files.length > 0);
    assert.deepEqual(
      files.filter(({ page, path }) => !existsSync(join(ROOT, dirname(page), path))),
      [],
    );
  });

  it("links to headings that there are", () => {
    const links = PAGES.flatMap((page) =>
      ownLinks(textOf(page)).flatMap((link) => {
        const [path = "", anchor] = link.split("#");
        return anchor === undefined ? [] : [{ page: path ? join(dirname(page), path) : page, anchor }];
      }),
    );
    assert.ok(links.length > 0);
    assert.deepEqual(
      links.filter(({ page, anchor }) => !anchors(textOf(page)).includes(anchor)),
      [],
    );
  });

  it("names npm scripts that this project has, or its service", () => {
    const there = [...scripts("package.json"), ...scripts("app/package.json")];
    const all = PAGES.flatMap((page) => named(textOf(page)).map((script) => ({ page, script })));
    assert.ok(all.length > 0);
    assert.deepEqual(
      all.filter(({ script }) => !there.includes(script)),
      [],
    );
  });

  it("gives the project's commands options that their help has", () => {
    const { scripts: all } = JSON.parse(textOf("package.json")) as { scripts: Record<string, string> };
    /** The file that is run, and those that it imports: one of them has the help. */
    const told = (script: string): string | undefined => {
      const [, file] = /register\.cjs (\S+)$/.exec(all[script] ?? "") ?? [];
      if (file === undefined) return undefined;
      const imported = [...textOf(file).matchAll(/from "(\.[^"]+)"/g)].map(([, path = ""]) =>
        join(dirname(file), `${path}.ts`),
      );
      return [file, ...imported.filter((each) => existsSync(join(ROOT, each)))].map(textOf).join("");
    };
    const given = PAGES.flatMap((page) =>
      [...blocks(textOf(page), "sh"), ...codeSpans(textOf(page))].flatMap((code) =>
        [...code.matchAll(/\bnpm (?:run ([\w:-]+)|(start)) -- ([^|;&#\n]*)/g)].flatMap(
          ([, run, start = "", words = ""]) =>
            [...words.matchAll(/(?<=^|\s|\[)--[a-z][\w-]*/g)].map(([option]) => ({
              ...{ page, script: run ?? start },
              option,
            })),
        ),
      ),
    );
    const known = given.flatMap(({ script, ...each }) => {
      const text = told(script);
      return text === undefined ? [] : [{ ...each, script, text }];
    });
    assert.ok(known.length > 50, String(known.length));
    assert.deepEqual(
      known.flatMap(({ text, ...each }) => (new RegExp(`${each.option}(?![\\w-])`).test(text) ? [] : [each])),
      [],
    );
  });

  it("asks about access in words that the command knows", () => {
    const QUESTION = /\bnpm run access -- ([\w-]+)/g;
    const questions = (text: string) => [...text.matchAll(QUESTION)].map(([, word = ""]) => word);
    const known = questions(textOf("rehearsal/access/command.ts"));
    assert.ok(known.length > 0);
    const asked = PAGES.flatMap((page) => questions(textOf(page)).map((word) => ({ page, word })));
    assert.ok(asked.length > 0);
    assert.deepEqual(
      asked.filter(({ word }) => !known.includes(word)),
      [],
    );
  });

  it("names files and folders of this project that there are", () => {
    const folders = readdirSync(ROOT, { withFileTypes: true })
      .filter((each) => each.isDirectory() && !each.name.startsWith("."))
      .map(({ name }) => `${name}/`);
    const paths = PAGES.flatMap((page) =>
      codeSpans(textOf(page))
        .filter((code) => folders.some((folder) => code.startsWith(folder)) && !/[\s<*{…]/.test(code))
        .map((path) => ({ page, path })),
    );
    assert.ok(paths.length > 0);
    assert.deepEqual(
      paths.filter(({ path }) => !existsSync(join(ROOT, path))),
      [],
    );
  });

  it("is linked to from the README, every page of it; the decisions from their list", () => {
    const list = "docs/decisions/README.md";
    const linked = [
      ...ownLinks(textOf(README)),
      ...ownLinks(textOf(list)).map((link) => join(dirname(list), link)),
    ];
    assert.deepEqual(
      PAGES.filter((page) => page !== README && !linked.includes(page)),
      [],
    );
  });
});
