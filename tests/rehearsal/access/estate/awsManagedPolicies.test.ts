import assert from "node:assert/strict";
import { awsManagedPolicy } from "../../../../rehearsal/access/estate/awsManagedPolicies";

describe("AWS's own managed policies", () => {
  it("are known by their ARNs, in any partition", () => {
    for (const partition of ["aws", "aws-cn", "aws-us-gov"])
      assert.deepEqual(
        awsManagedPolicy(`arn:${partition}:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole`),
        {
          Version: "2012-10-17",
          Statement: [
            {
              Sid: "AWSLambdaBasicExecutionRole",
              Effect: "Allow",
              Action: ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"],
              Resource: "*",
            },
          ],
        },
      );
  });
  it("are not those of an account, nor of other names", () => {
    for (const arn of [
      "arn:aws:iam::222222222222:policy/service-role/AWSLambdaBasicExecutionRole",
      "arn:aws:iam::aws:policy/AWSLambdaBasicExecutionRole",
      "arn:aws:iam::aws:policy/AdministratorAccess",
      "arn:aws:iam::aws:policy/toString",
    ])
      assert.equal(awsManagedPolicy(arn), undefined, arn);
  });
});
