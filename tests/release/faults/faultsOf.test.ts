import assert from "node:assert/strict";
import type { DecidedCall } from "../model";
import { faultsOf, triesOf } from "./faults";

const call = (service: string, operation: string) => ({ service, operation }) as DecidedCall;

describe("the faults of a job", () => {
  const calls = [
    call("s3", "GetObject"),
    call("ecr", "Login"),
    call("ecr", "BatchCheckLayerAvailability"),
    call("ecr", "PutImage"),
    call("s3", "PutObject"),
    call("s3", "PutObject"),
  ];

  it("lose the answers of calls that write alone, and count what every build has called", () => {
    const found = faultsOf("job", [calls, calls.slice(0, -1)]);
    assert.deepEqual(
      found.filter(({ kind }) => kind === "lose-answer").map(({ operation, call }) => `${operation} ${call}`),
      ["ecr:PutImage 1", "s3:PutObject 1"],
    );
    assert.equal(found.length, 5 * 2 + 2);
  });

  it("end a job that is killed, and one whose docker gets no answer; the CLI asks again by itself", () => {
    assert.deepEqual(triesOf({ kind: "lose-answer", operation: "s3:PutObject" }), ["Succeeded"]);
    for (const [kind, operation] of [
      ["lose-answer", "ecr:PutImage"],
      ["kill-before", "s3:PutObject"],
      ["kill-after", "ecr:PutImage"],
    ] as const)
      assert.deepEqual(triesOf({ kind, operation }), ["Failed", "Succeeded"]);
  });
});
