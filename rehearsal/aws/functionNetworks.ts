/** Functions in a VPC: the condition keys of their configuration, and the calls that Lambda makes with their roles. */
import { map, texts, type Values } from "../../packages/iam/src/json";
import type { Question } from "../../packages/iam/src/evaluate/decide";
import { partitionOf } from "./physicalNames";
import { on, one, several } from "./requests";
import type { Asked, CallCondition, DeployedResource, DeployedStack } from "./types";

interface Network {
  readonly subnets: readonly string[];
  readonly securityGroups: readonly string[];
}

/** Undefined for a function that is in none, also where its lists are empty. */
function networkOf(properties: Values): Network | undefined {
  const written = map(properties["VpcConfig"]);
  const [subnets, securityGroups] = [texts(written["SubnetIds"]), texts(written["SecurityGroupIds"])];
  return subnets.length + securityGroups.length > 0 ? { subnets, securityGroups } : undefined;
}

/** https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html#vpc-conditions */
export function saidOfNetwork(properties: Values): NonNullable<Question["context"]> {
  const network = networkOf(properties);
  return {
    // Its id is in no template; that there is one is enough.
    ...one("lambda:VpcIds", network && "vpc-0"),
    ...several("lambda:SubnetIds", network?.subnets ?? []),
    ...several("lambda:SecurityGroupIds", network?.securityGroups ?? []),
  };
}

export const LOOKED_AT: CallCondition = {
  why: "networks are looked at for functions in one",
  when: "VpcConfig",
  actions: "ec2:DescribeSecurityGroups ec2:DescribeSubnets ec2:DescribeVpcs ec2:DescribeNetworkInterfaces",
};

const DESCRIBE = ["ec2:DescribeNetworkInterfaces", "ec2:DescribeSubnets"];
const CREATE = ["ec2:CreateNetworkInterface"];
const MANAGE = [
  "ec2:AssignPrivateIpAddresses",
  "ec2:DeleteNetworkInterface",
  "ec2:UnassignPrivateIpAddresses",
];
/** What a function's role is granted for Lambda and not for the function's own code. */
export const FOR_LAMBDA: readonly string[] = [...DESCRIBE, ...CREATE, ...MANAGE];

/** Lambda makes interfaces, with the function's role and without naming the function. */
export function interfaceCalls({ arn, properties }: DeployedResource, stack: DeployedStack): Asked[] {
  const network = networkOf(properties);
  if (network === undefined) return [];
  const own = (kind: string, id: string) =>
    `arn:${partitionOf(arn)}:ec2:${stack.region}:${stack.account}:${kind}/${id}`;
  const subnets = network.subnets.map((id) => own("subnet", id));
  const made = own("network-interface", "eni-0");
  return [
    ...on("*", DESCRIBE),
    ...[made, ...subnets, ...network.securityGroups.map((id) => own("security-group", id))].flatMap((each) =>
      on(each, CREATE),
    ),
    ...subnets.flatMap((subnet) => on(made, MANAGE, { "ec2:Subnet": subnet })),
  ];
}
