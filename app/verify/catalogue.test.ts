import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";

/**
 * End-to-end tests against a running service at $ENDPOINT. They make products of their own with new ids and may run
 * against one service any number of times, also at once.
 */
describe("the service at $ENDPOINT", () => {
  const product = { id: `verify-${randomUUID()}`, name: "Verified", price: 100, currency: "EUR" };
  const endpoint = (process.env.ENDPOINT ?? "").replace(/\/+$/, "");
  if (!/^https?:\/\/./.test(endpoint)) {
    it("has an address", () => {
      const remedy = "it must be the service's http or https address: ENDPOINT=https://... npm run verify";
      assert.fail(`ENDPOINT is "${endpoint}"; ${remedy}`);
    });
    return;
  }

  const find = (id: string) => fetch(`${endpoint}/product/find/${id}`);
  const create = (body: string) =>
    fetch(`${endpoint}/product/create`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body,
    });

  it("creates a product", async () => {
    const response = await create(JSON.stringify(product));
    assert.deepEqual([response.status, await response.json()], [201, product]);
  });

  it("finds the product", async () => {
    const response = await find(product.id);
    assert.deepEqual([response.status, await response.json()], [200, product]);
  });

  it("refuses another product of the same id and keeps the first", async () => {
    assert.equal((await create(JSON.stringify({ ...product, name: "Other" }))).status, 409);
    assert.deepEqual(await (await find(product.id)).json(), product);
  });

  it("lets exactly one win when one id is created several times at once", async () => {
    const body = JSON.stringify({ ...product, id: `verify-${randomUUID()}` });
    const responses = await Promise.all(Array.from({ length: 5 }, () => create(body)));
    const statuses = responses.map(({ status }) => status).sort();
    assert.deepEqual(statuses, [201, 409, 409, 409, 409]);
  });

  it("answers 404 for a product that there is not", async () => {
    assert.equal((await find(`verify-${randomUUID()}`)).status, 404);
  });

  it("answers 404 for a route that there is not", async () => {
    assert.equal((await fetch(`${endpoint}/verify-${randomUUID()}`)).status, 404);
  });

  it("names the field at fault", async () => {
    const response = await create(JSON.stringify({ ...product, price: "free" }));
    const answer = (await response.json()) as { details?: { issues?: { field?: string }[] } };
    assert.deepEqual([response.status, answer.details?.issues?.map(({ field }) => field)], [400, ["price"]]);
  });

  it("refuses an unknown field, a body that is no JSON, and one that is too long", async () => {
    assert.equal((await create(JSON.stringify({ ...product, colour: "red" }))).status, 400);
    assert.equal((await create("{")).status, 400);
    assert.equal((await create(JSON.stringify("x".repeat(20_000)))).status, 413);
  });

  it("refuses an id that no product can have", async () => {
    assert.equal((await find("%C3%A9")).status, 400);
  });
});
