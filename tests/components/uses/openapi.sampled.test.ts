/** APIs by an OpenAPI document: what Plan lets in of a Body, and whatever leads elsewhere. */
import assert from "node:assert/strict";
import fc from "fast-check";
import type { UseName } from "../../../components/uses/list";
import { using } from "../../../components/uses/using";
import { lambdaZip } from "../../../components/workloads/lambdaZip";
import { ACCOUNT, itStartsTogether, made, refusals, shownOnly, templateOnly } from "../jobs/judging";
import { whole } from "../../whole/sample";
import { are, may, SITE } from "../workloads/site";

const it = itStartsTogether();
type Json = Readonly<Record<string, unknown>>;

const HTTP = "AWS::ApiGatewayV2::Api";
const REST = "AWS::ApiGateway::RestApi";
const INTEGRATION = "x-amazon-apigateway-integration";
const AUTHORIZER = "x-amazon-apigateway-authorizer";
const ANY = "x-amazon-apigateway-any-method";
const UNKNOWN = { Condition: "No", Properties: {} };
const OTHERS = {
  Function: { Type: "AWS::Lambda::Function", ...UNKNOWN },
  Alias: { Type: "AWS::Lambda::Alias", ...UNKNOWN },
  Table: { Type: "AWS::DynamoDB::Table", ...UNKNOWN },
};
const rulesOf = (...uses: UseName[]) => using(lambdaZip, uses).template;
const BOTH = rulesOf("openapi", "restapi");

const invocations = (name: string) =>
  `arn:\${AWS::Partition}:apigateway:\${AWS::Region}:lambda:path/2015-03-31/functions/${name}/invocations`;
const CALLED = { "Fn::Sub": invocations("${Alias}") };
/** As SAM writes the address of an authorizer. */
const ASKED = { "Fn::Sub": [invocations("${__Arn__}"), { __Arn__: { "Fn::GetAtt": ["Function", "Arn"] } }] };
const proxy = (more: Json = {}): Json => ({ type: "aws_proxy", httpMethod: "POST", uri: CALLED, ...more });
const method = (integration: unknown = proxy(), more: Json = {}): Json => ({
  [INTEGRATION]: integration,
  responses: {},
  ...more,
});
const http = (more: Json = {}): Json => ({
  openapi: "3.0.1",
  info: { title: { Ref: "AWS::StackName" }, version: "1.0" },
  paths: {
    "/notes": { get: method(proxy({ payloadFormatVersion: "2.0" }), { security: [{ Jwt: [] }] }), post: method(proxy(), { security: [{ Fn: [] }] }) },
    $default: { [ANY]: method(proxy(), { isDefaultRoute: true }) },
  },
  components: {
    securitySchemes: {
      Jwt: { type: "oauth2", [AUTHORIZER]: { type: "jwt", identitySource: "$request.header.Authorization", jwtConfiguration: { issuer: "https://a.example", audience: ["x"] } } },
      Fn: { type: "apiKey", name: "Unused", in: "header", [AUTHORIZER]: { type: "request", authorizerUri: ASKED, authorizerPayloadFormatVersion: "2.0", identitySource: ["$request.header.X"] } },
      AWS_IAM: { type: "apiKey", name: "Authorization", in: "header", "x-amazon-apigateway-authtype": "awsSigv4" },
    },
  },
  tags: [{ name: "httpapi:createdBy", "x-amazon-apigateway-tag-value": "SAM" }],
  "x-amazon-apigateway-cors": { allowOrigins: ["https://x.example"] },
  ...more,
}); // prettier-ignore
const rest = (more: Json = {}): Json => ({
  swagger: "2.0",
  info: { title: { Ref: "AWS::StackName" }, version: "1.0" },
  paths: {
    "/notes/{id}": {
      [ANY]: method(proxy(), { security: [{ Token: [] }, { api_key: [] }] }),
      options: method({ type: "mock", requestTemplates: { "application/json": '{"statusCode": 200}' }, responses: { default: { statusCode: "200" } } }, { produces: ["application/json"] }),
    },
  },
  securityDefinitions: {
    Token: { type: "apiKey", name: "Authorization", in: "header", "x-amazon-apigateway-authtype": "custom", [AUTHORIZER]: { type: "token", authorizerUri: ASKED } },
    api_key: { type: "apiKey", name: "x-api-key", in: "header" },
  },
  definitions: { Note: { type: "object", properties: { next: { $ref: "#/definitions/Note" } } } },
  "x-amazon-apigateway-binary-media-types": ["image/png"],
  ...more,
}); // prettier-ignore

const inTemplate = (type: string, properties: Json, rules = BOTH) => {
  const { template, ...one } = templateOnly({ type, properties }, rules, OTHERS);
  return { ...one, template: { ...(template as object), Conditions: { No: { "Fn::Equals": ["a", "b"] } } } };
};
const said = async (type: string, properties: Json, rules = BOTH): Promise<string[]> =>
  (await refusals([inTemplate(type, properties, rules)]))[0] ?? [];
const withPath = (body: Json, path: string, item: unknown): Json => ({
  ...body,
  paths: { ...(body["paths"] as Json), [path]: item },
});

describe("an API with a Body", () => {
  whole("passes as AWS SAM writes it, of either kind", async () => {
    assert.deepEqual(await said(HTTP, { Body: http(), FailOnWarnings: true }), []);
    assert.deepEqual(await said(REST, { Body: rest(), Parameters: { endpointConfigurationTypes: "REGIONAL" }, EndpointConfiguration: { Types: ["REGIONAL"] } }), []);
    // A condition that is known, a security of the whole, one that a method leaves out.
    const maybe = { "Fn::If": ["No", method(), { Ref: "AWS::NoValue" }] };
    const Body = withPath(http({ security: [{ AWS_IAM: [] }] }), "/x", { get: method(proxy(), { security: [{ NONE: [] }] }), put: maybe });
    assert.deepEqual(await said(HTTP, { Body }), []);
    // What CloudFormation shows is what the template says.
    const own = `arn:aws:lambda:eu-west-1:${ACCOUNT}:function:catalog--test-api`;
    const shown = (Body: unknown) => shownOnly({ type: HTTP, properties: { Body } }, BOTH);
    assert.deepEqual(await refusals([shown(withPath(http(), "/x", { get: method(proxy({ uri: own })) }))]), [[]]);
  }); // prettier-ignore

  it("takes openapi among the uses, and restapi for a REST API", async () => {
    const lacks = (of: string, uses: string) => `It (${of}) has Body, which takes uses: [${uses}] in the settings of its pipeline`;
    assert.deepEqual(await said(HTTP, { Body: http() }, rulesOf()), [lacks(HTTP, "openapi")]);
    assert.deepEqual(await said(REST, { Body: rest() }, rulesOf("restapi")), [lacks(REST, "restapi, openapi")]);
    assert.match((await said(REST, { Body: rest() }, rulesOf("openapi"))).join(), /has a type that this kind of service may not have without uses: \[openapi, restapi\]/);
    assert.deepEqual(await refusals([made({ type: HTTP, properties: { Body: http() } }, rulesOf())]), [[lacks(HTTP, "openapi")]]);
  }); // prettier-ignore

  it("is refused in one line that names the place and what is allowed there", async () => {
    const of = (item: unknown) => said(HTTP, { Body: withPath(http(), "/x", item) });
    const at = `/x get.${INTEGRATION}`;
    const functions = "AWS::Lambda::Function (Ref, Arn) or AWS::Lambda::Alias (Ref, AliasArn) or AWS::Lambda::Version (Ref, FunctionArn)";
    assert.deepEqual(await of({ get: method(proxy({ type: "http_proxy", uri: "https://evil.example" })) }), [
      `It (${HTTP}) has a Body with type http_proxy in ${at}: only aws_proxy is allowed there`,
      `It (${HTTP}) has a Body with uri https://evil.example in ${at}: it must be ${functions} of a resource of this template`,
    ]);
    assert.deepEqual(await of({ $ref: "#/paths/~1notes" }), [
      `It (${HTTP}) has a Body with $ref in /x: Plan knows get, put, post, delete, options, head, patch, ${ANY}, parameters, summary, description there`,
      `It (${HTTP}) has a Body with a $ref to #/paths/~1notes: only models of its own may be referred to`,
    ]);
    assert.deepEqual(await of({ get: method(proxy(), { security: [{ Nobody: [] }] }) }), [
      `It (${HTTP}) has a Body with Nobody in /x get.security, which it does not define: API Gateway would let everybody in`,
    ]);
    assert.deepEqual(await said(HTTP, { Body: { "Fn::Transform": { Name: "AWS::Include" } } }), [
      `It (${HTTP}) has a Body of which Plan can't read it: write it out in the template`,
    ]);
  }); // prettier-ignore

  it("is refused with anything that leads elsewhere, or that Plan can't read", async () => {
    const stranger = `arn:aws:lambda:eu-west-1:999999999999:function:x`;
    const address = (name: string) => `arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/${name}/invocations`;
    const uris: unknown[] = [stranger, address(stranger), address(`arn:aws:lambda:eu-west-1:${ACCOUNT}:function:payroll-Pay`), address("${stageVariables.f}"), { Ref: "Table" }, { "Fn::ImportValue": "f" }, { "Fn::Sub": `${invocations("${Table}")}` }, { "Fn::Sub": "https://${Alias}" }, "arn:aws:apigateway:eu-west-1:sqs:path/x", "{{resolve:ssm:x}}", ["x"], null];
    const integrations: unknown[] = [
      ...uris.map((uri) => proxy({ uri })),
      ...["http", "http_proxy", "aws", "AWS", "HTTP_PROXY", "mock", undefined, { Ref: "T" }].map((type) => proxy({ type })),
      ...["credentials", "connectionId", "integrationSubtype", "integrationTarget", "tlsConfig", "Uri"].map((key) => proxy({ [key]: "x" })),
      ...["VPC_LINK", { Ref: "T" }].map((connectionType) => proxy({ connectionType })),
      ...["x", {}, [proxy()], { "Fn::ImportValue": "x" }, { $ref: "#/components/x-amazon-apigateway-integrations/a" }],
    ];
    const methods: unknown[] = [
      ...integrations.map((each) => method(each)),
      ...["x", {}, { "Fn::ImportValue": "x" }, [method()]],
      ...[method(proxy(), { callbacks: {} }), method(proxy(), { "x-amazon-apigateway-auth": { type: "NONE" } }), method(proxy(), { servers: [] })],
      ...[{ Nobody: [] }, "Jwt", { "Fn::ImportValue": "x" }].map((each) => method(proxy(), { security: [each] })),
      method(proxy(), { security: { "Fn::ImportValue": "x" } }),
      method(proxy(), { responses: { 200: { $ref: "#/components/responses/a" } } }),
    ];
    const items: unknown[] = [...methods.map((get) => ({ get })), "x", [], { "Fn::ImportValue": "x" }, { trace: method() }, { GET: method() }, { [INTEGRATION]: proxy() }];
    const bodies: Json[] = [
      ...items.map((item) => withPath(http(), "/x", item)),
      ...["x-amazon-apigateway-policy", "x-amazon-apigateway-endpoint-configuration", "x-amazon-apigateway-integrations", "servers", "webhooks", "Paths", "host", "basePath", "x-amazon-apigateway-domain-name"].map((key) => http({ [key]: {} })),
      ...["x", [], undefined, { "Fn::ImportValue": "x" }, { "/x": { get: method() }, "Fn::Transform": {} }].map((paths) => http({ paths })),
      ...["x", { "x-amazon-apigateway-integrations": {} }, { pathItems: {} }, { securitySchemes: "x" }, { "Fn::ImportValue": "x" }].map((components) => http({ components })),
      ...[{ authorizerCredentials: "x" }, { authorizerUri: stranger }, { authorizerUri: undefined }, { type: "token" }, { type: { Ref: "T" } }, { "Fn::If": 1 }].map((more) => http({ securityDefinitions: { A: { type: "apiKey", [AUTHORIZER]: { type: "request", authorizerUri: ASKED, ...more } } } })),
      ...[{ type: "apiKey", name: "x-api-key" }, { type: "apiKey", "x-amazon-apigateway-authtype": "awsSigV4" }, "x", { type: "oauth2", [AUTHORIZER]: "x" }].map((A) => http({ securityDefinitions: { A } })),
      ...["delivery:workload", "DELIVERY:x", { Ref: "T" }].map((name) => http({ tags: [{ name, "x-amazon-apigateway-tag-value": "payroll" }] })),
      http({ tags: { "Fn::ImportValue": "x" } }),
      http({ security: [{ Nobody: [] }] }),
      http({ components: { schemas: { A: { $ref: "https://evil.example/a" } } } }),
    ];
    const strangers = [{ endpointConfigurationTypes: "PRIVATE" }].map((Parameters) => [REST, { Body: rest(), Parameters }] as const);
    const cases = [
      ...bodies.map((Body) => [HTTP, { Body }] as const),
      ...["x", JSON.stringify(http()), { "Fn::Sub": JSON.stringify(http()) }, []].map((Body) => [HTTP, { Body }] as const),
      ...[stranger, { Ref: "Table" }].map((Target) => [HTTP, { Target }] as const),
      ...strangers,
      [REST, { Body: rest({ "x-amazon-apigateway-policy": {} }) }] as const,
      [REST, { Body: withPath(rest(), "/x", { get: method({ type: "mock", uri: stranger }) }) }] as const,
      [REST, { Body: rest({ securityDefinitions: { Token: { type: "oauth2", [AUTHORIZER]: { type: "jwt" } } } }) }] as const,
    ];
    const found = await refusals(cases.map(([type, properties]) => inTemplate(type, properties)));
    assert.equal(found.length, 96);
    found.forEach((lines, index) => {
      assert.notDeepEqual(lines, [], JSON.stringify(cases[index]));
      // An error would end the job without saying why.
      assert.ok(!lines.some((line) => line.startsWith("error")), lines.join());
    });
  }); // prettier-ignore

  whole("is refused whatever leads elsewhere, wherever API Gateway would read it", async () => {
    const own = fc.constantFrom<unknown>(CALLED, ASKED, { Ref: "Alias" }, { "Fn::GetAtt": ["Function", "Arn"] });
    const word = fc.constantFrom("a", "b", "x-y", "Fn", "Ref", "condition");
    const noise = fc.dictionary(word, fc.constantFrom<unknown>("x", 1, {}, []), { maxKeys: 2 });
    const verb = fc.constantFrom("get", "put", "post", "delete", "options", "head", "patch", ANY);
    const fine = fc
      .record({ uri: own, info: noise, responses: noise, path: fc.constantFrom("/", "/a", "/a/{b}", "/{all+}"), verb, rest: fc.boolean() })
      .map(({ uri, info, responses, path, verb: on, rest: isRest }) => ({
        type: isRest ? REST : HTTP,
        body: withPath(isRest ? rest({ info }) : http({ info }), path, { [on]: method(proxy({ uri, type: "aws_proxy" }), { responses }) }),
      }));
    /** Places of a document that API Gateway reads, by what is there. */
    const places = (value: unknown, path: readonly string[] = []): string[][] => {
      if (typeof value !== "object" || value === null || Array.isArray(value)) return [];
      const free = ["info", "responses", "definitions", "schemas", "Fn::Sub", "Fn::GetAtt", "requestTemplates", "jwtConfiguration", "tags", "x-amazon-apigateway-cors"];
      if ("Ref" in value || "Fn::Sub" in value || "Fn::GetAtt" in value || free.includes(path.at(-1) ?? "")) return [];
      return [[...path], ...Object.entries(value).flatMap(([key, each]) => places(each, [...path, key]))];
    };
    const put = (value: unknown, [first, ...others]: readonly string[], key: string, what: unknown): unknown => {
      const object = value as Json;
      return first === undefined ? { ...object, [key]: what } : { ...object, [first]: put(object[first], others, key, what) };
    };
    const elsewhere = fc.constantFrom<readonly [string, unknown]>(
      ...["uri", "authorizerUri"].flatMap((key) => ["https://evil.example", "arn:aws:lambda:eu-west-1:999999999999:function:x", { "Fn::ImportValue": "x" }].map((value) => [key, value] as const)),
      ...["credentials", "authorizerCredentials", "connectionId", "$ref", "x-amazon-apigateway-policy", "Fn::Transform", "x-amazon-apigateway-integrations", "servers"].map((key) => [key, "x"] as const),
      [INTEGRATION, { type: "http_proxy", httpMethod: "GET", uri: "https://evil.example" }],
      [AUTHORIZER, { type: "request", authorizerUri: "arn:aws:lambda:eu-west-1:999999999999:function:x" }],
    );
    const samples = fc.sample(fc.tuple(fine, elsewhere, fc.nat()), { seed: 26, numRuns: 300 });
    const well = samples.map(([{ type, body }]) => inTemplate(type, { Body: body }));
    const open = samples.map(([{ type, body }, [key, what], nth]) => {
      const all = places(body);
      return inTemplate(type, { Body: put(body, all[nth % all.length] ?? [], key, what) });
    });
    (await refusals(well)).forEach((lines, index) => assert.deepEqual(lines, [], lines.join() + JSON.stringify(well[index]?.template)));
    (await refusals(open)).forEach((lines, index) => assert.notDeepEqual(lines, [], JSON.stringify(open[index]?.template)));
  }); // prettier-ignore
});

describe("uses openapi", () => {
  const functions = using(lambdaZip, ["openapi"]);
  const api = (path: string) => [`arn:aws:apigateway:eu-central-1::${path}`];

  it("lets CloudFormation import APIs, with no tag of another workload", async () => {
    const own = { StringEqualsIfExists: { "aws:RequestTag/delivery:workload": "cat--test" } };
    await are(functions.further?.(SITE) ?? [], may("ImportApi", "apigateway", "PUT", api("/apis"), own));
    const both = using(lambdaZip, ["restapi", "openapi"]).further?.(SITE) ?? [];
    assert.deepEqual(
      both.filter(({ Sid }) => Sid === "ImportRestApi"),
      [may("ImportRestApi", "apigateway", "POST", api("/restapis"), own)],
    );
    assert.deepEqual(functions.boundary?.(SITE), lambdaZip.boundary(SITE));
  });
});
