/** Parts of a container platform that AWS refuses. */
import { type Account, ACCOUNT, OTHER, type Asked } from "./accounts";
import type { Thing } from "./cloud";
import type { Values } from "./declared";
import type { RefusalId } from "./refusals";

export const network = (own: Account): Promise<Thing> =>
  own.make("ec2/vpc:Vpc", "vpc", { cidrBlock: "10.0.0.0/16" });

export const subnet = (own: Account, vpcId: string, zone: string): Promise<Thing> =>
  own.make("ec2/subnet:Subnet", zone, {
    vpcId,
    availabilityZone: `eu-west-1${zone}`,
    cidrBlock: `10.0.${zone === "a" ? 0 : 128}.0/17`,
  });

/** A load balancer in subnets of these zones of its own network. */
export async function balancer(
  own: Account,
  zones: readonly string[] = ["a", "b"],
  more: Values = {},
): Promise<Thing> {
  const { id } = await network(own);
  const subnets = await Promise.all(zones.map((zone) => subnet(own, id, zone)));
  return own.make("lb/loadBalancer:LoadBalancer", "front", {
    name: "front",
    subnets: subnets.map((each) => each.id),
    ...more,
  });
}

export const listener = (
  own: Account,
  loadBalancerArn: string,
  port: number,
  more: Values = {},
): Promise<Thing> =>
  own.make("lb/listener:Listener", `front-${port}`, {
    ...{ loadBalancerArn, port, protocol: "HTTP" },
    defaultActions: [
      { type: "fixed-response", fixedResponse: { contentType: "text/plain", statusCode: "404" } },
    ],
    ...more,
  });

export const certificateIn = (region: string, account = ACCOUNT): Values => ({
  certificateArn: `arn:aws:acm:${region}:${account}:certificate/0123`,
});

export const PLATFORMS = {
  "balancer-taken": async ({ own }) => {
    const { inputs } = await balancer(own);
    await own.make("lb/loadBalancer:LoadBalancer", "second", { name: "front", subnets: inputs["subnets"] });
  },
  "balancer-zones": ({ own }) => balancer(own, ["a"]),
  "balancer-missing": async ({ own, other }) => listener(own, (await balancer(other)).id, 80),
  "listener-taken": async ({ own }) => {
    const { id } = await balancer(own);
    await listener(own, id, 80);
    await own.make("lb/listener:Listener", "second", {
      ...{ loadBalancerArn: id, port: 80, protocol: "HTTP" },
      defaultActions: [{ type: "forward", targetGroupArn: "arn:aws:elasticloadbalancing:x" }],
    });
  },
  "certificate-missing": async ({ own }) =>
    listener(own, (await balancer(own)).id, 443, certificateIn("eu-west-1", OTHER)),
  "balancer-protected": async ({ own }) =>
    own.remove(await balancer(own, ["a", "b"], { enableDeletionProtection: true })),
  "cluster-in-use": async ({ own }) => {
    const cluster = await own.make("ecs/cluster:Cluster", "apps", {});
    own.fill(cluster);
    await own.remove(cluster);
  },
  "network-in-use": async ({ own }) => {
    const vpc = await network(own);
    await subnet(own, vpc.id, "a");
    await own.remove(vpc);
  },
} satisfies Partial<Record<RefusalId, Asked>>;
