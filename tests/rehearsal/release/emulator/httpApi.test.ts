import assert from "node:assert/strict";
import { Address } from "../../../../rehearsal/release/emulator/address";
import { answerOf } from "../../../../rehearsal/release/emulator/apis";
import { HTTP_API } from "../../../../rehearsal/release/emulator/httpApi";
import { responseOf } from "../../../../rehearsal/release/emulator/httpEvent";
import { matchRoute } from "../../../../rehearsal/release/emulator/routes";

describe("matchRoute", () => {
  const routes = [
    "$default",
    "ANY /{proxy+}",
    "GET /lamp/{id}",
    "GET /lamp/new",
    "ANY /lamp/new",
    "POST /lamp/{id}/{rest+}",
  ].map((key) => ({ key, target: "F" }));
  const cases: readonly (readonly [string, string, string, object])[] = [
    ["GET", "/lamp/new", "GET /lamp/new", {}],
    ["PUT", "/lamp/new", "ANY /lamp/new", {}],
    ["GET", "/lamp/a%20b", "GET /lamp/{id}", { id: "a b" }],
    ["GET", "/lamp/%E0", "GET /lamp/{id}", { id: "%E0" }],
    ["POST", "/lamp/1/x/y", "POST /lamp/{id}/{rest+}", { id: "1", rest: "x/y" }],
    ["GET", "/lamp/1/x", "ANY /{proxy+}", { proxy: "lamp/1/x" }],
    ["GET", "/lamp/", "ANY /{proxy+}", { proxy: "lamp/" }],
    ["GET", "/", "$default", {}],
  ];
  for (const [method, path, key, pathParameters] of cases) {
    it(`gives ${method} ${path} to ${key}`, () =>
      assert.deepEqual(matchRoute(routes, method, path), { route: { key, target: "F" }, pathParameters }));
  }
  it("gives what no route takes to nobody", () => {
    assert.equal(matchRoute([{ key: "GET /lamp/{id}", target: "F" }], "POST", "/lamp/1"), undefined);
  });
});

describe("responseOf", () => {
  const of = (result: unknown) => {
    const { status, headers, body } = responseOf(result);
    return [status, headers, body.toString()];
  };
  it("makes of a result what API Gateway makes of it", () => {
    const json = { "content-type": "application/json" };
    assert.deepEqual(of({ a: 1 }), [200, json, '{"a":1}']);
    assert.deepEqual(of("text"), [200, json, "text"]);
    assert.deepEqual(
      of({
        statusCode: 201,
        body: "aGk=",
        isBase64Encoded: true,
        headers: { "X-A": 1 },
        cookies: ["a=1", "b=2"],
      }),
      [201, { "content-type": "text/plain;charset=UTF-8", "x-a": "1", "set-cookie": ["a=1", "b=2"] }, "hi"],
    );
    assert.deepEqual(of({ statusCode: 204 }), [204, {}, ""]);
    for (const wrong of [{ statusCode: 42 }, { statusCode: 200, body: {} }])
      assert.deepEqual(of(wrong), [500, json, '{"message":"Internal Server Error"}']);
  });
});

describe("httpApi", () => {
  const events: Record<string, unknown>[] = [];
  let api: Address;
  before(async () => {
    api = await Address.listen();
    const context = { apiId: "api", accountId: "1", stage: "v1" };
    api.use(
      answerOf(
        { routes: [{ key: "POST /lamp/{id}", target: "F" }], context, format: HTTP_API },
        (target, event) => {
          events.push({ ...event, target });
          return Promise.resolve({ result: {} });
        },
      ),
    );
  });
  after(() => api.close());

  it("turns a request into an event of format 2.0", async () => {
    const headers = {
      "content-type": "application/json",
      "x-a": "1",
      cookie: "a=1; b=2",
      "user-agent": "tests",
    };
    await fetch(`${api.url}/v1/lamp/%C3%A9?q=1&q=2&r=%20`, { method: "POST", headers, body: '{"a":"é"}' });
    const { requestContext, headers: given, ...event } = events.pop() ?? {};
    const { http, routeKey, stage, accountId } = requestContext as Record<string, unknown>;
    assert.deepEqual(event, {
      version: "2.0",
      routeKey: "POST /lamp/{id}",
      rawPath: "/v1/lamp/é",
      rawQueryString: "q=1&q=2&r=%20",
      cookies: ["a=1", "b=2"],
      queryStringParameters: { q: "1,2", r: " " },
      pathParameters: { id: "é" },
      body: '{"a":"é"}',
      isBase64Encoded: false,
      target: "F",
    });
    assert.deepEqual(
      [routeKey, stage, accountId, (given as Record<string, string>)["x-a"]],
      ["POST /lamp/{id}", "v1", "1", "1"],
    );
    assert.deepEqual(http, {
      ...{
        method: "POST",
        path: "/v1/lamp/é",
        protocol: "HTTP/1.1",
        sourceIp: "127.0.0.1",
        userAgent: "tests",
      },
    });
  });

  it("hands over in base64 what is no text", async () => {
    const headers = { "content-type": "application/octet-stream" };
    await fetch(`${api.url}/v1/lamp/1`, { method: "POST", headers, body: Buffer.from([0, 255]) });
    const { body, isBase64Encoded } = events.pop() ?? {};
    assert.deepEqual([body, isBase64Encoded], ["AP8=", true]);
  });

  it("answers by itself what no route takes, another stage, and a body that is too large", async () => {
    const answers = await Promise.all([
      fetch(`${api.url}/v1/other`),
      fetch(`${api.url}/lamp/1`, { method: "POST" }),
      fetch(`${api.url}/v1/lamp/1`, { method: "POST", body: Buffer.alloc(10 * 1024 * 1024 + 1) }),
    ]);
    assert.deepEqual(
      await Promise.all(answers.map(async (each) => [each.status, (await each.json()) as unknown])),
      [
        [404, { message: "Not Found" }],
        [404, { message: "Not Found" }],
        [413, { message: "Request Entity Too Large" }],
      ],
    );
    assert.deepEqual(events, []);
  });
});
