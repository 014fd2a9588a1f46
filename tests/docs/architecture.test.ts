import assert from "node:assert/strict";
import { existsSync, readdirSync, statSync } from "node:fs";
import { join, posix } from "node:path";
import ts from "typescript";
import { codeSpans, ROOT, textOf } from "./pages";

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

  for (const { folder, last } of rooms.filter(
    ({ folder }) => !["app", "docs", "examples", "tests"].includes(folder),
  )) {
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

  describe("the release, step by step", () => {
    // What every principal of the sample may do, as it is kept: a principal's line, then lines of actions, indented.
    const permissions = textOf("tests/golden/files/sample/permissions.txt").split(/\n(?=\S)/);
    /** Roles and policies whose names fit one of these, `<environment>` being any. */
    const permitted = (names: readonly string[]): string[] =>
      permissions
        .filter((each) => names.some((name) => nameOf(each) === name || fits(nameOf(each), name)))
        .flatMap((each) => [...each.matchAll(ACTION)].map(([action]) => action));
    const nameOf = (each: string): string => / (\S+) in \d+$/.exec(each.split("\n")[0] ?? "")?.[1] ?? "";
    const fits = (name: string, form: string): boolean =>
      ["test", "prod"].some((environment) => form.replace("<environment>", environment) === name);
    const ACTION = /\b[a-z0-9]+:[A-Z][A-Za-z]+\b/g;

    const chapter =
      textOf(PAGE)
        .split(/^## /m)
        .find((each) => each.startsWith("One release\n")) ?? "";
    const steps = chapter.split(/^(?=\d+\. )/m).slice(1);

    it("has eight steps", () => assert.equal(steps.length, 8));

    for (const step of steps) {
      const [, title = ""] = /\*\*(.+?)\*\*/.exec(step) ?? [];
      it(`names calls that the roles of this step may make: ${title.replace(/\.$/, "")}`, () => {
        const names = codeSpans(step).filter((code) => /^(delivery-)?catalog-/.test(code));
        const actions = [...step.matchAll(ACTION)].map(([action]) => action);
        assert.ok(names.length > 0 && actions.length > 0);
        const without = names.filter((name) => permitted([name]).length === 0);
        assert.deepEqual(without, [], "names of nobody");
        const may = permitted(names);
        assert.deepEqual(
          actions.filter((action) => !may.includes(action)),
          [],
        );
      });
    }
  });
});
