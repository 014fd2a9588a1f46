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
