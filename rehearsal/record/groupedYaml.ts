/** Reads lists in YAML whose groups say once what their items have in common. */
import { readFileSync } from "node:fs";
import { closest } from "fastest-levenshtein";
import { isNode, LineCounter, parseDocument } from "yaml";
import type { z } from "zod";
import { list, map, type Values } from "../../packages/iam/src/json";
import { kept } from "./kept";
import { UnusableFile } from "./yamlFile";

/** What is wrong with a word that is none of these. */
export const notOneOf = (what: string, written: unknown, allowed: readonly string[]): string =>
  `there is no ${what} ${String(written)}; the nearest is ${closest(String(written), [...allowed])}, allowed are ${allowed.join(", ")}`;

/** What a file holds. */
export interface Grouped {
  /** The field that holds items, and a group's own. */
  readonly items: string;
  readonly file: z.ZodType;
  readonly item: z.ZodObject;
  /** An item with what its group says. Default: what it does not say itself. */
  readonly joined?: (group: Values, item: Values) => Values;
  /** How a problem calls an item: `row "why"`. */
  readonly called: (item: Values) => string;
}

interface Item {
  readonly path: readonly PropertyKey[];
  /** With what its group says. */
  readonly values: Values;
}

function itemsIn(
  file: unknown,
  { items, joined = (group, item) => ({ ...group, ...item }) }: Grouped,
): Item[] {
  return list(map(file)[items]).flatMap((group, at) => {
    const { [items]: inner, ...shared } = map(group);
    const path = [items, at];
    return inner === undefined
      ? [{ path, values: shared }]
      : list(inner).map((item, index) => ({
          path: [...path, items, index],
          values: joined(shared, map(item)),
        }));
  });
}

interface Problem {
  readonly path: readonly PropertyKey[];
  readonly text: string;
}

/** Not the place in a list. */
const fieldOf = (path: readonly PropertyKey[]): string =>
  path.filter((part) => typeof part === "string").at(-1) ?? "the file";

function problemsOf(data: unknown, found: readonly Item[], { items, file, item }: Grouped): Problem[] {
  const { issues = [] } = file.safeParse(data).error ?? {};
  const isItem = (path: readonly PropertyKey[]) => typeof path.at(-1) === "number" && path.at(-2) === items;
  const misshapen = issues.flatMap((issue): Problem[] => {
    if (issue.code !== "unrecognized_keys" || !(issue.path.length === 0 || isItem(issue.path)))
      return [{ path: issue.path, text: `${fieldOf(issue.path)}: ${issue.message}` }];
    const allowed = [...(issue.path.length === 0 ? [] : Object.keys(item.shape)), items];
    return issue.keys.map((key) => ({
      path: [...issue.path, key],
      text: notOneOf("field", key, allowed),
    }));
  });
  const needed = Object.entries(item.shape)
    .filter(([, field]) => !(field as z.ZodType).safeParse(undefined).success)
    .map(([key]) => key);
  const lacking = found.flatMap(({ path, values }) =>
    needed
      .filter((key) => !(key in values))
      .map((key) => ({ path, text: `${key} is missing; it or its group must say it` })),
  );
  return [...misshapen, ...lacking];
}

/** An item with its group's part in it, and its file and line. */
export interface Written {
  readonly values: Values;
  readonly at: string;
}

/** How a file is read: by this text and by this version of the library. */
let how: string | undefined;
const howRead = (): string =>
  (how ??= [__filename, require.resolve("yaml/package.json")]
    .map((each) => readFileSync(each, "utf8"))
    .join("\n"));

type Refuse = (problems: readonly { readonly line: number; readonly text: string }[]) => never;

/** A text with the lines of what stands in it, which takes a while. Refuses what is no YAML. */
function withLines(text: string, refuse: Refuse) {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const lineAt = (offset = 0): number => lines.linePos(offset).line;
  if (document.errors.length > 0)
    refuse(
      document.errors.map(({ pos, message }) => ({
        line: lineAt(pos[0]),
        text: message.split(/ at line |\n/)[0] ?? "",
      })),
    );
  /** Of the innermost part of a path that is written out: an alias stands for the rest. */
  const lineOf = (path: readonly PropertyKey[]): number => {
    const parts = path.map((_, index) => document.getIn(path.slice(0, path.length - index), true));
    return lineAt(parts.find(isNode)?.range?.[0]);
  };
  return { data: document.toJS() as unknown, lineOf };
}

/** Items of one file. Throws UnusableFile with one line for each problem. What is read is kept in a folder: kept.ts. */
export function parseGrouped(text: string, name: string, grouped: Grouped, folder?: string): Written[] {
  const refuse: Refuse = (problems) => {
    const told = [...problems].sort((one, other) => one.line - other.line);
    throw new UnusableFile([...new Set(told.map((each) => `${name}:${each.line}: ${each.text}`))].join("\n"));
  };
  const { data, lines } = kept({ name, text, how: `${grouped.items}\n${howRead()}`, folder }, () => {
    const read = withLines(text, refuse);
    return { data: read.data, lines: itemsIn(read.data, grouped).map(({ path }) => read.lineOf(path)) };
  });
  const found = itemsIn(data, grouped);
  const problems = problemsOf(data, found, grouped);
  if (problems.length > 0) {
    const { lineOf } = withLines(text, refuse);
    refuse(
      problems.map(({ path, text: problem }) => {
        const item = found.find((each) => each.path.every((part, index) => part === path[index]))?.values;
        return { line: lineOf(path), text: `${item ? `${grouped.called(item)}: ` : ""}${problem}` };
      }),
    );
  }
  return found.map(({ values }, index) => ({ values, at: `${name}:${lines[index]}` }));
}
