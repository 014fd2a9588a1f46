import { commandLine } from "../rehearsal/bringUp/commandLine";
import { EXIT_CODES, run } from "./command";
import { answered, COMMON } from "./pipelines/commandLine";

const USAGE = `npm run rollback -- PIPELINE ENVIRONMENT [options]: brings an environment back to a release that it ran. It lists those, says
which way it goes, and asks. CodePipeline rolls the stage back where it can: the same bytes, no build, no approval. Where the
pipeline was changed since, a new run of that commit goes through all environments, and says so.

  --to COMMIT     to this one: 7 digits of its id at least
  --no-wait       does not follow the run
  --yes           asks nothing
  --profile NAME  by this profile of yours instead of the stack's credentials
  --help          show this

${EXIT_CODES}`;

run("rollback", async (args) => {
  const { values, positionals } = commandLine({
    args,
    allowPositionals: true,
    options: {
      to: { type: "string" },
      "no-wait": { type: "boolean", default: false },
      yes: { type: "boolean", default: false },
      ...COMMON,
    },
  });
  const { help, "no-wait": leave, ...options } = values;
  return answered(USAGE, help, async (desk, delivery) => {
    const { rollback } = await import("./pipelines/rollback");
    return rollback(desk, delivery, positionals, { ...options, wait: !leave });
  });
});
