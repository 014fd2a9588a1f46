import { arn, WORKLOAD_TAG } from "../names";
import { allow } from "../policies";
import type { Use } from "./use";

/** APIs by an OpenAPI document in `Body`, which AWS SAM makes of `HttpApi` and `Api` events. What is in it, jobs/judge.jq reads. */
export const openapi: Use = {
  name: "openapi",
  parts: {
    functions: {
      template: { types: [] },
      properties: { "AWS::ApiGatewayV2::Api": ["Body"], "AWS::ApiGateway::RestApi": ["Body"] },
      execution: ({ scope, name }, uses) => {
        const api = (path: string) => arn(scope, "apigateway", "", path);
        // An import takes no tags; CloudFormation writes them after it. One of another workload's is never written.
        const notAnothers = { StringEqualsIfExists: { [`aws:RequestTag/${WORKLOAD_TAG}`]: name } };
        return [
          // https://docs.aws.amazon.com/apigatewayv2/latest/api-reference/apis.html#ImportApi
          allow("ImportApi", ["apigateway:PUT"], [api("/apis")], notAnothers),
          // https://docs.aws.amazon.com/apigateway/latest/api/API_ImportRestApi.html
          ...(uses.includes("restapi")
            ? [allow("ImportRestApi", ["apigateway:POST"], [api("/restapis")], notAnothers)]
            : []),
        ];
      },
      // API Gateway calls functions as itself, and functions call no API.
      workload: () => [],
    },
  },
  lacks: "tasks stand behind a load balancer",
};
