import assert from "node:assert/strict";
import { Address } from "../../../../rehearsal/release/emulator/address";
import { type Api, answerOf } from "../../../../rehearsal/release/emulator/apis";
import { type Change, chosenIn, evaluated, found, ORDERS } from "./orders";

/** Its URL is what output Endpoint names. */
const BY_URL = ORDERS.replace(/^ {2}Endpoint: .*/m, "  Endpoint: { Value: !GetAtt HookUrl.FunctionUrl }");

/** What output Endpoint names, with pieces of the template in place of others. */
function chosen(...changes: readonly Change[]): Api | string {
  const stack = evaluated(BY_URL, changes);
  assert.match(String(stack.outputs["Endpoint"]), /^https:\/\/.*\.lambda-url\.eu-west-1\.on\.aws\/$/);
  return chosenIn(stack);
}
const read = (...changes: readonly Change[]): Api => found(chosen(...changes));

describe("a public function URL of a template", () => {
  it("is asked where output Endpoint names it: its function has every path", () => {
    const { routes, context, awsEndpoint, notRehearsed, beyond } = read();
    assert.deepEqual(routes, [{ key: "$default", target: "ApiFunction" }]);
    assert.deepEqual([context.accountId, context.stage, beyond], ["anonymous", "$default", false]);
    assert.equal(awsEndpoint, `https://${context.apiId}.lambda-url.eu-west-1.on.aws`);
    assert.deepEqual(notRehearsed, [
      "APIs and function URLs that output Endpoint does not name, which nobody asks here: HttpNotes, Api, RestNotes, WorkerUrl",
      "Cors of function URL HookUrl: Lambda answers browsers for it, here the function is asked",
    ]);
  });

  it("is not asked where it takes signatures, streams, or calls what is not of the template", () => {
    const signed = chosen(
      ["AuthType: NONE", "AuthType: AWS_IAM"],
      ["{ Value: !GetAtt HookUrl", "{ Value: !GetAtt WorkerUrl"],
    );
    assert.equal(
      signed,
      "output Endpoint names none of the template's APIs (HttpNotes, Api, RestNotes), and the rehearsal asks the one that it names",
    );
    const streaming = read(["AuthType: NONE", "AuthType: NONE\n      InvokeMode: RESPONSE_STREAM"]);
    assert.deepEqual([streaming.routes, streaming.beyond], [[], true]);
    assert.equal(
      streaming.notRehearsed[1],
      "function URL HookUrl: it streams what it answers; it answers 404 here",
    );
    const others = read(["TargetFunctionArn: !Ref ApiFunction", "TargetFunctionArn: payroll-Pay"]);
    assert.deepEqual([others.routes, others.beyond], [[], false]);
  });

  it("hands over requests as an HTTP API does, and answers 502 for a function that fails", async () => {
    const events: Record<string, unknown>[] = [];
    const results: ({ result: unknown } | undefined)[] = [
      { result: { statusCode: 201, body: "made", cookies: ["a=1"] } },
      undefined,
      { result: { statusCode: 9 } },
    ];
    const address = await Address.listen();
    try {
      const api = read();
      address.use(
        answerOf(api, (target, event) => {
          events.push({ ...event, target });
          return Promise.resolve(results.shift());
        }),
      );
      const response = await fetch(`${address.url}/any/path?q=1`, { method: "POST", body: "x" });
      assert.deepEqual(
        [response.status, await response.text(), response.headers.get("set-cookie")],
        [201, "made", "a=1"],
      );
      const { version, routeKey, rawPath, rawQueryString, body, pathParameters, target, requestContext } =
        events[0] ?? {};
      assert.deepEqual(
        [version, routeKey, rawPath, rawQueryString, body, pathParameters, target],
        ["2.0", "$default", "/any/path", "q=1", "x", undefined, "ApiFunction"],
      );
      const { accountId, apiId, stage } = requestContext as Record<string, unknown>;
      assert.deepEqual([accountId, apiId, stage], ["anonymous", api.context.apiId, "$default"]);
      for (const status of [502, 502]) assert.equal((await fetch(address.url)).status, status);
      assert.deepEqual(results, []);
    } finally {
      await address.close();
    }
  });
});
