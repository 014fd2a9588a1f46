import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { share } from "./share";

describe("a share of the tests", () => {
  const tests = ["a/one.test.ts", "a/one.test.ts", "b/two.test.ts", "b/two.test.ts", "b/two.test.ts"];
  const together = Array.from({ length: 5 }, () => "f/faults.test.ts");
  const files = [...tests, ...together, "x/traced.test.ts", "x/weighed.test.ts"].map((file) => ({ file }));

  it("is each test on one machine, what judges a process on each, and what counts over all on none", () => {
    const shares = ["1/3", "2/3", "3/3"].map((shard) => share(files, shard));
    assert.deepEqual(
      files.map((_, index) => shares.map((mine) => (mine[index] ? 1 : 0)).join("")),
      [
        ...["100", "010", "001", "100", "010"],
        ...["100", "100", "010", "010", "001"], // they begin with the same
        ...["000", "111"],
      ],
    );
  });

  it("is asked for with --all and as one of so many: else nothing is run", () => {
    const bad = [
      "--shard 1/2",
      "--all --shard",
      "--all --shard 3/2",
      "--all --shard 0/2",
      "--all --shard 1/2 zip",
      "--al",
      "a b",
    ];
    for (const words of bad) {
      const { status, stdout, stderr } = spawnSync(
        process.execPath,
        [join(__dirname, "run.cjs"), ...words.split(" ")],
        {
          encoding: "utf8",
        },
      );
      assert.deepEqual([status, stdout], [2, ""]);
      assert.equal(
        stderr,
        `npm run test:release -- ${words}: it takes --all, and with that --shard I/N, the I-th of N shares; or a part of one scenario's name in quotes; nothing was run\n`,
      );
    }
  });
});
