import { parseArgs } from "node:util";
import { EXIT_CODES, ROOT, run } from "./command";
import { readDelivery } from "./delivery";

const USAGE = `npm run logs -- PIPELINE [ENVIRONMENT] [options]: the log of the job that runs just now or, where none does, of the one that
ran last.

  --job NAME      of this one: build, plan, deploy, verify or promote
  --follow        goes on until the job has ended, or Ctrl-C
  --profile NAME  by this profile of yours instead of the stack's credentials
  --help          show this

${EXIT_CODES}`;

run("logs", async (args) => {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      job: { type: "string" },
      follow: { type: "boolean", default: false },
      profile: { type: "string" },
      help: { type: "boolean", default: false },
    },
  });
  const { help, ...options } = values;
  if (help) {
    console.log(USAGE);
    return 0;
  }
  const delivery = readDelivery(ROOT);
  const { desk } = await import("./pipelines/desk"); // the SDKs are loaded here, so that wrong options are answered at once
  const { logs } = await import("./pipelines/logs");
  return logs(desk(), delivery, positionals, options);
});
