import assert from "node:assert/strict";
import { using } from "../../../components/uses/using";
import { ecsService } from "../../../components/workloads/ecsService";
import { lambdaZip } from "../../../components/workloads/lambdaZip";
import { serverless } from "../../../components/workloads/serverless";
import { MOST } from "../workloads/functions";
import { are, arn, may, SITE, SUBNETS } from "../workloads/site";

const FUNCTIONS = [arn("lambda", "function:cat--test-*")];
const subnets = SUBNETS.map((id) => `arn:aws:ec2:eu-central-1:*:subnet/${id}`);
const byLambda = { Null: { "lambda:SourceFunctionArn": "true" } };

describe("uses functionNetwork", () => {
  const functions = using(lambdaZip, ["functionNetwork"]);

  it("lets CloudFormation put functions into the subnets and security groups of the settings, and no others", () =>
    are(
      functions.further?.(SITE) ?? [],
      may("ConfigureFunctionsInNetwork", "lambda", "CreateFunction UpdateFunctionConfiguration", FUNCTIONS, {
        Null: { "lambda:SecurityGroupIds": "false", "lambda:SubnetIds": "false" },
        "ForAllValues:StringEquals": { "lambda:SecurityGroupIds": ["sg-1"], "lambda:SubnetIds": SUBNETS },
        "ForAllValues:StringLike": { "lambda:Layer": [arn("lambda", "layer:cat--test-*")] },
      }),
      may(
        "DescribeNetwork",
        "ec2",
        "DescribeNetworkInterfaces DescribeSecurityGroups DescribeSubnets DescribeVpcs",
        ["*"],
      ),
    ));

  it("lets Lambda make interfaces there with functions' roles, and not the functions' code", () =>
    are(
      functions.boundary?.(SITE) ?? [],
      ...MOST,
      may("DescribeNetwork", "ec2", "DescribeNetworkInterfaces DescribeSubnets", ["*"], byLambda),
      may(
        "CreateNetworkInterfaces",
        "ec2",
        "CreateNetworkInterface",
        [arn("ec2", "network-interface/*"), "arn:aws:ec2:eu-central-1:*:security-group/sg-1", ...subnets],
        byLambda,
      ),
      may(
        "ManageNetworkInterfaces",
        "ec2",
        "AssignPrivateIpAddresses DeleteNetworkInterface UnassignPrivateIpAddresses",
        [arn("ec2", "*/*")],
        { ...byLambda, ArnLikeIfExists: { "ec2:Subnet": subnets } },
      ),
    ));

  it("hands the network to templates, beside what every release of the kind sets", () => {
    for (const kind of [lambdaZip, serverless])
      assert.deepEqual(using(kind, ["functionNetwork"]).parameters(SITE), {
        ...kind.parameters(SITE),
        FunctionSubnetIds: SUBNETS.join(","),
        FunctionSecurityGroupIds: "sg-1",
      });
    assert.deepEqual(using(lambdaZip, ["sqs"]).parameters(SITE), lambdaZip.parameters(SITE));
  });

  it("refuses a place without a network", () => {
    const site = { ...SITE, functionNetwork: undefined };
    const message = /^functions of cat--test may be in a network, but none is given: settings refuse that$/;
    for (const made of [functions.further, functions.boundary, functions.parameters])
      assert.throws(() => made?.(site), { message });
  });

  it("is the only service with which functions may have a VpcConfig, and says so otherwise", () => {
    const never = (...uses: Parameters<typeof using>[1]) =>
      using(lambdaZip, uses).template.never["AWS::Lambda::Function"]?.["VpcConfig"];
    assert.equal(never("functionNetwork", "sqs"), undefined);
    assert.equal(never("sqs"), "takes uses: [sqs, functionNetwork] in the settings of its pipeline");
    assert.equal(never(), "takes uses: [functionNetwork] in the settings of its pipeline");
    assert.deepEqual(using(ecsService, []).template.never, ecsService.template.never);
  });
});
