import assert from "node:assert/strict";
import { fits, instance, nearMiss } from "../../../../rehearsal/access/matrix/fits";
import { fill, shownThings, things } from "../../../../rehearsal/access/matrix/kinds";
import { NotKnown } from "../../../../packages/iam/src/policy/notKnown";

const VALUES = {
  partition: "aws",
  region: "eu-west-1",
  account: "222222222222",
  tooling: "1",
  workload: "cat--test",
  transforms: ["A", "B"],
};

describe("What rows are on", () => {
  it("is spelled as an ARN, with its account", () => {
    assert.deepEqual(things("stack {workload}/*", VALUES), [
      {
        arn: "arn:aws:cloudformation:eu-west-1:222222222222:stack/cat--test/*",
        account: "222222222222",
        guarded: false,
      },
    ]);
    assert.deepEqual(things("anything", VALUES), [{ arn: "*", account: undefined, guarded: false }]);
  });

  it("is as many things as a word stands for", () => {
    assert.deepEqual(
      things("transform {transforms}", VALUES).map(({ arn }) => arn),
      ["A", "B"].map((each) => `arn:aws:cloudformation:eu-west-1:aws:transform/${each}`),
    );
    assert.deepEqual(shownThings("transform {transforms}", VALUES), ["transform A", "transform B"]);
    assert.deepEqual(shownThings("function {workload}-*", VALUES), ["function cat--test-* in 222222222222"]);
  });

  it("puts values for words, whatever characters they have", () => {
    assert.deepEqual(fill("{a}/{b}", { a: "$&", b: ["1", "2"] }), ["$&/1", "$&/2"]);
    assert.throws(() => fill("{a}", {}), new NotKnown("{a} needs a, which is not known here"));
  });
});

describe("A row's pattern", () => {
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
