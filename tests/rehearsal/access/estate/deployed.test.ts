import assert from "node:assert/strict";
import { decide, type Question } from "../../../../packages/iam/src/evaluate/decide";
import { service, session } from "../../../../packages/iam/src/policy/principals";
import type { World } from "../../../../rehearsal/access/estate/world";
import { serviceOf, templateOf } from "../templates";
import { deploymentIn, resourceOf, sampleWorld, unbrokenWorld } from "../worlds";

const verdict = ({ model }: World, question: Question): string => {
  const { verdict, missing } = decide(model, question);
  return verdict === "allowed" ? verdict : missing.join(", ");
};

describe("access/world", () => {
  it("has what the template makes in each environment, with what AWS calls it", async () => {
    const world = await unbrokenWorld();
    assert.deepEqual(
      world.deployments.map(({ pipeline, environment, account, stackName }) => [
        pipeline,
        environment,
        account,
        stackName,
      ]),
      [
        ["catalog", "test", "222222222222", "catalog--test"],
        ["catalog", "prod", "333333333333", "catalog--prod"],
      ],
    );
    const { resources, repositoryArn } = deploymentIn(world, "test");
    const shown = resources.map(
      ({ logicalId, arn }) =>
        `${logicalId} ${arn.replace(/-[0-9A-F]{12}/g, "-ID").replace(/\b[0-9a-f]{10}\b/g, "ID")}`,
    );
    const stack = "eu-west-1:222222222222";
    assert.deepEqual(shown, [
      `Products arn:aws:dynamodb:${stack}:table/catalog--test-Products-ID`,
      `FunctionLogs arn:aws:logs:${stack}:log-group:/aws/lambda/catalog--test-api`,
      "FunctionRole arn:aws:iam::222222222222:role/catalog--test-FunctionRole-ID",
      `Function arn:aws:lambda:${stack}:function:catalog--test-Function-ID`,
      `Version arn:aws:lambda:${stack}:function:catalog--test-Function-ID:1`,
      `Alias arn:aws:lambda:${stack}:function:catalog--test-Function-ID:live`,
      `DeploymentApplication arn:aws:codedeploy:${stack}:application:catalog--test-DeploymentApplication-ID`,
      `DeploymentGroup arn:aws:codedeploy:${stack}:deploymentgroup:catalog--test-DeploymentApplication-ID/catalog--test-DeploymentGroup-ID`,
      `FunctionErrors arn:aws:cloudwatch:${stack}:alarm:catalog--test-FunctionErrors-ID`,
      `ApiErrors arn:aws:cloudwatch:${stack}:alarm:catalog--test-ApiErrors-ID`,
      "Api arn:aws:apigateway:eu-west-1::/apis/ID",
      "Integration arn:aws:apigateway:eu-west-1::/apis/ID/integrations/ID",
      "CreateProduct arn:aws:apigateway:eu-west-1::/apis/ID/routes/ID",
      "FindProduct arn:aws:apigateway:eu-west-1::/apis/ID/routes/ID",
      `InvokePermission arn:aws:lambda:${stack}:function:catalog--test-Function-ID:live`,
      `AccessLogs arn:aws:logs:${stack}:log-group:catalog--test-access`,
      "Stage arn:aws:apigateway:eu-west-1::/apis/ID/stages/$default",
    ]);
    assert.match(repositoryArn ?? "", /^arn:aws:ecr:eu-west-1:111111111111:repository\/catalog-[0-9a-f]{7}$/);
  });

  it("binds the template's role by what it says and by the boundary", async () => {
    const world = await unbrokenWorld();
    const deployment = deploymentIn(world, "test");
    const [{ arn: roleArn }, { arn: table }, { arn: functionArn }] = [
      resourceOf(deployment, "FunctionRole"),
      resourceOf(deployment, "Products"),
      resourceOf(deployment, "Function"),
    ];
    const principal = session(roleArn, "function");
    const ask = (action: string, from = functionArn) =>
      verdict(world, { principal, action, resource: table, context: { "lambda:SourceFunctionArn": from } });
    assert.equal(ask("dynamodb:GetItem"), "allowed");
    assert.equal(ask("dynamodb:Scan"), "identity");
    assert.equal(ask("dynamodb:DeleteTable"), "identity, boundary");
    assert.equal(ask("dynamodb:GetItem", "arn:aws:lambda:eu-west-1:222222222222:function:other"), "boundary");
    const prod = resourceOf(deploymentIn(world, "prod"), "Products").arn;
    const across = {
      principal,
      action: "dynamodb:GetItem",
      resource: prod,
      context: { "lambda:SourceFunctionArn": functionArn },
    };
    assert.equal(verdict(world, across), "identity, boundary, resource");
    const lambda = {
      principal: service("lambda.amazonaws.com"),
      action: "sts:AssumeRole",
      resource: roleArn,
    };
    assert.equal(verdict(world, lambda), "allowed");
    assert.equal(verdict(world, { ...lambda, principal: service("ecs.amazonaws.com") }), "resource");
  });

  it("guards functions, versions and aliases by permissions, each apart", async () => {
    const world = await unbrokenWorld();
    const deployment = deploymentIn(world, "prod");
    const api = resourceOf(deployment, "Api").id;
    const invoke = (logicalId: string, sourceApi = api, name = "apigateway.amazonaws.com") =>
      verdict(world, {
        principal: service(name),
        action: "lambda:InvokeFunction",
        resource: resourceOf(deployment, logicalId).arn,
        context: {
          "aws:SourceArn": `arn:aws:execute-api:eu-west-1:333333333333:${sourceApi}/$default/GET/x`,
          "aws:SourceAccount": "333333333333",
        },
      });
    assert.equal(invoke("Alias"), "allowed");
    assert.equal(invoke("Alias", "other"), "resource");
    assert.equal(invoke("Alias", api, "events.amazonaws.com"), "resource");
    assert.equal(invoke("Function"), "resource");
    assert.equal(invoke("Version"), "resource");
  });

  it("lets the access log of an API be delivered, from the own account, and to no other log group", async () => {
    const world = await unbrokenWorld();
    const deployment = deploymentIn(world, "test");
    const deliver = (logicalId: string, account: string) =>
      verdict(world, {
        principal: service("delivery.logs.amazonaws.com"),
        action: "logs:PutLogEvents",
        resource: `${resourceOf(deployment, logicalId).arn}:log-stream:x`,
        context: { "aws:SourceArn": `arn:aws:logs:eu-west-1:${account}:x`, "aws:SourceAccount": account },
      });
    assert.equal(deliver("AccessLogs", "222222222222"), "allowed");
    assert.equal(deliver("AccessLogs", "333333333333"), "resource");
    assert.equal(deliver("FunctionLogs", "222222222222"), "resource");
  });

  it("writes permissions with every condition that Lambda takes", async () => {
    const more = `  Stranger:
    Type: AWS::Lambda::Permission
    Properties: { Action: lambda:InvokeFunction, FunctionName: !Ref Function, Principal: "444444444444", SourceAccount: "555555555555" }
  Everyone:
    Type: AWS::Lambda::Permission
    Properties: { Action: lambda:InvokeFunctionUrl, FunctionName: !GetAtt Function.Arn, Principal: "*", FunctionUrlAuthType: NONE }`;
    const world = await sampleWorld(undefined, { app: serviceOf(templateOf({ more })) });
    const { arn } = resourceOf(deploymentIn(world, "test"), "Function");
    const policy = world.model.guarded.get(arn)?.policy;
    assert.deepEqual(
      policy?.statements.map(({ sid }) => sid),
      ["Stranger", "Everyone"],
    );
    const principal = session("arn:aws:iam::111111111111:role/delivery-catalog-build", "x");
    const url = { principal, action: "lambda:InvokeFunctionUrl", resource: arn };
    assert.equal(verdict(world, { ...url, context: { "lambda:FunctionUrlAuthType": "NONE" } }), "identity");
    assert.equal(
      verdict(world, { ...url, context: { "lambda:FunctionUrlAuthType": "AWS_IAM" } }),
      "identity, resource",
    );
  });

  it("has topics with the policy that AWS gives them, unless the template has one", async () => {
    const policy = `
  Policy:
    Type: AWS::SNS::TopicPolicy
    Properties:
      Topics: [!Ref Closed]
      PolicyDocument:
        Statement: [{ Sid: Own, Effect: Allow, Principal: { AWS: !Ref AWS::AccountId }, Action: sns:Publish, Resource: !Ref Closed }]`;
    const more = `  Open: { Type: AWS::SNS::Topic }\n  Closed: { Type: AWS::SNS::Topic }${policy}`;
    const world = await sampleWorld(undefined, { app: serviceOf(templateOf({ more })) });
    const deployment = deploymentIn(world, "test");
    const topics = ["Open", "Closed"].map((each) => resourceOf(deployment, each).arn);
    assert.deepEqual(
      topics.map((each) => world.model.guarded.get(each)?.policy?.statements.map(({ sid }) => sid)),
      [["AwsDefault"], ["Own"]],
    );
    const anybody = session("arn:aws:iam::222222222222:role/delivery-catalog--test-cleanup", "x");
    assert.deepEqual(
      topics.map((resource) =>
        verdict(world, {
          principal: anybody,
          action: "sns:Publish",
          resource,
        }),
      ),
      ["allowed", "identity"],
    );
  });

  it("gives roles the policies that a template attaches, its own and those of other stacks", async () => {
    const more = `  Extra:
    Type: AWS::IAM::ManagedPolicy
    Properties:
      Roles: [!Ref Role]
      PolicyDocument: { Statement: { Sid: More, Effect: Allow, Action: "xray:PutTraceSegments", Resource: "*" } }
  Grab:
    Type: AWS::IAM::Policy
    Properties:
      PolicyName: grab
      Roles: [delivery-catalog--test-cleanup, delivery-catalog--prod-cleanup]
      PolicyDocument: { Statement: { Sid: Grab, Effect: Allow, Action: "dynamodb:*", Resource: "*" } }`;
    const app = serviceOf(templateOf({ more }));
    // The template names a role of the other environment: there is none of that name in this account.
    await assert.rejects(
      sampleWorld(undefined, { app }),
      /^Error: Grab \(AWS::IAM::Policy\) of catalog--test is a policy of role delivery-catalog--prod-cleanup, which nothing here makes$/,
    );
    const own = serviceOf(
      templateOf({
        more: more.replace(
          /delivery-catalog--test-cleanup, .*\]/,
          "!Sub 'delivery-${AWS::StackName}-cleanup']",
        ),
      }),
    );
    const world = await sampleWorld(undefined, { app: own });
    const roles = world.model.roles;
    const names = (arn: string) =>
      roles.get(arn)?.identity.map(({ name }) => name.replace(/-[0-9A-F]{12}/g, "-ID"));
    assert.deepEqual(names("arn:aws:iam::222222222222:role/delivery-catalog--test-cleanup"), [
      "inline policy of role delivery-catalog--test-cleanup",
      "policy grab of role delivery-catalog--test-cleanup",
    ]);
    assert.deepEqual(names(resourceOf(deploymentIn(world, "prod"), "Role").arn), [
      "policy log of role catalog--prod-Role-ID",
      "managed policy catalog--prod-Extra-ID",
    ]);
  });
});
