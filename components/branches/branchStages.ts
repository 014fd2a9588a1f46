/** The stages of a pipeline for branches, as a value. Pure. */
import { EXPORTED_VARIABLES } from "../jobs/buildspec";
import { BRANCHES } from "../names";
import { buildStage, deployAction, ENTRY, RUN, SOURCE_STAGE, verifyActions } from "../pipeline/stageActions";
import type { JobNames, PipelineEnvironment, Stage } from "../stage";

const [REGISTER, DEPLOY] = ["Register", "Deploy"];

/**
 * Register says whether the branch may have an environment before anything of it is run, and which stack is its own.
 * Its name goes no further: Deploy asks for what stands for it.
 */
export function branchStages(
  { account, verify = true }: Pick<PipelineEnvironment, "account" | "verify">,
  jobs: JobNames,
): Stage[] {
  const branch: PipelineEnvironment = { name: BRANCHES, account, verify };
  return [
    SOURCE_STAGE,
    {
      name: REGISTER,
      actions: [
        {
          name: REGISTER,
          runOrder: 1,
          kind: "job",
          namespace: REGISTER,
          job: jobs("register"),
          input: "Source",
          variables: { EXECUTION_ID: RUN, STAGE: REGISTER },
          exports: EXPORTED_VARIABLES["branch-register"],
        },
      ],
    },
    buildStage(jobs("build")),
    {
      name: DEPLOY,
      entry: ENTRY,
      actions: [deployAction(branch, DEPLOY, jobs("release-job")), ...verifyActions(branch, jobs("verify"))],
    },
  ];
}
