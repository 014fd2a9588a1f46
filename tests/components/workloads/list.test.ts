import assert from "node:assert/strict";
import { lambdaContainer } from "../../../components/workloads/lambdaContainer";
import { WORKLOADS } from "../../../components/workloads/list";

describe("WORKLOADS", () => {
  it("has each kind under the name that settings call it", () => {
    assert.deepEqual(
      Object.entries(WORKLOADS).map(([key, workload]) => [key, workload.kind]),
      [["lambda-container", "lambda-container"]],
    );
    assert.equal(WORKLOADS["lambda-container"], lambdaContainer);
  });
});
