import assert from "node:assert/strict";
import { request } from "./service";

const lamp = { id: "lamp-1", name: "Lamp", price: 1999, currency: "EUR" };
const order = (product: unknown) => ({ body: JSON.stringify(product) });

describe("the service", () => {
  const refused = async (body: string, change = {}) => {
    const { status, body: answer } = await request("POST", "/product/create", { body, ...change });
    return { status, answer };
  };
  const notValid = (...issues: { field: string; message: string }[]) => ({
    status: 400,
    answer: {
      statusCode: 400,
      error: "BadRequestError",
      message: `not valid: ${issues.map(({ field }) => field).join(", ")}`,
      details: { issues },
    },
  });
  const idRule = "1 to 64 letters, digits, dots, hyphens and underscores, beginning with a letter or digit";

  it("creates a product, says where it is, and finds it there", async () => {
    const created = await request("POST", "/product/create", order(lamp));
    assert.deepEqual([created.status, created.body], [201, lamp]);
    const { location } = created.headers;
    assert.equal(location, "/product/find/lamp-1");
    const found = await request("GET", location);
    assert.deepEqual([found.status, found.body], [200, lamp]);
  });

  it("reads a body that API Gateway gives in base64", async () => {
    const chair = { ...lamp, id: "chair", name: "Stühlchen 🪑", description: "Beech" };
    const body = Buffer.from(JSON.stringify(chair)).toString("base64");
    const created = await request("POST", "/product/create", { body, isBase64Encoded: true });
    assert.deepEqual([created.status, created.body], [201, chair]);
    assert.deepEqual((await request("GET", "/product/find/chair")).body, chair);
  });

  it("refuses a second product of an id and keeps the first", async () => {
    const first = { ...lamp, id: "twice" };
    await request("POST", "/product/create", order(first));
    assert.deepEqual(await refused(JSON.stringify({ ...first, name: "Other" })), {
      status: 409,
      answer: { statusCode: 409, error: "ConflictError", message: "there is a product twice already" },
    });
    assert.deepEqual((await request("GET", "/product/find/twice")).body, first);
  });

  it("lets exactly one win when one id is created many times at once", async () => {
    const rivals = Array.from({ length: 20 }, (_, price) => ({ ...lamp, id: "contested", price }));
    const answers = await Promise.all(
      rivals.map((rival) => request("POST", "/product/create", order(rival))),
    );
    const winners = answers.filter(({ status }) => status === 201);
    assert.equal(winners.length, 1);
    assert.equal(answers.filter(({ status }) => status === 409).length, 19);
    assert.deepEqual((await request("GET", "/product/find/contested")).body, winners[0]?.body);
  });

  it("answers 404 for a product that there is not", async () => {
    const { status, body } = await request("GET", "/product/find/nothing");
    assert.equal(status, 404);
    assert.deepEqual(body, {
      statusCode: 404,
      error: "NotFoundError",
      message: "there is no product nothing",
    });
  });

  it("answers 404 for a route that there is not", async () => {
    for (const [method, path] of [
      ["GET", "/"],
      ["GET", "/product"],
      ["GET", "/product/find/"],
      ["DELETE", "/product/find/lamp-1"],
      ["GET", "/product/find/a/b"],
    ] as const) {
      assert.equal((await request(method, path)).status, 404, `${method} ${path}`);
    }
  });

  it("names every field at fault", async () => {
    assert.deepEqual(
      await refused(JSON.stringify({ id: "a b", name: "", price: 1.5, colour: "red" })),
      notValid(
        { field: "id", message: idRule },
        { field: "name", message: "Too small: expected string to have >=1 characters" },
        { field: "price", message: "Invalid input: expected int, received number" },
        { field: "currency", message: "Invalid input: expected string, received undefined" },
        { field: "colour", message: "unknown field" },
      ),
    );
    const wrongTypes = await refused(JSON.stringify({ id: 1, name: [], price: "1", currency: null }));
    assert.match(JSON.stringify(wrongTypes), /"not valid: id, name, price, currency"/);
  });

  it("refuses a name that is no Unicode", async () => {
    assert.deepEqual(
      await refused('{"id":"half","name":"\\ud800","price":1,"currency":"EUR"}'),
      notValid({ field: "name", message: "not well-formed Unicode" }),
    );
  });

  it("refuses a body that is no object", async () => {
    for (const [body, received] of [
      ["[]", "array"],
      ["null", "null"],
      ["7", "number"],
    ] as const) {
      const message = `Invalid input: expected object, received ${received}`;
      assert.deepEqual(await refused(body), notValid({ field: "body", message }));
    }
  });

  it("refuses a field that would reach a prototype as an unknown one", async () => {
    const { status } = await refused(
      `{"__proto__":{"admin":true},${JSON.stringify({ ...lamp, id: "p" }).slice(1)}`,
    );
    assert.equal(status, 400);
  });

  it("refuses a body that is not JSON in UTF-8", async () => {
    const answer = { statusCode: 400, error: "BadRequestError", message: "the body is not JSON in UTF-8" };
    for (const body of ["", "{", '{"id":', "undefined"]) {
      assert.deepEqual(await refused(body), { status: 400, answer });
    }
    const latin1 = Buffer.from('"\xe9"', "latin1").toString("base64");
    assert.deepEqual(await refused(latin1, { isBase64Encoded: true }), { status: 400, answer });
    assert.equal((await request("POST", "/product/create")).status, 400);
  });

  it("counts the bytes of a body and refuses one too many", async () => {
    const fits = `"${"é".repeat((16 * 1024 - 2) / 2)}"`;
    assert.equal((await refused(fits)).status, 400);
    assert.deepEqual(await refused(`${fits} `), {
      status: 413,
      answer: {
        statusCode: 413,
        error: "RequestEntityTooLargeError",
        message: "the body is longer than the 16384 bytes that are read",
      },
    });
  });

  it("refuses an id that no product can have, encoded or not", async () => {
    for (const id of [
      "%C3%A9",
      "é",
      "a%20b",
      "a b",
      "a?b",
      "a#b",
      "a%3Fb",
      "a\nb",
      "%00",
      "%25",
      "-",
      "x".repeat(65),
    ]) {
      const { status, body } = await request("GET", `/product/find/${id}`);
      assert.deepEqual({ status, answer: body }, notValid({ field: "id", message: idRule }), id);
    }
    for (const id of ["%FF", "%20", "%", "%zz"]) {
      const { status, body } = await request("GET", `/product/find/${id}`);
      assert.equal(status, 400, id);
      assert.match(JSON.stringify(body), /"the address is not valid"/, id);
    }
  });

  it("is not disturbed by headers, a query or a body that a web request could not have", async () => {
    await request("POST", "/product/create", order({ ...lamp, id: "calm" }));
    const { status } = await request("GET", "/product/find/calm", {
      body: "x",
      rawQueryString: "a=%",
      headers: { host: "[", "x-forwarded-proto": "§", "x-odd": "�\n" },
    });
    assert.equal(status, 200);
  });

  it("says nothing of its inside when the database fails", async () => {
    const table = process.env.TABLE_NAME;
    const dev = process.env.POWERTOOLS_DEV;
    try {
      process.env.POWERTOOLS_DEV = "true";
      for (const name of ["gone", ""]) {
        process.env.TABLE_NAME = name;
        const message = "the request could not be completed";
        for (const { status, body } of [
          await request("GET", "/product/find/lamp-1"),
          await request("POST", "/product/create", order(lamp)),
        ]) {
          assert.deepEqual(body, { statusCode: 500, error: "InternalServerError", message });
          assert.equal(status, 500);
        }
      }
    } finally {
      process.env.TABLE_NAME = table;
      if (dev === undefined) delete process.env.POWERTOOLS_DEV;
    }
  });
});
