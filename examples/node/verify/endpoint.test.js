const assert = require("node:assert/strict");
const { describe, it } = require("node:test");

const get = (path) => fetch(process.env.ENDPOINT.replace(/\/$/, "") + path);

describe("the endpoint", () => {
  it("exchanges", async () => {
    const response = await get("/rates/200?rate=1.5");
    assert.equal(response.status, 200);
    assert.equal((await response.json()).worth, "297.00");
  });
  it("refuses what is no number", async () => assert.equal((await get("/rates/much")).status, 400));
});
