/** A share of the tests, for several machines: `--shard I/N`. Between them they run each test. */
import { basename } from "node:path";
import { SHARD } from "./whole";

/** Judges what ran before it in the same process. */
const EACH = "weighed.test.ts";
/** Counts what ran on all machines. */
const AFTER_ALL = "traced.test.ts";

/** Its tests share a system, which takes minutes to bring to where they begin. */
const TOGETHER = "faults.test.ts";

/**
 * What of each suite's tests is left for the I-th of N. Neighbours take about as long, so they are dealt out one by one; where
 * they begin with the same, neighbours stay together.
 */
export function share(tests: readonly { readonly file?: string | undefined }[], shard: string): boolean[] {
  const [part = 1, parts = 1] = shard.split("/").map(Number);
  const together = tests.filter(({ file = "" }) => basename(file) === TOGETHER).length;
  let dealt = 0;
  let first = 0;
  return tests.map(({ file = "" }) => {
    if (basename(file) === EACH) return true;
    if (basename(file) === AFTER_ALL) return false;
    if (basename(file) === TOGETHER) return Math.floor((first++ * parts) / together) === part - 1;
    return dealt++ % parts === part - 1;
  });
}

function all(suite: Mocha.Suite): Mocha.Test[] {
  return [...suite.tests, ...suite.suites.flatMap(all)];
}

/** Before the first test: what is another's is not there. */
export const mochaHooks = {
  beforeAll(this: Mocha.Context) {
    if (SHARD === undefined) return;
    const tests = all(this.test?.parent ?? new Mocha.Suite(""));
    const mine = share(tests, SHARD);
    for (const [index, test] of tests.entries()) {
      const { parent } = test;
      if (!mine[index] && parent) parent.tests = parent.tests.filter((each) => each !== test);
    }
  },
};
