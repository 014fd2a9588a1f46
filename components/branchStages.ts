/** The stages of a pipeline for branches, as a value. Pure. */
import { EXPORTED_VARIABLES } from "./jobs/buildspec";
import { BRANCHES } from "./names";
import { buildStage, deployAction, RUN, SOURCE_STAGE, verifyActions } from "./stageActions";
import type { PipelineEnvironment, Stage } from "./stages";

/** Physical names of its CodeBuild projects. */
export interface BranchJobNames {
  readonly register: string;
  readonly build: string;
  readonly release: string;
  readonly verify: string;
}

/**
 * Register says whether the branch may have an environment before anything of it is run, and which stack is its own.
 * Its name goes no further: every other action gets what stands for it.
 */
export function branchStages(
  { account, verify = true }: Pick<PipelineEnvironment, "account" | "verify">,
  jobs: BranchJobNames,
): Stage[] {
  const branch: PipelineEnvironment = { name: BRANCHES, account, verify };
  return [
    SOURCE_STAGE,
    {
      name: "Register",
      actions: [
        {
          name: "Register",
          runOrder: 1,
          kind: "job",
          namespace: "Register",
          job: jobs.register,
          input: "Source",
          variables: { EXECUTION_ID: RUN },
          exports: EXPORTED_VARIABLES["branch-register"],
        },
      ],
    },
    buildStage(jobs.build),
    {
      name: "Deploy",
      actions: [
        deployAction(branch, jobs.release, {
          BRANCH_HASH: "#{Register.BRANCH_HASH}",
          BRANCH_LABEL: "#{Register.BRANCH_LABEL}",
        }),
        ...verifyActions(branch, jobs.verify),
      ],
    },
  ];
}
