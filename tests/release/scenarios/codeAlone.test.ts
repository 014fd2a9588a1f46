import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Rehearsed } from "../../../rehearsal/record/record";
import { broughtUp } from "../../programs";
import { environments, tooling } from "../../stacks/settingsSample";
import { all, approval, codecommit } from "../../stacks/together.case";
import { recorded } from "../system/state";
import { RELEASED, WAITS } from "./expected";
import { type Scenario, scenario, scenarios } from "./scenario";
import { version } from "./service";
import { PROD, TEST } from "./zip";

const run = promisify(execFile);
const ACCOUNTS = { test: TEST, prod: PROD };

const settings = tooling({
  environments: environments("test", "prod@333333333333").map((each) =>
    each.name === "prod" ? { ...each, approval } : each,
  ),
  pipelines: [
    codecommit("catalog", {
      workload: "lambda-zip-code",
      directory: "app",
      function: {
        name: "quotes-${environment}",
        runtime: "nodejs22.x",
        endpoint: "https://quotes.${environment}.example.com",
      },
    }),
  ],
});

/** Calls of the owner's, past every policy; the answer as JSON. */
async function owner(it: Scenario, environment: keyof typeof ACCOUNTS, ...args: string[]): Promise<unknown> {
  const { aws, logs } = it.system;
  const { env } = aws.administrator(ACCOUNTS[environment]);
  const { stdout } = await run("aws", ["lambda", ...args, "--output", "json"], {
    env: { ...env, HOME: logs },
  });
  return JSON.parse(stdout || "null");
}

/** What the owner's own stack has made, before any release: version 1 of a function, and an alias at it. */
async function make(it: Scenario): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "delivery-owner-"));
  mkdirSync(join(folder, "code"));
  writeFileSync(join(folder, "code/index.js"), "exports.handler = async () => ({ body: 'the owner' });\n");
  await run("zip", ["-q", "-X", "../code.zip", "index.js"], { cwd: join(folder, "code") });
  for (const name of ["test", "prod"] as const) {
    const named = ["--function-name", `quotes-${name}`];
    await owner(
      it,
      name,
      ...["create-function", ...named, "--runtime", "nodejs22.x", "--handler", "index.handler", "--publish"],
      ...["--role", `arn:aws:iam::${ACCOUNTS[name]}:role/owner`, "--zip-file", `fileb://${folder}/code.zip`],
    );
    await owner(it, name, "create-alias", ...named, "--name", "live", "--function-version", "1");
  }
}

/** Version that the alias is at, and what that says. */
async function says(it: Scenario, environment: keyof typeof ACCOUNTS): Promise<string> {
  const named = ["--function-name", `quotes-${environment}`];
  const alias = (await owner(it, environment, "get-alias", ...named, "--name", "live")) as {
    FunctionVersion: string;
  };
  const out = join(mkdtempSync(join(tmpdir(), "delivery-owner-")), "out");
  await owner(it, environment, "invoke", ...named, "--qualifier", alias.FunctionVersion, out);
  const { stdout } = await run("cat", [out]);
  return `${alias.FunctionVersion} ${(JSON.parse(stdout) as { body: string }).body}`;
}
const both = async (it: Scenario): Promise<string[]> => [await says(it, "test"), await says(it, "prod")];

scenarios("release of code alone, to functions that another stack owns", () => {
  let record: Rehearsed;
  before(async () => (record = await broughtUp(all(settings).files)));

  it("goes through test and an approval to prod, back where the tests fail, and nowhere where the owner has changed the function", () =>
    scenario("code-alone", record, async (it) => {
      await make(it);
      const first = await it.push(version(1));
      assert.deepEqual(it.attempts(first), WAITS);
      assert.deepEqual(await both(it), ["2 version 1", "1 the owner"]);
      assert.match(it.log("prod-plan-job"), /alias live goes from version 1 to a new version/);
      await it.decide("Approved");
      assert.deepEqual(it.attempts(first), RELEASED);
      assert.deepEqual(await both(it), ["2 version 1", "2 version 1"]);
      assert.equal((await recorded(it.system, "catalog", "prod"))[0]?.run, first.id);

      const second = await it.push(version(2, { verify: ["test"] }));
      assert.equal(second.status, "Failed");
      assert.deepEqual(await both(it), ["2 version 1", "2 version 1"]);
      const back = it.pipeline().executions.at(-1);
      assert.deepEqual([back?.type, back?.target?.id, back?.status], ["ROLLBACK", first.id, "Succeeded"]);
      assert.equal((await recorded(it.system, "catalog", "test"))[0]?.run, back?.id);

      const third = await it.push(version(3));
      await owner(
        it,
        "prod",
        "update-function-configuration",
        "--function-name",
        "quotes-prod",
        "--timeout",
        "7",
      );
      await it.decide("Approved");
      assert.equal(third.status, "Failed");
      assert.match(
        it.log("prod-release-job", "FAILED"),
        /\nerror: function quotes-prod was changed since this was planned: nothing was changed by this run, start a new release\n/,
      );
      assert.deepEqual(await both(it), ["4 version 3", "2 version 1"]);
    }));
});
