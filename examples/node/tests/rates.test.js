const assert = require("node:assert/strict");
const { describe, it } = require("node:test");
const { exchanged } = require("../src/rates");

describe("what an amount is worth", () => {
  it("takes the fee", () => assert.equal(exchanged("100", "1.1", "0.01"), "108.90"));
  it("is nothing for what is no number", () => assert.equal(exchanged("much", "1", "0.01"), undefined));
});
