import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { changes, FILES } from "./files";
import { SETS } from "./sets";

describe("kept answers", () => {
  it("are of the sets that are compared, and of no others", () => {
    assert.deepEqual(readdirSync(FILES).sort(), Object.keys(SETS).sort());
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
