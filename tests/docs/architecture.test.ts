import assert from "node:assert/strict";
import { existsSync, readdirSync, statSync } from "node:fs";
import { join, posix } from "node:path";
import ts from "typescript";
import { ROOT, textOf } from "./pages";

const PAGE = "docs/ARCHITECTURE.md";
const folders = (path: string): string[] =>
  readdirSync(join(ROOT, path), { withFileTypes: true })
    .filter((each) => each.isDirectory() && each.name !== "node_modules" && !each.name.startsWith("."))
    .map(({ name }) => posix.join(path, name));

/** Rows of tables whose first column is one folder: its name, and the last column. */
const rows = [...textOf(PAGE).matchAll(/^\| `([\w/]+)\/` +\|(.*)\|$/gm)].map(
  ([, folder = "", rest = ""]) => ({
    folder,
    last: rest.split("|").at(-1)?.trim() ?? "",
  }),
);
const rooms = rows.filter(({ folder }) => !folder.includes("/"));

/** What the file imports of this project: relative paths, types included, and packages of its own. */
function imported(file: string): string[] {
  const { importedFiles } = ts.preProcessFile(textOf(file));
  return importedFiles.flatMap(({ fileName }) => {
    if (fileName.startsWith("@delivery/")) return ["packages"];
    return fileName.startsWith(".") ? [posix.join(posix.dirname(file), fileName)] : [];
  });
}

const sources = (folder: string): string[] =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts") && !/(^|\/)(tests|node_modules)\//.test(file))
    .map((file) => posix.join(folder, file));

describe("docs/ARCHITECTURE.md", () => {
  it("names folders that there are", () => {
    assert.ok(rows.length > 0);
    const isFolder = (path: string) =>
      existsSync(join(ROOT, path)) && statSync(join(ROOT, path)).isDirectory();
    assert.deepEqual(
      rows.filter(({ folder }) => !isFolder(folder)),
      [],
    );
  });

  it("names every folder at the top, and every room of components and rehearsal", () => {
    const there = [...folders("."), ...folders("components"), ...folders("rehearsal")];
    assert.deepEqual(rows.map(({ folder }) => folder).sort(), there.sort());
  });

  for (const { folder, last } of rooms.filter(({ folder }) => !["app", "docs", "tests"].includes(folder))) {
    it(`says from where ${folder}/ imports`, () => {
      const allowed = last === "nothing" ? [] : last.split(", ");
      const files = sources(folder);
      assert.ok(files.length > 0);
      const others = files.flatMap((file) =>
        imported(file)
          .map((path) => path.replace(/^index$/, "index.ts").split("/")[0] ?? "")
          .filter((room) => room !== folder && !allowed.includes(room))
          .map((room) => `${file} imports from ${room}`),
      );
      assert.deepEqual(others, []);
    });
  }
});
