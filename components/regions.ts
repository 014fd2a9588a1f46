/**
 * AWS's Regions: the partition of each, and those services that some have not. As of AS_OF, by botocore 1.44.8 (endpoints.json) and
 * https://docs.aws.amazon.com/general/latest/gr/codepipeline.html, …/codebuild.html, …/codecommit.html, …/codeconnections.html …/codestar_notifications.html and
 * https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-CodestarConnectionSource.html, which names the Regions
 * without connections; where they disagree (us-gov-west-1), that page decides. What else the stacks use (CloudFormation, CodeDeploy, ECR,
 * ECS, EventBridge, HTTP APIs, IAM, KMS, Lambda, load balancers, S3, SNS, SSM) is in every Region of the partitions below.
 *
 * A Region that is new, or gets a service, is a line to add or change here.
 */
export const AS_OF = "2026-11-20";

/** Partitions whose ARNs and endpoints names.ts knows. */
export const PARTITIONS = ["aws", "aws-cn", "aws-us-gov"] as const;

/**
 * What not every Region has; `connections` is CodePipeline's source action for GitHub, GitLab and others, `notifications` are the rules
 * that tell chats of approvals.
 */
export type RegionalService = "codepipeline" | "codebuild" | "codecommit" | "connections" | "notifications";

export const REGIONS: Readonly<Record<string, readonly [partition: string, ...RegionalService[]]>> = {
  "af-south-1": ["aws", "codepipeline", "codebuild", "codecommit"],
  "ap-east-1": ["aws", "codepipeline", "codebuild", "codecommit", "notifications"],
  "ap-east-2": ["aws"],
  "ap-northeast-1": ["aws", "codepipeline", "codebuild", "codecommit", "connections", "notifications"],
  "ap-northeast-2": ["aws", "codepipeline", "codebuild", "codecommit", "connections", "notifications"],
  "ap-northeast-3": ["aws", "codepipeline", "codebuild", "codecommit"],
  "ap-south-1": ["aws", "codepipeline", "codebuild", "codecommit", "connections", "notifications"],
  "ap-south-2": ["aws", "codepipeline", "codebuild", "codecommit"],
  "ap-southeast-1": ["aws", "codepipeline", "codebuild", "codecommit", "connections", "notifications"],
  "ap-southeast-2": ["aws", "codepipeline", "codebuild", "codecommit", "connections", "notifications"],
  "ap-southeast-3": ["aws", "codepipeline", "codebuild", "codecommit"],
  "ap-southeast-4": ["aws", "codepipeline", "codebuild"],
  "ap-southeast-5": ["aws", "codepipeline", "codebuild"],
  "ap-southeast-6": ["aws", "codepipeline", "codebuild"],
  "ap-southeast-7": ["aws", "codebuild"],
  "ca-central-1": ["aws", "codepipeline", "codebuild", "codecommit", "connections", "notifications"],
  "ca-west-1": ["aws"],
  "eu-central-1": ["aws", "codepipeline", "codebuild", "codecommit", "connections", "notifications"],
  "eu-central-2": ["aws", "codepipeline", "codebuild"],
  "eu-north-1": ["aws", "codepipeline", "codebuild", "codecommit", "connections", "notifications"],
  "eu-south-1": ["aws", "codepipeline", "codebuild", "codecommit", "connections"],
  "eu-south-2": ["aws", "codepipeline", "codebuild"],
  "eu-west-1": ["aws", "codepipeline", "codebuild", "codecommit", "connections", "notifications"],
  "eu-west-2": ["aws", "codepipeline", "codebuild", "codecommit", "connections", "notifications"],
  "eu-west-3": ["aws", "codepipeline", "codebuild", "codecommit", "connections", "notifications"],
  "il-central-1": ["aws", "codepipeline", "codebuild", "codecommit"],
  "me-central-1": ["aws", "codepipeline", "codebuild", "codecommit"],
  "me-south-1": ["aws", "codepipeline", "codebuild", "codecommit", "notifications"],
  "mx-central-1": ["aws"],
  "sa-east-1": ["aws", "codepipeline", "codebuild", "codecommit", "connections", "notifications"],
  "us-east-1": ["aws", "codepipeline", "codebuild", "codecommit", "connections", "notifications"],
  "us-east-2": ["aws", "codepipeline", "codebuild", "codecommit", "connections", "notifications"],
  "us-west-1": ["aws", "codepipeline", "codebuild", "codecommit", "connections", "notifications"],
  "us-west-2": ["aws", "codepipeline", "codebuild", "codecommit", "connections", "notifications"],
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

/** Regions where CodeBuild runs jobs on Lambda's compute: https://docs.aws.amazon.com/codebuild/latest/userguide/lambda.html#lambda.regions */
export const LAMBDA_COMPUTE_REGIONS: readonly string[] = [
  "ap-northeast-1",
  "ap-south-1",
  "ap-southeast-1",
  "ap-southeast-2",
  "eu-central-1",
  "eu-west-1",
  "sa-east-1",
  "us-east-1",
  "us-east-2",
  "us-west-2",
];

/**
 * Regions that the API of Amazon Q Developer in chat applications is in. What it makes belongs to no Region; another partition has none:
 * https://docs.aws.amazon.com/general/latest/gr/chatbot.html
 */
export const CHAT_REGIONS = ["us-east-2", "us-west-2", "eu-west-1", "ap-southeast-1"] as const;

const NEAREST: Readonly<Record<string, (typeof CHAT_REGIONS)[number]>> = {
  af: "eu-west-1",
  ap: "ap-southeast-1",
  eu: "eu-west-1",
  il: "eu-west-1",
  me: "eu-west-1",
};
/** The one of them that a stack in this Region asks. */
export const chatRegion = (region: string): (typeof CHAT_REGIONS)[number] =>
  CHAT_REGIONS.find((each) => each === region) ?? NEAREST[region.split("-")[0] ?? ""] ?? "us-east-2";

/** Undefined for a Region that the table has not. */
export function regionOf(
  name: string,
): { readonly partition: string; readonly services: readonly RegionalService[] } | undefined {
  const region = Object.hasOwn(REGIONS, name) ? REGIONS[name] : undefined;
  if (region === undefined) return undefined;
  const [partition, ...services] = region;
  return { partition, services };
}
