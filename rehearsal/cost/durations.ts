/*
 * How long the actions of a release take, in seconds. A job's own commands: medians of six releases of a function of an image over
 * an API that answers, with AWS's own CLI on two loaded cores (docs/release-test.md), rounded up to five seconds. What the service
 * takes, and AWS for a stack, is the same for this project and others, and said once. Starts have no promise; what CodePipeline takes
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

/** The sample service: `npm ci`, its unit tests, its code made and pushed, its end-to-end tests. */
export const SERVICE = { install: 15, test: 15, push: 50, verify: 10 } as const;
/** AWS makes a change set, and updates the stack, where traffic moves all at once. */
export const CHANGE_SET = 10;
export const UPDATE = 30;

/** Commands of each job, by the name of its action. */
export const COMMANDS: Readonly<Record<string, number>> = {
  Build: 10 + SERVICE.install + SERVICE.test + SERVICE.push,
  Plan: 10 + CHANGE_SET,
  // The service's own, as long as its tests: nobody but the service knows.
  BeforeDeploy: 10,
  Deploy: 10 + UPDATE,
  AfterDeploy: 10,
  Verify: 5 + SERVICE.install + SERVICE.verify,
  Promote: 10,
  Register: 5,
};
/** Those of Deploy where nothing was planned before: it makes the change set itself. */
export const DEPLOY_UNPLANNED = 15 + CHANGE_SET + UPDATE;
