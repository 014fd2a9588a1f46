import assert from "node:assert/strict";
import { walk, type Walk } from "../../../../rehearsal/access/walk/walk";
import { type Parts, serviceOf, templateOf } from "../templates";
import { sampleWorld } from "../worlds";

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

describe("access/walk of a template", () => {
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

  it("says in one line which type it knows no handlers of, and which call cannot be decided", async () => {
    const more = `  Setting: { Type: AWS::SSM::Parameter, Properties: { Name: x } }`;
    const code =
      '      VpcConfig: { SubnetIds: [subnet-1] }\n      KmsKeyArn: !Sub "arn:aws:kms:${AWS::Region}:${AWS::AccountId}:key/1"';
    const findings = inTest(await walked({ more, function: code }));
    assert.equal(
      findings[0],
      "catalog--test: what CloudFormation calls for Setting (AWS::SSM::Parameter) is not known: add the type to rehearsal/access/walk/handlers.yaml, or do without it",
    );
    assert.match(
      findings.find((each) => each.includes("kms:CreateGrant")) ?? "",
      /^catalog to test, Deploy-test: Deploy \(first deployment\): CloudFormation creates Function \(AWS::Lambda::Function\): delivery-catalog--test-execution needs kms:CreateGrant on arn:aws:kms:eu-west-1:222222222222:key\/1, which cannot be decided: .* is not in the model/,
    );
    assert.ok(findings.some((each) => /needs ec2:DescribeSubnets on \*; missing: identity/.test(each)));
  });
});
