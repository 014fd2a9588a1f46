import { commandLine } from "../rehearsal/bringUp/commandLine";
import { ROOT, run } from "./command";
import { missingEnvironments, readDelivery, select } from "./delivery";
import { unattendedBy } from "./up/options";
import { withSession } from "./session";

const USAGE = `npm run up -- [STACK ...] [options]: shows what would change and, for all stacks, which rights grow, asks, and brings all
stacks up, or those named: tooling first, then the environments side by side; in waves where it asks nobody. Stacks that do
not exist yet are made, empty, before it asks. Run it again to go on after a failure. It ends with the next steps, and says
which connection waits for a person; once that is authorised, it saves the pipelines again that were made before (while no
run is under way), because no push would start them otherwise.

  --refresh       compare with what AWS really has first, and put back what was changed there
  --yes           ask nothing and show no plan, also where it ends runs or approvals that are under way
  --steps STEPS   ask nobody, and carry out only the steps that npm run preview -- --steps ended with and somebody agreed to
  --additions     ask nobody, and carry out only what adds resources and lets no right grow; else exit code 2
  --wait MINUTES  with one of these two: wait for runs that it would end; default: 0, it ends none and changes nothing then
  --not-self      with one of these two: change nothing where it would change the pipeline that brings this program up
  --help          show this

exit code: 0 done, 1 something is wrong and the lines above say what, 2 somebody has to agree first, 130 interrupted`;

run("up", async (args) => {
  const { values, positionals } = commandLine({
    args,
    allowPositionals: true,
    options: {
      yes: { type: "boolean", default: false },
      steps: { type: "string" },
      additions: { type: "boolean", default: false },
      wait: { type: "string" },
      "not-self": { type: "boolean", default: false },
      refresh: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) {
    console.log(USAGE);
    return 0;
  }
  const nobody = unattendedBy(values, positionals);
  const whole = readDelivery(ROOT);
  const delivery = select(whole, positionals);
  for (const name of positionals.length > 0 ? [] : missingEnvironments(delivery)) {
    console.log(
      `environment ${name} has no stack file: add Pulumi.${name}.yaml (npm run init), or take it out of environments`,
    );
  }
  const { bringUp } = await import("./up/bringUp"); // the SDKs are loaded here, so that wrong options are answered at once
  const { fromStates, programOf, rightsSince } = await import("./up/rights");
  const rights = (states: Parameters<typeof fromStates>[0]) => rightsSince(ROOT, fromStates(states));
  // Rights are compared as a whole: with some of the stacks alone, those of the others would look new.
  const options = {
    ...{ yes: values.yes, refresh: values.refresh },
    ...(positionals.length === 0 && { rights }),
    ...(nobody && {
      unattended: {
        ...{ wait: nobody.wait, notSelf: nobody.notSelf },
        ...(nobody.digest !== undefined && {
          steps: { digest: nobody.digest, program: () => programOf(ROOT) },
        }),
      },
    }),
  };
  return withSession(ROOT, (session) => bringUp(session, delivery, options, whole));
});
