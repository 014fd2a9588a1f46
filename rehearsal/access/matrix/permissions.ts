/** Reads the rows of the access matrix: permissions/*.yaml. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { isNode, LineCounter, parseDocument } from "yaml";
import { list, map, type Values } from "../../../packages/iam/src/json";
import { UnusableFile } from "../../record/yamlFile";
import { FILE, notOneOf, ROW, type Row } from "./rows";

const FOLDER = "rehearsal/access/matrix/permissions";
/** In the order in which people read them. */
const FILES = ["pipelines.yaml", "environments.yaml", "branches.yaml", "people.yaml"];

interface Written {
  readonly path: readonly PropertyKey[];
  /** With what its group says. */
  readonly row: Values;
}

const rowsIn = (file: unknown): Written[] =>
  list(map(file)["permissions"]).flatMap((group, at) => {
    const { permissions, ...shared } = map(group);
    const path = ["permissions", at];
    return permissions === undefined
      ? [{ path, row: shared }]
      : list(permissions).map((row, index) => ({
          path: [...path, "permissions", index],
          row: { ...shared, ...map(row) },
        }));
  });

interface Problem {
  readonly path: readonly PropertyKey[];
  readonly text: string;
}

/** Not the place in a list. */
const fieldOf = (path: readonly PropertyKey[]): string =>
  path.filter((part) => typeof part === "string").at(-1) ?? "the file";

function problemsOf(file: unknown, rows: readonly Written[]): Problem[] {
  const { issues = [] } = FILE.safeParse(file).error ?? {};
  const misshapen = issues.flatMap((issue): Problem[] => {
    if (issue.code !== "unrecognized_keys")
      return [{ path: issue.path, text: `${fieldOf(issue.path)}: ${issue.message}` }];
    const allowed = [...(issue.path.length === 0 ? [] : Object.keys(ROW.shape)), "permissions"];
    return issue.keys.map((key) => ({
      path: [...issue.path, key],
      text: notOneOf("field", key, allowed),
    }));
  });
  const lacking = rows.flatMap(({ path, row }) =>
    Object.entries(ROW.shape)
      .filter(([key, field]) => !(key in row) && !field.safeParse(undefined).success)
      .map(([key]) => ({ path, text: `${key} is missing; it or its group must say it` })),
  );
  return [...misshapen, ...lacking];
}

/** Rows of one file. Throws UnusableFile with one line for each problem. */
export function parseRows(text: string, file: string): Row[] {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const refuse = (problems: readonly { readonly line: number; readonly text: string }[]): never => {
    const told = [...problems].sort((one, other) => one.line - other.line);
    throw new UnusableFile([...new Set(told.map((each) => `${file}:${each.line}: ${each.text}`))].join("\n"));
  };
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
  const data: unknown = document.toJS();
  const rows = rowsIn(data);
  const problems = problemsOf(data, rows);
  if (problems.length > 0)
    refuse(
      problems.map(({ path, text: problem }) => {
        const row = rows.find((each) => each.path.every((part, index) => part === path[index]))?.row;
        const called = row ? `row "${String(row["reason"] ?? row["actions"])}": ` : "";
        return { line: lineOf(path), text: `${called}${problem}` };
      }),
    );
  return rows.flatMap(({ path, row }) => {
    const { principal, ...parsed } = ROW.parse(row);
    return principal.map((each) => ({ ...parsed, principal: each, at: `${file}:${lineOf(path)}` }));
  });
}

let rows: readonly Row[] | undefined;
/** Every row of the access matrix, as written. */
export const permissions = (): readonly Row[] =>
  (rows ??= FILES.flatMap((file) =>
    parseRows(readFileSync(join(__dirname, "permissions", file), "utf8"), `${FOLDER}/${file}`),
  ));
