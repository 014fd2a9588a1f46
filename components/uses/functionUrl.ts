import { allow, type Statement } from "../policies";
import { functions } from "../workloads/lambdaExecution";
import type { WorkloadSite } from "../workloads/workload";
import type { Part, Use } from "./use";

const URL = "AWS::Lambda::Url";
const AUTH_TYPE = "lambda:FunctionUrlAuthType";
const lacks = "tasks have no such addresses: they stand behind a load balancer";

const template = (authType: string): Part["template"] => ({
  types: [URL],
  own: { [URL]: { TargetFunctionArn: { "AWS::Lambda::Function": ["Ref", "Arn"] } } },
  authTypes: [authType],
});

const makeUrls = (site: WorkloadSite, Sid: string, authType: string): Statement =>
  allow(Sid, ["lambda:CreateFunctionUrlConfig", "lambda:UpdateFunctionUrlConfig"], [functions(site)], {
    StringEquals: { [AUTH_TYPE]: authType },
  });
const manageUrls = (site: WorkloadSite): Statement =>
  allow(
    "ManageFunctionUrls",
    ["lambda:DeleteFunctionUrlConfig", "lambda:GetFunctionUrlConfig"],
    [functions(site)],
  );

/** Functions that principals of the account call at an address of their own, signed. */
export const functionUrl: Use = {
  name: "functionUrl",
  parts: {
    functions: {
      template: template("AWS_IAM"),
      // Never one that everybody may call.
      execution: (site) => [makeUrls(site, "MakeFunctionUrls", "AWS_IAM"), manageUrls(site)],
      // Who calls it needs rights of his own.
      workload: () => [],
    },
  },
  lacks,
};

/** Functions that everybody calls at an address of their own. */
export const publicFunctionUrl: Use = {
  name: "publicFunctionUrl",
  parts: {
    functions: {
      template: template("NONE"),
      execution: (site) => [
        makeUrls(site, "MakePublicFunctionUrls", "NONE"),
        manageUrls(site),
        // Two permissions, of which the second knows no key that tells it from one to call the function otherwise: Plan does.
        // https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html
        allow("LetEverybodyCall", ["lambda:AddPermission", "lambda:RemovePermission"], [functions(site)], {
          StringEquals: { "lambda:Principal": "*" },
          StringEqualsIfExists: { [AUTH_TYPE]: "NONE" },
        }),
      ],
      workload: () => [],
    },
  },
  lacks,
};
