import assert from "node:assert/strict";
import { fits, instance, nearMiss } from "../../src/matrix/wildcards";

describe("A permission's pattern", () => {
  it("covers what its wildcards stand for, and nothing beside", () => {
    assert.deepEqual(
      ["a/b/c", "a/", "ab/c", "A/b"].map((each) => fits("a/*", each)),
      [true, true, false, false],
    );
    assert.deepEqual([fits("a.c", "abc"), fits("a?c", "abc"), fits("*", "")], [false, true, true]);
  });

  it("has an instance that it covers, and a near miss that it does not", () => {
    for (const pattern of ["stack/cat--test/*", "table/cat-*", "releases/*/x", "d-*", "exact", "log:*"]) {
      assert.ok(fits(pattern, instance(pattern)), instance(pattern));
      assert.ok(!fits(pattern, nearMiss(pattern)), nearMiss(pattern));
    }
    assert.deepEqual(
      [instance("cat--test-*"), nearMiss("cat--test-*"), nearMiss("exact")],
      ["cat--test-1", "cat--testx-1", "exactx"],
    );
  });
});
