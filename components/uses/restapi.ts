import { arn, WORKLOAD_TAG } from "../names";
import { allow } from "../policies";
import { logGroups } from "../workloads/storageExecution";
import type { Use } from "./use";

const of = (name: string): string => `AWS::ApiGateway::${name}`;
const API = of("RestApi");
/** What is below an API, and says of which. */
const PARTS = [
  "Authorizer",
  "Deployment",
  "GatewayResponse",
  "Method",
  "Model",
  "RequestValidator",
  "Resource",
  "Stage",
].map(of);
const DEPLOYMENT = { [of("Deployment")]: ["Ref", "DeploymentId"] };
const ELSEWHERE = "leads to what is not of this template";

/** REST APIs, which the Serverless Framework makes of `http` events: their requests go to the template's own functions. */
export const restapi: Use = {
  name: "restapi",
  parts: {
    functions: {
      template: {
        types: [API, ...PARTS],
        own: {
          ...Object.fromEntries(PARTS.map((part) => [part, { RestApiId: { [API]: ["Ref", "RestApiId"] } }])),
          [of("Stage")]: {
            RestApiId: { [API]: ["Ref", "RestApiId"] },
            DeploymentId: DEPLOYMENT,
            "CanarySetting.DeploymentId": DEPLOYMENT,
            "AccessLogSetting.DestinationArn": { "AWS::Logs::LogGroup": ["Arn"] },
          },
        },
        only: {
          // A private one is reached from networks that nothing here knows, and not by Verify.
          [API]: Object.fromEntries(
            // The latter are of an import, by a Body.
            ["EndpointConfiguration.Types", "Parameters.endpointConfigurationTypes"].map((path) => [
              path,
              ["EDGE", "REGIONAL"],
            ]),
          ),
          // AWS is a call of any API, HTTP one of any address. Where Uri leads, Plan judges for itself.
          [of("Method")]: { "Integration.Type": ["AWS_PROXY", "MOCK"] },
        },
        never: {
          [API]: {
            BodyS3Location: "is a part of the template that Plan does not see",
            CloneFrom: "copies an API that is not of this template",
            "EndpointConfiguration.VpcEndpointIds": ELSEWHERE,
            Policy: "could let others in: let its methods or an authorizer say who may call them",
          },
          [of("Authorizer")]: { AuthorizerCredentials: "takes a right to give roles to API Gateway" },
          [of("Deployment")]: { StageDescription: "hides a stage: write an AWS::ApiGateway::Stage" },
          [of("Method")]: {
            "Integration.ConnectionId": ELSEWHERE,
            "Integration.Credentials": "takes a right to give roles to API Gateway",
            "Integration.IntegrationTarget": ELSEWHERE,
          },
        },
      },
      execution: (site) => {
        const { scope, name } = site;
        const api = (path: string) => arn(scope, "apigateway", "", path);
        const [collection, all] = [[api("/restapis")], [api("/restapis/*")]];
        // What is below a REST API has its tags, for IAM:
        // https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-tagging-supported-resources.html
        const own = { [`aws:ResourceTag/${WORKLOAD_TAG}`]: name };
        return [
          allow("CreateRestApi", ["apigateway:POST"], collection, {
            StringEquals: { [`aws:RequestTag/${WORKLOAD_TAG}`]: name },
          }),
          // The Serverless Framework writes an empty policy. Of an API that is only being made, AWS tells no tag.
          allow("EmptyRestApiPolicy", ["apigateway:UpdateRestApiPolicy"], collection),
          allow(
            "ManageRestApi",
            ["apigateway:DELETE", "apigateway:GET", "apigateway:PUT", "apigateway:UpdateRestApiPolicy"],
            all,
            { StringEquals: own },
          ),
          allow("ChangeRestApi", ["apigateway:PATCH", "apigateway:POST"], all, {
            StringEquals: own,
            StringLikeIfExists: {
              "apigateway:Request/AccessLoggingDestination": logGroups(site, ["/aws/lambda/", ""]),
            },
          }),
        ];
      },
      // API Gateway calls functions as itself, and functions call no API.
      workload: () => [],
    },
  },
  lacks: "tasks stand behind a load balancer",
};
