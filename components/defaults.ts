/** What is so where nobody says otherwise, in settings and in the arguments of components alike. */

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

/** Arguments without those that are undefined, which would hide what is so by default. */
export const given = <T extends object>(args: T): T =>
  Object.fromEntries(Object.entries(args).filter(([, value]) => value !== undefined)) as T;
