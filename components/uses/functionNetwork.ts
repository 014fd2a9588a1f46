import { arn } from "../names";
import type { FunctionNetwork } from "../stage";
import { allow } from "../policies";
import { functions, ownLayers } from "../workloads/lambdaExecution";
import type { WorkloadSite } from "../workloads/workload";
import type { Use } from "./use";

const FUNCTION = "AWS::Lambda::Function";
const SUBNETS = "FunctionSubnetIds";
const SECURITY_GROUPS = "FunctionSecurityGroupIds";

/** What Lambda needs of a function's role: https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html */
const DESCRIBE = ["ec2:DescribeNetworkInterfaces", "ec2:DescribeSubnets"];
const CREATE = "ec2:CreateNetworkInterface";
const MANAGE = [
  "ec2:AssignPrivateIpAddresses",
  "ec2:DeleteNetworkInterface",
  "ec2:UnassignPrivateIpAddresses",
];

/** The network that settings give the functions of an environment. */
function networkOf({ name, functionNetwork }: WorkloadSite): FunctionNetwork {
  if (functionNetwork === undefined)
    throw new Error(`functions of ${name} may be in a network, but none is given: settings refuse that`);
  return functionNetwork;
}

/** A shared subnet, or a security group of it, has the ARN of its owner; the id alone says which it is. */
const shared = ({ scope }: WorkloadSite, kind: "security-group" | "subnet", ids: readonly string[]) =>
  ids.map((id) => arn(scope, "ec2", "*", `${kind}/${id}`));

/** Functions in the subnets and security groups that settings give their environment, and in no others. */
export const functionNetwork: Use = {
  name: "functionNetwork",
  parts: {
    functions: {
      template: {
        types: [],
        given: {
          [FUNCTION]: { "VpcConfig.SubnetIds": SUBNETS, "VpcConfig.SecurityGroupIds": SECURITY_GROUPS },
        },
        // Lambda asks for them as the function is made, when other resources are there already.
        granted: {
          [FUNCTION]: {
            VpcConfig: {
              actions: [...DESCRIBE, CREATE, ...MANAGE],
              why: "with which Lambda makes its network interfaces",
              policy: "service-role/AWSLambdaVPCAccessExecutionRole",
            },
          },
        },
      },
      properties: { [FUNCTION]: ["VpcConfig"] },
      parameters: (site) => {
        const { subnets, securityGroups } = networkOf(site);
        return { [SUBNETS]: subnets.join(","), [SECURITY_GROUPS]: securityGroups.join(",") };
      },
      execution: (site) => {
        const { subnets, securityGroups } = networkOf(site);
        return [
          allow(
            "ConfigureFunctionsInNetwork",
            ["lambda:CreateFunction", "lambda:UpdateFunctionConfiguration"],
            [functions(site)],
            {
              // ForAllValues also holds where the key is missing, and a function without groups gets the VPC's default one.
              Null: { "lambda:SecurityGroupIds": "false", "lambda:SubnetIds": "false" },
              "ForAllValues:StringEquals": {
                "lambda:SecurityGroupIds": securityGroups,
                "lambda:SubnetIds": subnets,
              },
              ...ownLayers(site),
            },
          ),
          // EC2 takes no resource for these.
          allow(
            "DescribeNetwork",
            [
              "ec2:DescribeNetworkInterfaces",
              "ec2:DescribeSecurityGroups",
              "ec2:DescribeSubnets",
              "ec2:DescribeVpcs",
            ],
            ["*"],
          ),
        ];
      },
      /**
       * Lambda makes the interfaces with the function's role, and its calls carry no lambda:SourceFunctionArn. Calls of the
       * function's own code carry it, so the code has none of these rights:
       * https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html#configuration-vpc-best-practice-policy
       */
      workload: (site) => {
        const { scope, account } = site;
        const { subnets, securityGroups } = networkOf(site);
        const ofLambda = { Null: { "lambda:SourceFunctionArn": "true" } };
        return [
          allow("DescribeNetwork", DESCRIBE, ["*"], ofLambda),
          allow(
            "CreateNetworkInterfaces",
            [CREATE],
            [
              arn(scope, "ec2", account, "network-interface/*"),
              ...shared(site, "security-group", securityGroups),
              ...shared(site, "subnet", subnets),
            ],
            ofLambda,
          ),
          // AWS's page wants all resources of the account where no interface is named. Whether Lambda's check of the role says
          // of which subnet an interface would be is not documented: so a key that is not there is let through.
          allow("ManageNetworkInterfaces", MANAGE, [arn(scope, "ec2", account, "*/*")], {
            ...ofLambda,
            ArnLikeIfExists: { "ec2:Subnet": shared(site, "subnet", subnets) },
          }),
        ];
      },
    },
  },
  lacks: "tasks are in the network of their platform",
};
