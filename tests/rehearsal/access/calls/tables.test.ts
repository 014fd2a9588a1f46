import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { catalog, serviceOf } from "../../../../packages/iam/src/policy/catalog";
import { CARRYING, PLAIN } from "../../../../rehearsal/access/estate/deployedTypes";
import { isAskedOn } from "../../../../packages/iam/src/lint/statementFaults";
import { made, possible } from "../../../../rehearsal/access/calls/conditions";
import { HANDLERS, schemaOf } from "../../../../rehearsal/access/calls/handlers";
import { kindCalls, usedBy } from "../../../../rehearsal/access/calls/kindCalls";
import { walk } from "../../../../rehearsal/access/calls/walk";
import { ROOT } from "../../sample";
import { unbrokenWorld } from "../worlds";

const CONDITIONS = parse(readFileSync(join(ROOT, "rehearsal/access/calls/conditions.yaml"), "utf8")) as {
  type?: string;
  when?: string;
  actions: string;
}[];

const resource = (type: string, properties: object = {}, policies: object = {}) => ({
  logicalId: "X",
  type,
  id: "x",
  arn: "arn",
  properties: properties as Record<string, unknown>,
  policies: policies as Record<string, unknown>,
});

/** Permissions that schemas name and IAM's reference does not. */
const UNLISTED = [
  "apigateway:TagResource",
  "apigateway:UntagResource",
  "lambda:AssociateRuntimeAlias",
  "s3:GetObjectMetadata",
  "s3:REST.PUT.OBJECT",
];

describe("access/calls tables", () => {
  it("have the handlers of every type that the sample's kind of workload is made of", () => {
    const known = [...CARRYING.keys(), ...PLAIN.keys()].sort();
    const without = known.filter((type) => !HANDLERS.has(type));
    assert.deepEqual(without, ["AWS::Events::Rule", "AWS::SSM::Parameter"]);
    assert.deepEqual(
      [...HANDLERS.keys()].filter((type) => !known.includes(type)),
      [],
    );
    assert.deepEqual(HANDLERS.get("AWS::Lambda::Permission"), {
      create: ["lambda:AddPermission"],
      read: ["lambda:GetPolicy"],
      delete: ["lambda:RemovePermission"],
    });
    assert.equal(
      schemaOf("AWS::Lambda::Permission"),
      "https://schema.cloudformation.us-east-1.amazonaws.com/aws-lambda-permission.json",
    );
  });

  it("name actions that AWS has; what its reference leaves out is known", async () => {
    const all = [...new Set([...HANDLERS.values()].flatMap((each) => Object.values(each).flat()))];
    const { covered } = await catalog(all.map(serviceOf));
    const missing = all.filter((action) => covered(action).length === 0);
    assert.deepEqual(
      missing.filter((each) => !UNLISTED.includes(each)),
      [],
    );
    assert.ok(missing.includes("apigateway:TagResource"));
  });

  it("have conditions for actions that a handler has, and for no others", () => {
    for (const { type, actions } of CONDITIONS) {
      const types = type === undefined ? [...HANDLERS.keys()] : [type];
      const all = types.flatMap((each) => Object.values(HANDLERS.get(each) ?? {}).flat());
      for (const action of actions.split(" ")) assert.ok(all.includes(action), `${type ?? "any"} ${action}`);
    }
    assert.ok(CONDITIONS.length > 40);
  });

  it("make a call where a property of its own asks for it, and nowhere else", () => {
    const type = "AWS::Lambda::Function";
    const put = "lambda:PutFunctionConcurrency";
    assert.equal(made(resource(type), put), false);
    assert.equal(made(resource(type, { ReservedConcurrentExecutions: 0 }), put), true);
    assert.equal(made(resource(type, { Code: { S3Bucket: "b" } }), "s3:GetObject"), true);
    assert.equal(made(resource(type, { Code: { S3Bucket: "b" } }), "s3:GetObjectVersion"), false);
    assert.equal(made(resource(type, { Code: { ImageUri: "b" } }), "s3:GetObject"), false);
    assert.equal(made(resource(type), "lambda:GetFunction"), true);
    const alias = "AWS::Lambda::Alias";
    const shift = { UpdatePolicy: { CodeDeployLambdaAliasUpdate: {} } };
    assert.equal(made(resource(alias), "codedeploy:CreateDeployment"), false);
    assert.equal(made(resource(alias, {}, shift), "codedeploy:CreateDeployment"), true);
    const role = "AWS::IAM::Role";
    assert.equal(
      made(resource(role, { PermissionsBoundary: "b" }), "iam:DeleteRolePermissionsBoundary"),
      false,
    );
    assert.deepEqual(
      [possible(role, "iam:DeleteRolePermissionsBoundary"), possible(role, "iam:AttachRolePolicy")],
      [false, true],
    );
  });

  it("ask each call on something that AWS asks it on", async () => {
    const { calls } = walk(await unbrokenWorld());
    const { covered } = await catalog(calls.map(({ action }) => serviceOf(action)));
    // What the data says of API Gateway's methods is about REST APIs, and those of HTTP APIs are in one field with them.
    const others = calls.filter(({ action }) => !action.startsWith("apigateway:"));
    const odd = others.filter(
      ({ action, resource }) => !covered(action).some((each) => isAskedOn(each, resource)),
    );
    assert.deepEqual([...new Set(odd.map(({ action, resource }) => `${action} ${resource}`))], []);
    assert.ok(others.length > 1000);
  });

  it("say what a kind of workload can need: all that the sample does, and what its types may have", async () => {
    const world = await unbrokenWorld();
    const { calls } = walk(world);
    const traits = world.kinds.get("lambda-container") ?? assert.fail("there is no such kind");
    const { execution, codedeploy, boundary } = kindCalls(traits);
    assert.ok(execution && codedeploy && boundary);
    const used = usedBy(calls).filter(({ roleArn }) => roleArn.endsWith("-execution"));
    assert.deepEqual(
      used.filter(({ action }) => !execution.has(action)),
      [],
    );
    for (const action of [
      "lambda:PutFunctionConcurrency",
      "dynamodb:DeleteTable",
      "lambda:ListTags",
      "logs:DeleteLogDelivery",
    ])
      assert.ok(execution.has(action), action);
    for (const action of ["iam:DeleteRolePermissionsBoundary", "dynamodb:GetItem", "iam:CreateUser"])
      assert.ok(!execution.has(action), action);
    const shifting = usedBy(calls).filter(({ roleArn }) => roleArn.endsWith("-codedeploy"));
    assert.deepEqual([...new Set(shifting.map(({ action }) => action))].sort(), [...codedeploy].sort());
    assert.ok(boundary.has("dynamodb:Query") && !boundary.has("dynamodb:DeleteTable"));
  });
});
