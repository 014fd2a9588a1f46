import { resolve } from "node:path";
import { commandLine } from "../rehearsal/bringUp/commandLine";
import { HERE, ROOT, run } from "./command";
import { readDelivery, select } from "./delivery";
import { withSession } from "./session";

const USAGE = `npm run preview -- [STACK ...] [options]: what an up of all stacks, or of those named, would change

  --expect-no-changes  exit code 2 when there are changes
  --refresh            compare with what AWS really has, which finds what was changed there by hand
  --before FILE        say which rights grow beside what FILE has, written by npm run resources -- --json FILE;
                       default: beside what is up
  --steps              end with what stands for these steps, for npm run up -- --steps STEPS, which carries out these alone
  --not-self           exit code 1 where this would change the pipeline that brings this program up: a person does that
  --help               show this

Nothing is changed, but that a stack that does not exist yet is made, empty.
exit code: 0 previewed, 1 something is wrong and the lines above say what, 2 there are changes and none were expected,
130 interrupted`;

run("preview", async (args) => {
  const { values, positionals } = commandLine({
    args,
    allowPositionals: true,
    options: {
      "expect-no-changes": { type: "boolean", default: false },
      refresh: { type: "boolean", default: false },
      before: { type: "string" },
      steps: { type: "boolean", default: false },
      "not-self": { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) {
    console.log(USAGE);
    return 0;
  }
  const delivery = readDelivery(ROOT);
  select(delivery, positionals); // refuses a name that is not there before it looks for Pulumi
  const { previewAll } = await import("./up/previewAll"); // the SDKs are loaded here, so that wrong options are answered at once
  const { fromFile, fromStates, programOf, rightsSince } = await import("./up/rights");
  const { before, steps } = values;
  const file = before === undefined ? undefined : fromFile(resolve(HERE, before), `--before ${before}`);
  const rights = (states: Parameters<typeof fromStates>[0]) => rightsSince(ROOT, file ?? fromStates(states));
  const options = { ...values, rights, ...(steps && { program: () => programOf(ROOT) }) };
  return withSession(ROOT, (session) => previewAll(session, delivery, positionals, options));
});
