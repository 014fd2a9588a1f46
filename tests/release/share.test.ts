import assert from "node:assert/strict";
import { share } from "./share";

describe("a share of the tests", () => {
  const tests = ["a/one.test.ts", "a/one.test.ts", "b/two.test.ts", "b/two.test.ts", "b/two.test.ts"];
  const files = [...tests, "x/traced.test.ts", "x/weighed.test.ts"].map((file) => ({ file }));

  it("is each test on one machine, what judges a process on each, and what counts over all on none", () => {
    const shares = ["1/3", "2/3", "3/3"].map((shard) => share(files, shard));
    assert.deepEqual(
      files.map((_, index) => shares.map((mine) => (mine[index] ? 1 : 0)).join("")),
      ["100", "010", "001", "100", "010", "000", "111"],
    );
  });
});
