import assert from "node:assert/strict";

const all = (text: string, pattern: RegExp): string[] =>
  [...text.matchAll(pattern)].map(([, found = ""]) => found);

/**
 * What an entry of the page says of each that it stands for: with the names of each line of the list that it refers to,
 * as a reader puts them in. An entry that refers to none stands for itself.
 */
export function spelledOut(page: string, entry: string): string[] {
  const [, id] = /<a class="names" href="#([^"]+)"/.exec(entry) ?? [];
  if (id === undefined) return [entry];
  const from = page.indexOf(`<article class="entry" id="${id}">`);
  assert.notEqual(from, -1, `the page has no list ${id}`);
  const list = page.slice(from, page.indexOf("</article>", from));
  const heads = (/<h3>(.*?)<\/h3>/.exec(list)?.[1] ?? "").split(", ");
  const lines = all(list, /<li>(.*?)<\/li>/g).map((line) => line.split(", "));
  assert.ok(lines.length > 1, `list ${id} has ${lines.length} lines`);
  return lines.map((names) => {
    assert.equal(names.length, heads.length, `list ${id}: ${names.join(", ")}`);
    return heads.reduce((text, head, index) => text.replaceAll(head, names[index] ?? ""), entry);
  });
}

/** One section of the page. */
export function part(page: string, id: string): string {
  const from = page.indexOf(`<section id="${id}"`);
  assert.notEqual(from, -1, `the page has no section ${id}`);
  return page.slice(from, page.indexOf("</section>", from));
}

/** Rows of tables, for each that they stand for. */
export const rowsOf = (page: string, section: string): string[] =>
  all(part(page, section), /<tr>([\s\S]*?)<\/tr>/g).flatMap((each) => spelledOut(page, each));
