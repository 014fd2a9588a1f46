/** The access matrix as a table. */
import type { World } from "../estate/world";
import { expand } from "./expand";
import { matrixFacts } from "./facts";
import type { MatrixRow } from "./rows";

const COLUMNS = ["who", "may", "on", "when", "why"] as const;

/** https://www.rfc-editor.org/rfc/rfc4180 */
const field = (text: string): string => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

const record = (fields: readonly string[]): string => fields.map(field).join(",");

/** Rows as CSV with a header; a row's actions are one field, with spaces between. No break after the last line. */
export const csv = (rows: readonly MatrixRow[]): string =>
  [
    record(COLUMNS),
    ...rows.map((row) => record(COLUMNS.map((each) => (each === "may" ? row.may.join(" ") : row[each])))),
  ].join("\r\n");

/** What each principal may do with these settings. Throws NotKnown for settings or resources that it cannot read. */
export const matrixRows = (world: Pick<World, "folder" | "record" | "kinds">): MatrixRow[] =>
  expand(matrixFacts(world)).map(({ shown }) => shown);
