/** The page says of each job of each kind how many faults there are and how many were tried, and adds them up right. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../../../rehearsal/bringUp/commandLine";
import { LINES } from "./lines";
import { columns, listed, tableOf } from "./listed";

describe("the page's table of faults", () => {
  it("has each job of each kind, no more tried than there are, and its sums", () => {
    const table = listed();
    assert.deepEqual([...table.keys()], [...LINES.map(({ title }) => title), "all"]);
    const sums = new Map<string, { tried: number; all: number }>();
    for (const line of LINES) {
      const row = table.get(line.title) ?? assert.fail();
      assert.deepEqual([...row.keys()].sort(), [...columns(line).keys()].sort(), line.title);
      for (const [job, { tried, all }] of row) {
        assert.ok(all === undefined || (all > 0 && tried <= all), `${line.title}, ${job}`);
        const sum = sums.get(job) ?? { tried: 0, all: 0 };
        sums.set(job, { tried: sum.tried + tried, all: sum.all + (all ?? 0) });
      }
    }
    assert.deepEqual(new Map([...(table.get("all") ?? [])].sort()), new Map([...sums].sort()));
    const [tried, all] = (["tried", "all"] as const).map((key) =>
      [...sums.values()].reduce((sum, each) => sum + each[key], 0),
    );
    const page = readFileSync(join(ROOT, "docs/release-test.md"), "utf8");
    assert.match(page, new RegExp(`^${tried} faults have been tried, and ${all} were counted\\.`, "m"));
  });

  it("is read to its end, and a cell that says something else is refused", () => {
    const page =
      "x\n\n| faults of | Build   | Plan |\n| --- | --- | --- |\n| a zip | 1 of 2 | 0 of ? |\n\n| y |\n";
    const row = new Map([
      ["Build", { tried: 1, all: 2 }],
      ["Plan", { tried: 0, all: undefined }],
    ]);
    assert.deepEqual(tableOf(page), new Map([["a zip", row]]));
    assert.throws(() => tableOf(page.replace("1 of 2", "most")), /^AssertionError.*: a zip: most$/);
    assert.throws(() => tableOf("x\n"), /the page has no table of faults/);
  });
});
