/** The shape of an environment's container platform: one to build, or one that is there; and who needs one. */
import { BlockList, isIPv4 } from "node:net";
import { z } from "zod";
import type { Https, Platform } from "../../components/environment/containerPlatform";
import { byLooks, isMap, line, list, object, oneOf, text, valid } from "./problems";

/** A platform that the environment's stack builds. */
export interface BuiltPlatform {
  readonly kind: "built";
  /** Default: 10.0.0.0/16. */
  readonly cidr: string;
  /** As awsx calls them. Default: Single. */
  readonly natGateways: "Single" | "OnePerAz";
  /** Default: none, the endpoint is plain HTTP. */
  readonly https?: Https;
}

/** A platform that somebody else keeps. */
export type ExistingPlatform = { readonly kind: "existing" } & {
  readonly [K in keyof Platform]: K extends "subnetIds" ? readonly string[] : string;
};

/** Default: none. */
export type PlatformSettings = BuiltPlatform | ExistingPlatform | undefined;

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
  cidr: cidr.default("10.0.0.0/16"),
  natGateways: natGateways.default("single"),
  certificateArn: text(
    /^arn:aws[\w-]*:acm:[a-z0-9-]+:\d{12}:certificate\/[\w-]+$/,
    "allowed is the ARN of a certificate of ACM, in the environment's account and Region: arn:aws:acm:<region>:<account>:certificate/<id>",
  ).exactOptional(),
  domain: text(
    new RegExp(`^${HOST}$`),
    "allowed is the domain that clients use, in lower case, such as shop.example.com",
    253,
  ).exactOptional(),
});
const existing = object({
  vpc: id("vpc"),
  subnets: list(id("subnet"), [1, 16], "ids of subnets that lead out through a NAT gateway or endpoints"),
  cluster: text(/^[\w-]{1,255}$/, "allowed is the name of an ECS cluster, not its ARN"),
  listener: text(
    /^arn:aws[\w-]*:elasticloadbalancing:[a-z0-9-]+:\d{12}:listener\/app\/[\w-]+\/[0-9a-f]+\/[0-9a-f]+$/,
    "allowed is the ARN of an Application Load Balancer's listener: arn:aws:elasticloadbalancing:<region>:<account>:listener/app/<name>/<id>/<id>",
  ),
  securityGroup: id("sg"),
  endpoint: text(
    new RegExp(`^https?://${HOST}(:\\d{1,5})?$`),
    "allowed is the address of the listener, https://<domain> or http://<domain>, in lower case, without a path and a slash at its end",
  ),
});
const [toBuild, there] = [built, existing].map(({ shape }) => Object.keys(shape).join(", "));
const FORMS = `true (build one), a map of ${toBuild} (build it so), a map of ${there} (an existing one)`;

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
  .transform(({ certificateArn, domain, natGateways, ...others }): PlatformSettings => ({
    kind: "built",
    ...others,
    natGateways: natGateways === "single" ? "Single" : "OnePerAz",
    ...(certificateArn !== undefined && domain !== undefined && { https: { certificateArn, domain } }),
  }));
const existingPlatform = existing.transform(
  ({ vpc, subnets, cluster, listener, securityGroup, endpoint }): PlatformSettings => ({
    kind: "existing",
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
const flag = z
  .boolean(`allowed are false (none), ${FORMS}`)
  .transform((build): PlatformSettings => (build ? builtPlatform.parse({}) : undefined));

/** An environment's `platform`: the kind follows from its keys. */
export const platform = byLooks((value): z.ZodType<PlatformSettings> => {
  if (!isMap(value)) return flag;
  const has = ({ shape }: { shape: object }) => Object.keys(shape).some((key) => value[key] !== undefined);
  if (!has(existing)) return builtPlatform;
  return has(built) ? mixed : existingPlatform;
});

/** Whether the environment's stack is to build one. */
export const isBuilt = (written: unknown): boolean => valid(platform, written)?.kind === "built";

/** What these rules are about. */
interface Environment {
  readonly key: string;
  readonly name?: string | undefined;
  readonly account?: string | undefined;
  /** `platform`, as written. */
  readonly platform: unknown;
}
interface Pipeline {
  readonly key: string;
  readonly workload?: string | undefined;
  /** Names of its environments. */
  readonly environments: readonly string[];
}

/** Environments without a platform that a pipeline with a workload of these kinds releases to: a line each. */
export function missingPlatforms(
  environments: readonly Environment[],
  pipelines: readonly Pipeline[],
  kinds: readonly string[],
): string[] {
  const needing = pipelines.filter(({ workload }) => workload !== undefined && kinds.includes(workload));
  return environments.flatMap(({ key, name, platform }) => {
    const pipeline = needing.find((each) => name !== undefined && each.environments.includes(name));
    return pipeline && (platform === undefined || platform === false)
      ? [
          line(
            `${key}.platform`,
            platform,
            `${pipeline.key} releases a workload of kind ${pipeline.workload} to it, which runs on one; allowed are ${FORMS}: ` +
              `set it, or leave ${name} out of ${pipeline.key}.environments`,
          ),
        ]
      : [];
  });
}

/** Certificates and listeners of another account than the environment's, which AWS refuses. */
export const foreignPlatforms = (environments: readonly Environment[]): string[] =>
  environments.flatMap(({ key, account, platform }) =>
    ["certificateArn", "listener"].flatMap((property) => {
      const written = isMap(platform) ? platform[property] : undefined;
      const owner =
        typeof written === "string" ? /^arn:(?:[^:]*:){3}(\d{12}):/.exec(written)?.[1] : undefined;
      return owner === undefined || account === undefined || owner === account
        ? []
        : [
            line(
              `${key}.platform.${property}`,
              written,
              `it is of account ${owner}, the environment of ${account}: give one of that account`,
            ),
          ];
    }),
  );
