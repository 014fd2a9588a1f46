import type * as pulumi from "@pulumi/pulumi";
import { output } from "@pulumi/pulumi/output";
import { ComponentResource } from "@pulumi/pulumi/resource";
import { invoke } from "@pulumi/pulumi/runtime/invoke";
import { refuseUnknown, Resource } from "./resource";

interface Args {
  readonly cidrBlock: string;
  readonly enableDnsHostnames?: boolean;
  readonly numberOfAvailabilityZones: number;
  readonly natGateways: { readonly strategy: "None" | "Single" | "OnePerAz" };
  readonly subnetStrategy: "Auto";
  readonly subnetSpecs: readonly { readonly type: "Private" | "Public" }[];
}
const KNOWN = [
  "cidrBlock",
  "enableDnsHostnames",
  "natGateways",
  "numberOfAvailabilityZones",
  "subnetSpecs",
  "subnetStrategy",
];
const ANYWHERE = "0.0.0.0/0";

/** Bits that tell so many apart. */
const bits = (count: number): number => Math.ceil(Math.log2(count));

/** The range of the nth of equal parts of a network. */
export function part(cidr: string, newBits: number, n: number): string {
  const [address = "", size] = cidr.split("/");
  const length = Number(size) + newBits;
  const first = address.split(".").reduce((sum, byte) => sum * 256 + Number(byte), 0);
  const number = first + n * 2 ** (32 - length);
  return `${[24, 16, 8, 0].map((shift) => Math.floor(number / 2 ** shift) % 256).join(".")}/${length}`;
}

/** One zone's part of the network: what `subnet` and `route` are about. */
interface Zone {
  readonly number: number;
  readonly zone: string;
}

/** https://github.com/pulumi/pulumi-awsx/blob/v3.9.0/awsx/ec2/vpc.ts, for equal subnets in each zone */
export class Vpc extends ComponentResource {
  readonly outputs: pulumi.Inputs;

  constructor(name: string, inputs: pulumi.Inputs, opts: pulumi.ComponentResourceOptions) {
    super("awsx:ec2:Vpc", name, {}, opts);
    refuseUnknown(inputs, KNOWN, "vpc.ts");
    const network = output(inputs as unknown as Args).apply((args) => this.network(name, args));
    this.outputs = {
      vpc: network.apply(({ vpc }) => vpc),
      vpcId: network.apply(({ vpc }) => vpc.id),
      subnets: network.apply(({ subnets }) => subnets.map(({ subnet }) => subnet)),
      natGateways: network.apply(({ gateways }) => gateways),
      routes: network.apply(({ routes }) => routes),
      internetGateway: network.apply(({ internet }) => internet),
      ...Object.fromEntries(
        ["private", "public", "isolated"].map((type) => [
          `${type}SubnetIds`,
          network.apply(({ subnets }) =>
            subnets.filter((each) => each.type.toLowerCase() === type).map(({ subnet }) => subnet.id),
          ),
        ]),
      ),
    };
    this.registerOutputs(this.outputs);
  }

  private async network(name: string, args: Args) {
    const { names } = (await invoke(
      "aws:index/getAvailabilityZones:getAvailabilityZones",
      {},
      { parent: this },
    )) as { names: string[] };
    const { cidrBlock, enableDnsHostnames, natGateways, subnetSpecs } = args;
    const tags = { Name: name };
    const vpc = new Resource("aws:ec2/vpc:Vpc", name, { cidrBlock, enableDnsHostnames, tags }, [], this);
    const internet = new Resource(
      "aws:ec2/internetGateway:InternetGateway",
      name,
      { vpcId: vpc.id, tags },
      [],
      vpc,
      [vpc],
    );
    const zones = names.slice(0, args.numberOfAvailabilityZones);
    if (zones.length < args.numberOfAvailabilityZones) throw new Error("too few Availability Zones");
    const gateways: Resource[] = [];
    const routes: Resource[] = [];
    const subnets = zones.flatMap((zone, index) => {
      const range = part(cidrBlock, bits(zones.length), index);
      const specs = subnetSpecs.map(({ type }, i) => ({
        type,
        range: part(range, bits(subnetSpecs.length), i),
      }));
      specs.sort((a, b) => Number(b.type === "Public") - Number(a.type === "Public")); // gateways stand in these
      return specs.map(({ type, range }) => {
        const { subnet, table } = this.subnet(name, vpc, { number: index + 1, zone }, type, range);
        const wanted = { None: 0, Single: 1, OnePerAz: index + 1 }[natGateways.strategy];
        if (type === "Public" && gateways.length < wanted)
          gateways.push(this.gateway(name, index + 1, subnet));
        const gateway = gateways[natGateways.strategy === "Single" ? 0 : index];
        const way = type === "Public" ? { gatewayId: internet.id } : gateway && { natGatewayId: gateway.id };
        if (way) {
          const inputs = { routeTableId: table.id, destinationCidrBlock: ANYWHERE, ...way };
          const route = `${name}-${type.toLowerCase()}-${index + 1}`;
          routes.push(new Resource("aws:ec2/route:Route", route, inputs, [], table, [table]));
        }
        return { type, subnet };
      });
    });
    return { vpc, internet, subnets, gateways, routes };
  }

  private subnet(name: string, vpc: Resource, { number, zone }: Zone, type: string, cidrBlock: string) {
    const own = `${name}-${type.toLowerCase()}-${number}`;
    const tags = { Name: own, SubnetType: type };
    const inputs = {
      ...{ vpcId: vpc.id, availabilityZone: zone, cidrBlock, tags },
      mapPublicIpOnLaunch: type === "Public",
    };
    const subnet = new Resource("aws:ec2/subnet:Subnet", own, inputs, [], vpc, [vpc]);
    const table = new Resource("aws:ec2/routeTable:RouteTable", own, { vpcId: vpc.id, tags }, [], subnet, [
      subnet,
    ]);
    new Resource(
      "aws:ec2/routeTableAssociation:RouteTableAssociation",
      own,
      { routeTableId: table.id, subnetId: subnet.id },
      [],
      table,
      [table],
    );
    return { subnet, table };
  }

  private gateway(name: string, number: number, subnet: Resource): Resource {
    const own = `${name}-${number}`;
    const tags = { Name: own };
    const address = new Resource("aws:ec2/eip:Eip", own, { tags }, ["allocationId"], subnet, [subnet]);
    const inputs = { subnetId: subnet.id, allocationId: address.allocationId, tags };
    return new Resource("aws:ec2/natGateway:NatGateway", own, inputs, [], subnet, [subnet]);
  }
}
