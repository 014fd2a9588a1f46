import assert from "node:assert/strict";
import { itStartsTogether, judge, LATER, ZIP } from "./judging";

const it = itStartsTogether();

/** What Plan's log says of the rights of one resource that has these properties before and after. */
async function said(
  before: object | undefined,
  after: object | undefined,
  type = "AWS::IAM::Role",
): Promise<string[]> {
  const context = (properties: object | undefined) =>
    properties && JSON.stringify({ Properties: properties });
  const change = {
    Action: before ? (after ? "Modify" : "Remove") : "Add",
    ...{ LogicalResourceId: "It", ResourceType: type },
    ...{ BeforeContext: context(before), AfterContext: context(after) },
  };
  const template = { Resources: { It: { Type: type, Properties: after ?? {} } } };
  const [lines = []] = await judge([
    { template, set: { Changes: [{ Type: "Resource", ResourceChange: change }] }, rules: ZIP },
  ]);
  return lines.filter((line) => !/^(refused|error): |^(ADD|MODIFY|REMOVE) /.test(line));
}

const TABLE = "arn:aws:dynamodb:eu-west-1:222222222222:table/catalog--test-T";
const allow = (Action: unknown, Resource: unknown = TABLE, more: object = {}) => ({
  Effect: "Allow",
  Action,
  Resource,
  ...more,
});
const policy = (...Statement: readonly object[]) => ({
  Policies: [{ PolicyName: "p", PolicyDocument: { Statement } }],
});

describe("growth.jq", () => {
  it("says what a changed role may now and may no longer, whatever the Sids and the order", async () => {
    const old = policy(allow(["dynamodb:GetItem", "dynamodb:Query"]), {
      ...allow("xray:PutTraceSegments", "*"),
      Sid: "X",
    });
    const now = policy(
      { ...allow("xray:PutTraceSegments", "*"), Sid: "Y" },
      allow(["dynamodb:Query", "dynamodb:Scan", "dynamodb:PutItem"]),
    );
    assert.deepEqual(await said(old, now), [
      "1 permissions (It), rights grow in It",
      `GROWS It: may now dynamodb:PutItem, dynamodb:Scan on ${TABLE}`,
      `SHRINKS It: may no longer dynamodb:GetItem on ${TABLE}`,
    ]);
  });

  it("says nothing of what a star covers already, and of a change that is none", async () => {
    const wide = policy(allow("dynamodb:*", "arn:aws:dynamodb:eu-west-1:222222222222:table/*"));
    assert.deepEqual(await said(wide, policy(allow("dynamodb:GetItem"))), [
      "1 permissions (It)",
      "SHRINKS It: may no longer dynamodb:* on arn:aws:dynamodb:eu-west-1:222222222222:table/*",
    ]);
    assert.deepEqual(await said(wide, { ...wide, Description: "other" }), ["1 permissions (It)"]);
  });

  it("says conditions, denials and who is let in", async () => {
    const tls = { Condition: { Bool: { "aws:SecureTransport": "true" } } };
    assert.deepEqual(
      (await said(policy(allow("dynamodb:Scan", TABLE, tls)), policy(allow("dynamodb:Scan")))).slice(1),
      [
        `GROWS It: may now dynamodb:Scan on ${TABLE}, before only when {"Bool":{"aws:SecureTransport":"true"}}`,
      ],
    );
    assert.deepEqual(
      (await said(policy(allow("dynamodb:Scan")), policy(allow("dynamodb:Scan", TABLE, tls)))).slice(1),
      [
        `SHRINKS It: may no longer dynamodb:Scan on ${TABLE}, from now on only when {"Bool":{"aws:SecureTransport":"true"}}`,
      ],
    );
    const deny = { ...allow("dynamodb:Scan"), Effect: "Deny" };
    assert.deepEqual((await said(policy(deny), policy())).slice(1), [
      `GROWS It: is no longer denied dynamodb:Scan on ${TABLE}`,
    ]);
    assert.deepEqual((await said(policy(), policy(deny))).slice(1), [
      `SHRINKS It: is now denied dynamodb:Scan on ${TABLE}`,
    ]);
    const trust = (Service: string) => ({
      AssumeRolePolicyDocument: {
        Statement: [{ Effect: "Allow", Action: "sts:AssumeRole", Principal: { Service } }],
      },
    });
    assert.deepEqual((await said(trust("lambda.amazonaws.com"), trust("events.amazonaws.com"))).slice(1), [
      "GROWS It: events.amazonaws.com may now sts:AssumeRole",
      "SHRINKS It: lambda.amazonaws.com may no longer sts:AssumeRole",
    ]);
  });

  it("says what is written as all but something, and takes a question mark for one character", async () => {
    const allBut = {
      Effect: "Allow",
      NotAction: ["iam:PassRole", "sts:AssumeRole"],
      NotResource: TABLE,
      NotPrincipal: { AWS: "222222222222" },
    };
    assert.deepEqual((await said(policy(), policy(allBut))).slice(1), [
      'GROWS It: all but {"AWS":"222222222222"} may now all but iam:PassRole, sts:AssumeRole on all but ' +
        TABLE,
    ]);
    const any = policy(allow("dynamodb:Scan", TABLE.replace(/T$/, "?")));
    assert.deepEqual(await said(any, policy(allow("dynamodb:Scan"))), [
      "1 permissions (It)",
      `SHRINKS It: may no longer dynamodb:Scan on ${TABLE.replace(/T$/, "?")}`,
    ]);
  });

  it("says what comes new, what goes, and what gives rights without a statement", async () => {
    assert.deepEqual(await said(undefined, policy(allow("dynamodb:Scan"))), [
      "1 permissions (It), rights grow in It",
      `GROWS It: may now dynamodb:Scan on ${TABLE}`,
    ]);
    assert.deepEqual(await said(policy(allow("dynamodb:Scan")), undefined), [
      "1 permissions (It)",
      `SHRINKS It: may no longer dynamodb:Scan on ${TABLE}`,
    ]);
    const permission = {
      Action: "lambda:InvokeFunction",
      FunctionName: "f",
      Principal: "apigateway.amazonaws.com",
      SourceArn: "a",
    };
    assert.deepEqual((await said(undefined, permission, "AWS::Lambda::Permission")).slice(1), [
      'GROWS It: apigateway.amazonaws.com may now lambda:InvokeFunction on f when {"SourceArn":"a"}',
    ]);
    const managed = "arn:aws:iam::aws:policy/ReadOnlyAccess";
    assert.deepEqual((await said({}, { ManagedPolicyArns: [managed] })).slice(1), [
      `GROWS It: may now what managed policy ${managed} lets`,
    ]);
  });

  it("says whom a policy is attached to besides, where no statement changes", async () => {
    const attached = (more: object) => ({ PolicyDocument: { Statement: [allow("dynamodb:Scan")] }, ...more });
    const [IAM, QUEUE] = ["AWS::IAM::Policy", "AWS::SQS::QueuePolicy"];
    assert.deepEqual(
      (await said(attached({ Roles: ["one"] }), attached({ Roles: ["one", "two"] }), IAM)).slice(1),
      ["GROWS It: two may now what this policy lets"],
    );
    assert.deepEqual(
      (await said(attached({ Queues: ["one"] }), attached({ Queues: ["two"] }), QUEUE)).slice(1),
      [
        "GROWS It: may now what this policy lets on two",
        "SHRINKS It: may no longer what this policy lets on one",
      ],
    );
    assert.deepEqual((await said(undefined, attached({ Roles: ["one"] }), IAM)).slice(1), [
      `GROWS It: may now dynamodb:Scan on ${TABLE}`,
    ]);
    assert.deepEqual((await said(attached({ Roles: ["one"] }), undefined, IAM)).slice(1), [
      `SHRINKS It: may no longer dynamodb:Scan on ${TABLE}`,
    ]);
  });

  it("says may of what a parameter with NoEcho hides, though it looks the same as before or covers all", async () => {
    const hidden = policy(allow("dynamodb:Scan", "****"));
    const may = "MAY GROW It: may now dynamodb:Scan on ****";
    const less = "MAY SHRINK It: may no longer dynamodb:Scan on ****";
    assert.deepEqual((await said(hidden, { ...hidden, Description: "other" })).slice(1), [may, less]);
    assert.deepEqual((await said(hidden, policy(allow("dynamodb:Scan", "*")))).slice(1), [
      "GROWS It: may now dynamodb:Scan on *",
    ]);
  });

  it("says may where what was before isn't shown, or what will be is not known yet", async () => {
    const type = "AWS::IAM::Role";
    const change = {
      Action: "Modify",
      LogicalResourceId: "It",
      ResourceType: type,
      AfterContext: '{"Properties":{}}',
    };
    const [lines = []] = await judge([
      {
        template: { Resources: { It: { Type: type } } },
        set: { Changes: [{ Type: "Resource", ResourceChange: change }] },
      },
    ]);
    assert.ok(lines.includes("MAY GROW It: what it was before isn't shown"), lines.join("\n"));
    assert.deepEqual(
      (await said(policy(allow("dynamodb:Scan")), policy(allow("dynamodb:Scan", LATER)))).slice(1),
      [
        `MAY GROW It: may now dynamodb:Scan on ${LATER}`,
        `SHRINKS It: may no longer dynamodb:Scan on ${TABLE}`,
      ],
    );
  });
});
