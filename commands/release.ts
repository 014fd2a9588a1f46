import { commandLine } from "../rehearsal/bringUp/commandLine";
import { EXIT_CODES, run } from "./command";
import { answered, COMMON } from "./pipelines/commandLine";

const USAGE = `npm run release -- PIPELINE [options]: starts a run, of what is on the pipeline's branch or of one commit, and follows it until
it ends or waits for an approval. Ctrl-C leaves it running.

  --commit SHA    this commit, by its whole id
  --tag TAG       what this tag is on: git must be able to read the repository
  --branch NAME   what is on this branch now; it goes to the same environments
  --no-wait       does not follow the run
  --yes           asks nothing, not even about a commit that is not on the pipeline's branch
  --profile NAME  by this profile of yours instead of the stack's credentials
  --help          show this

${EXIT_CODES}`;

run("release", async (args) => {
  const { values, positionals } = commandLine({
    args,
    allowPositionals: true,
    options: {
      commit: { type: "string" },
      tag: { type: "string" },
      branch: { type: "string" },
      "no-wait": { type: "boolean", default: false },
      yes: { type: "boolean", default: false },
      ...COMMON,
    },
  });
  const { help, "no-wait": leave, ...options } = values;
  return answered(USAGE, help, async (desk, delivery) => {
    const { release } = await import("./pipelines/release");
    return release(desk, delivery, positionals, { ...options, wait: !leave });
  });
});
