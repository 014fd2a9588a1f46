import assert from "node:assert/strict";
import { using } from "../../../components/uses/using";
import { lambdaZip } from "../../../components/workloads/lambdaZip";
import { are, may, SITE } from "../workloads/site";

const api = (path: string) => `arn:aws:apigateway:eu-central-1::${path}`;
const OWN = { "aws:ResourceTag/delivery:workload": "cat--test" };

describe("uses restapi", () => {
  const functions = using(lambdaZip, ["restapi"]);

  it("lets CloudFormation make REST APIs with the workload's tag, and change those that have it", () =>
    are(
      functions.further?.(SITE) ?? [],
      may("CreateRestApi", "apigateway", "POST", [api("/restapis")], {
        StringEquals: { "aws:RequestTag/delivery:workload": "cat--test" },
      }),
      may("EmptyRestApiPolicy", "apigateway", "UpdateRestApiPolicy", [api("/restapis")]),
      may("ManageRestApi", "apigateway", "DELETE GET PUT UpdateRestApiPolicy", [api("/restapis/*")], {
        StringEquals: OWN,
      }),
      may("ChangeRestApi", "apigateway", "PATCH POST", [api("/restapis/*")], {
        StringEquals: OWN,
        StringLikeIfExists: {
          "apigateway:Request/AccessLoggingDestination": ["/aws/lambda/", ""].map(
            (prefix) => `arn:aws:logs:eu-central-1:222222222222:log-group:${prefix}cat--test-*`,
          ),
        },
      }),
    ));

  it("gives functions nothing", () => assert.deepEqual(functions.boundary?.(SITE), lambdaZip.boundary(SITE)));
});
