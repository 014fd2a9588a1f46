/** Reads the rows of the access matrix: permissions/*.yaml. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseGrouped } from "../../record/groupedYaml";
import { FILE, ROW, type Row } from "./rows";

const FOLDER = "rehearsal/access/matrix/permissions";
/** In the order in which people read them. */
const FILES = [
  "pipelines.yaml",
  "environments.yaml",
  "uses.yaml",
  "branches.yaml",
  "people.yaml",
  "self.yaml",
];

/** Rows of one file. Throws UnusableFile with one line for each problem. */
export const parseRows = (text: string, file: string): Row[] =>
  parseGrouped(text, file, {
    items: "permissions",
    file: FILE,
    item: ROW,
    // What a group needs, each row of it needs too.
    joined: (group, row) => ({
      ...group,
      ...row,
      ...("needs" in group && "needs" in row && { needs: [group["needs"], row["needs"]].flat() }),
    }),
    called: (row) => `row "${String(row["reason"] ?? row["actions"])}"`,
  }).flatMap(({ values, at }) => {
    const { principal, ...row } = ROW.parse(values);
    return principal.map((each) => ({ ...row, principal: each, at }));
  });

let rows: readonly Row[] | undefined;
/** Every row of the access matrix, as written. */
export const permissions = (): readonly Row[] =>
  (rows ??= FILES.flatMap((file) =>
    parseRows(readFileSync(join(__dirname, "permissions", file), "utf8"), `${FOLDER}/${file}`),
  ));
