/** What the program's own pipeline does, as a value. Pure. */
import { EXPORTED_VARIABLES } from "../jobs/buildspec";
import { RUN, SOURCE_STAGE } from "../pipeline/stageActions";
import type { Stage } from "../stage";

/** Stage and action of the approval. */
export const APPROVAL = "Up/Approve";

export interface Asked {
  readonly timeoutDays: number;
  /** Page with Preview's log. */
  readonly link: string;
}

/** Nothing is changed before somebody has agreed to the steps; then these are carried out, and no others. */
export const selfStages = (
  jobs: { readonly preview: string; readonly up: string },
  { timeoutDays, link }: Asked,
): Stage[] => [
  SOURCE_STAGE,
  {
    name: "Preview",
    actions: [
      {
        name: "Preview",
        runOrder: 1,
        kind: "job",
        namespace: "Preview",
        job: jobs.preview,
        input: "Source",
        variables: {},
        exports: EXPORTED_VARIABLES["self-preview"],
      },
    ],
  },
  // In one stage: nothing skips the approval alone.
  {
    name: "Up",
    // Nobody is asked where nothing would change. People may override this; Up checks the same.
    entry: [{ name: "Steps", variable: "#{Preview.STEPS}", matches: "^[0-9a-f]{64}$" }],
    skipped: true,
    actions: [
      {
        name: "Approve",
        runOrder: 1,
        kind: "approval",
        summary: "Bring the stacks up with the steps #{Preview.STEPS}: read the commit, and Preview's log",
        link,
        timeoutInMinutes: timeoutDays * 24 * 60,
      },
      {
        name: "Up",
        runOrder: 2,
        kind: "job",
        job: jobs.up,
        input: "Source",
        // It asks CodePipeline for the steps: pasted here, what Preview's code hands on could make variables of its own.
        variables: { EXECUTION_ID: RUN, STAGE: "Up" },
        exports: EXPORTED_VARIABLES["self-up"],
      },
    ],
  },
];
