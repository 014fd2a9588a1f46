import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Address } from "../../../../rehearsal/release/emulator/address";
import { type Api, answerOf } from "../../../../rehearsal/release/emulator/apis";
import { apiOf } from "../../../../rehearsal/release/emulator/chosenApi";
import { restResponseOf } from "../../../../rehearsal/release/emulator/restEvent";
import { evaluate } from "../../../../rehearsal/release/cloudformation/stack";
import { readTemplate } from "../../../../rehearsal/release/cloudformation/template";
import { type Change, chosenIn, evaluated, found, FUNCTION, ORDERS, SITE } from "./orders";

/** The API that is asked, with pieces of the template in place of others; or why there is none. */
const chosen = (...changes: readonly Change[]): Api | string => chosenIn(evaluated(ORDERS, changes));
const read = (...changes: readonly Change[]): Api => found(chosen(...changes));

describe("a REST API of a template", () => {
  it("has a route for each method that calls a function of the template, by the resources that it is below", () => {
    const { routes, context, awsEndpoint, notRehearsed } = read();
    assert.deepEqual(routes, [
      { key: "GET /order/{places}", target: "ApiFunction" },
      { key: "POST /order", target: "ApiFunction" },
    ]);
    assert.deepEqual([context.accountId, context.stage], ["222222222222", "v1"]);
    assert.equal(awsEndpoint, `https://${context.apiId}.execute-api.eu-west-1.amazonaws.com`);
    assert.deepEqual(notRehearsed, [
      "APIs and function URLs that output Endpoint does not name, which nobody asks here: HttpNotes, RestNotes, WorkerUrl, HookUrl",
      "deployments of the REST API: here its methods answer as they are, in AWS as they were when the deployment was made",
      "authorization of method POST /order (CUSTOM): all are let in here",
      "method OPTIONS /order: its integration is of type MOCK; it answers 403 here",
    ]);
  });

  it("has methods of the root, and says of which all are let in, or that call others' functions", () => {
    const { routes, notRehearsed } = read(
      ["ResourceId: !Ref PlacePath", "ResourceId: !GetAtt Api.RootResourceId\n      ApiKeyRequired: true"],
      ["functions/${ApiAlias}/invocations\n  Order:", "functions/${WorkerAlias}/invocations\n  Order:"],
    );
    assert.deepEqual(routes, [{ key: "POST /order", target: "ApiFunction" }]);
    assert.ok(notRehearsed.includes("API keys of method GET /: all are let in here"));
    assert.ok(
      notRehearsed.includes(
        "method GET /: the function that its integration names is not in the template; it answers 403 here",
      ),
    );
  });

  it("has the methods of its Body, as AWS SAM writes it", () => {
    const byName = (api: string): Change => ["https://${Api}.", `https://\${${api}}.`];
    const { routes, notRehearsed } = read(byName("RestNotes"), ["/${Stage}", "/v1"]);
    assert.deepEqual(routes, [{ key: "ANY /notes/{id}", target: "ApiFunction" }]);
    assert.deepEqual(notRehearsed.slice(1), [
      "deployments of the REST API: here its methods answer as they are, in AWS as they were when the deployment was made",
    ]);
    const http = read(byName("HttpNotes"), ["/${Stage}", ""]);
    assert.deepEqual(http.routes, [
      { key: "GET /notes/{id}", target: "ApiFunction" },
      { key: "$default", target: "ApiFunction" },
    ]);
    assert.deepEqual(http.notRehearsed.slice(1), [
      "authorization of route $default (Signed): all are let in here",
    ]);
    const format: Change = ['payloadFormatVersion: "2.0"', 'payloadFormatVersion: "1.0"'];
    const older = read(byName("HttpNotes"), ["/${Stage}", ""], format, format);
    assert.deepEqual([older.routes, older.beyond], [[], true]);
  });

  it("takes the stage of a deployment, as the Serverless Framework makes it, and one alone", () => {
    const [stage] = / {2}Stage:\n(?: {4}.*\n)+/.exec(ORDERS) ?? [];
    assert.ok(stage !== undefined);
    const output = ["/${Stage}", "/test"] as const;
    const made = [
      "Properties: { RestApiId: !Ref Api }\n",
      "Properties: { RestApiId: !Ref Api, StageName: test }\n",
    ] as const;
    assert.equal(read([stage, ""], output, made).context.stage, "test");
    assert.equal(chosen([stage, ""], output), "API Api has no stage in the template");
  });

  it("is asked at the stage that output Endpoint names, of several, and says which nobody asks", () => {
    const made = [
      "Properties: { RestApiId: !Ref Api }\n",
      "Properties: { RestApiId: !Ref Api, StageName: test }\n",
    ] as const;
    const output = (stage: string) => ["/${Stage}", stage] as const;
    const of = (api: Api) => [
      api.context.stage,
      api.notRehearsed.filter((line) => line.startsWith("stages ")),
    ];
    const others = "stages that output Endpoint does not name, which nobody asks here:";
    assert.deepEqual(of(read(made)), ["v1", [`${others} test`]]);
    assert.deepEqual(of(read(made, output("/test"))), ["test", [`${others} v1`]]);
    assert.equal(
      chosen(made, output("/v2")),
      "output Endpoint names none of the stages of Api (v1, test), and the rehearsal asks the one that it names",
    );
  });

  it("is asked beside others where output Endpoint names it, of either kind", () => {
    const other = (more: string): Change => [
      "\nOutputs:\n",
      `
  Second: { Type: AWS::ApiGateway::RestApi, Properties: { Name: !Sub "\${AWS::StackName}-second" } }
  Third: { Type: AWS::ApiGatewayV2::Api, Properties: { Name: third, ProtocolType: HTTP } }
  ThirdStage: { Type: AWS::ApiGatewayV2::Stage, Properties: { ApiId: !Ref Third, StageName: $default } }
${more}
Outputs:
`,
    ];
    const { context, notRehearsed, routes } = read(other(""));
    assert.deepEqual([context.stage, routes.length], ["v1", 2]);
    assert.equal(
      notRehearsed[0],
      "APIs and function URLs that output Endpoint does not name, which nobody asks here: HttpNotes, Third, RestNotes, Second, WorkerUrl, HookUrl",
    );
    const endpoint = /^ {2}Endpoint: .*$/m.exec(ORDERS)?.[0] ?? assert.fail();
    const third = read(other(""), [endpoint, "  Endpoint: { Value: !GetAtt Third.ApiEndpoint }"]);
    assert.deepEqual([third.context.stage, third.routes], ["$default", []]);
    assert.equal(
      chosen(other(""), [endpoint, "  Endpoint: { Value: https://shop.example.com }"]),
      "output Endpoint names none of the template's APIs (HttpNotes, Third, Api, RestNotes, Second, HookUrl), and the rehearsal asks the one that it names",
    );
  });
});

describe("a REST API of what the Serverless Framework makes of http events", () => {
  it("has its methods, at the stage that its deployment makes", () => {
    const file = join(__dirname, "../../../components/jobs/serverless.rest.template.json");
    const { Parameters, ...template } = JSON.parse(readFileSync(file, "utf8")) as Record<string, object>;
    const given = Object.fromEntries(
      ["RolePath", "PermissionsBoundaryArn"].map((each) => [each, { Type: "String" }]),
    );
    const text = JSON.stringify({ ...template, Parameters: { ...Parameters, ...given } });
    const values = { RolePath: "/", PermissionsBoundaryArn: "p" };
    const stack = evaluate(readTemplate(text), SITE, values, new Map());
    const called = {
      ...FUNCTION,
      logicalId: "ApiLambdaFunction",
      arn: FUNCTION.arn.replace("orders", "shop"),
    };
    const api = apiOf({ site: SITE, evaluated: stack, functions: [called] });
    if (typeof api === "string") return assert.fail(api);
    const { routes, context, awsEndpoint } = api;
    assert.deepEqual(routes, [
      { key: "POST /quote", target: "ApiLambdaFunction" },
      { key: "GET /quote/{id}", target: "ApiLambdaFunction" },
    ]);
    assert.equal(context.stage, "test");
    assert.equal(stack.outputs["ServiceEndpoint"], `${awsEndpoint}/test`);
  });
});

describe("a REST API", () => {
  const events: Record<string, unknown>[] = [];
  let result: unknown;
  let address: Address;
  before(async () => {
    address = await Address.listen();
    const api = read(
      ["EndpointConfiguration: { Types: [REGIONAL] }", "BinaryMediaTypes: [image/png]"],
      ["StageName: v1", "StageName: v1\n      Variables: { kind: blue }"],
    );
    address.use(
      answerOf(api, (target, event) => {
        events.push({ ...event, target });
        return Promise.resolve(result === undefined ? undefined : { result });
      }),
    );
  });
  after(() => address.close());
  beforeEach(() => {
    events.length = 0;
    result = {
      statusCode: 201,
      body: "made",
      headers: { "X-A": 1 },
      multiValueHeaders: { "Set-Cookie": ["a=1", "b=2"] },
    };
  });

  it("turns a request into an event of its own format, and the result into an answer", async () => {
    const headers = { "content-type": "application/json", "X-One": "1" };
    const response = await fetch(`${address.url}/v1/order/%C3%A9?q=1&q=2&r=%20`, { headers });
    assert.deepEqual([response.status, await response.text()], [201, "made"]);
    assert.deepEqual(
      ["x-a", "content-type", "set-cookie"].map((name) => response.headers.get(name)),
      ["1", "application/json", "a=1, b=2"],
    );
    const { requestContext, headers: given, multiValueHeaders, ...event } = events[0] ?? {};
    assert.deepEqual(event, {
      resource: "/order/{places}",
      path: "/order/%C3%A9",
      httpMethod: "GET",
      queryStringParameters: { q: "2", r: " " },
      multiValueQueryStringParameters: { q: ["1", "2"], r: [" "] },
      pathParameters: { places: "é" },
      stageVariables: { kind: "blue" },
      body: null,
      isBase64Encoded: false,
      target: "ApiFunction",
    });
    // Names of headers stay as the client writes them; this client writes them small.
    const name = Object.keys(given as object).find((each) => each.toLowerCase() === "x-one") ?? "";
    assert.deepEqual((multiValueHeaders as Record<string, unknown>)[name], ["1"]);
    const { stage, path, resourcePath, httpMethod, accountId, identity } = requestContext as Record<
      string,
      unknown
    >;
    assert.deepEqual(
      [stage, path, resourcePath, httpMethod, accountId],
      ["v1", "/v1/order/%C3%A9", "/order/{places}", "GET", "222222222222"],
    );
    assert.equal((identity as Record<string, unknown>)["sourceIp"], "127.0.0.1");
  });

  it("hands over bodies as text, and those of its binary types in base64", async () => {
    const post = async (type: string, body: Uint8Array<ArrayBuffer>) => {
      await fetch(`${address.url}/v1/order`, { method: "POST", headers: { "content-type": type }, body });
      const { body: given, isBase64Encoded, pathParameters, queryStringParameters } = events.pop() ?? {};
      return [given, isBase64Encoded, pathParameters, queryStringParameters];
    };
    assert.deepEqual(await post("application/json", new TextEncoder().encode("{}")), [
      "{}",
      false,
      null,
      null,
    ]);
    assert.deepEqual(await post("image/png; q=1", new Uint8Array([0, 255])), ["AP8=", true, null, null]);
  });

  it("answers by itself what no method takes, what is too large, and for a function that fails", async () => {
    const asked = async (path: string, init: RequestInit = {}) => {
      const response = await fetch(`${address.url}${path}`, init);
      return [response.status, (await response.json()) as unknown];
    };
    const none = { message: "Missing Authentication Token" };
    assert.deepEqual(await asked("/v1/other"), [403, none]);
    assert.deepEqual(await asked("/order/1"), [403, none]);
    assert.deepEqual(await asked("/v1/order"), [403, none]);
    const body = Buffer.alloc(10 * 1024 * 1024 + 1);
    assert.deepEqual(await asked("/v1/order", { method: "POST", body }), [
      413,
      { message: "Request Too Long" },
    ]);
    assert.deepEqual(events, []);
    result = undefined;
    assert.deepEqual(await asked("/v1/order/1"), [502, { message: "Internal server error" }]);
  });

  it("takes for an answer only what has a status, and text for its body", () => {
    const of = (value: unknown, binary: string[] = []) => {
      const { status, body } = restResponseOf(value, { binary });
      return [status, body.toString()];
    };
    for (const wrong of [
      null,
      "text",
      [],
      {},
      { body: "x" },
      { statusCode: 42 },
      { statusCode: 200, body: {} },
    ])
      assert.deepEqual(of(wrong), [502, '{"message":"Internal server error"}']);
    assert.deepEqual(of({ statusCode: "204" }), [204, ""]);
    const encoded = { statusCode: 200, body: "aGk=", isBase64Encoded: true };
    assert.deepEqual(of(encoded), [200, "aGk="]);
    assert.deepEqual(of(encoded, ["*/*"]), [200, "hi"]);
  });
});
