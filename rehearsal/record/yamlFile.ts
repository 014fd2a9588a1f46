import { readFileSync } from "node:fs";
import {
  type CST,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument,
  Parser,
  type Scalar,
} from "yaml";

/** What people wrote cannot be rehearsed; the message is one line with file and line. */
export class UnusableFile extends Error {}

/** What a stack file may hold: numbers are integers. */
export type Plain = string | number | boolean | Plain[] | { readonly [key: string]: Plain };

/** Values that aliases may make in one file. */
const MOST_COPIED = 100_000;

/** Levels of lists and maps: more than any file of people's has, and few enough for every reader. */
export const MOST_LEVELS = 200;

/** What can have more levels: it opens many brackets without closing them, or has a line that is far in. */
function seemsDeep(text: string): boolean {
  let open = 0;
  for (const [bracket] of text.matchAll(/[[{\]}]/g)) {
    open = Math.max(0, open + ("[{".includes(bracket) ? 1 : -1));
    if (open > MOST_LEVELS) return true;
  }
  // A list may begin at the column of its key: two levels for each column.
  return new RegExp(`^[-?: \\t]{${MOST_LEVELS / 2 - 1}}`, "m").test(text);
}

/** Whether YAML has more levels than that. Asked before it is read, which takes a stack of that depth, and can end the process. */
export function isTooDeep(text: string): boolean {
  if (!seemsDeep(text)) return false;
  const waiting: { readonly token: CST.Token; readonly level: number }[] = [];
  for (const token of new Parser().parse(text)) waiting.push({ token, level: 0 });
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    const { token, level } = next;
    if (level > MOST_LEVELS) return true;
    if (token.type === "document" && token.value) waiting.push({ token: token.value, level });
    if (!("items" in token)) continue;
    for (const { key, value } of token.items as CST.CollectionItem[])
      for (const inner of [key, value]) if (inner) waiting.push({ token: inner, level: level + 1 });
  }
  return false;
}

/** Integers as the CLI's YAML reader takes them: a leading zero means octal where it can. */
const INTEGER = /^[-+]?(0b[01_]+|0o?[0-7_]+|0x[\da-f_]+|\d[\d_]*)$/i;

function integer(written: string): number {
  const digits = written.replaceAll("_", "");
  const [, sign = "", octal] = /^([-+]?)0o?([0-7]+)$/i.exec(digits) ?? [];
  const value = octal === undefined ? Number(digits) : Number(`${sign}1`) * Number.parseInt(octal, 8);
  return Number.isNaN(value) ? Number.parseInt(digits, 10) : value;
}

/** A file's text. Throws UnusableFile for one that cannot be read, or not as text: some editors and shells write UTF-16. */
export function textOf(path: string, name: string): string {
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(readFileSync(path));
    if (!text.includes("\0")) return text;
  } catch (error) {
    if (error instanceof Error && "syscall" in error)
      throw new UnusableFile(`${name}: it can't be read (${error.message}): make it a file that can be`);
  }
  throw new UnusableFile(`${name}: it is no text in UTF-8: save it as UTF-8`);
}

/** The same of YAML, with no more levels than can be read. */
export function yamlText(path: string, name: string): string {
  const text = textOf(path, name);
  if (!isTooDeep(text)) return text;
  throw new UnusableFile(
    `${name}: it has more than ${MOST_LEVELS} levels of lists and maps: write it with fewer`,
  );
}

/** Reads one YAML file into plain data. Throws UnusableFile for anything that the CLI would read in another way. */
export function readYaml(path: string, name: string): Plain | undefined {
  const lines = new LineCounter();
  const document = parseDocument(yamlText(path, name), { lineCounter: lines });
  const refuse = (offset: number | undefined, problem: string): never => {
    throw new UnusableFile(`${name}:${offset === undefined ? 1 : lines.linePos(offset).line}: ${problem}`);
  };
  const [error] = document.errors;
  if (error)
    refuse(error.pos[0], error.message.split("\n")[0]?.replace(/ at line \d+, column \d+:?$/, "") ?? "");

  function scalar(node: Scalar, key: string): Plain {
    const { value, source = "", type, range } = node;
    if (type !== "PLAIN" || node.tag !== undefined) return String(value);
    if (INTEGER.test(source)) {
      const number = integer(source);
      if (Number.isSafeInteger(number)) return number;
    }
    if (typeof value === "string" || typeof value === "boolean") return value;
    const what = value === null ? "no value" : `${source}, which is not an integer below 2^53`;
    return refuse(
      range?.[0],
      `${key} has ${what}; write text in quotes, an integer, true or false, a list or a map`,
    );
  }
  // Aliases that are being followed: each makes what it names once more, were that ever so much.
  const following: unknown[] = [];
  let copied = 0;
  function data(node: unknown, key: string): Plain {
    if (following.length > 0 && (copied += 1) > MOST_COPIED)
      refuse(undefined, `its aliases make more than ${MOST_COPIED} values: write out what is needed`);
    if (isAlias(node)) {
      const named =
        node.resolve(document) ?? refuse(node.range?.[0], `${key} names no anchor: *${node.source}`);
      if (following.includes(named))
        refuse(node.range?.[0], `${key} holds itself: *${node.source} is within &${node.source}`);
      following.push(named);
      const value = data(named, key);
      following.pop();
      return value;
    }
    if (isSeq(node)) return node.items.map((item, index) => data(item, `${key}[${index}]`));
    if (isMap(node)) {
      const pairs = node.items.map(({ key: left, value }) => {
        const name = String(isScalar(left) ? left.value : left);
        if (name === "<<")
          refuse(
            isScalar(left) ? left.range?.[0] : undefined,
            "merge keys (<<) are not read; write the keys out",
          );
        return [name, data(value, key ? `${key}.${name}` : name)] as const;
      });
      return Object.fromEntries(pairs);
    }
    if (!isScalar(node)) return refuse(undefined, `${key} has no value`);
    if (node.tag === undefined || node.tag === "tag:yaml.org,2002:str") return scalar(node, key);
    return refuse(node.range?.[0], `${key} has the tag ${node.tag}; write it without`);
  }
  return document.contents === null ? undefined : data(document.contents, "");
}
