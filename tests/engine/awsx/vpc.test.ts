import assert from "node:assert/strict";
import { part } from "./vpc";

describe("the doubled awsx", () => {
  it("divides a network into equal parts, in order", () => {
    assert.deepEqual(
      [0, 1, 2, 3].map((n) => part("10.0.0.0/16", 2, n)),
      ["10.0.0.0/18", "10.0.64.0/18", "10.0.128.0/18", "10.0.192.0/18"],
    );
    assert.equal(part("192.168.4.0/24", 1, 1), "192.168.4.128/25");
    assert.equal(part("10.0.0.0/16", 0, 0), "10.0.0.0/16");
  });
});
