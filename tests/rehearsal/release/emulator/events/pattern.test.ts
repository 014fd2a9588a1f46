import assert from "node:assert/strict";
import { fits, unknownOperator } from "../../../../../rehearsal/release/emulator/events/pattern";
import type { Values } from "../../../../../packages/iam/src/json";

const EVENT = {
  source: "shop.orders",
  "detail-type": "paid",
  resources: ["arn:a", "arn:b"],
  detail: {
    total: 12.5,
    state: "Open",
    none: null,
    lines: [{ sku: "lamp" }, { sku: "bulb" }],
    gift: true,
    size: "13",
  },
};

/** Patterns of EventBridge's page, each with whether the event fits. */
const CASES: readonly [pattern: Values, expected: boolean][] = [
  [{}, true],
  [{ source: ["shop.orders"] }, true],
  [{ source: ["other", "shop.orders"], "detail-type": ["paid"] }, true],
  [{ source: ["shop.orders"], "detail-type": ["sent"] }, false],
  [{ source: ["shop"] }, false],
  [{ resources: ["arn:b"] }, true],
  [{ resources: ["arn:c"] }, false],
  [{ detail: { gift: [true] } }, true],
  [{ detail: { gift: ["true"] } }, false],
  [{ detail: { none: [null] } }, true],
  [{ detail: { missing: [null] } }, false],
  [{ detail: { lines: { sku: ["bulb"] } } }, true],
  [{ detail: { lines: { sku: ["desk"] } } }, false],
  [{ missing: { sku: ["bulb"] } }, false],
  [{ source: [{ prefix: "shop." }] }, true],
  [{ source: [{ prefix: "orders" }] }, false],
  [{ source: [{ prefix: { "equals-ignore-case": "SHOP." } }] }, true],
  [{ source: [{ suffix: ".orders" }] }, true],
  [{ source: [{ suffix: ".ORDERS" }] }, false],
  [{ detail: { state: [{ "equals-ignore-case": "OPEN" }] } }, true],
  [{ detail: { state: ["open"] } }, false],
  [{ source: [{ wildcard: "s*p.*ers" }] }, true],
  [{ source: [{ wildcard: "shop*.orders" }] }, true],
  [{ source: [{ wildcard: "s*p" }] }, false],
  [{ source: [{ wildcard: "shopXorders" }] }, false],
  [{ source: [{ "anything-but": "shop" }] }, true],
  [{ source: [{ "anything-but": ["a", "shop.orders"] }] }, false],
  [{ source: [{ "anything-but": { prefix: "shop" } }] }, false],
  [{ source: [{ "anything-but": { suffix: ["shop", "y"] } }] }, true],
  [{ missing: [{ "anything-but": "shop" }] }, false],
  [{ detail: { total: [{ numeric: [">", 12, "<=", 12.5] }] } }, true],
  [{ detail: { total: [{ numeric: ["<", 12.5] }] } }, false],
  [{ detail: { total: [{ numeric: ["=", 12.5] }] } }, true],
  [{ detail: { state: [{ numeric: [">", 0] }] } }, false],
  [{ detail: { size: [{ numeric: [">", 12] }] } }, false],
  [{ detail: { total: [{ exists: true }] } }, true],
  [{ detail: { total: [{ exists: false }] } }, false],
  [{ detail: { missing: [{ exists: false }] } }, true],
  [{ detail: { missing: [{ exists: true }] } }, false],
  [{ $or: [{ source: ["other"] }, { detail: { gift: [true] } }] }, true],
  [{ source: ["shop.orders"], $or: [{ source: ["other"] }, { "detail-type": ["sent"] }] }, false],
]; // prettier-ignore

describe("a pattern of events", () => {
  it("is passed by what has one of its values in each of its fields", () => {
    for (const [pattern, expected] of CASES)
      assert.equal(fits(pattern, EVENT), expected, JSON.stringify(pattern));
  });

  it("is passed by nothing where the event is no map", () => {
    for (const event of [undefined, null, "text", 1, []]) assert.equal(fits({ source: ["a"] }, event), false);
  });

  it("is not judged by an operator that is not known", () => {
    for (const [pattern] of CASES) assert.equal(unknownOperator(pattern), undefined, JSON.stringify(pattern));
    assert.equal(unknownOperator({ detail: { ip: [{ cidr: "10.0.0.0/24" }] } }), "cidr");
    assert.equal(unknownOperator({ $or: [{ source: ["a"] }, { a: { b: [{ like: "x" }] } }] }), "like");
  });
});
