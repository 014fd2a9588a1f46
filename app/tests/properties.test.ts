import assert from "node:assert/strict";
import fc from "fast-check";
import { type Answer, request } from "./service";

/** What only a stack trace or a path of this machine has. */
const INSIDE = /\n? {4}at |node_modules|\.[jt]s:\d|"stack":/;

/** Not `unit: "binary"`: for that fast-check lists all million characters first, which takes seconds. */
const anyText = fc.oneof(
  fc.string(),
  fc
    .array(fc.nat(0x10ffff).filter((point) => point < 0xd800 || point > 0xdfff))
    .map((points) => String.fromCodePoint(...points)),
);

describe("for whatever a client sends, the service", () => {
  const calm = ({ status, text }: Answer, allowed: number[]) => {
    assert.ok(allowed.includes(status), `${status} ${text}`);
    assert.doesNotMatch(text, INSIDE);
  };

  it("answers any text as a body without crashing or showing its inside", async () => {
    const body = fc.oneof(anyText, fc.base64String());
    await fc.assert(
      fc.asyncProperty(body, fc.boolean(), async (text, isBase64Encoded) => {
        calm(await request("POST", "/product/create", { body: text, isBase64Encoded }), [400]);
      }),
      { seed: 1, numRuns: 200 },
    );
  });

  it("answers any JSON as a body without crashing or showing its inside", async () => {
    const any = fc.jsonValue({ maxDepth: 3 });
    const almost = fc.record(
      { id: any, name: any, price: any, currency: any, ["__proto__"]: any, constructor: any },
      { requiredKeys: [] },
    );
    await fc.assert(
      fc.asyncProperty(fc.oneof(any, almost), async (value) => {
        calm(await request("POST", "/product/create", { body: JSON.stringify(value) }), [201, 400, 409]);
      }),
      { seed: 1, numRuns: 200 },
    );
  });

  it("answers any path and any header without crashing or showing its inside", async () => {
    const path = fc.oneof(
      anyText,
      anyText.map((id) => `product/find/${id}`),
      fc.webPath(),
    );
    const method = fc.constantFrom("GET", "POST", "HEAD", "PUT", "DELETE", "OPTIONS", "PATCH");
    const headers = fc.dictionary(fc.string(), anyText);
    await fc.assert(
      fc.asyncProperty(method, path, headers, async (verb, rest, given) => {
        const answer = await request(verb, `/${rest}`, { headers: given, body: rest });
        calm(answer, [400, 404]);
      }),
      { seed: 1, numRuns: 200 },
    );
  });

  it("stores any valid product and returns it unchanged", async () => {
    const text = (maxLength: number) =>
      fc.string({ unit: "grapheme", minLength: 1, maxLength }).filter((value) => value.length <= maxLength);
    const product = fc.record(
      {
        id: fc.uuid(),
        name: text(200),
        description: text(2000),
        price: fc.maxSafeNat(),
        currency: fc.stringMatching(/^[A-Z]{3}$/),
      },
      { requiredKeys: ["id", "name", "price", "currency"], noNullPrototype: true },
    );
    await fc.assert(
      fc.asyncProperty(product, async (value) => {
        calm(await request("POST", "/product/create", { body: JSON.stringify(value) }), [201]);
        assert.deepEqual((await request("GET", `/product/find/${value.id}`)).body, value);
      }),
      { seed: 1 },
    );
  });
});
