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

  it("is just missed by another account, where all of one's is covered", () => {
    assert.deepEqual(
      ["arn:aws:ec2:eu-west-1:111111111111:*/*", "arn:aws:sqs:eu-west-1:999999999999:*"].map(nearMiss),
      ["arn:aws:ec2:eu-west-1:111111111119:1/1", "arn:aws:sqs:eu-west-1:999999999998:1"],
    );
  });
});

describe("wildcards of actions", () => {
  it("stand for what IAM has them stand for", () => {
    const pairs: [string, string, boolean][] = [
      ["sqs:*", "sqs:SendMessage", true],
      ["*", "sqs:SendMessage", true],
      ["sqs:Send*", "sqs:SendMessage", true],
      ["sqs:S?ndMessage", "sqs:SendMessage", true],
      ["sqs:*e*e", "sqs:SendMessage", true],
      ["sqs:*e*x", "sqs:SendMessage", false],
      ["sqs:SendMessage?", "sqs:SendMessage", false],
      ["sqs:SendMessage*", "sqs:SendMessage", true],
      ["sqs:Send", "sqs:SendMessage", false],
      ["", "sqs:SendMessage", false],
    ];
    for (const [pattern, text, expected] of pairs) assert.equal(fits(pattern, text), expected, pattern);
  });

  it("take no time that grows with their number", () => {
    assert.equal(fits(`${"a*".repeat(5000)}b`, "a".repeat(5000)), false);
  });
});
