import { commandLine } from "../rehearsal/bringUp/commandLine";
import { EXIT_CODES, run } from "./command";
import { answered, COMMON } from "./pipelines/commandLine";

const USAGE = `npm run logs -- PIPELINE [ENVIRONMENT] [options]: the log of the job that runs just now or, where none does, of the one that
ran last.

  --job NAME      of this one: build, plan, beforeDeploy, deploy, afterDeploy, verify or promote
  --service       of the service itself in ENVIRONMENT, the last hour: by the credentials of the environment's stack
  --follow        goes on until the job has ended, or Ctrl-C
  --profile NAME  by this profile of yours instead of the stack's credentials
  --help          show this

${EXIT_CODES}`;

run("logs", async (args) => {
  const { values, positionals } = commandLine({
    args,
    allowPositionals: true,
    options: {
      job: { type: "string" },
      service: { type: "boolean", default: false },
      follow: { type: "boolean", default: false },
      ...COMMON,
    },
  });
  const { help, ...options } = values;
  return answered(USAGE, help, async (desk, delivery) => {
    const { logs } = await import("./pipelines/logs");
    return logs(desk, delivery, positionals, options);
  });
});
