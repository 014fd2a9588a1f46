import assert from "node:assert/strict";
import { using } from "../../../components/uses/using";
import { ecsService } from "../../../components/workloads/ecsService";
import { lambdaZip } from "../../../components/workloads/lambdaZip";
import type { TemplateRules } from "../../../components/workloads/templateRules";
import { itStartsTogether, LATER, refusals } from "./judging";

/** Where Verify sends the service's tests is decided before anything is deployed. */

const it = itStartsTogether();
const API = { Api: { Type: "AWS::ApiGatewayV2::Api" } };
/** Conditions that don't hold: these tests judge the output alone. */
const NOT = { Conditions: { Never: { "Fn::Equals": ["a", "b"] } } };
const REST = {
  ...NOT,
  rules: using(lambdaZip, ["restapi"]).template,
  Resources: {
    Rest: { Type: "AWS::ApiGateway::RestApi" },
    Stage: { Type: "AWS::ApiGateway::Stage", Condition: "Never" },
    Deployment: { Type: "AWS::ApiGateway::Deployment", Condition: "Never" },
  },
};
const OPEN = {
  rules: using(lambdaZip, ["functionUrl", "publicFunctionUrl"]).template,
  Resources: {
    Function: { Type: "AWS::Lambda::Function", Condition: "Never" },
    ...Object.fromEntries(
      [["Open", "NONE"], ["Signed", "AWS_IAM"]].map(([id = "", AuthType]) => [
        id,
        { Type: "AWS::Lambda::Url", Properties: { TargetFunctionArn: { Ref: "Function" }, AuthType } },
      ]),
    ),
  },
  ...NOT,
}; // prettier-ignore
const SSM = { EndpointUrl: { Type: "AWS::SSM::Parameter::Value<String>" } };
const of = (
  Endpoint: unknown,
  { rules, ...more }: { rules?: TemplateRules; [key: string]: unknown } = {},
) => ({
  set: { Changes: [] },
  template: { Resources: API, Outputs: { Endpoint }, ...more },
  ...(rules && { rules }),
});
const valued = (Value: unknown, more: Parameters<typeof of>[1] = {}) => of({ Value }, more);
const sub = (text: string) => ({ "Fn::Sub": text });
const join = (...parts: unknown[]) => ({ "Fn::Join": ["", parts] });
const named = (Default: string) => ({ Parameters: { EndpointUrl: { Type: "String", Default } } });

const MISSING =
  "Endpoint (output) is missing: add it to the template's Outputs, with the https URL that Verify runs the service's tests against";
const is = (value: string): string =>
  `Endpoint (output) is ${value}: it must be the address of the template's HTTP API or REST API, or the parameter EndpointUrl with an https URL; a path may follow`;
const under = (condition: string): string =>
  `Endpoint (output) has the condition ${condition}, which is not known to be true: leave it out`;

const API_ENDPOINT = { "Fn::GetAtt": ["Api", "ApiEndpoint"] };
const REGION = { Ref: "AWS::Region" };
const SUFFIX = { Ref: "AWS::URLSuffix" };

describe("changes.jq: the output Endpoint", () => {
  it("is the template's own API, or what the parameter EndpointUrl says, in every spelling", async () => {
    const conditions = {
      Parameters: { Stage: { Type: "String", Default: "test" } },
      Conditions: {
        Yes: { "Fn::Equals": [{ Ref: "Stage" }, "test"] },
        No: { "Fn::Not": [{ Condition: "Yes" }] },
      },
    };
    const taken = [
      ...["", "/shop--br-0a1b2c3d"].map((Default) =>
        valued(sub("${EndpointUrl}${BasePath}"), {
          Parameters: { ...SSM, BasePath: { Type: "String", Default } },
        }),
      ),
      valued(API_ENDPOINT),
      valued({ "Fn::GetAtt": "Api.ApiEndpoint" }),
      valued(sub("${Api.ApiEndpoint}")),
      valued(sub("${Api.ApiEndpoint}/v1")),
      valued(join(API_ENDPOINT, "/", REGION)),
      // As the Serverless Framework and AWS SAM write it.
      valued(join("https://", { Ref: "Api" }, ".execute-api.", REGION, ".", SUFFIX)),
      valued(sub("https://${Api}.execute-api.${AWS::Region}.amazonaws.com/prod/")),
      // A REST API is reached at its stage, whose name may be known only at deployment.
      valued(sub("https://${Rest}.execute-api.${AWS::Region}.${AWS::URLSuffix}/${Stage}"), REST),
      valued(join("https://", { Ref: "Rest" }, ".execute-api.", REGION, ".", SUFFIX, "/test"), REST),
      valued({ "Fn::GetAtt": ["Open", "FunctionUrl"] }, OPEN),
      valued({ "Fn::GetAtt": "Open.FunctionUrl" }, OPEN),
      valued(sub("${Open.FunctionUrl}"), OPEN),
      valued({ Ref: "EndpointUrl" }, { Parameters: SSM }),
      valued(sub("${EndpointUrl}/v1"), { Parameters: SSM }),
      valued({ Ref: "EndpointUrl" }, named("https://shop.example.com")),
      valued({ Ref: "EndpointUrl" }, named("https://shop.example.com:8443/shop")),
      valued({ "Fn::If": ["Yes", API_ENDPOINT, "https://example.com"] }, conditions),
      of({ Condition: "Yes", Value: API_ENDPOINT }, conditions),
      { ...valued({ Ref: "EndpointUrl" }, { Parameters: SSM, Resources: {} }), rules: ecsService.template },
    ];
    assert.deepEqual(
      await refusals(taken),
      taken.map(() => []),
    );
  });

  it("is refused where it is not there, or may not be", async () => {
    const bare = { set: { Changes: [] } };
    const unknown = {
      Parameters: SSM,
      Conditions: {
        Maybe: { "Fn::Equals": [{ Ref: "EndpointUrl" }, "x"] },
        No: { "Fn::Equals": ["a", "b"] },
      },
    };
    const cases = [
      [of(undefined), MISSING],
      [{ ...bare, template: { Resources: API, Outputs: {} } }, MISSING],
      [{ ...bare, template: { Resources: API, Outputs: null } }, MISSING],
      [{ ...bare, template: { Resources: API, Outputs: { Address: { Value: API_ENDPOINT } } } }, MISSING],
      [of({ Condition: "No", Value: API_ENDPOINT }, unknown), under("No")],
      [of({ Condition: "Maybe", Value: API_ENDPOINT }, unknown), under("Maybe")],
      [of({ Condition: "NotThere", Value: API_ENDPOINT }, unknown), under("NotThere")],
      [of({ Condition: { Not: "a name" }, Value: API_ENDPOINT }, unknown), under('{"Not":"a name"}')],
      [of({ Description: "no value" }), is("null")],
      [valued({ "Fn::If": ["No", API_ENDPOINT, { Ref: "AWS::NoValue" }] }, unknown), is('{"Fn::If":["No",{"Fn::GetAtt":["Api","ApiEndpoint"]},{"Ref":"AWS::NoValue"}]}')],
      [valued({ "Fn::If": ["Maybe", API_ENDPOINT, API_ENDPOINT] }, unknown), is('{"Fn::If":["Maybe",{"Fn::GetAtt":["Api","ApiEndpoint"]},{"Fn::GetAtt":["Api","ApiEndpoint"]}]}')],
    ] as const; // prettier-ignore
    assert.deepEqual(
      await refusals(cases.map(([one]) => one)),
      cases.map(([, why]) => [why]),
    );
  });

  it("is refused where a function URL asks for a signature, which Verify does not have, or may be another host", async () => {
    const values = [
      { "Fn::GetAtt": ["Signed", "FunctionUrl"] },
      { "Fn::GetAtt": ["Open", "FunctionArn"] },
      { Ref: "Open" },
      sub("${Open.FunctionUrl}.example.com"),
      sub("https://${Open}.lambda-url.eu-west-1.on.aws/"),
    ];
    assert.deepEqual(
      await refusals(values.map((value) => valued(value, OPEN))),
      values.map((value) => [
        is(JSON.stringify(value)).replace(
          " or REST API,",
          " or REST API, or of a function URL of AuthType NONE,",
        ),
      ]),
    );
  });

  it("is refused where another host answers, or what no URL is", async () => {
    const two = { Resources: { ...API, Table: { Type: "AWS::DynamoDB::Table" } } };
    const values: [unknown, Parameters<typeof of>[1]?][] = [
      ["https://example.com"],
      ["http://169.254.170.2/v2/credentials"],
      [7],
      [true],
      [[API_ENDPOINT]],
      [{}],
      [LATER],
      [{ "Fn::ImportValue": "theirs" }],
      [{ Ref: "Api" }],
      [{ "Fn::GetAtt": ["Api", "ApiId"] }],
      [{ "Fn::GetAtt": ["Table", "ApiEndpoint"] }, two],
      [{ "Fn::GetAtt": ["Nothing", "ApiEndpoint"] }],
      [sub("${Api.ApiEndpoint}.example.com")],
      [sub("${Api.ApiEndpoint}@example.com/")],
      [sub("${Api.ApiEndpoint}${Api}")],
      [sub("http://${Api}.execute-api.${AWS::Region}.amazonaws.com")],
      [sub("https://${Api}.execute-api.us-east-1.amazonaws.com")],
      [sub("https://${Api}.execute-api.${AWS::Region}.amazonaws.com.example.com")],
      [sub("https://${Api}.execute-api.${AWS::Region}.amazonaws-com")],
      [sub("https://${Api}.example.com")],
      [sub("https://${Api}")],
      [sub("https://${Table}.execute-api.${AWS::Region}.amazonaws.com"), two],
      // What follows the host without a slash could make another host of it.
      [sub("https://${Api}.execute-api.${AWS::Region}.amazonaws.com${Api}")],
      [sub("https://${Api}.execute-api.${AWS::Region}.amazonaws.com${EndpointUrl}"), { Parameters: SSM }],
      [sub("https://${Rest}.execute-api.${AWS::Region}.amazonaws.com${Stage}"), REST],
      [sub("https://${Rest}.execute-api.us-east-1.amazonaws.com/test"), REST],
      [sub("https://${Deployment}.execute-api.${AWS::Region}.amazonaws.com/test"), REST],
      [{ "Fn::GetAtt": ["Rest", "ApiEndpoint"] }, REST],
      [{ "Fn::GetAtt": ["Rest", "RestApiId"] }, REST],
      [{ Ref: "EndpointUrl" }],
      [{ Ref: "EndpointUrl" }, named("http://shop.example.com")],
      [{ Ref: "EndpointUrl" }, named("https://169.254.169.254/latest")],
      [{ Ref: "EndpointUrl" }, named("https://localhost")],
      [{ Ref: "EndpointUrl" }, named("{{resolve:ssm:x}}")],
      [sub("${EndpointUrl}.example.com"), { Parameters: SSM }],
      [
        { Ref: "Address" },
        { Parameters: { Address: { Type: "String", Default: "https://shop.example.com" } } },
      ],
    ];
    assert.deepEqual(
      await refusals(values.map(([value, more]) => valued(value, more))),
      values.map(([value]) => [is(typeof value === "string" ? value : JSON.stringify(value))]),
    );
  });
});
