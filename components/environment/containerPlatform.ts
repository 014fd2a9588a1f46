import * as ec2 from "@pulumi/aws/ec2";
import * as ecs from "@pulumi/aws/ecs";
import * as lb from "@pulumi/aws/lb";
import * as vpc from "@pulumi/aws/vpc";
import { Vpc } from "@pulumi/awsx/ec2";
import * as pulumi from "@pulumi/pulumi";
import { balancerName } from "../names";
import type { PublishedValue } from "../publishedValues";
import type { Platform } from "../workloads/workload";

/** A platform's values by the keys that they are published under. */
export const platformValues = (platform: Platform) =>
  ({
    cluster: platform.cluster,
    "vpc-id": platform.vpcId,
    "subnet-ids": platform.subnetIds,
    "task-security-group-id": platform.taskSecurityGroupId,
    "listener-arn": platform.listenerArn,
    "endpoint-url": platform.endpointUrl,
  }) satisfies Record<string, PublishedValue>;

/** What makes the endpoint an https one. */
export interface Https {
  /** A certificate for the domain, in this account and Region. */
  readonly certificateArn: string;
  /** What clients use; its DNS record has to lead to the load balancer. */
  readonly domain: string;
}

export interface ContainerPlatformArgs {
  /** IPv4 range of the VPC, /16 to /24. Default: 10.0.0.0/16. */
  readonly cidr?: string;
  /** One NAT gateway, or one in each zone: twice the price, and the tasks of one zone do not need the other. Default: Single. */
  readonly natGateways?: "Single" | "OnePerAz";
  /** Default: none, services are reached by plain HTTP. */
  readonly https?: Https;
  /** Let `pulumi destroy` delete the load balancer. Default: false. */
  readonly deletable?: boolean;
}

/** As many as a load balancer needs; some Regions have no third. */
const ZONES = 2;
const ANYWHERE = "0.0.0.0/0";
const ALL_PORTS = { ipProtocol: "tcp", fromPort: 0, toPort: 65535 };
/** What a listener answers where no service has a rule. */
const NOT_FOUND = {
  type: "fixed-response",
  fixedResponse: { contentType: "text/plain", messageBody: "There is no service here.", statusCode: "404" },
};
const TO_HTTPS = {
  type: "redirect",
  redirect: { protocol: "HTTPS", port: "443", statusCode: "HTTP_301" },
};

/** A network with a cluster for tasks on Fargate, in private subnets, behind a public load balancer. */
export class ContainerPlatform extends pulumi.ComponentResource implements Platform {
  readonly cluster: pulumi.Output<string>;
  readonly vpcId: pulumi.Output<string>;
  readonly subnetIds: pulumi.Output<string[]>;
  readonly taskSecurityGroupId: pulumi.Output<string>;
  readonly listenerArn: pulumi.Output<string>;
  readonly endpointUrl: pulumi.Output<string>;
  /** What the DNS record of the domain has to lead to. */
  readonly loadBalancerDnsName: pulumi.Output<string>;

  constructor(name: string, args: ContainerPlatformArgs, opts?: pulumi.ComponentResourceOptions) {
    super("delivery:index:ContainerPlatform", name, {}, opts);
    const parent = { parent: this };
    const network = new Vpc(
      name,
      {
        cidrBlock: args.cidr ?? "10.0.0.0/16",
        enableDnsHostnames: true,
        numberOfAvailabilityZones: ZONES,
        natGateways: { strategy: args.natGateways ?? "Single" },
        subnetStrategy: "Auto",
        subnetSpecs: [{ type: "Private" }, { type: "Public" }],
      },
      parent,
    );
    // The group that AWS makes with a VPC lets its members talk to each other: nobody needs that.
    new ec2.DefaultSecurityGroup(name, { vpcId: network.vpcId }, parent);
    const cluster = new ecs.Cluster(
      name,
      { settings: [{ name: "containerInsights", value: "enabled" }] },
      parent,
    );
    const groups = securityGroups(name, network.vpcId, args.https ? [80, 443] : [80], this);
    // Its subnets come from the network's component, so the internet gateway is there before it, and goes after it.
    const balancer = new lb.LoadBalancer(
      balancerName(name),
      {
        loadBalancerType: "application",
        subnets: network.publicSubnetIds,
        securityGroups: [groups.balancer.id],
        dropInvalidHeaderFields: true,
        enableDeletionProtection: !args.deletable,
      },
      { parent: this },
    );
    this.cluster = cluster.name;
    this.vpcId = network.vpcId;
    this.subnetIds = network.privateSubnetIds;
    this.taskSecurityGroupId = groups.tasks.id;
    this.listenerArn = listener(name, balancer, args.https, this).arn;
    this.endpointUrl = args.https
      ? pulumi.output(`https://${args.https.domain}`)
      : pulumi.interpolate`http://${balancer.dnsName}`;
    this.loadBalancerDnsName = balancer.dnsName;
    this.registerOutputs({ ...platformValues(this), loadBalancerDnsName: this.loadBalancerDnsName });
  }
}

/** The world reaches the load balancer on these ports, and nobody but that reaches the tasks. */
function securityGroups(
  name: string,
  vpcId: pulumi.Input<string>,
  ports: readonly number[],
  parent: pulumi.Resource,
) {
  const group = (of: string, description: string) =>
    new ec2.SecurityGroup(`${name}-${of}`, { vpcId, description }, { parent });
  const balancer = group("balancer", "Load balancer: open to the world on the ports of its listeners");
  const tasks = group("tasks", "Tasks: open to the load balancer only");
  // Rules of their own: two groups whose rules name each other could not be made or deleted.
  for (const port of ports) {
    new vpc.SecurityGroupIngressRule(
      `${name}-${port}`,
      {
        securityGroupId: balancer.id,
        cidrIpv4: ANYWHERE,
        ...{ ipProtocol: "tcp", fromPort: port, toPort: port },
      },
      { parent },
    );
  }
  new vpc.SecurityGroupEgressRule(
    `${name}-balancer`,
    { securityGroupId: balancer.id, referencedSecurityGroupId: tasks.id, ...ALL_PORTS },
    { parent },
  );
  new vpc.SecurityGroupIngressRule(
    `${name}-tasks`,
    { securityGroupId: tasks.id, referencedSecurityGroupId: balancer.id, ...ALL_PORTS },
    { parent },
  );
  new vpc.SecurityGroupEgressRule(
    `${name}-tasks`,
    { securityGroupId: tasks.id, cidrIpv4: ANYWHERE, ipProtocol: "-1" },
    { parent },
  );
  return { balancer, tasks };
}

/** The listener of the services. Each port has its own, so that a change from HTTP to HTTPS never asks for a port twice. */
function listener(
  name: string,
  { arn }: lb.LoadBalancer,
  https: Https | undefined,
  parent: pulumi.Resource,
): lb.Listener {
  const plain = new lb.Listener(
    `${name}-80`,
    { loadBalancerArn: arn, port: 80, protocol: "HTTP", defaultActions: [https ? TO_HTTPS : NOT_FOUND] },
    { parent },
  );
  if (!https) return plain;
  return new lb.Listener(
    `${name}-443`,
    {
      ...{ loadBalancerArn: arn, port: 443, protocol: "HTTPS", defaultActions: [NOT_FOUND] },
      certificateArn: https.certificateArn,
      sslPolicy: "ELBSecurityPolicy-TLS13-1-2-2021-06", // AWS's recommendation: TLS 1.3 and 1.2
    },
    { parent },
  );
}
