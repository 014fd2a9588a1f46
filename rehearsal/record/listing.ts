/** How resources are listed for people. */

/** `aws:iam/role:Role` is `aws:iam:Role`, as Pulumi's CLI shows it. */
export const shortType = (type: string): string => type.replace(/\/[^:]*:/, ":");

/** Rows as a table of text: a line each, columns as wide as their widest cell, nothing cut. */
export function aligned(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => (row[column] ?? "").length)),
  );
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd(),
  );
}
