/**
 * AWS's Regions: the partition of each, and those services that some have not. As of AS_OF, by botocore 1.44.8 (endpoints.json) and
 * https://docs.aws.amazon.com/general/latest/gr/codepipeline.html, …/codebuild.html, …/codecommit.html, …/codeconnections.html and
 * https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-CodestarConnectionSource.html, which names the Regions
 * without connections; where they disagree (us-gov-west-1), that page decides. What else the stacks use (CloudFormation, CodeDeploy, ECR,
 * ECS, EventBridge, HTTP APIs, IAM, KMS, Lambda, load balancers, S3, SNS, SSM) is in every Region of the partitions below.
 *
 * A Region that is new, or gets a service, is a line to add or change here.
 */
export const AS_OF = "2026-11-20";

/** Partitions whose ARNs and endpoints names.ts knows. */
export const PARTITIONS = ["aws", "aws-cn", "aws-us-gov"] as const;

/** What not every Region has; `connections` is CodePipeline's source action for GitHub, GitLab and others. */
export type RegionalService = "codepipeline" | "codebuild" | "codecommit" | "connections";

export const REGIONS: Readonly<Record<string, readonly [partition: string, ...RegionalService[]]>> = {
  "af-south-1": ["aws", "codepipeline", "codebuild", "codecommit"],
  "ap-east-1": ["aws", "codepipeline", "codebuild", "codecommit"],
  "ap-east-2": ["aws"],
  "ap-northeast-1": ["aws", "codepipeline", "codebuild", "codecommit", "connections"],
  "ap-northeast-2": ["aws", "codepipeline", "codebuild", "codecommit", "connections"],
  "ap-northeast-3": ["aws", "codepipeline", "codebuild", "codecommit"],
  "ap-south-1": ["aws", "codepipeline", "codebuild", "codecommit", "connections"],
  "ap-south-2": ["aws", "codepipeline", "codebuild", "codecommit"],
  "ap-southeast-1": ["aws", "codepipeline", "codebuild", "codecommit", "connections"],
  "ap-southeast-2": ["aws", "codepipeline", "codebuild", "codecommit", "connections"],
  "ap-southeast-3": ["aws", "codepipeline", "codebuild", "codecommit"],
  "ap-southeast-4": ["aws", "codepipeline", "codebuild"],
  "ap-southeast-5": ["aws", "codepipeline", "codebuild"],
  "ap-southeast-6": ["aws", "codepipeline", "codebuild"],
  "ap-southeast-7": ["aws", "codebuild"],
  "ca-central-1": ["aws", "codepipeline", "codebuild", "codecommit", "connections"],
  "ca-west-1": ["aws"],
  "eu-central-1": ["aws", "codepipeline", "codebuild", "codecommit", "connections"],
  "eu-central-2": ["aws", "codepipeline", "codebuild"],
  "eu-north-1": ["aws", "codepipeline", "codebuild", "codecommit", "connections"],
  "eu-south-1": ["aws", "codepipeline", "codebuild", "codecommit", "connections"],
  "eu-south-2": ["aws", "codepipeline", "codebuild"],
  "eu-west-1": ["aws", "codepipeline", "codebuild", "codecommit", "connections"],
  "eu-west-2": ["aws", "codepipeline", "codebuild", "codecommit", "connections"],
  "eu-west-3": ["aws", "codepipeline", "codebuild", "codecommit", "connections"],
  "il-central-1": ["aws", "codepipeline", "codebuild", "codecommit"],
  "me-central-1": ["aws", "codepipeline", "codebuild", "codecommit"],
  "me-south-1": ["aws", "codepipeline", "codebuild", "codecommit"],
  "mx-central-1": ["aws"],
  "sa-east-1": ["aws", "codepipeline", "codebuild", "codecommit", "connections"],
  "us-east-1": ["aws", "codepipeline", "codebuild", "codecommit", "connections"],
  "us-east-2": ["aws", "codepipeline", "codebuild", "codecommit", "connections"],
  "us-west-1": ["aws", "codepipeline", "codebuild", "codecommit", "connections"],
  "us-west-2": ["aws", "codepipeline", "codebuild", "codecommit", "connections"],
  "cn-north-1": ["aws-cn", "codepipeline", "codebuild", "codecommit"],
  "cn-northwest-1": ["aws-cn", "codepipeline", "codebuild", "codecommit"],
  "us-gov-east-1": ["aws-us-gov", "codepipeline", "codebuild", "codecommit", "connections"],
  "us-gov-west-1": ["aws-us-gov", "codepipeline", "codebuild", "codecommit"],
  "eu-isoe-west-1": ["aws-iso-e"],
  "eusc-de-east-1": ["aws-eusc", "codepipeline", "codebuild"],
  "us-iso-east-1": ["aws-iso", "codebuild"],
  "us-iso-west-1": ["aws-iso", "codebuild"],
  "us-isob-east-1": ["aws-iso-b", "codebuild"],
  "us-isob-west-1": ["aws-iso-b"],
  "us-isof-east-1": ["aws-iso-f", "codepipeline", "codebuild"],
  "us-isof-south-1": ["aws-iso-f", "codepipeline", "codebuild"],
};

/** Undefined for a Region that the table has not. */
export function regionOf(
  name: string,
): { readonly partition: string; readonly services: readonly RegionalService[] } | undefined {
  const region = REGIONS[name];
  if (region === undefined) return undefined;
  const [partition, ...services] = region;
  return { partition, services };
}
