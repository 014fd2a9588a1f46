/** What an environment's container services run on: built by its stack, or somebody else's. */
import type * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import { ContainerPlatform } from "../components/environment/containerPlatform";
import type { PlatformSettings } from "./settings/model";
import type { Platform } from "../components/workloads/workload";

const https = z.object({ certificateArn: z.string(), domain: z.string() });
const built = z.object({
  kind: z.literal("built"),
  cidr: z.string(),
  natGateways: z.enum(["Single", "OnePerAz"]),
  https: https.exactOptional(),
}) satisfies z.ZodType<Extract<PlatformSettings, { kind: "built" }>>;
const existing = z.object({
  kind: z.literal("existing"),
  cluster: z.string(),
  vpcId: z.string(),
  subnetIds: z.array(z.string()),
  taskSecurityGroupId: z.string(),
  listenerArn: z.string(),
  endpointUrl: z.string(),
}) satisfies z.ZodType<Extract<PlatformSettings, { kind: "existing" }>>;

/** The part of the contract that tells of it. */
export const platformTerms = z.discriminatedUnion("kind", [built, existing]);

/** The platform, and where the DNS record of its domain has to lead to if it is built here. */
export function containerPlatform(
  name: string,
  platform: z.infer<typeof platformTerms>,
  deletable: boolean,
  opts: pulumi.ComponentResourceOptions,
): Platform & { readonly loadBalancerDnsName?: pulumi.Output<string> } {
  if (platform.kind === "existing") return platform;
  const { cidr, natGateways, https } = platform;
  return new ContainerPlatform(name, { cidr, natGateways, deletable, ...(https && { https }) }, opts);
}
