/**
 * Changes of a YAML text that leave every other byte as people wrote it, comments above all: YAML's own writer moves them
 * and rewrites quotes and brackets. Each change is compared with what it should have come to. Pure.
 */
import { isDeepStrictEqual } from "node:util";
import {
  type Document,
  isCollection,
  isMap,
  isScalar,
  isSeq,
  type Node,
  type Pair,
  parseDocument,
} from "yaml";
import { inline, type Value } from "./inline";

export type Path = readonly (string | number)[];

/** The text is written in a way that is not changed here. */
export class Unchangeable extends Error {}

const unchangeable = (path: Path, why: string): never => {
  throw new Unchangeable(`${path.join(".")} ${why}`);
};

const documentOf = (text: string): Document => parseDocument(text, { keepSourceTokens: true });
const dataOf = (text: string): unknown => documentOf(text).toJS() as unknown;
const endOfLine = (text: string): string => (text.includes("\r\n") ? "\r\n" : "\n");
const lineStart = (text: string, offset: number): number => text.lastIndexOf("\n", offset - 1) + 1;
const nextLine = (text: string, offset: number): number => {
  const end = text.indexOf("\n", offset);
  return end < 0 ? text.length : end + 1;
};

/** The text, with a last line that ends. */
const ended = (text: string): string => (text === "" || text.endsWith("\n") ? text : text + endOfLine(text));

/** Where what stands in this column, and ends at `offset` at the earliest, is over: deeper lines belong to it. */
function extent(text: string, column: number, offset: number): number {
  // A node may end behind the indentation of the line after it.
  let end = nextLine(text, Math.max(0, text.slice(0, offset).trimEnd().length - 1));
  for (let at = end; at < text.length; at = nextLine(text, at)) {
    const line = text.slice(at, nextLine(text, at));
    if (line.trim() === "") continue; // blank lines belong to what comes after them
    if (line.length - line.trimStart().length <= column) break;
    end = nextLine(text, at);
  }
  return end;
}

const collectionAt = (document: Document, path: Path): Node | undefined => {
  const found: unknown = path.length === 0 ? document.contents : document.getIn(path, true);
  return isCollection(found) ? found : undefined;
};

interface Place {
  /** Offset of the key or the dash. */
  readonly start: number;
  readonly column: number;
  /** Offset behind all that belongs to it. */
  readonly end: number;
  readonly value: Node | null;
}

/** Where each pair of a map or each item of a list stands; only of those that are written over several lines. */
function placesIn(text: string, node: Node): Place[] {
  const place = (start: number, value: Node | null, last: number): Place => {
    const column = start - lineStart(text, start);
    return { start, column, end: extent(text, column, value?.range?.[1] ?? last), value };
  };
  if (isMap(node))
    return node.items.map((pair: Pair) => {
      const [start = 0, last = 0] = (isScalar(pair.key) && pair.key.range) || [];
      return place(start, pair.value as Node | null, last);
    });
  const token = isSeq(node) ? node.srcToken : undefined;
  if (!isSeq(node) || token?.type !== "block-seq") return [];
  return node.items.map((item, index) => {
    const dash = token.items[index]?.start.find(({ type }) => type === "seq-item-ind");
    return place(dash?.offset ?? 0, item as Node | null, (dash?.offset ?? 0) + 1);
  });
}

const isFlow = (node: Node): boolean => isCollection(node) && node.flow === true;

/** A list or map on one line, or over several between brackets, written again. */
function rewritten(text: string, node: Node, path: Path, value: unknown): string {
  const [from = 0, to = 0] = node.range ?? [];
  if (/(^|\s)#/.test(text.slice(from, to))) unchangeable(path, "has comments between its brackets");
  return text.slice(0, from) + inline(value as Value) + text.slice(to);
}

/** The same data with one change, which `alter` makes. */
function altered(data: unknown, path: Path, alter: (parent: unknown, key: string | number) => void): unknown {
  const copy = JSON.parse(JSON.stringify(data)) as unknown; // what an alias stands for is one thing of its own
  const parent = path
    .slice(0, -1)
    .reduce<unknown>((inner, key) => (inner as Record<string | number, unknown>)[key], copy);
  alter(parent, path.at(-1) ?? "");
  return copy;
}

/** Refuses a text that does not say what it should. */
function checked(path: Path, text: string, expected: unknown): string {
  const document = documentOf(text);
  if (document.errors.length > 0 || !isDeepStrictEqual(document.toJS(), expected))
    unchangeable(path, "is written in a way that is not changed here");
  return text;
}

const parentOf = (text: string, path: Path): Node =>
  collectionAt(documentOf(text), path.slice(0, -1)) ??
  unchangeable(path, "is in nothing that is written as a list or map of its own");

const valueIn = (data: unknown, path: Path): unknown =>
  path.reduce<unknown>((inner, key) => (inner as Record<string | number, unknown> | undefined)?.[key], data);

/** The text without the pair or item at this path. */
export function without(text: string, path: Path): string {
  const data = dataOf(text);
  const expected = altered(data, path, (parent, key) => {
    if (Array.isArray(parent)) parent.splice(Number(key), 1);
    else delete (parent as Record<string, unknown>)[key];
  });
  const node = parentOf(text, path);
  const within = path.slice(0, -1);
  if (isFlow(node)) return checked(path, rewritten(text, node, path, valueIn(expected, within)), expected);
  const index = isMap(node)
    ? node.items.findIndex(({ key }) => isScalar(key) && key.value === path.at(-1))
    : Number(path.at(-1));
  const place = placesIn(text, node)[index] ?? unchangeable(path, "is not there");
  return checked(path, text.slice(0, lineStart(text, place.start)) + text.slice(place.end), expected);
}

/** The text with this value at the path of a map: in place of another, or as its last pair. */
export function withValue(text: string, path: Path, value: Value): string {
  const whole = ended(text);
  const data = dataOf(whole);
  if (isDeepStrictEqual(valueIn(data, path), value)) return text;
  const expected = altered(data, path, (parent, key) => {
    (parent as Record<string | number, unknown>)[key] = value;
  });
  const node = parentOf(whole, path);
  const within = path.slice(0, -1);
  if (isFlow(node)) return checked(path, rewritten(whole, node, path, valueIn(expected, within)), expected);
  const places = placesIn(whole, node);
  const index = isMap(node)
    ? node.items.findIndex(({ key }) => isScalar(key) && key.value === path.at(-1))
    : Number(path.at(-1));
  const place = places[index];
  const key = String(path.at(-1));
  if (place === undefined) {
    const last = places.at(-1) ?? unchangeable(path, "would be the first of its map");
    const line = `${" ".repeat(last.column)}${key}: ${inline(value)}${endOfLine(whole)}`;
    return checked(path, whole.slice(0, last.end) + line + whole.slice(last.end), expected);
  }
  const old = place.value;
  if (old && (isScalar(old) || isFlow(old))) {
    const [from = 0, to = 0] = old.range ?? [];
    return checked(path, whole.slice(0, from) + inline(value) + whole.slice(to), expected);
  }
  const line = `${key}: ${inline(value)}${endOfLine(whole)}`;
  return checked(path, whole.slice(0, place.start) + line + whole.slice(place.end), expected);
}

/** The text with one more item in the list at this path, before the item of this index or as the last; on several lines where `lines` are given. */
export function withItem(
  text: string,
  path: Path,
  index: number,
  value: Value,
  lines: readonly string[] = [inline(value)],
): string {
  const whole = ended(text);
  const node = collectionAt(documentOf(whole), path);
  if (!isSeq(node)) return unchangeable(path, "is not written as a list of its own");
  const expected = altered(dataOf(whole), [...path, index], (parent, at) => {
    (parent as unknown[]).splice(Number(at), 0, value);
  });
  if (isFlow(node)) return checked(path, rewritten(whole, node, path, valueIn(expected, path)), expected);
  const places = placesIn(whole, node);
  const [first] = places;
  const before = places[index - 1];
  const at = before?.end ?? lineStart(whole, first?.start ?? 0);
  const indent = " ".repeat(first?.column ?? 0);
  const item = lines
    .map((line, each) => `${indent}${each === 0 ? "- " : "  "}${line}${endOfLine(whole)}`)
    .join("");
  return checked(path, whole.slice(0, at) + item + whole.slice(at), expected);
}
