import assert from "node:assert/strict";
import { catalog, serviceOf } from "../../../../packages/iam/src/policy/catalog";
import { isAskedOn } from "../../../../packages/iam/src/lint/statementFaults";
import { made, possible, schemaOf } from "../../../../rehearsal/access/calls/handlers";
import { kindCalls, usedBy } from "../../../../rehearsal/access/calls/kindCalls";
import { walk } from "../../../../rehearsal/access/calls/walk";
import { cloudFormationTypes, knownCloudFormationType } from "../../../../rehearsal/aws/registry";
import { type CloudFormationType, OPERATIONS } from "../../../../rehearsal/aws/types";
import { unbrokenWorld } from "../worlds";

const words = (written: string): string[] => written.split(/\s+/);
/** Every action of a type's handlers. */
const actionsOf = ({ handlers }: CloudFormationType): string[] =>
  Object.values(handlers).flatMap((each) =>
    Object.entries(each).flatMap(([prefix, names]) => words(names).map((name) => `${prefix}:${name}`)),
  );

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
  "kms:ReEncrypt",
  "lambda:AssociateRuntimeAlias",
  ...["Analytics", "Metrics"].map((each) => `s3:DeleteBucket${each}Configuration`),
  ...["Cors", "Encryption", "Lifecycle", "Replication", "Tagging"].map((each) => `s3:DeleteBucket${each}`),
  "s3:GetObjectMetadata",
  "s3:PutBucketReplication",
  "s3:PutObjectLockConfiguration",
  "s3:REST.PUT.OBJECT",
];

describe("access/calls tables", () => {
  it("name the schema that handlers are from", () => {
    assert.equal(
      schemaOf("AWS::Lambda::Permission"),
      "https://schema.cloudformation.us-east-1.amazonaws.com/aws-lambda-permission.json",
    );
    assert.deepEqual(
      OPERATIONS.map((operation) => made(resource("AWS::Lambda::Permission"), operation)),
      [["lambda:AddPermission"], ["lambda:GetPolicy"], [], ["lambda:RemovePermission"], []],
    );
  });

  it("name actions that AWS has; what its reference leaves out is known", async () => {
    const all = [...new Set(cloudFormationTypes().flatMap(([, type]) => actionsOf(type)))];
    const { covered } = await catalog(all.map(serviceOf));
    const missing = all.filter((action) => covered(action).length === 0);
    assert.deepEqual(
      missing.filter((each) => !UNLISTED.includes(each)),
      [],
    );
    assert.ok(missing.includes("apigateway:TagResource"));
  });

  it("have conditions for actions that a handler has, and for no others", () => {
    const conditions = cloudFormationTypes().flatMap(([type, { conditions = [] }]) =>
      conditions.map((each) => ({ type, ...each })),
    );
    // Some are of several types, each of which has a part of the actions.
    const shared = (actions: string) =>
      cloudFormationTypes().filter(([, { conditions = [] }]) =>
        conditions.some((each) => each.actions === actions),
      );
    for (const { type, actions } of conditions) {
      const all = shared(actions).flatMap(([, each]) => actionsOf(each));
      for (const action of words(actions)) assert.ok(all.includes(action), `${type} ${action}`);
    }
    assert.ok(conditions.length > 40);
  });

  it("make a call where a property of its own asks for it, and nowhere else", () => {
    const makes = (action: string, ...of: Parameters<typeof resource>): boolean =>
      OPERATIONS.some((operation) => made(resource(...of), operation).includes(action));
    const type = "AWS::Lambda::Function";
    const put = "lambda:PutFunctionConcurrency";
    assert.equal(makes(put, type), false);
    assert.equal(makes(put, type, { ReservedConcurrentExecutions: 0 }), true);
    assert.equal(makes("s3:GetObject", type, { Code: { S3Bucket: "b" } }), true);
    assert.equal(makes("s3:GetObjectVersion", type, { Code: { S3Bucket: "b" } }), false);
    assert.equal(makes("s3:GetObject", type, { Code: { ImageUri: "b" } }), false);
    assert.equal(makes("lambda:GetFunction", type), true);
    const alias = "AWS::Lambda::Alias";
    const shift = { UpdatePolicy: { CodeDeployLambdaAliasUpdate: {} } };
    assert.equal(makes("codedeploy:CreateDeployment", alias), false);
    assert.equal(makes("codedeploy:CreateDeployment", alias, {}, shift), true);
    assert.equal(makes("lambda:PutProvisionedConcurrencyConfig", alias), false);
    assert.equal(
      makes("lambda:PutProvisionedConcurrencyConfig", alias, { ProvisionedConcurrencyConfig: {} }),
      true,
    );
    const role = "AWS::IAM::Role";
    assert.equal(makes("iam:DeleteRolePermissionsBoundary", role, { PermissionsBoundary: "b" }), false);
    const needed = possible(knownCloudFormationType("a test", role));
    assert.deepEqual(
      ["iam:DeleteRolePermissionsBoundary", "iam:AttachRolePolicy"].map((each) => needed.includes(each)),
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
