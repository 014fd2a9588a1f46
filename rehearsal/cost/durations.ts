/*
 * How long the actions of a release take, in seconds. Commands: medians of the jobs of the sample service with AWS's own
 * CLI on two loaded cores (docs/testing.md), rounded up to five seconds. Starts have no promise; what CodePipeline takes
 * between two actions is in none of them. To know your own: `aws codepipeline list-action-executions`.
 */

/** Until CodeBuild runs the first command in a container; builds that do nothing report 20 to 40 s. */
export const START = 30;
/**
 * The same on Lambda's compute, which is said to start almost at once:
 * https://aws.amazon.com/about-aws/whats-new/2023/11/aws-codebuild-lambda-compute/ (2023-11-06)
 */
export const LAMBDA_START = 5;
/**
 * The same of a runner inside an environment, whose interface in a VPC EC2 makes first: a minute at most, as that is what people are
 * told to allow for, and nothing of AWS's says how long it takes.
 */
export const RUNNER_START = 60;
/** CodePipeline takes the source. */
export const SOURCE = 10;

/** Commands of each job, by the name of its action. */
export const COMMANDS: Readonly<Record<string, number>> = {
  Build: 95,
  Plan: 10,
  // The service's own, as long as its tests: nobody but the service knows.
  BeforeDeploy: 10,
  Deploy: 60,
  AfterDeploy: 10,
  Verify: 10,
  Promote: 20,
  Register: 5,
};
