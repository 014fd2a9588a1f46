import { commandLine } from "../rehearsal/bringUp/commandLine";
import { EXIT_CODES, ROOT, run } from "./command";
import { readDelivery } from "./delivery";
import { Refusal } from "./refusal";
import { writingsOf } from "./stackFiles/change";
import { removeEnvironment } from "./stackFiles/environments";
import { tell, writeAll } from "./stackFiles/files";
import { removePipeline } from "./stackFiles/pipelines";

const USAGE = `npm run remove -- environment NAME [options]
npm run remove -- pipeline NAME [options]: takes it out of the stack files and leaves their comments and everything else
as they are. It ends with what is to be run.

An environment is taken down first (npm run down -- STACK): the command refuses while Pulumi remembers anything of it.
A pipeline is removed in two steps, since what holds its code is protected: the command says what comes between them.

  --yes   go on where Pulumi cannot be asked what is still up
  --help  show this

${EXIT_CODES}`;

run("remove", async (args) => {
  const { values, positionals } = commandLine({
    args,
    allowPositionals: true,
    options: { yes: { type: "boolean", default: false }, help: { type: "boolean", default: false } },
  });
  if (values.help) {
    console.log(USAGE);
    return 0;
  }
  const [kind, name, more] = positionals;
  if ((kind !== "environment" && kind !== "pipeline") || name === undefined || more !== undefined)
    throw new Refusal(
      `received ${positionals.join(" ") || "nothing"}: write npm run remove -- environment NAME, or npm run remove -- pipeline NAME`,
    );
  const delivery = readDelivery(ROOT);
  const change = kind === "environment" ? removeEnvironment(delivery, name) : removePipeline(delivery, name);
  const writings = writingsOf(delivery, change); // what the programs would refuse is told before Pulumi is asked
  if (change.only !== undefined) {
    const { checkStacks } = await import("./stackFiles/stillUp");
    await checkStacks(ROOT, delivery, change.only, values.yes);
  }
  writeAll(writings);
  tell(writings, change.next, (line) => console.log(line));
  return 0;
});
