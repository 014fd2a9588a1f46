/** What grows with environments and pipelines, measured before anything is made: AWS would refuse it half-way. */
import * as pulumi from "@pulumi/pulumi";
import { bucketPolicy, keyPolicy } from "../components/store/artifactStorePolicies";
import { cleanupTargets } from "../components/jobs/environmentJobs";
import { pullPolicy } from "../components/store/imageRepository";
import { MANAGED_POLICY_LENGTH } from "../components/environment/accountRoles";
import { accountRoot, arn, autoName, partition } from "../components/names";
import { document } from "../components/policies";
import type { UseName } from "../components/uses/list";
import { using } from "../components/uses/using";
import { WORKLOADS } from "../components/workloads/list";
import { allReaders, onlyRoles, pullers } from "./grants";
import { places } from "./places";
import { quotaProblems } from "./quotas";
import type { Pipeline, ToolingSettings } from "./settings/model";

/** One thing that AWS limits, as it will be written. */
export interface Sized {
  /** Whose it is: `bucket policy of the artifact store`. */
  readonly what: string;
  /** Bytes. */
  readonly size: number;
  /** Bytes that AWS takes at most; none of these can be raised. */
  readonly limit: number;
  /** What a person can do about it. */
  readonly wayOut: string;
}

/**
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-policies.html,
 * https://docs.aws.amazon.com/kms/latest/developerguide/resource-limits.html,
 * https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_SetRepositoryPolicy.html,
 * https://docs.aws.amazon.com/codebuild/latest/userguide/change-project.html: names and values of all variables of a project
 * together, "around" this many. It is reached before the clean-up role's own policy is full.
 */
export const LIMITS = {
  bucket: 20_480,
  key: 32_768,
  repository: 10_240,
  variables: 5500,
  // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
  boundary: MANAGED_POLICY_LENGTH,
} as const;

const KEY_ID = "00000000-0000-0000-0000-000000000000";

const STORE_WAY_OUT =
  "move some of the pipelines to a project of their own, which has a store of its own, or shorten names (project, prefix, environments, iam.path)";
const PIPELINE_WAY_OUT =
  "divide its environments among several pipelines, or shorten names (project, prefix, environments, iam.path)";

const bytes = (document: unknown): number => Buffer.byteLength(JSON.stringify(document));

const resolved = <T>(value: T): Promise<unknown> =>
  new Promise((resolve) => void pulumi.output(value).apply(resolve));

/** Everything that grows with these settings, with its size. */
export async function sizes(settings: ToolingSettings): Promise<Sized[]> {
  const { scope, pipelines } = settings;
  const bucketArn = pulumi.output(`arn:${partition(scope.region)}:s3:::${autoName("artifacts")}`);
  const keyArn = pulumi.output(arn(scope, "kms", scope.toolingAccount, `key/${KEY_ID}`));
  const all = allReaders(settings);
  const root = accountRoot(scope, scope.toolingAccount);
  const key = keyPolicy({ accountRoot: root, region: scope.region, readers: all });
  const store = (what: string, limit: number, document: unknown): Sized => ({
    what: `${what} policy of the artifact store`,
    size: bytes(document),
    limit,
    wayOut: STORE_WAY_OUT,
  });
  return [
    store("bucket", LIMITS.bucket, await resolved(bucketPolicy(bucketArn, keyArn, all, onlyRoles(settings)))),
    store("key", LIMITS.key, key),
    ...pipelines.flatMap((pipeline): Sized[] => {
      const { name } = pipeline.id;
      const targets = JSON.stringify(cleanupTargets({ scope, pipeline: pipeline.id }, pipeline.environments));
      const variables = {
        PIPELINE: name,
        ARTIFACT_BUCKET: autoName("artifacts"),
        TOPIC_ARN: arn(scope, "sns", scope.toolingAccount, autoName(name)),
        TARGETS: targets,
        EXECUTION_ID: KEY_ID,
        STATE: "SUPERSEDED",
      };
      const size = Object.entries(variables).reduce(
        (sum, [key, value]) => sum + key.length + value.length,
        0,
      );
      const images = {
        what: `repository policy of pipeline ${name}`,
        size: bytes(pullPolicy(pullers(settings, pipeline))),
        limit: LIMITS.repository,
        wayOut: PIPELINE_WAY_OUT,
      };
      return [
        ...(WORKLOADS[pipeline.workload].packaging === "image" ? [images] : []),
        ...boundarySizes(settings, pipeline),
        {
          what: `variables of clean-up job of pipeline ${name}`,
          size,
          limit: LIMITS.variables,
          wayOut: PIPELINE_WAY_OUT,
        },
      ];
    }),
  ];
}

/** What the boundary has to say for each service, in the environment with the longest name, or in a branch's. */
function boundarySizes(settings: ToolingSettings, { id, workload, uses, ...of }: Pipeline): Sized[] {
  const kind = WORKLOADS[workload];
  if (uses.length === 0) return [];
  const size = (services: readonly UseName[]): number =>
    Math.max(
      ...places(settings, { id, ...of }).map((site) =>
        bytes(document(...(using(kind, services).boundary?.(site) ?? []))),
      ),
    );
  if (using(kind, uses).boundary === undefined) return [];
  const all = size(uses);
  // Statements that two services share are the rest's: neither takes them away.
  const takes = uses.map((name) => ({ name, bytes: all - size(uses.filter((other) => other !== name)) }));
  const each = takes.map((service) => `${service.name} takes ${service.bytes}`).join(", ");
  const rest = takes.reduce((left, service) => left - service.bytes, all);
  return [
    {
      what: `permissions boundary of pipeline ${id.name}`,
      size: all,
      limit: LIMITS.boundary,
      wayOut: `a role has one boundary, and ${each}, the rest ${rest}: take a service out of uses, or divide the service among two pipelines`,
    },
  ];
}

/** Throws one RunError that names everything that is too large or too much; nothing has been made then. */
export async function refuseTooLarge(settings: ToolingSettings): Promise<void> {
  const tooLarge = (await sizes(settings))
    .filter(({ size, limit }) => size > limit)
    .map(
      ({ what, size, limit, wayOut }) =>
        `${what} would have ${size} bytes, and AWS takes ${limit}: ${wayOut}`,
    );
  const problems = [...tooLarge, ...quotaProblems(settings)];
  if (problems.length > 0) {
    throw new pulumi.RunError(["these settings lead to more than AWS takes:", ...problems].join("\n  "));
  }
}
