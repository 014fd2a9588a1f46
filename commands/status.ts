import { commandLine } from "../rehearsal/bringUp/commandLine";
import { EXIT_CODES, run } from "./command";
import { answered, COMMON } from "./pipelines/commandLine";

const USAGE = `npm run status -- [PIPELINE ...] [options]: what each environment runs, since when and by which run; what is under way,
what waits for whom and until when, and why the last run failed. It only reads.

  --watch         again every 15 seconds, until Ctrl-C
  --json          for programs; its fields stay as they are as long as its version does
  --branches      also what was deployed of branches lately
  --profile NAME  by this profile of yours instead of the stack's credentials
  --help          show this

${EXIT_CODES}`;

run("status", async (args) => {
  const { values, positionals } = commandLine({
    args,
    allowPositionals: true,
    options: {
      watch: { type: "boolean", default: false },
      json: { type: "boolean", default: false },
      branches: { type: "boolean", default: false },
      ...COMMON,
    },
  });
  const { help, ...options } = values;
  return answered(USAGE, help, async (desk, delivery) => {
    const { status } = await import("./pipelines/status");
    return status(desk, delivery, positionals, options);
  });
});
