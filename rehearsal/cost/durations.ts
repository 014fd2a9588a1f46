/*
 * How long the actions of a release take, in seconds. Commands: medians of the jobs of the sample service with AWS's own
 * CLI on two loaded cores (docs/testing.md), rounded up to five seconds. CodeBuild's start, until the first command of a
 * small Linux environment: it has no promise; builds that do nothing report 20 to 40 s. To know your own:
 * `aws codepipeline list-action-executions`.
 */

/** Until CodeBuild runs the first command. */
export const START = 30;
/** CodePipeline takes the source. */
export const SOURCE = 10;

/** Commands of each job, by the name of its action. */
export const COMMANDS: Readonly<Record<string, number>> = {
  Build: 95,
  Plan: 10,
  Deploy: 60,
  Verify: 10,
  Promote: 20,
  Register: 5,
};
