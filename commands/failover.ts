import { commandLine } from "../rehearsal/bringUp/commandLine";
import { REGIONS } from "../components/regions";
import { EXIT_CODES, ROOT, run } from "./command";
import { readDelivery } from "./delivery";
import { oneOf } from "./known";
import { Refusal } from "./refusal";
import { withSession } from "./session";

const USAGE = `npm run failover -- --from REGION --to REGION [options]: once a Region is lost, another takes over tooling and those
environments that were in it (docs/disaster-recovery.md). It calls nothing in AWS: Pulumi forgets what lies in the lost Region,
keeps what is in no Region, such as roles, and takes the copies in the other Region for tooling's own; the stack files get that
Region. Then npm run up makes what is missing. Run it again to go on after a failure.

  --dry-run  show what would become of each stack, and change nothing
  --yes      ask nothing
  --help     show this

${EXIT_CODES}`;

run("failover", async (args) => {
  const { values } = commandLine({
    args,
    options: {
      from: { type: "string" },
      to: { type: "string" },
      "dry-run": { type: "boolean", default: false },
      yes: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) {
    console.log(USAGE);
    return 0;
  }
  const { from = "", to = "", "dry-run": dryRun, yes } = values;
  if (from === "" || to === "" || from === to)
    throw new Refusal(
      `received --from ${from || "nothing"} and --to ${to || "nothing"}: give two Regions, the one that is lost and the one that takes over`,
    );
  for (const each of [from, to]) oneOf("Region", each, Object.keys(REGIONS));
  const delivery = readDelivery(ROOT);
  const { takeOver } = await import("./failover/takeOver"); // the SDKs are loaded here, so that wrong options are answered at once
  return withSession(ROOT, (session) => takeOver(session, delivery, { from, to, dryRun, yes }));
});
