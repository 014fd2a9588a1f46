import assert from "node:assert/strict";
import { using } from "../../../components/uses/using";
import { lambdaZip } from "../../../components/workloads/lambdaZip";
import { are, arn, may, SITE } from "../workloads/site";

const FUNCTIONS = [arn("lambda", "function:cat--test-*")];

describe("uses functionUrl", () => {
  const functions = using(lambdaZip, ["functionUrl"]);

  it("lets CloudFormation make addresses that ask for a signature, of functions of the stack's name", () =>
    are(
      functions.further?.(SITE) ?? [],
      may("MakeFunctionUrls", "lambda", "CreateFunctionUrlConfig UpdateFunctionUrlConfig", FUNCTIONS, {
        StringEquals: { "lambda:FunctionUrlAuthType": "AWS_IAM" },
      }),
      may("ManageFunctionUrls", "lambda", "DeleteFunctionUrlConfig GetFunctionUrlConfig", FUNCTIONS),
    ));

  it("gives functions nothing", () => assert.deepEqual(functions.boundary?.(SITE), lambdaZip.boundary(SITE)));
});

describe("uses publicFunctionUrl", () => {
  const functions = using(lambdaZip, ["publicFunctionUrl"]);
  const make = may(
    "MakePublicFunctionUrls",
    "lambda",
    "CreateFunctionUrlConfig UpdateFunctionUrlConfig",
    FUNCTIONS,
    { StringEquals: { "lambda:FunctionUrlAuthType": "NONE" } },
  );
  const manage = may(
    "ManageFunctionUrls",
    "lambda",
    "DeleteFunctionUrlConfig GetFunctionUrlConfig",
    FUNCTIONS,
  );
  const open = may("LetEverybodyCall", "lambda", "AddPermission RemovePermission", FUNCTIONS, {
    StringEquals: { "lambda:Principal": "*" },
    StringEqualsIfExists: { "lambda:FunctionUrlAuthType": "NONE" },
  });

  it("lets CloudFormation make addresses that ask nobody, and let everybody call there", () =>
    are(functions.further?.(SITE) ?? [], make, manage, open));

  it("is apart from addresses that ask for a signature: with both, each has its own right", () => {
    const both = using(lambdaZip, ["functionUrl", "publicFunctionUrl"]);
    assert.deepEqual(
      both.further?.(SITE).map(({ Sid }) => Sid),
      ["MakeFunctionUrls", "ManageFunctionUrls", "MakePublicFunctionUrls", "LetEverybodyCall"],
    );
    assert.deepEqual(both.template.authTypes, ["AWS_IAM", "NONE"]);
    assert.deepEqual(functions.template.authTypes, ["NONE"]);
    assert.deepEqual(using(lambdaZip, ["functionUrl"]).template.authTypes, ["AWS_IAM"]);
    assert.equal(using(lambdaZip, ["sqs"]).template.authTypes, undefined);
  });

  it("gives functions nothing", () => assert.deepEqual(functions.boundary?.(SITE), lambdaZip.boundary(SITE)));
});
