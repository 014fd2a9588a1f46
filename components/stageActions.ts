/** What the stages of every pipeline are put together from. Pure. */
import { EXPORTED_VARIABLES } from "./jobs/buildspec";
import type { Action, PipelineEnvironment, Stage } from "./stages";

/** Environments of one wave have their stages together, named after the wave. */
export const waveOf = ({ name, wave }: PipelineEnvironment): string => wave ?? name;
/** `Deploy`, and in a wave `Deploy-qa`. */
export const actionName = (
  kind: "Plan" | "Approval" | "Deploy" | "Verify" | "Promote",
  environment: PipelineEnvironment,
) => (waveOf(environment) === environment.name ? kind : `${kind}-${environment.name}`);

/** The action that every trigger and every source revision names. */
export const SOURCE_ACTION = "Source";

export const RUN = "#{codepipeline.PipelineExecutionId}";
export const COMMIT = "#{SourceVariables.CommitId}";
export const DIGEST = "#{Build.CODE_DIGEST}";
/** What ties every later job to what Build made: it cannot be rewritten once Build has ended. */
export const HANDED_OVER = {
  COMMIT_ID: COMMIT,
  CODE_DIGEST: DIGEST,
  RELEASE_SHA256: "#{Build.RELEASE_SHA256}",
};

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
      variables: { COMMIT_ID: COMMIT },
      exports: EXPORTED_VARIABLES.build,
    },
  ],
});

export const AFTER_BUILD = { kind: "job", input: "Release" } as const;

/** Deploys with the job, given also the variables that are its own. */
export const deployAction = (
  environment: PipelineEnvironment,
  job: string,
  own: Readonly<Record<string, string>>,
): Action => ({
  ...AFTER_BUILD,
  name: actionName("Deploy", environment),
  runOrder: 1,
  namespace: `Deploy-${environment.name}`,
  job,
  variables: { EXECUTION_ID: RUN, ...HANDED_OVER, ...own },
  exports: EXPORTED_VARIABLES.deploy,
});

/** Verifies what has been deployed, where that is wanted. */
export const verifyActions = (environment: PipelineEnvironment, job: string): Action[] =>
  environment.verify === false
    ? []
    : [
        {
          ...AFTER_BUILD,
          name: actionName("Verify", environment),
          runOrder: 2,
          job,
          variables: {
            ENVIRONMENT: environment.name,
            ENDPOINT: `#{Deploy-${environment.name}.ENDPOINT}`,
            ...HANDED_OVER,
          },
          exports: [],
        },
      ];
