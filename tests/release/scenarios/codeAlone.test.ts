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

const settings = (workload: string, runtime?: string) =>
  tooling({
    environments: environments("test", "prod@333333333333").map((each) =>
      each.name === "prod" ? { ...each, approval } : each,
    ),
    pipelines: [
      codecommit("catalog", {
        ...{ workload, directory: "app" },
        function: {
          name: "quotes-${environment}",
          ...(runtime !== undefined && { runtime }),
          endpoint: "https://quotes.${environment}.example.com",
        },
      }),
    ],
  });

const owner = (it: Scenario, environment: keyof typeof ACCOUNTS, ...args: string[]): Promise<unknown> =>
  it.owner(environment, "lambda", ...args);

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

/** The same, of functions of an image that is none of the pipeline's. */
async function makeOfImages(it: Scenario): Promise<void> {
  for (const name of ["test", "prod"] as const) {
    const named = ["--function-name", `quotes-${name}`];
    const uri = `${ACCOUNTS[name]}.dkr.ecr.eu-west-1.amazonaws.com/own@sha256:${"0".repeat(64)}`;
    await owner(
      it,
      name,
      ...["create-function", ...named, "--package-type", "Image", "--code", `ImageUri=${uri}`, "--publish"],
      ...["--role", `arn:aws:iam::${ACCOUNTS[name]}:role/owner`],
    );
    await owner(it, name, "create-alias", ...named, "--name", "live", "--function-version", "1");
  }
}

/** The version that the alias is at. */
async function live(it: Scenario, environment: keyof typeof ACCOUNTS): Promise<{ FunctionVersion: string }> {
  const named = ["--function-name", `quotes-${environment}`, "--name", "live"];
  return (await owner(it, environment, "get-alias", ...named)) as { FunctionVersion: string };
}

/** The same, and the digest of its image. */
async function runs(it: Scenario, environment: keyof typeof ACCOUNTS): Promise<[string, string]> {
  const { FunctionVersion } = await live(it, environment);
  const version = ["--function-name", `quotes-${environment}`, "--qualifier", FunctionVersion];
  const found = (await owner(it, environment, "get-function-configuration", ...version)) as {
    CodeSha256: string;
  };
  return [FunctionVersion, `sha256:${found.CodeSha256}`];
}

/** Version that the alias is at, and what that says. */
async function says(it: Scenario, environment: keyof typeof ACCOUNTS): Promise<string> {
  const named = ["--function-name", `quotes-${environment}`];
  const alias = await live(it, environment);
  const out = join(mkdtempSync(join(tmpdir(), "delivery-owner-")), "out");
  await owner(it, environment, "invoke", ...named, "--qualifier", alias.FunctionVersion, out);
  const { stdout } = await run("cat", [out]);
  return `${alias.FunctionVersion} ${(JSON.parse(stdout) as { body: string }).body}`;
}
const both = async (it: Scenario): Promise<string[]> => [await says(it, "test"), await says(it, "prod")];

scenarios("release of code alone, to functions that another stack owns", () => {
  const recordOf = (...of: Parameters<typeof settings>): Promise<Rehearsed> =>
    broughtUp(all(settings(...of)).files);

  it("goes through test and an approval to prod, back where the tests fail, and nowhere where the owner has changed the function", async () =>
    scenario("code-alone", await recordOf("lambda-zip-code", "nodejs22.x"), async (it) => {
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

  it("gives functions of images the image by its digest, and goes back to the version that has the one of before", async () =>
    scenario("code-alone-image", await recordOf("lambda-container-code"), async (it) => {
      await makeOfImages(it);
      const first = await it.push(version(1));
      assert.deepEqual(it.attempts(first), WAITS);
      assert.match(it.log("prod-plan-job"), /alias live goes from version 1 to a new version/);
      await it.decide("Approved");
      assert.deepEqual(it.attempts(first), RELEASED);
      const digest = (await recorded(it.system, "catalog", "prod"))[0]?.codeDigest;
      assert.match(String(digest), /^sha256:[0-9a-f]{64}$/);
      assert.deepEqual(
        [await runs(it, "test"), await runs(it, "prod")],
        [
          ["2", digest],
          ["2", digest],
        ],
      );

      const second = await it.push(version(2, { verify: ["test"] }));
      assert.equal(second.status, "Failed");
      const back = it.pipeline().executions.at(-1);
      assert.deepEqual([back?.type, back?.target?.id, back?.status], ["ROLLBACK", first.id, "Succeeded"]);
      assert.deepEqual(
        [await runs(it, "test"), await runs(it, "prod")],
        [
          ["2", digest],
          ["2", digest],
        ],
      );
    }));
});
