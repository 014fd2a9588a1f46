/** What EC2, Elastic Load Balancing and ECS refuse. */
import type { Cloud, Thing } from "./cloud";
import { Refusal } from "./refusals";
import { list } from "../../../packages/iam/src/json";

const BALANCER = "aws:lb/loadBalancer:LoadBalancer";
const LISTENER = "aws:lb/listener:Listener";
const SUBNET = "aws:ec2/subnet:Subnet";
const GATEWAY = "aws:ec2/natGateway:NatGateway";

/** Two load balancers of a Region cannot have one name, nor stand in one zone. */
export function judgeBalancer(cloud: Cloud, { account, region, id, inputs }: Thing): void {
  const name = inputs["name"];
  const others = cloud.all(BALANCER, account).filter((each) => each.region === region && each.id !== id);
  if (others.some((each) => each.inputs["name"] === name)) {
    throw new Refusal("balancer-taken", `A load balancer with the name '${String(name)}' exists already`);
  }
  const subnets = cloud.all(SUBNET, account).filter((each) => list(inputs["subnets"]).includes(each.id));
  const zones = new Set(subnets.map((each) => each.inputs["availabilityZone"]));
  if (zones.size < 2) {
    const detail = "At least two subnets in two different Availability Zones must be specified";
    throw new Refusal("balancer-zones", detail);
  }
}

export function judgeBalancerDeletion(_: Cloud, { id, inputs }: Thing): void {
  if (inputs["enableDeletionProtection"] === true) {
    const detail = `Load balancer '${id}' cannot be deleted because deletion protection is enabled`;
    throw new Refusal("balancer-protected", detail);
  }
}

/** A listener stands at a load balancer of the account, alone at its port, with a certificate of account and Region. */
export function judgeListener(cloud: Cloud, { account, region, id, inputs }: Thing): void {
  const { loadBalancerArn, port, certificateArn } = inputs;
  if (!cloud.get({ account, region, type: BALANCER, id: String(loadBalancerArn) })) {
    throw new Refusal("balancer-missing", `Load balancer '${String(loadBalancerArn)}' not found`);
  }
  const beside = cloud
    .all(LISTENER, account)
    .find(
      (each) =>
        each.id !== id && each.inputs["loadBalancerArn"] === loadBalancerArn && each.inputs["port"] === port,
    );
  if (beside) throw new Refusal("listener-taken", `A listener already exists on port ${String(port)}`);
  if (typeof certificateArn === "string" && !certificateArn.includes(`:acm:${region}:${account}:`)) {
    throw new Refusal("certificate-missing", `Certificate '${certificateArn}' not found`);
  }
}

/** Services are of the workloads' own stacks, so they are what has been put into it. */
export function judgeClusterDeletion(_: Cloud, { contents = [] }: Thing): void {
  if (contents.length > 0) {
    const detail = "The Cluster cannot be deleted while Services are active.";
    throw new Refusal("cluster-in-use", detail);
  }
}

/** Whether a thing of any of these types, other than itself, names something in one of these inputs. */
const named = (cloud: Cloud, { account, id }: Thing, inputs: readonly string[], types: readonly string[]) =>
  types
    .flatMap((type) => cloud.all(type, account))
    .find((each) => each.id !== id && inputs.some((key) => list(each.inputs[key]).includes(id)));

/** Refuses the deletion of what others stand on. */
const stoodOn =
  (inputs: readonly string[], ...types: readonly string[]) =>
  (cloud: Cloud, thing: Thing): void => {
    const other = named(cloud, thing, inputs, types);
    if (other) {
      throw new Refusal(
        "network-in-use",
        `'${thing.id}' has dependencies and cannot be deleted: ${other.id}`,
      );
    }
  };

const GROUP = "aws:ec2/securityGroup:SecurityGroup";
const RULES = ["Egress", "Ingress"].map((way) => `aws:vpc/securityGroup${way}Rule:SecurityGroup${way}Rule`);

export const judgeNetworkDeletion = stoodOn(
  ["vpcId"],
  ...[SUBNET, GROUP],
  ...["internetGateway:InternetGateway", "routeTable:RouteTable"].map((type) => `aws:ec2/${type}`),
);
export const judgeSubnetDeletion = stoodOn(["subnetId", "subnets"], GATEWAY, BALANCER);
export const judgeGroupDeletion = stoodOn(
  ["referencedSecurityGroupId", "securityGroups"],
  ...RULES,
  BALANCER,
);
/** Public addresses in its network: of load balancers that the world reaches, and of NAT gateways. */
export function judgeInternetGatewayDeletion(cloud: Cloud, thing: Thing): void {
  const subnets = cloud
    .all(SUBNET, thing.account)
    .filter(({ inputs }) => inputs["vpcId"] === thing.inputs["vpcId"])
    .map(({ id }) => id);
  const mapped = [GATEWAY, BALANCER]
    .flatMap((type) => cloud.all(type, thing.account))
    .find(({ inputs }) =>
      [...list(inputs["subnets"]), inputs["subnetId"]].some((each) => subnets.includes(String(each))),
    );
  if (mapped) throw new Refusal("network-in-use", `Network has some mapped public address(es): ${mapped.id}`);
}
