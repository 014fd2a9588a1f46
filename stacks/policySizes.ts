/** What grows with environments and pipelines, measured before anything is made: AWS would refuse it half-way. */
import * as pulumi from "@pulumi/pulumi";
import { bucketPolicy, keyPolicy } from "../components/store/artifactStorePolicies";
import { cleanupTargets } from "../components/jobs/environmentJobs";
import { pullPolicy } from "../components/store/imageRepository";
import {
  accountRoot,
  arn,
  autoName,
  inRegion,
  partition,
  selfPipeline,
  storeName,
} from "../components/names";
import { previewVariables, upVariables } from "../components/selfUpdate/selfVariables";
import { WORKLOADS } from "../components/workloads/list";
import { allReaders, furtherRegions, imageRegions, onlyRoles, pullers } from "./grants";
import { quotaProblems } from "./quotas";
import type { SelfUpdateSettings, ToolingSettings } from "./settings/model";

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
} as const;

const KEY_ID = "00000000-0000-0000-0000-000000000000";

const STORE_WAY_OUT =
  "move some of the pipelines to a project of their own, which has a store of its own, or shorten names (project, prefix, environments, iam.path)";
const PIPELINE_WAY_OUT =
  "divide its environments among several pipelines, or shorten names (project, prefix, environments, iam.path)";

const bytes = (document: unknown): number => Buffer.byteLength(JSON.stringify(document));

const inThat = (region: string | undefined): string => (region === undefined ? "" : ` in ${region}`);

const lengthOf = (variables: Readonly<Record<string, string>>): number =>
  Object.entries(variables).flat().join("").length;

/** Each of the two jobs of `selfUpdate` is told a role of every environment. */
function selfVariables({ scope, environments }: ToolingSettings, { role, state }: SelfUpdateSettings): Sized {
  const told = { scope, environments, role, state };
  const common = { PIPELINE: selfPipeline(scope).name, ARTIFACT_BUCKET: autoName("artifacts") };
  const run = { EXECUTION_ID: KEY_ID, STAGE: "Up" };
  return {
    what: "variables of the jobs of selfUpdate",
    size: Math.max(
      lengthOf({ ...common, ...previewVariables(told) }),
      lengthOf({ ...common, ...upVariables(told), ...run }),
    ),
    limit: LIMITS.variables,
    wayOut:
      "move some of the environments to a project of their own, or shorten names (project, environments, role, iam.path)",
  };
}

/** Everything that grows with these settings, with its size. */
export function sizes(settings: ToolingSettings): Sized[] {
  const { scope, pipelines } = settings;
  const root = accountRoot(scope, scope.toolingAccount);
  const store = (what: string, region: string | undefined, limit: number, document: unknown): Sized => ({
    what: `${what} policy of the artifact store${inThat(region)}`,
    size: bytes(document),
    limit,
    wayOut: STORE_WAY_OUT,
  });
  return [
    ...[undefined, ...furtherRegions(settings)].flatMap((region) => {
      const all = allReaders(settings, region);
      const key = keyPolicy({ accountRoot: root, region: region ?? scope.region, readers: all });
      const keyArn = arn(inRegion(scope, region), "kms", scope.toolingAccount, `key/${KEY_ID}`);
      const bucketArn = `arn:${partition(scope.region)}:s3:::${autoName(storeName(region))}`;
      const bucket = bucketPolicy(bucketArn, keyArn, all, onlyRoles(settings));
      return [store("bucket", region, LIMITS.bucket, bucket), store("key", region, LIMITS.key, key)];
    }),
    ...(settings.selfUpdate ? [selfVariables(settings, settings.selfUpdate)] : []),
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
      const images = (region?: string): Sized => ({
        what: `repository policy of pipeline ${name}${inThat(region)}`,
        size: bytes(pullPolicy(pullers(settings, pipeline, region))),
        limit: LIMITS.repository,
        wayOut: PIPELINE_WAY_OUT,
      });
      return [
        ...(WORKLOADS[pipeline.workload].packaging === "image"
          ? [undefined, ...imageRegions(pipeline)]
              .filter((region) => pullers(settings, pipeline, region).length > 0)
              .map(images)
          : []),
        {
          what: `variables of clean-up job of pipeline ${name}`,
          size: lengthOf(variables),
          limit: LIMITS.variables,
          wayOut: PIPELINE_WAY_OUT,
        },
      ];
    }),
  ];
}

/** Throws one RunError that names everything that is too large or too much; nothing has been made then. */
export function refuseTooLarge(settings: ToolingSettings): void {
  const tooLarge = sizes(settings)
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
