import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { z } from "zod";
import { type Check, checkNode, checkSettings, lines } from "./doctor/checks";
import { EXIT_CODES, ROOT, run } from "./command";
import { allParts } from "./delivery";
import type { Engine } from "./engine/engine";
import { messageOf } from "./refusal";

const USAGE = `npm run doctor: looks at everything that the other commands need, and says how to fix each problem: tools, login,
settings, credentials, secrets, connections that wait for a person, and what an update that was killed has left.

It changes one thing: once a person has authorised a connection, the pipelines that were made before are saved again, as they
are and while no run is under way, because no push would start them otherwise.

  --help  show this

${EXIT_CODES}`;

const packageJson = z.object({ engines: z.object({ node: z.string() }) });
const env = process.env;
const passphrase =
  env["PULUMI_CONFIG_PASSPHRASE"] !== undefined || env["PULUMI_CONFIG_PASSPHRASE_FILE"] !== undefined;

/** The engine, and who is logged in. */
async function engineChecks(): Promise<{ checks: Check[]; engine?: Engine; url?: string }> {
  const { findPulumi, openEngine } = await import("./engine/automation");
  try {
    const { version } = await findPulumi();
    const found: Check = { what: `pulumi ${version?.version ?? "of unknown version"}` };
    const engine = await openEngine(ROOT);
    try {
      const { user, url } = await engine.whoAmI();
      return { checks: [found, { what: `logged in to ${url} as ${user}` }], engine, url };
    } catch (error) {
      const mend = ["pulumi login s3://<bucket> (or pulumi login, for Pulumi Cloud)"];
      return { checks: [found, { what: "login", problem: messageOf(error), mend }] };
    }
  } catch (error) {
    return {
      checks: [{ what: "pulumi", problem: messageOf(error), mend: ["https://www.pulumi.com/docs/install/"] }],
    };
  }
}

async function look(): Promise<Check[]> {
  const { wrongAccounts } = await import("./aws/accounts");
  const { realAws } = await import("./aws/clients");
  const { credentialChecks } = await import("./doctor/stackChecks");
  const { checkStacks } = await import("./doctor/deliveryChecks");
  const { engines } = packageJson.parse(JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")));
  const here = checkNode(process.versions.node, engines.node);
  const { checks: pulumi, engine, url = "" } = await engineChecks();
  const { checks: settings, delivery } = checkSettings(ROOT);
  if (!delivery) return [here, ...pulumi, ...settings];
  const parts = allParts(delivery);
  const wrong = await wrongAccounts(parts, (provider) => realAws.account(provider));
  const usable = new Set(
    parts.map(({ stack }) => stack).filter((stack) => !wrong.some((each) => each.stack === stack)),
  );
  const stacks = engine
    ? await checkStacks(engine, realAws, delivery, { root: ROOT, url, usable, passphrase })
    : [];
  return [here, ...pulumi, ...settings, ...credentialChecks(parts, wrong), ...stacks];
}

run("doctor", async (args) => {
  const { values } = parseArgs({ args, options: { help: { type: "boolean", default: false } } });
  if (values.help) {
    console.log(USAGE);
    return 0;
  }
  const checks = await look();
  checks.flatMap(lines).forEach((line) => console.log(line));
  const wrong = checks.filter(({ problem }) => problem !== undefined).length;
  console.log(
    wrong === 0 ? `All ${checks.length} checks are ok` : `${wrong} of ${checks.length} checks failed`,
  );
  return wrong === 0 ? 0 : 1;
});
