import assert from "node:assert/strict";
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
      },
    ]);
    assert.deepEqual(things("anything", VALUES), [{ arn: "*", account: undefined }]);
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
