/** What all jobs of a stack have in common, with its defaults. */
import * as pulumi from "@pulumi/pulumi";
import { IMAGE, LOG_RETENTION_IN_DAYS } from "../defaults";
import type { Scope } from "../names";
import { NODEJS } from "./buildspec";
import { PublishedValues } from "../publishedValues";
import { LAMBDA_COMPUTE_REGIONS } from "../regions";
import type { TemplateRules } from "../workloads/templateRules";
import type { JobDefaults } from "./job";
import { judgeOf } from "./judge";

/**
 * CodeBuild's image of the short jobs, on Lambda's compute. One with Python has PyYAML, by which Register reads delivery.yaml:
 * https://github.com/aws/aws-codebuild-docker-images/blob/master/al-lambda/x86_64/python3.13/Dockerfile
 */
export const LAMBDA_IMAGE = "aws/codebuild/amazonlinux-x86_64-lambda-standard:python3.13";

/**
 * The same of a short Verify, which runs npm's scripts: the Node.js of the other jobs, and no Python that reads delivery.yaml.
 * https://github.com/aws/aws-codebuild-docker-images/blob/master/al-lambda/x86_64/nodejs22/Dockerfile
 */
const LAMBDA_NODE_IMAGE = `aws/codebuild/amazonlinux-x86_64-lambda-standard:nodejs${NODEJS}`;

export const jobDefaultsOf = (
  { region }: Scope,
  { image = IMAGE, logRetentionInDays = LOG_RETENTION_IN_DAYS, ...others }: Partial<JobDefaults>,
  judge: JobDefaults["judge"],
): JobDefaults => ({
  // An image of one's own is there for what is in it, so all jobs run in it, also the short ones.
  ...(image === IMAGE &&
    LAMBDA_COMPUTE_REGIONS.includes(region) && {
      lambdaImage: LAMBDA_IMAGE,
      lambdaNodeImage: LAMBDA_NODE_IMAGE,
    }),
  ...{ image, logRetentionInDays, judge },
  ...others,
});

/** Publishes what judges templates by these rules, below the path; returns how the jobs find it. */
export function publishJudges(
  name: string,
  path: string,
  rules: readonly TemplateRules[],
  opts: pulumi.ComponentResourceOptions,
): JobDefaults["judge"] {
  const values = Object.assign({}, ...rules.map((each) => judgeOf(each).values)) as Record<string, string>;
  const description = "Judges the templates of releases, packed";
  const { names } = new PublishedValues(name, { path, description, values }, opts);
  const judges = Object.keys(values);
  return (own) =>
    pulumi.all(names.filter((_, at) => own.includes(judges[at] ?? ""))).apply((each) => each.join(" "));
}
