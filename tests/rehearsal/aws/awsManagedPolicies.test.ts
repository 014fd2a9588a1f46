import assert from "node:assert/strict";
import { FOR_LAMBDA } from "../../../rehearsal/aws/functionNetworks";
import { awsManagedPolicy } from "../../../rehearsal/aws/awsManagedPolicies";

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
  it("allow what AWS lists of them, on any resource", () => {
    const logs = "logs:CreateLogGroup logs:CreateLogStream logs:PutLogEvents";
    const allowed = {
      "service-role/AWSLambdaVPCAccessExecutionRole":
        `${logs} ec2:CreateNetworkInterface ec2:DescribeNetworkInterfaces ec2:DescribeSubnets ` +
        "ec2:DeleteNetworkInterface ec2:AssignPrivateIpAddresses ec2:UnassignPrivateIpAddresses",
      "service-role/AWSLambdaSQSQueueExecutionRole": `sqs:ReceiveMessage sqs:DeleteMessage sqs:GetQueueAttributes ${logs}`,
      "service-role/AWSLambdaDynamoDBExecutionRole": `dynamodb:DescribeStream dynamodb:GetRecords dynamodb:GetShardIterator dynamodb:ListStreams ${logs}`,
      AWSXRayDaemonWriteAccess:
        "xray:PutTraceSegments xray:PutTelemetryRecords xray:GetSamplingRules xray:GetSamplingTargets xray:GetSamplingStatisticSummaries",
    };
    for (const [name, actions] of Object.entries(allowed))
      assert.deepEqual(awsManagedPolicy(`arn:aws:iam::aws:policy/${name}`), {
        Version: "2012-10-17",
        Statement: [
          { Sid: name.split("/").at(-1), Effect: "Allow", Action: actions.split(" "), Resource: "*" },
        ],
      });
  });

  it("allow what Lambda does for a function in a VPC", () => {
    const document = awsManagedPolicy("arn:aws:iam::aws:policy/service-role/AWSLambdaVPCAccessExecutionRole");
    const [statement] = (document as { Statement: { Action: string[] }[] }).Statement;
    assert.deepEqual(
      FOR_LAMBDA.filter((action) => !statement?.Action.includes(action)),
      [],
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
