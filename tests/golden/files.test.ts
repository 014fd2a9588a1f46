import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { changes, FILES } from "./files";
import { SETS } from "./sets";

describe("kept answers", () => {
  it("are of the sets that are compared, and of no others", () => {
    assert.deepEqual(readdirSync(FILES).sort(), Object.keys(SETS).sort());
  });

  it("keep no condition key that a statement lacks and no excuse stands for: what is written anew may be wrong", () => {
    const lines = Object.keys(SETS).flatMap((set) =>
      readFileSync(join(FILES, set, "verdicts.txt"), "utf8").split("\n"),
    );
    assert.ok(lines.includes("lint of policies"));
    assert.deepEqual(
      lines.filter((line) => line.includes(" is allowed whatever its ")),
      [],
    );
  });

  it("are compared line by line, each line with what it belongs to", () => {
    const kept = ["a", "  x", "    1", "  y", "    1", "b", "  x"];
    assert.deepEqual(changes(kept, kept), []);
    assert.deepEqual(changes(kept, ["a", "  x", "  y", "    1", "    1", "b", "  x"]), [
      "- a > x > 1",
      "+ a > y > 1",
    ]);
  });
});
