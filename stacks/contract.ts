/** What the tooling stack promises the environments' stacks, and how these read it. */
import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import { inRegion } from "../components/names";
import { platformTerms } from "./platform";
import type { EnvironmentSettings } from "./settings/model";

/** Where a container of CodeBuild's stands in the network, in its own words. */
const vpc = z.object({
  vpcId: z.string(),
  subnets: z.array(z.string()),
  securityGroupIds: z.array(z.string()),
});
const texts = z.array(z.string());
/** Statements of a team's own. */
const ownStatements = z.array(
  z.object({
    Sid: z.string(),
    Action: texts,
    Resource: texts,
    Condition: z.record(z.string(), z.record(z.string(), z.union([z.string(), texts]))).optional(),
  }),
);

const pipeline = z.object({
  name: z.string(),
  prefix: z.string(),
  workload: z.string(),
  transforms: z.array(z.string()),
  /** AWS services that its templates may use beside those of the kind. Default: none. */
  uses: z.array(z.string()).optional(),
  /** What the team's own documents permit. Default: nothing. */
  permissions: z.object({ types: texts, execution: ownStatements, workload: ownStatements }).optional(),
  /** Where code alone is released: the function that another stack owns. Default: the pipeline has a stack of its own. */
  functionName: z.string().optional(),
  /** Or the service of ECS. */
  service: z
    .object({
      cluster: z.string(),
      name: z.string(),
      family: z.string(),
      executionRole: z.string(),
      taskRole: z.string().optional(),
      instanceRole: z.string().optional(),
    })
    .optional(),
  /** Repository of the images, where the workload is one. */
  repositoryArn: z.string().optional(),
  /** Roles in tooling that may take the environment's roles; an environment without approval has no plan job. */
  planJobRoleArn: z.string().optional(),
  releaseJobRoleArn: z.string(),
  cleanupJobRoleArn: z.string(),
  /** Of the environment's runner: who has it do something, and its container. Default: there is none. */
  runner: z
    .object({
      jobRoleArn: z.string(),
      container: z.object({ type: z.string(), computeType: z.string(), image: z.string() }),
    })
    .optional(),
});

/** The same of its branches. */
const branches = pipeline.omit({ planJobRoleArn: true, runner: true, functionName: true, service: true });

const contract = z.object({
  /** What the names of all stacks have in common. */
  scope: z.object({
    project: z.string(),
    region: z.string(),
    toolingAccount: z.string(),
    path: z.string(),
  }),
  /** Name of the organization's boundary; in every account a policy has this name. */
  permissionsBoundary: z.string().optional(),
  /** Role of the job that previews the stacks for the pipeline that brings them up. Default: there is none. */
  selfPreviewJobRoleArn: z.string().optional(),
  bucketArn: z.string(),
  keyArn: z.string(),
  /** By name; the pipelines that release there. */
  environments: z.record(
    z.string(),
    z.object({
      account: z.string(),
      /** Default: tooling's Region. */
      region: z.string().optional(),
      /** Bucket and key of its release files there. Default: those of all, in tooling's Region. */
      bucketArn: z.string().optional(),
      keyArn: z.string().optional(),
      /** Who may look at it. */
      readers: z.array(z.string()),
      /** What its container services run on. */
      platform: platformTerms.optional(),
      /** Where its functions may be. */
      functionNetwork: z
        .object({ subnets: z.array(z.string()), securityGroups: z.array(z.string()) })
        .optional(),
      /** Where what runs inside it stands, and for how many days its logs are kept. Default: there is no runner. */
      runner: z.object({ vpc, logRetentionInDays: z.number() }).optional(),
      pipelines: z.array(pipeline),
      /** Pipelines whose branches have their stacks there. Default: none. */
      branches: z.array(branches).optional(),
    }),
  ),
});

export type Contract = z.infer<typeof contract>;
export type EnvironmentContract = Contract["environments"][string];

/** The same, while the resources that it tells of are being made. */
export type Promised<T> = T extends string | undefined
  ? T | pulumi.Output<string>
  : { readonly [K in keyof T]: Promised<T[K]> };

/** What one environment's stack needs of it. */
export type Terms = Omit<Contract, "environments"> & Omit<EnvironmentContract, "bucketArn" | "keyArn">;

/** What a tooling stack promises all environments. */
export interface ReadTooling {
  /** Full name of the stack: `<organization>/<project>/<stack>`. */
  readonly stack: string;
  readonly contract: Contract;
}

/**
 * Reads what a tooling stack promises. It is awaited before the first resource, so that a stack that comes too early is
 * one RunError and nothing was created.
 */
export async function readTooling(stack: string): Promise<ReadTooling> {
  const reference = new pulumi.StackReference(stack);
  const details = await reference.getOutputDetails("contract");
  const promised: unknown = details.value ?? details.secretValue;
  if (promised === undefined) {
    throw new pulumi.RunError(
      `stack ${stack} provides nothing yet: bring it up first, with ${up(stack)}, then this stack again ` +
        `(or set 'tooling' if another stack is meant)`,
    );
  }
  const parsed = contract.safeParse(promised);
  if (!parsed.success) {
    const keys = parsed.error.issues.map(({ path }) => path.join(".")).join(", ");
    throw new pulumi.RunError(
      `stack ${stack} was brought up by another version of this program (${keys} differ): run ${up(stack)}, then this stack again`,
    );
  }
  return { stack, contract: parsed.data };
}

/** What of it is this environment's. Throws one RunError where its settings say otherwise, such as another account. */
export function termsOf(settings: EnvironmentSettings, { contract }: ReadTooling): Terms {
  const problem = disagreement(settings, contract);
  if (problem !== undefined) throw new pulumi.RunError(problem);
  const { environments, ...common } = contract;
  const own = environments[settings.environment] as EnvironmentContract;
  const { bucketArn, keyArn } = { ...common, ...own } as typeof common;
  return { ...common, ...own, bucketArn, keyArn, scope: inRegion(common.scope, own.region) };
}

/** Where this stack's settings and tooling's say different things; undefined where they agree. */
export function disagreement(settings: EnvironmentSettings, promised: Contract): string | undefined {
  const { environment, tooling, provider } = settings;
  const { scope } = promised;
  const terms = Object.hasOwn(promised.environments, environment)
    ? promised.environments[environment]
    : undefined;
  if (terms === undefined) {
    return (
      `stack ${tooling} has no environment '${environment}', only ${Object.keys(promised.environments).join(", ")}: ` +
      `add it to 'environments' in its settings and run ${up(tooling)}, or set 'environment' in this stack's settings`
    );
  }
  if (terms.account !== provider.account) {
    return (
      `environment '${environment}' is account ${provider.account} in this stack's settings, but ${terms.account} ` +
      `in those of stack ${tooling}: correct the one that is wrong`
    );
  }
  const region = terms.region ?? scope.region;
  if (region !== provider.region) {
    return (
      `environment '${environment}' is in Region ${provider.region} by this stack's aws:region, but in ${region} by the settings of ` +
      `stack ${tooling}: set aws:region to ${region} here, or environments[].region there to ${provider.region}`
    );
  }
  if (settings.iam !== undefined && settings.iam.path !== scope.path) {
    return (
      `iam.path is '${settings.iam.path}' in this stack's settings, but '${scope.path}' in those of stack ${tooling}, ` +
      `which names the roles by it: leave it out here, or make them equal`
    );
  }
  return secondProvider(settings, promised);
}

/** An account has one provider for GitHub, so one of its stacks makes it: tooling or else the first by name. */
function secondProvider(
  { environment, provider: { account }, previews, tooling }: EnvironmentSettings,
  { scope, environments }: Contract,
): string | undefined {
  if (previews === undefined || "codecommit" in previews || previews.provider !== "create") return undefined;
  const [first] = Object.keys(environments)
    .filter((name) => environments[name]?.account === account)
    .sort();
  const maker = scope.toolingAccount === account ? `stack ${tooling}` : `environment '${first}'`;
  if (maker === `environment '${environment}'`) return undefined;
  return (
    `account ${account} is that of ${maker} too, and an account has one provider for GitHub, which ${maker} makes when it ` +
    "has 'previews': set previews.provider to existing here"
  );
}

const up = (stack: string): string => `'pulumi up --stack ${stack.split("/").at(-1) ?? stack}'`;
