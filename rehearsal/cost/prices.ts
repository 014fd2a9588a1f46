/*
 * What AWS charges in us-east-1 (N. Virginia), in US dollars, without free tiers, which an organization shares. A dated
 * table (docs/decisions/dated-tables.md): to update it, change a figure and the day.
 */

/** The day on which the table was last compared with the pages. */
export const DATE = "2026-11-26";
export const REGION = "us-east-1";
/** Hours of a month, as AWS's own calculator takes it. */
export const HOURS = 730;

export interface Price {
  readonly usd: number;
  readonly per: "month" | "hour" | "minute" | "GB" | "GB and month";
  /** AWS's page. */
  readonly source: string;
}

const page = (service: string) => `https://aws.amazon.com/${service}/pricing/`;
const monthly = (usd: number, service: string): Price => ({ usd, per: "month", source: page(service) });
const hourly = (usd: number, service: string): Price => ({ usd, per: "hour", source: page(service) });
const perMinute = (usd: number, service: string): Price => ({ usd, per: "minute", source: page(service) });

export const PRICES = {
  key: monthly(1, "kms"),
  /** Of a pipeline of type V1 that ran in the month. */
  pipelineV1: monthly(1, "codepipeline"),
  /** Of an action of a pipeline of type V2, approvals apart. */
  action: perMinute(0.002, "codepipeline"),
  loadBalancer: hourly(0.0225, "elasticloadbalancing"),
  natGateway: hourly(0.045, "vpc"),
  publicAddress: hourly(0.005, "vpc"),
  /** Of one metric, at most every minute. */
  alarm: monthly(0.1, "cloudwatch"),
  /** Of Linux on x86; ARM costs a fifth less. */
  fargateCpu: hourly(0.04048, "fargate"),
  fargateMemory: hourly(0.004445, "fargate"),
  image: { usd: 0.1, per: "GB and month", source: page("ecr") },
  object: { usd: 0.023, per: "GB and month", source: page("s3") },
  /** To another Region; less between some. */
  transfer: { usd: 0.02, per: "GB", source: page("s3") },
  log: { usd: 0.5, per: "GB", source: page("cloudwatch") },
} as const satisfies Record<string, Price>;

/** A minute of CodeBuild, by environment type and compute type. What is not here has no price. */
export const BUILD_MINUTE: Readonly<Record<string, Price>> = {
  "LINUX_CONTAINER BUILD_GENERAL1_SMALL": perMinute(0.005, "codebuild"),
  "LINUX_CONTAINER BUILD_GENERAL1_MEDIUM": perMinute(0.01, "codebuild"),
  "LINUX_CONTAINER BUILD_GENERAL1_LARGE": perMinute(0.02, "codebuild"),
  "ARM_CONTAINER BUILD_GENERAL1_SMALL": perMinute(0.0034, "codebuild"),
  // At most: AWS charges it by the second, and this is the price of a small container.
  "LINUX_LAMBDA_CONTAINER BUILD_LAMBDA_2GB": perMinute(0.005, "codebuild"),
};
