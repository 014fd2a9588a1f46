import { allow } from "../policies";
import { functions } from "../workloads/lambdaExecution";
import type { Use } from "./use";

const URL = "AWS::Lambda::Url";

/** Functions that principals of the account call at an address of their own, signed. */
export const functionUrl: Use = {
  name: "functionUrl",
  parts: {
    functions: {
      template: {
        types: [URL],
        own: { [URL]: { TargetFunctionArn: { "AWS::Lambda::Function": ["Ref", "Arn"] } } },
      },
      execution: (site) => [
        // Never one that everybody may call.
        allow(
          "MakeFunctionUrls",
          ["lambda:CreateFunctionUrlConfig", "lambda:UpdateFunctionUrlConfig"],
          [functions(site)],
          { StringEquals: { "lambda:FunctionUrlAuthType": "AWS_IAM" } },
        ),
        allow(
          "ManageFunctionUrls",
          ["lambda:DeleteFunctionUrlConfig", "lambda:GetFunctionUrlConfig"],
          [functions(site)],
        ),
      ],
      // Who calls it needs rights of his own.
      workload: () => [],
    },
  },
  lacks: "tasks have no such addresses: they stand behind a load balancer",
};
