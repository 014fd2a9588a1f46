import { readFileSync } from "node:fs";
import { isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument, type Scalar } from "yaml";

/** What people wrote cannot be rehearsed; the message is one line with file and line. */
export class UnusableFile extends Error {}

/** What a stack file may hold: numbers are integers. */
export type Plain = string | number | boolean | Plain[] | { readonly [key: string]: Plain };

/** Values that aliases may make in one file. */
const MOST_COPIED = 100_000;

/** Integers as the CLI's YAML reader takes them: a leading zero means octal where it can. */
const INTEGER = /^[-+]?(0b[01_]+|0o?[0-7_]+|0x[\da-f_]+|\d[\d_]*)$/i;

function integer(written: string): number {
  const digits = written.replaceAll("_", "");
  const [, sign = "", octal] = /^([-+]?)0o?([0-7]+)$/i.exec(digits) ?? [];
  const value = octal === undefined ? Number(digits) : Number(`${sign}1`) * Number.parseInt(octal, 8);
  return Number.isNaN(value) ? Number.parseInt(digits, 10) : value;
}

/** Its text. Throws UnusableFile for a file that cannot be read, or not as text: some editors and shells write UTF-16. */
function textOf(path: string, name: string): string {
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(readFileSync(path));
    if (!text.includes("\0")) return text;
  } catch (error) {
    if (error instanceof Error && "syscall" in error)
      throw new UnusableFile(`${name}: it can't be read (${error.message}): make it a file that can be`);
  }
  throw new UnusableFile(`${name}: it is no text in UTF-8: save it as UTF-8`);
}

/** Reads one YAML file into plain data. Throws UnusableFile for anything that the CLI would read in another way. */
export function readYaml(path: string, name: string): Plain | undefined {
  const lines = new LineCounter();
  const document = parseDocument(textOf(path, name), { lineCounter: lines });
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
