import assert from "node:assert/strict";
import { walk, type Walk } from "../../../../rehearsal/access/calls/walk";
import { document, unbroken } from "../../sample";
import { changed, same } from "../models";
import { type Parts, serviceOf, templateOf } from "../templates";
import { sampleWorld } from "../worlds";
import { list, map, type Values } from "../../../../packages/iam/src/json";

/** The walk of the sample's pipeline with another template. */
const walked = async (parts: Parts): Promise<Walk> =>
  walk(await sampleWorld(undefined, { app: serviceOf(templateOf(parts)) }));

/** Calls for one environment with an action, as caller and resource. */
const made = ({ calls }: Walk, action: string): string[] => [
  ...new Set(
    calls
      .filter((each) => each.action === action && each.environment === "test")
      .map(({ phase, caller, resource, answer }) =>
        `${phase}: ${caller} ${resource} ${answer.verdict}`.replace(/-[0-9A-F]{12}/g, "-ID"),
      ),
  ),
];

/** Findings about test; prod's are the same with its own names. */
const inTest = ({ findings }: Walk): string[] =>
  findings
    .filter((each) => /^catalog(--| to )test/.test(each))
    .map((each) => each.replace(/-[0-9A-F]{12}/g, "-ID"));

describe("access/calls of a template", () => {
  it("asks for what a property takes: reserved concurrency by a call of its own", async () => {
    assert.deepEqual(made(await walked({}), "lambda:PutFunctionConcurrency"), []);
    const reserved = await walked({ function: "      ReservedConcurrentExecutions: 5" });
    const on =
      "delivery-catalog--test-execution arn:aws:lambda:eu-west-1:222222222222:function:catalog--test-Function-ID allowed";
    assert.deepEqual(made(reserved, "lambda:PutFunctionConcurrency"), [
      `first deployment: ${on}`,
      `update: ${on}`,
      `roll-back: ${on}`,
    ]);
  });

  it("has everybody call a function URL that asks nobody, which takes two permissions", async () => {
    const url = (AuthType: string, ...permissions: string[]) => `  Url:
    Type: AWS::Lambda::Url
    Properties: { TargetFunctionArn: !Ref Function, AuthType: ${AuthType} }
${permissions
  .map(
    (each, at) => `  Let${at}:
    Type: AWS::Lambda::Permission
    Properties: { FunctionName: !Ref Function, Principal: "*", ${each} }`,
  )
  .join("\n")}`;
    const byUrl = "Action: lambda:InvokeFunctionUrl, FunctionUrlAuthType: NONE";
    const viaUrl = "Action: lambda:InvokeFunction, InvokedViaFunctionUrl: true";
    const called = async (...permissions: string[]): Promise<string[]> => {
      const { calls } = await walked({ more: url("NONE", ...permissions) });
      return calls
        .filter(
          ({ why, environment }) => why === "everybody calls function URL Url" && environment === "test",
        )
        .map(({ action, principal: { kind }, answer: { verdict } }) => `${kind} ${action} ${verdict}`);
    };
    assert.deepEqual(await called(byUrl, viaUrl), [
      "anonymous lambda:InvokeFunctionUrl allowed",
      "anonymous lambda:InvokeFunction allowed",
    ]);
    assert.deepEqual(await called(byUrl), [
      "anonymous lambda:InvokeFunctionUrl allowed",
      "anonymous lambda:InvokeFunction denied",
    ]);
    assert.deepEqual(await called("Action: lambda:InvokeFunctionUrl, FunctionUrlAuthType: AWS_IAM", viaUrl), [
      "anonymous lambda:InvokeFunctionUrl denied",
      "anonymous lambda:InvokeFunction allowed",
    ]);
    const signed = await walked({ more: url("AWS_IAM") });
    assert.ok(!signed.calls.some(({ principal }) => principal.kind === "anonymous"));
  });

  it("deletes what is not kept, and makes a version in every release", async () => {
    const table = (policy: string) => `  Table:
    Type: AWS::DynamoDB::Table
    ${policy}
    Properties: { AttributeDefinitions: [], KeySchema: [] }
  Version:
    Type: AWS::Lambda::Version
    ${policy}
    Properties: { FunctionName: !Ref Function, Description: !Ref Release }`;
    const kept = await walked({
      more: table(
        "{ DeletionPolicy: Retain, UpdateReplacePolicy: Retain }"
          .replace(/[{}]/g, "")
          .trim()
          .replace(", ", "\n    "),
      ),
    });
    assert.deepEqual(
      [made(kept, "dynamodb:DeleteTable"), made(kept, "lambda:DeleteFunction")],
      [
        [],
        [
          "deletion: delivery-catalog--test-execution arn:aws:lambda:eu-west-1:222222222222:function:catalog--test-Function-ID allowed",
        ],
      ],
    );
    const gone = await walked({ more: table("DeletionPolicy: Delete") });
    assert.deepEqual(made(gone, "dynamodb:DeleteTable"), [
      "deletion: delivery-catalog--test-execution arn:aws:dynamodb:eu-west-1:222222222222:table/catalog--test-Table-ID allowed",
    ]);
    const version =
      "delivery-catalog--test-execution arn:aws:lambda:eu-west-1:222222222222:function:catalog--test-Function-ID:1 allowed";
    assert.deepEqual(
      made(gone, "lambda:DeleteFunction").filter((each) => each.includes(":1 ")),
      ["update", "roll-back", "deletion"].map((phase) => `${phase}: ${version}`),
    );
    assert.deepEqual(
      made(kept, "lambda:PublishVersion").map((each) => each.split(":")[0]),
      ["first deployment", "update", "roll-back"],
    );
  });

  it("finds a role without the boundary, which may not be made", async () => {
    const more = `  Free:
    Type: AWS::IAM::Role
    Properties: { Path: !Ref RolePath, AssumeRolePolicyDocument: { Statement: { Effect: Allow, Principal: { Service: lambda.amazonaws.com }, Action: sts:AssumeRole } } }`;
    const missing = (what: string, action: string) =>
      `catalog to test, Deploy-test: Deploy (${what}): CloudFormation ${what === "update" ? "updates" : "creates"} Free (AWS::IAM::Role): delivery-catalog--test-execution needs ${action} on arn:aws:iam::222222222222:role/catalog--test-Free-ID; missing: identity`;
    const { findings } = await walked({ more });
    assert.deepEqual(inTest({ findings, calls: [], notShown: [] }), [
      missing("first deployment", "iam:CreateRole"),
      `${missing("update", "iam:UpdateAssumeRolePolicy")} (and 1 more calls like it)`,
    ]);
  });

  it("finds a role that is passed to a service which may not take it", async () => {
    const result = await walked({ trusted: "ecs" });
    const on =
      "service lambda.amazonaws.com needs sts:AssumeRole on arn:aws:iam::222222222222:role/catalog--test-Role-ID; missing: resource";
    assert.deepEqual(inTest(result), [
      `catalog to test, Deploy-test: Deploy (first deployment): CloudFormation creates Function (AWS::Lambda::Function): lambda.amazonaws.com must be able to take the role that it is passed: ${on} (and 3 more calls like it)`,
    ]);
  });

  it("finds a log that the function may not write, and a grant that the boundary takes away", async () => {
    const more = `  Send:
    Type: AWS::Lambda::Function
    Properties: { PackageType: Image, Code: { ImageUri: !Ref ImageUri }, Role: !GetAtt Sender.Arn }
  Sender:
    Type: AWS::IAM::Role
    Properties:
      PermissionsBoundary: !Ref PermissionsBoundaryArn
      AssumeRolePolicyDocument: { Statement: { Effect: Allow, Principal: { Service: lambda.amazonaws.com }, Action: sts:AssumeRole } }
      Policies: [{ PolicyName: send, PolicyDocument: { Statement: { Effect: Allow, Action: "events:PutEvents", Resource: !Sub "arn:\${AWS::Partition}:events:\${AWS::Region}:\${AWS::AccountId}:event-bus/default" } } }]`;
    const finding = (why: string, action: string, resource: string, missing: string) =>
      `catalog to test, test: in use (every release): ${why}: catalog--test-Sender-ID needs ${action} on arn:aws:${resource}; missing: ${missing}`;
    const group = "logs:eu-west-1:222222222222:log-group:/aws/lambda/catalog--test-Send-ID";
    const writes = "Lambda writes the log of function Send";
    assert.deepEqual(inTest(await walked({ more })), [
      finding(writes, "logs:CreateLogGroup", group, "identity, boundary"),
      finding(writes, "logs:CreateLogStream", `${group}:log-stream:run`, "identity"),
      finding(writes, "logs:PutLogEvents", `${group}:log-stream:run`, "identity"),
      finding(
        "function Send uses what its template grants",
        "events:PutEvents",
        "events:eu-west-1:222222222222:event-bus/default",
        "boundary",
      ),
    ]);
  });

  it("finds a type that its kind is not meant to have, and says which call cannot be decided", async () => {
    const more = `  Setting: { Type: AWS::SSM::Parameter, Properties: { Name: x } }`;
    const code =
      '      VpcConfig: { SubnetIds: [subnet-1] }\n      KmsKeyArn: !Sub "arn:aws:kms:${AWS::Region}:${AWS::AccountId}:key/1"';
    const findings = inTest(await walked({ more, function: code }));
    assert.ok(
      findings.some((each) =>
        each.startsWith(
          "catalog to test, Deploy-test: Deploy (first deployment): CloudFormation creates Setting (AWS::SSM::Parameter): delivery-catalog--test-execution needs ssm:PutParameter on arn:aws:ssm:eu-west-1:222222222222:parameter/x; missing: identity",
        ),
      ),
      findings.join("\n"),
    );
    assert.match(
      findings.find((each) => each.includes("kms:CreateGrant")) ?? "",
      /^catalog to test, Deploy-test: Deploy \(first deployment\): CloudFormation creates Function \(AWS::Lambda::Function\): delivery-catalog--test-execution needs kms:CreateGrant on arn:aws:kms:eu-west-1:222222222222:key\/1, which cannot be decided: .* is not in the model/,
    );
    assert.ok(findings.some((each) => /needs ec2:DescribeSubnets on \*; missing: identity/.test(each)));
  });

  describe("reads both of AWS's pages on tags below an HTTP API", () => {
    const api = {
      more: `  Api: { Type: AWS::ApiGatewayV2::Api, Properties: { Name: api, ProtocolType: HTTP } }
  Route: { Type: AWS::ApiGatewayV2::Route, Properties: { ApiId: !Ref Api, RouteKey: $default } }
  Stage: { Type: AWS::ApiGatewayV2::Stage, Properties: { ApiId: !Ref Api, StageName: $default } }`,
    };
    /** The walk after statements of test's execution role were changed, by Sid; undefined: removed. */
    const after = async (change: Readonly<Record<string, ((statement: Values) => Values) | undefined>>) => {
      const record = changed((await unbroken()).runs, (resource) =>
        resource.stack === "test" && resource.name === "catalog--test-execution"
          ? document((content) => ({
              ...content,
              Statement: list(content["Statement"])
                .map(map)
                .flatMap((each) => {
                  const sid = String(each["Sid"]);
                  return sid in change ? [change[sid]?.(each)].filter((made) => made !== undefined) : [each];
                }),
            }))(resource)
          : same(resource),
      );
      return walk(await sampleWorld(record, { app: serviceOf(templateOf(api)) }));
    };
    /** What is denied in test, as action and kind of path, with the reading. */
    const denied = ({ calls }: Walk): string[] =>
      [
        ...new Set(
          calls
            .filter(({ answer, action }) => answer.verdict === "denied" && action.startsWith("apigateway:"))
            .map(({ action, resource, why }) => {
              const path = resource
                .replace(/%2F/g, "/")
                .replace(/^.*?::(arn:[^/]*?::)?/, "")
                .replace(/\/tags\/.*$/, "/tags/API")
                .replace(/^(\/apis\/)[^/]+/, "$1ID")
                .replace(/(routes\/|stages\/).+$/, "$1ID");
              return `${action.split(":")[1]} ${path}${/; (.*)$/.exec(why)?.[0] ?? ""}`;
            }),
        ),
      ].sort();
    const conditions = (Condition: Values) => (statement: Values) => ({ ...statement, Condition });
    const TAG = "aws:ResourceTag/delivery:workload";
    const NONE = "; what is below an API has no tag";
    const SAME = "; what is below an API has its tag";

    it("and the release is allowed in both", async () => {
      assert.deepEqual(denied(await after({})), []);
      const { calls } = await after({});
      const readings = (path: string) =>
        new Set(
          calls.filter(({ resource }) => resource.endsWith(path)).map(({ why }) => /; (.*)$/.exec(why)?.[0]),
        );
      assert.deepEqual(readings("/routes"), new Set([SAME, NONE]));
      assert.deepEqual(readings("/stages"), new Set([SAME, NONE]));
    });

    it("fails where what is below has no tag, without the statement for it, or with StringEquals in it", async () => {
      const expected = [
        ...["DELETE", "GET", "PATCH"].map((each) => `${each} /apis/ID/routes/ID${NONE}`),
        "POST /apis/ID/routes" + NONE,
        "DELETE /apis/ID/stages/ID" + NONE,
        "GET /apis/ID/stages/ID" + NONE,
        "PATCH /apis/ID/stages/ID" + NONE,
        "POST /apis/ID/stages" + NONE,
        "TagResource /apis/ID/stages" + NONE,
      ];
      for (const change of [undefined, conditions({ StringEquals: { [TAG]: "catalog--test" } })]) {
        const found = denied(await after({ ManagePartsOfApi: change }));
        assert.ok(
          found.every((each) => each.endsWith(NONE)),
          found.join("\n"),
        );
        for (const each of expected) assert.ok(found.includes(each), `${each}\nnot in\n${found.join("\n")}`);
      }
    });

    it("fails where what is below has the API's tag, when only what has none is let through", async () => {
      const found = denied(
        await after({
          ManagePartsOfApi: conditions({ Null: { [TAG]: "true" } }),
          ManageApi: conditions({ StringEquals: { [TAG]: "payroll" } }),
        }),
      );
      assert.ok(found.includes("POST /apis/ID/routes" + SAME), found.join("\n"));
      assert.deepEqual(
        found.filter((each) => each.endsWith(NONE)),
        [],
      );
    });

    it("fails on the API itself without the strict statement, whatever is below", async () => {
      assert.deepEqual(denied(await after({ ManageApi: undefined })), [
        "DELETE /apis/ID",
        "GET /apis/ID",
        "PATCH /apis/ID",
      ]);
    });

    it("fails on either path that tags of a new API are written on, without it", async () => {
      const only = (index: number) => (statement: Values) => ({
        ...statement,
        Resource: [list(statement["Resource"])[index]],
      });
      assert.deepEqual(denied(await after({ TagApi: only(0) })), [
        "POST /tags/API; as AWS asked in cloudformation-coverage-roadmap#997",
        "PUT /tags/API; as AWS asked in cloudformation-coverage-roadmap#997",
      ]);
      assert.ok(denied(await after({ TagApi: only(1) })).includes("PUT /tags/API"));
    });
  });
});
