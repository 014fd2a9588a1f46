import { identified, length, plain } from "./mockRows";
import type { MockOutputs, MockRequest, Service } from "./types";

/** The network that awsx makes of its own: ids for as many subnets as there are zones. */
const vpc = ({ count, hash }: MockRequest): MockOutputs => {
  const zones = Array.from({ length: count("numberOfAvailabilityZones", 3) }, (_, zone) => zone);
  const subnets = (kind: string): string[] => zones.map((zone) => `subnet-${hash(15)}${kind}${zone}`);
  const [publicSubnetIds, privateSubnetIds] = [subnets("a"), subnets("b")];
  return { id: "", outputs: { vpcId: `vpc-${hash(17)}`, publicSubnetIds, privateSubnetIds } };
};

const IN_VPC = ["vpcId", "vpcId", "awsx:ec2:Vpc"] as const;
const rule = plain(identified("sgr", "security-group-rule"), {
  setOn: ["securityGroupId", "id", "aws:ec2/securityGroup:SecurityGroup"],
});

export const ec2: Service = {
  file: "ec2",
  pulumi: {
    "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup": plain(identified("sg", "security-group"), {
      setOn: IN_VPC,
    }),
    "aws:ec2/eip:Eip": plain(({ hash }) => {
      const id = `eipalloc-${hash(17)}`;
      return { id, outputs: { allocationId: id } };
    }),
    "aws:ec2/internetGateway:InternetGateway": plain(identified("igw", "internet-gateway")),
    "aws:ec2/natGateway:NatGateway": plain(identified("nat")),
    "aws:ec2/route:Route": plain(identified("r")),
    "aws:ec2/routeTable:RouteTable": plain(identified("rtb", "route-table")),
    "aws:ec2/routeTableAssociation:RouteTableAssociation": plain(identified("rtbassoc")),
    "aws:ec2/securityGroup:SecurityGroup": plain(
      (asked) => {
        const { id, outputs } = identified("sg", "security-group")(asked);
        return { id, outputs: { ...outputs, name: asked.named("name") } };
      },
      // EC2 takes no other characters in a description.
      { setOn: IN_VPC, limits: [length("description", 255, /^[\w .:/()#,@[\]+=&;{}!$*-]*$/)] },
    ),
    "aws:ec2/subnet:Subnet": plain(identified("subnet", "subnet")),
    "aws:ec2/vpc:Vpc": plain(identified("vpc", "vpc")),
    "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": rule,
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": rule,
    "awsx:ec2:Vpc": plain(vpc),
  },
  onNothing: [
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeSecurityGroups",
    "ec2:DescribeSubnets",
    "ec2:DescribeVpcs",
  ],
};
