/** Defaults that settings and the arguments of components share. */

/** CodeBuild's image of the jobs. */
export const IMAGE = "aws/codebuild/amazonlinux-x86_64-standard:5.0";

/** Of a pipeline. */
export const PIPELINE_DEFAULTS = {
  directory: ".",
  template: "template.yaml",
  platform: "linux/amd64",
  computeType: "BUILD_GENERAL1_SMALL",
  scanThreshold: "CRITICAL",
  executionMode: "SUPERSEDED",
  keepReleases: 5,
} as const;

/** Days that logs of the jobs are kept. */
export const LOG_RETENTION_IN_DAYS = 365;

/** Arguments without those that are undefined, which would take the place of a default when spread over it. */
export const given = <T extends object>(args: T): T =>
  Object.fromEntries(Object.entries(args).filter(([, value]) => value !== undefined)) as T;
