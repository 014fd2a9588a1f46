import { readFileSync } from "node:fs";
import { join } from "node:path";
import { commandLine } from "../rehearsal/bringUp/commandLine";
import { z } from "zod";
import { asJson, asText, type Check, checkNode, checkSettings } from "./doctor/checks";
import { EXIT_CODES, ROOT, run } from "./command";
import { allParts } from "./delivery";
import type { Engine } from "./engine/engine";
import { messageOf } from "./refusal";

const USAGE = `npm run doctor: looks at everything that the other commands need, and says how to fix each problem: tools, login,
settings, credentials, secrets, connections that wait for a person, and what an update that was killed has left.

It changes one thing: once a person has authorised a connection, the pipelines that were made before are saved again, as they
are and while no run is under way, because no push would start them otherwise.

  --access  read the policies that the accounts have, and say what a release lacks: which statement of which policy, ids
            of deleted roles, connections that wait, stacks that never came to be. It changes nothing. It needs iam:Get*
            and iam:List*, s3:GetBucketPolicy, kms:GetKeyPolicy, ecr:GetRepositoryPolicy, sns:GetTopicAttributes,
            codeconnections:GetConnection and cloudformation:DescribeStacks
  --json    print the checks as JSON
  --help    show this

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
      const fix = ["pulumi login s3://<bucket> (or pulumi login, for Pulumi Cloud)"];
      return { checks: [found, { what: "login", problem: messageOf(error), fix }] };
    }
  } catch (error) {
    return {
      checks: [{ what: "pulumi", problem: messageOf(error), fix: ["https://www.pulumi.com/docs/install/"] }],
    };
  }
}

interface Looked {
  readonly checks: readonly Check[];
  /** What it cannot see, one line each. */
  readonly notSeen: readonly string[];
}

async function look(access: boolean): Promise<Looked> {
  const { wrongAccounts } = await import("./aws/accounts");
  const { realAws: aws } = await import("./aws/clients");
  const { credentialChecks } = await import("./doctor/stackChecks");
  const { engines } = packageJson.parse(JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")));
  const here = checkNode(process.versions.node, engines.node);
  const { checks: pulumi, engine, url = "" } = await engineChecks();
  const { checks: settings, delivery } = checkSettings(ROOT);
  if (!delivery) return { checks: [here, ...pulumi, ...settings], notSeen: [] };
  const parts = allParts(delivery);
  const wrong = await wrongAccounts(parts, (provider) => aws.account(provider));
  const usable = new Set(
    parts.map(({ stack }) => stack).filter((stack) => !wrong.some((each) => each.stack === stack)),
  );
  const first = [here, ...pulumi, ...settings, ...credentialChecks(parts, wrong)];
  if (!engine) return { checks: first, notSeen: [] };
  if (access) {
    const { accessChecks } = await import("./doctor/access/accessChecks");
    const { realPolicyClients: policies } = await import("./doctor/access/clients");
    const { checks, notSeen } = await accessChecks(engine, delivery, { root: ROOT, usable, aws, policies });
    return { checks: [...first, ...checks], notSeen };
  }
  const { checkStacks } = await import("./doctor/deliveryChecks");
  const stacks = await checkStacks(engine, aws, delivery, { root: ROOT, url, usable, passphrase });
  return { checks: [...first, ...stacks], notSeen: [] };
}

run("doctor", async (args) => {
  const flag = { type: "boolean", default: false } as const;
  const { values } = commandLine({ args, options: { access: flag, json: flag, help: flag } });
  if (values.help) {
    console.log(USAGE);
    return 0;
  }
  const { checks, notSeen } = await look(values.access);
  console.log(values.json ? asJson(checks, notSeen) : asText(checks, notSeen));
  return checks.some(({ problem }) => problem !== undefined) ? 1 : 0;
});
