/*
 * How long the actions of a release take, in seconds. A job's own commands are little else than processes of AWS's CLI, which
 * tests/components/jobs/processes.sampled.test.ts counts. What the service takes, and AWS for a stack, is the same for this project
 * and others, and said once. Starts have no promise; what CodePipeline takes between two actions is in none of them. To know your
 * own: `aws codepipeline list-action-executions`.
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

/** A process of AWS's CLI: 0.7 to 1.1 were measured, with the few commands around it, on two loaded cores (docs/release-test.md). */
const CALL = 1;
/** A job looks again so long after it has looked. */
export const PAUSE = { "change set": 0, update: 1 } as const;

/** What a job of a release of an image calls by itself, where it updates a stack. */
export interface Calls {
  /** Processes of AWS's CLI in all, over a stand-in for AWS that works out a change set, and updates, in two looks each. */
  readonly all: number;
  /** Those among them that are made while CloudFormation works, and so take no time of their own. */
  readonly meanwhile: number;
  /** What it waits for. The look that sees the end comes half a pause and half a look after it, on average. */
  readonly waits: readonly (keyof typeof PAUSE)[];
}

export const CALLS = {
  Build: { all: 3, meanwhile: 0, waits: [] },
  // The upload, the judge, change sets of runs before, and the first look.
  Plan: { all: 12, meanwhile: 4, waits: ["change set"] },
  Deploy: { all: 9, meanwhile: 1, waits: ["update"] },
  /** Where nothing was planned before: it makes the change set itself. */
  "Deploy, unplanned": { all: 17, meanwhile: 5, waits: ["change set", "update"] },
  Verify: { all: 1, meanwhile: 0, waits: [] },
  Promote: { all: 7, meanwhile: 0, waits: [] },
  Register: { all: 5, meanwhile: 0, waits: [] },
} as const satisfies Readonly<Record<string, Calls>>;

/** Seconds of a job's own: what it calls one after the other, and how late it sees that CloudFormation has ended. */
const ownSeconds = ({ all, meanwhile, waits }: Calls): number =>
  (all - meanwhile) * CALL + waits.reduce((sum, what) => sum + (PAUSE[what] + CALL) / 2, 0);

/** Commands of each job, by the name of its action. */
export const COMMANDS: Readonly<Record<string, number>> = {
  Build: ownSeconds(CALLS.Build) + SERVICE.install + SERVICE.test + SERVICE.push,
  Plan: ownSeconds(CALLS.Plan) + CHANGE_SET,
  // The service's own commands: how long they take only the service knows. As long as its end-to-end tests, say.
  BeforeDeploy: SERVICE.verify,
  Deploy: ownSeconds(CALLS.Deploy) + UPDATE,
  AfterDeploy: SERVICE.verify,
  Verify: ownSeconds(CALLS.Verify) + SERVICE.install + SERVICE.verify,
  Promote: ownSeconds(CALLS.Promote),
  Register: ownSeconds(CALLS.Register),
};
/** Those of Deploy where nothing was planned before. */
export const DEPLOY_UNPLANNED = ownSeconds(CALLS["Deploy, unplanned"]) + CHANGE_SET + UPDATE;
