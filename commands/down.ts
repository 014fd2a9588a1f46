import { commandLine } from "../rehearsal/bringUp/commandLine";
import { EXIT_CODES, ROOT, run } from "./command";
import { readDelivery, select } from "./delivery";
import { withSession } from "./session";

const USAGE = `npm run down -- [STACK ...] [options]: takes everything down, or the stacks named: the workloads' CloudFormation
stacks, then the environments, then tooling with its images, its artifacts, and the CodeCommit repositories that it made.
Then it looks for what is left. Tables stay with their data; the commands that delete them are printed. Run it again to go
on after a failure.

  --project-name NAME  the project's name, which is asked for otherwise: what goes does not come back
  --help               show this

${EXIT_CODES}`;

run("down", async (args) => {
  const { values, positionals } = commandLine({
    args,
    allowPositionals: true,
    options: { "project-name": { type: "string" }, help: { type: "boolean", default: false } },
  });
  if (values.help) {
    console.log(USAGE);
    return 0;
  }
  const delivery = readDelivery(ROOT);
  select(delivery, positionals); // refuses a name that is not there before it looks for Pulumi
  const { takeDown } = await import("./down/takeDown"); // the SDKs are loaded here, so that wrong options are answered at once
  return withSession(ROOT, (session) => takeDown(session, delivery, positionals, values["project-name"]));
});
