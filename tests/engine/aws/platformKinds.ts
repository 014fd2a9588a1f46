/** What a container platform is made of, and published values. */
import { judgeParameter } from "./parameters";
import * as platform from "./platform";
import type { Kind } from "./kind";

const RULE: Kind = { fixed: ["securityGroupId"] };

export const PLATFORM_KINDS: Readonly<Record<string, Kind>> = {
  "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup": { fixed: ["vpcId"] },
  "aws:ec2/eip:Eip": { fixed: [] },
  "aws:ec2/internetGateway:InternetGateway": { fixed: [], remove: platform.judgeInternetGatewayDeletion },
  "aws:ec2/natGateway:NatGateway": { fixed: ["subnetId", "allocationId"] },
  "aws:ec2/route:Route": { fixed: ["routeTableId", "destinationCidrBlock"] },
  "aws:ec2/routeTable:RouteTable": { fixed: ["vpcId"] },
  "aws:ec2/routeTableAssociation:RouteTableAssociation": { fixed: ["subnetId"] },
  "aws:ec2/securityGroup:SecurityGroup": {
    name: "name",
    fixed: ["description", "vpcId"],
    remove: platform.judgeGroupDeletion,
  },
  "aws:ec2/subnet:Subnet": {
    fixed: ["vpcId", "cidrBlock", "availabilityZone"],
    remove: platform.judgeSubnetDeletion,
  },
  "aws:ec2/vpc:Vpc": { fixed: ["cidrBlock"], remove: platform.judgeNetworkDeletion },
  "aws:ecs/cluster:Cluster": { name: "name", fixed: [], remove: platform.judgeClusterDeletion },
  "aws:lb/listener:Listener": { fixed: ["loadBalancerArn"], write: platform.judgeListener },
  "aws:lb/loadBalancer:LoadBalancer": {
    name: "name",
    fixed: ["internal", "loadBalancerType"],
    write: platform.judgeBalancer,
    remove: platform.judgeBalancerDeletion,
  },
  "aws:ssm/parameter:Parameter": {
    name: "name",
    given: true,
    fixed: [],
    taken: "parameter-taken",
    write: judgeParameter,
  },
  "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": RULE,
  "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": RULE,
};
