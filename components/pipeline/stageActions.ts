/** What the stages of every pipeline are put together from. Pure. */
import { EXPORTED_VARIABLES } from "../jobs/buildspec";
import {
  type Action,
  deployStage,
  type EntryCheck,
  type PipelineEnvironment,
  type RunnerStep,
  runsInside,
  type Stage,
  waveOf,
} from "../stage";
/** `Deploy`, and in a wave `Deploy-qa`. */
export const actionName = (
  kind: "Plan" | "Approval" | "BeforeDeploy" | "Deploy" | "AfterDeploy" | "Verify" | "Promote",
  environment: PipelineEnvironment,
) => (waveOf(environment) === environment.name ? kind : `${kind}-${environment.name}`);

/** The action that every trigger and every source revision names. */
export const SOURCE_ACTION = "Source";

/**
 * The one reference that a job's variables may hold. CodePipeline pastes it into JSON as it is: what a repository, a
 * person or a build can write would make variables of its own there. A job asks for all else, by this.
 */
export const RUN = "#{codepipeline.PipelineExecutionId}";

/**
 * What Build must have handed on before a stage is entered. A second fence only: people may override it, and each job
 * checks the same. `$` lets a line feed at the end through, for what that is worth.
 */
export const ENTRY: readonly EntryCheck[] = [
  { name: "CodeDigest", variable: "#{Build.CODE_DIGEST}", matches: "^sha256:[0-9a-f]{64}$" },
  { name: "ReleaseSha256", variable: "#{Build.RELEASE_SHA256}", matches: "^[0-9a-f]{64}$" },
];

export const SOURCE_STAGE: Stage = {
  name: SOURCE_ACTION,
  actions: [
    { name: SOURCE_ACTION, runOrder: 1, kind: "source", namespace: "SourceVariables", output: "Source" },
  ],
};
export const buildStage = (job: string): Stage => ({
  name: "Build",
  actions: [
    {
      name: "Build",
      runOrder: 1,
      kind: "job",
      namespace: "Build",
      job,
      input: "Source",
      output: "Release",
      // CodeBuild itself says which commit it was given: CODEBUILD_RESOLVED_SOURCE_VERSION.
      variables: {},
      exports: EXPORTED_VARIABLES.build,
    },
  ],
});

export const AFTER_BUILD = { kind: "job", input: "Release" } as const;

/** Deploys with the job, in the stage of that name. */
export const deployAction = (
  environment: PipelineEnvironment,
  stage: string,
  job: string,
  own: Readonly<Record<string, string>> = {},
): Action => ({
  ...AFTER_BUILD,
  name: actionName("Deploy", environment),
  runOrder: 1,
  job,
  variables: { EXECUTION_ID: RUN, STAGE: stage, ...own },
  exports: EXPORTED_VARIABLES.deploy,
});

/** Verifies what Deploy says that it has deployed, where that is wanted. */
export const verifyActions = (environment: PipelineEnvironment, job: string, inside = job): Action[] =>
  environment.verify === false
    ? []
    : [
        {
          ...AFTER_BUILD,
          name: actionName("Verify", environment),
          runOrder: 2,
          ...(runsInside(environment, "verify")
            ? { job: inside, variables: stepVariables(environment, "verify") }
            : { job, variables: whatIsDeployed(environment) }),
          exports: [],
        },
      ];

/** Runs a step of the service's own inside the environment, where its runner is for that. */
export const stepActions = (
  environment: PipelineEnvironment,
  [kind, step]: readonly ["BeforeDeploy", "beforeDeploy"] | readonly ["AfterDeploy", "afterDeploy"],
  job: string,
): Action[] =>
  runsInside(environment, step)
    ? [
        {
          ...AFTER_BUILD,
          name: actionName(kind, environment),
          runOrder: 1,
          job,
          variables: stepVariables(environment, step),
          exports: [],
        },
      ]
    : [];

const stepVariables = (environment: PipelineEnvironment, step: RunnerStep) => ({
  EXECUTION_ID: RUN,
  STAGE: deployStage(environment),
  STEP: step,
});

/** What Deploy has written for the run is found by these. */
export const whatIsDeployed = ({ name, account }: PipelineEnvironment) => ({
  ENVIRONMENT: name,
  ENVIRONMENT_ACCOUNT: account,
  EXECUTION_ID: RUN,
});
