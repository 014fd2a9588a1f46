/** An environment's container platform: one to build, or one that is there. */
import { BlockList, isIPv4 } from "node:net";
import { z } from "zod";
import { isMap, valid } from "./problems";
import { byLooks, list, object, oneOf, text, told } from "./schemas";

/** An id that EC2 gives, such as `vpc-0123456789abcdef0`. */
export const id = (kind: string) =>
  text(new RegExp(`^${kind}-[0-9a-z]+$`), `allowed is an id such as ${kind}-0123456789abcdef0`);

const PRIVATE = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10"] as const;
const privateAddresses = new BlockList();
for (const range of PRIVATE) {
  const [address = "", bits] = range.split("/");
  privateAddresses.addSubnet(address, Number(bits));
}
const range = `allowed is a range of ${PRIVATE.join(", ")} with /16 to /24 that begins where its size puts it, such as 10.0.0.0/16`;
/** Two zones with two subnets each: in a /25 those of the load balancer would be too small. */
const cidr = z.string(range).refine((written) => {
  const [, address = "", bits = ""] = /^([\d.]+)\/(1[6-9]|2[0-4])$/.exec(written) ?? [];
  if (!isIPv4(address) || !privateAddresses.check(address)) return false;
  const number = address.split(".").reduce((sum, byte) => sum * 256 + Number(byte), 0);
  return number % 2 ** (32 - Number(bits)) === 0;
}, range);

const HOST = "([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\\.)+[a-z][a-z0-9-]*[a-z0-9]";
const natGateways = oneOf(["single", "one-per-zone"], {
  none: "tasks pull their images and write their logs through a NAT gateway: give an existing platform if its network has another way; ",
});
const built = object({
  cidr: cidr.default("10.0.0.0/16").describe("Addresses of the network that is built").register(told, {
    allowed: "private range of /16 to /24",
    source: "in a /25 the load balancer's subnets would be too small",
  }),
  natGateways: natGateways
    .default("single")
    .describe("NAT gateways of the network that is built; one costs less, one per zone outlives a zone"),
  certificateArn: text(
    /^arn:aws[\w-]*:acm:[a-z0-9-]+:\d{12}:certificate\/[\w-]+$/,
    "allowed is the ARN of a certificate of ACM, in the environment's account and Region: arn:aws:acm:<region>:<account>:certificate/<id>",
  )
    .exactOptional()
    .describe("Certificate of the platform that is built; `domain` goes with it")
    .register(told, { allowed: "ARN of a certificate of ACM", unset: "none, plain HTTP" }),
  domain: text(
    new RegExp(`^${HOST}$`),
    "allowed is the domain that clients use, in lower case, such as shop.example.com",
    253,
  )
    .exactOptional()
    .describe("Domain that clients use of the platform that is built; `certificateArn` goes with it")
    .register(told, { allowed: "domain in lower case" }),
});
const EXISTING = "required for a platform that exists";
const existing = object({
  vpc: id("vpc")
    .describe("VPC of a platform that exists")
    .register(told, { allowed: "`vpc-…`", unset: EXISTING }),
  subnets: list(id("subnet"), [1, 16], "ids of subnets that lead out through a NAT gateway or endpoints")
    .describe("Subnets of its tasks, which lead out through a NAT gateway or endpoints")
    .register(told, {
      allowed: "list of 1 to 16 of `subnet-…`",
      unset: EXISTING,
      source: "ECS takes 16 subnets of a service",
    }),
  cluster: text(/^[\w-]{1,255}$/, "allowed is the name of an ECS cluster, not its ARN")
    .describe("ECS cluster of a platform that exists, not its ARN")
    .register(told, { allowed: "name of a cluster", unset: EXISTING }),
  listener: text(
    /^arn:aws[\w-]*:elasticloadbalancing:[a-z0-9-]+:\d{12}:listener\/app\/[\w-]+\/[0-9a-f]+\/[0-9a-f]+$/,
    "allowed is the ARN of an Application Load Balancer's listener: arn:aws:elasticloadbalancing:<region>:<account>:listener/app/<name>/<id>/<id>",
  )
    .describe("Listener of its Application Load Balancer")
    .register(told, { allowed: "ARN of a listener", unset: EXISTING }),
  securityGroup: id("sg")
    .describe("Security group of its tasks")
    .register(told, { allowed: "`sg-…`", unset: EXISTING }),
  endpoint: text(
    new RegExp(`^https?://${HOST}(:\\d{1,5})?$`),
    "allowed is the address of the listener, https://<domain> or http://<domain>, in lower case, without a path and a slash at its end",
  )
    .describe("Address of the listener, without a path")
    .register(told, { allowed: "`https://domain` or `http://domain`", unset: EXISTING }),
});
const [toBuild, there] = [built, existing].map(({ shape }) => Object.keys(shape).join(", "));
export const FORMS = `true (build one), a map of ${toBuild} (build it so), a map of ${there} (an existing one)`;

/** Each needs the other; the one that is not there is reported. */
type Pair = "certificateArn" | "domain";
const together = (key: Pair) => (value: z.output<typeof built>) =>
  value[key] !== undefined || (value.certificateArn ?? value.domain) === undefined;
const missing = (key: Pair, error: string) => ({
  ...{ error, path: [key] },
  when: ({ value }: { value: unknown }) => isMap(value),
});
const builtPlatform = built
  .refine(
    together("certificateArn"),
    missing("certificateArn", "domain needs a certificate for it: give its ARN, or remove domain"),
  )
  .refine(
    together("domain"),
    missing(
      "domain",
      "the certificate is for a domain, which clients use: give it, or remove certificateArn",
    ),
  )
  .transform(({ certificateArn, domain, natGateways, ...others }) => ({
    kind: "built" as const,
    ...others,
    natGateways: natGateways === "single" ? ("Single" as const) : ("OnePerAz" as const),
    ...(certificateArn !== undefined && domain !== undefined && { https: { certificateArn, domain } }),
  }));
const existingPlatform = existing.transform(
  ({ vpc, subnets, cluster, listener, securityGroup, endpoint }) => ({
    kind: "existing" as const,
    cluster,
    vpcId: vpc,
    subnetIds: subnets,
    taskSecurityGroupId: securityGroup,
    listenerArn: listener,
    endpointUrl: endpoint,
  }),
);
/** Keys of both kinds are never right, but their values are checked all the same. */
const mixed = object({ ...built.shape, ...existing.shape })
  .partial()
  .refine(() => false, {
    error: `these are keys of two kinds; allowed are ${FORMS}: keep one kind's`,
    when: ({ value }) => isMap(value),
  })
  .transform(() => z.NEVER);
const yesOrNo = z
  .boolean(`allowed are false (none), ${FORMS}`)
  .transform((build) => (build ? builtPlatform.parse({}) : undefined));
type AnyPlatform = typeof yesOrNo | typeof builtPlatform | typeof existingPlatform | typeof mixed;

/** An environment's `platform`: the kind follows from its keys. */
export const platform = byLooks<AnyPlatform>([yesOrNo, builtPlatform, existingPlatform], (value) => {
  if (!isMap(value)) return yesOrNo;
  const has = ({ shape }: { shape: object }) => Object.keys(shape).some((key) => value[key] !== undefined);
  if (!has(existing)) return builtPlatform;
  return has(built) ? mixed : existingPlatform;
});

/** Whether the environment's stack is to build one. */
export const isBuilt = (written: unknown): boolean => valid(platform, written)?.kind === "built";
