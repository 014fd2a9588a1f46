import assert from "node:assert/strict";
import { PipelineNotFoundException } from "@aws-sdk/client-codepipeline";
import { type LogOptions, logs } from "../../../commands/pipelines/logs";
import { Cloud, delivery, DENIED, id, sit, type Sitting } from "./cloud";

const RUN = [
  ["Source", "Source", "Succeeded"],
  ["Build", "Build", "Succeeded"],
  ["Deploy-qa", "Deploy", "Succeeded"],
  ["Approve-live", "Plan", "Succeeded"],
] as const;
const cloud = (): Cloud => {
  const made = new Cloud()
    .run("a", 60, {}, RUN)
    .run("b", 9, { status: "InProgress" }, [RUN[0], ["Build", "Build", "InProgress"]]);
  made.logs["a-Build"] = ["built a"];
  made.logs["a-Plan"] = ["1 changed"];
  made.logs["b-Build"] = ["\u001b[31mred\u001b[0m\u001b]52;c;aGk=\u0007", "second"];
  made.logs["a-Deploy"] = ["deployed"];
  return made;
};
async function printed(
  of: Cloud,
  words: string[],
  options: Partial<LogOptions> = {},
  sitting: Sitting = {},
): Promise<string[]> {
  const { desk, said } = sit(of, sitting);
  assert.equal(await logs(desk, delivery(), words, { follow: false, ...options }), 0);
  return said;
}

describe("logs", () => {
  it("prints what the job that runs just now has said, without what would move the cursor", async () => {
    assert.deepEqual(await printed(cloud(), ["shop"]), [
      `Build/Build of run ${id("b")}, InProgress, began 8 min ago (acme-sh-build:b-Build)`,
      "red]52;c;aGk=",
      "second",
    ]);
  });

  it("prints a job's newest log, of an environment, or of what ran last there", async () => {
    assert.deepEqual((await printed(cloud(), ["shop"], { job: "plan" })).slice(1), ["1 changed"]);
    assert.deepEqual((await printed(cloud(), ["shop", "qa"])).slice(1), ["deployed"]);
    assert.deepEqual((await printed(cloud(), ["shop", "live"])).slice(1), ["1 changed"]);
    assert.deepEqual((await printed(cloud(), ["shop", "qa"], { job: "deploy" })).slice(1), ["deployed"]);
  });

  it("follows until the job has ended, and prints each line once", async () => {
    const of = cloud();
    const waits = [
      () => void of.logs["b-Build"]?.push("third"),
      () => {
        of.logs["b-Build"]?.push("fourth");
        of.goesOn("b", 9, { status: "Failed" }, [RUN[0], ["Build", "Build", "Failed"]]);
      },
    ];
    const said = await printed(of, ["shop"], { follow: true }, { waits });
    assert.deepEqual(said.slice(2), ["second", "third", "fourth", "Build/Build: Failed"]);
    assert.deepEqual((await printed(cloud(), ["shop"], { follow: true })).slice(2), ["second"]);
  });

  it("prints nothing of a log that is not begun", async () => {
    const of = cloud();
    delete of.logs["b-Build"];
    assert.equal((await printed(of, ["shop"])).length, 1);
  });

  it("refuses what is not there, in one line", async () => {
    const refused = (words: string[], options: Partial<LogOptions>, message: string, of = cloud()) =>
      assert.rejects(printed(of, words, options), { message });
    const usage = "npm run logs -- PIPELINE [ENVIRONMENT] [--job build|plan|deploy|verify|promote]";
    await refused([], {}, `name the pipeline (shop, web): ${usage}`);
    await refused(["shop", "qa", "x"], {}, `unexpected argument x: ${usage}`);
    await refused(
      ["shop"],
      { job: "biuld" },
      'there is no job biuld: did you mean "build"? the jobs are build, plan, deploy, verify, promote',
    );
    await refused(
      ["shop", "qa"],
      { job: "build" },
      "Build is done once for all environments: leave the environment out",
    );
    await refused(
      ["shop", "qa"],
      { job: "plan" },
      "there is no plan job for qa: nobody is asked for approval; --job deploy",
    );
    await refused(
      ["shop"],
      { job: "verify" },
      "none of the last 6 actions of shop is the job verify: npm run status -- shop",
    );
    await refused(
      ["shop", "live"],
      { job: "deploy" },
      "none of the last 6 actions of shop is the job deploy for live: npm run status -- shop",
    );
    const denied = cloud();
    denied.refused["GetLogEvents"] = DENIED;
    await refused(
      ["shop"],
      {},
      "you may not read the log of acme-sh-build:b-Build: attach the policy operatorPolicyArn of shop to your role " +
        "(pulumi stack output pipelines --stack build shows its ARN), or give --profile NAME",
      denied,
    );
    const none = cloud();
    none.refused["ListActionExecutions"] = new PipelineNotFoundException({ message: "none", $metadata: {} });
    await refused(["shop"], {}, "pipeline shop is not up yet: npm run up", none);
  });
});
