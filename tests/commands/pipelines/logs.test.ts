import assert from "node:assert/strict";
import { PipelineNotFoundException } from "@aws-sdk/client-codepipeline";
import { type LogOptions, logs } from "../../../commands/pipelines/logs";
import type { Answers } from "../fake";
import { Cloud, delivery, DENIED, id, sit, type Sitting, STACKS } from "./cloud";

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

  it("prints that of a job that runs before that of one which began and ended since, and in a wave its own environment's", async () => {
    const wave = [
      ["Deploy-wave.1", "Deploy-qa", "InProgress", { minutes: 5 }],
      ["Deploy-wave.1", "Deploy-live", "Failed"],
    ] as const;
    const of = new Cloud().run("a", 9, { status: "InProgress" }, wave);
    for (const step of of.steps) {
      const { actionName = "", output } = step;
      step.output = { ...output, executionResult: { externalExecutionId: `job:${actionName}` } };
    }
    of.logs["Deploy-qa"] = ["runs"];
    of.logs["Deploy-live"] = ["ended"];
    const [shop, ...others] = STACKS.build.pipelines;
    const pipelines = [{ ...shop, environments: [["qa", "live"]] }, ...others];
    const stacks = delivery({ ...STACKS, build: { ...STACKS.build, pipelines } });
    for (const [words, line] of [
      [["shop"], "runs"],
      [["shop", "qa"], "runs"],
      [["shop", "live"], "ended"],
    ] as const) {
      const { desk, said } = sit(of);
      assert.equal(await logs(desk, stacks, words, { follow: false }), 0);
      assert.deepEqual(said.slice(1), [line]);
    }
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
    const usage =
      "npm run logs -- PIPELINE [ENVIRONMENT] [--job build|plan|beforeDeploy|deploy|afterDeploy|verify|promote | --service]";
    await refused([], {}, `name the pipeline (shop, web): ${usage}`);
    await refused(["shop", "qa", "x"], {}, `unexpected argument x: ${usage}`);
    await refused(
      ["shop"],
      { job: "biuld" },
      'there is no job biuld: did you mean "build"? allowed are build, plan, beforeDeploy, deploy, afterDeploy, verify, promote',
    );
    await refused(
      ["shop"],
      { job: "constructor" },
      "there is no job constructor: allowed are build, plan, beforeDeploy, deploy, afterDeploy, verify, promote",
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

  describe("of the service", () => {
    const AT = Date.parse("2026-11-26T11:58:00Z");
    const event = (eventId: string, message: string, seconds = 0) => ({
      ...{ eventId, message },
      timestamp: AT + seconds * 1000,
    });
    const resources = (...groups: string[]) => ({
      StackResourceSummaries: [
        ...groups.map((each) => ({ ResourceType: "AWS::Logs::LogGroup", PhysicalResourceId: each })),
        { ResourceType: "AWS::Lambda::Function", PhysicalResourceId: "sh--qa-api" },
      ],
    });
    const service = (more: Answers, waits: readonly (() => void)[] = [], options: Partial<LogOptions> = {}) =>
      printed(cloud(), ["shop", "qa"], { service: true, ...options }, { more, waits });

    it("is that of all log groups of its stack, in the order of time, without what would move the cursor", async () => {
      const asked: unknown[] = [];
      const said = await service({
        ListStackResources: ({ StackName, NextToken }) => {
          asked.push(StackName);
          return NextToken === undefined
            ? { ...resources("/aws/lambda/sh--qa-web"), NextToken: "more" }
            : resources("/aws/lambda/sh--qa-api");
        },
        FilterLogEvents: ({ logGroupName, startTime }) => {
          asked.push(startTime);
          return logGroupName === "/aws/lambda/sh--qa-api"
            ? {
                events: [
                  event("1", "first\n"),
                  event("3", "\u001b[31mred\u001b[0m\u001b]52;c;aGk=\u0007", 9),
                ],
              }
            : { events: [event("2", "second", 5)] };
        },
      });
      const hour = Date.parse("2026-11-26T11:00:00Z");
      assert.deepEqual(asked, ["sh--qa", "sh--qa", hour, hour]);
      assert.deepEqual(said, [
        "sh--qa in account 555555555555: /aws/lambda/sh--qa-api, /aws/lambda/sh--qa-web; 3 lines of the last hour",
        "2026-11-26 11:58:00 [sh--qa-api] first",
        "2026-11-26 11:58:05 [sh--qa-web] second",
        "2026-11-26 11:58:09 [sh--qa-api] red]52;c;aGk=",
      ]);
    });

    it("goes on with what is new, each line once, though CloudWatch tells of some late", async () => {
      const events = [event("1", "first")];
      const said = await service(
        {
          ListStackResources: () => resources("group"),
          FilterLogEvents: ({ startTime }) => ({
            events: events.filter(({ timestamp }) => timestamp >= Number(startTime)),
          }),
        },
        [
          () => void events.push(event("3", "third", 20)),
          () => void events.push(event("2", "late", 10), event("4", "fourth", 30)),
        ],
        { follow: true },
      );
      assert.deepEqual(
        said.slice(1).map((line) => line.slice(20)),
        ["first", "third", "late", "fourth"],
      );
    });

    it("leaves the older of many lines out, and says so", async () => {
      const said = await service({
        ListStackResources: () => resources("group"),
        FilterLogEvents: () => ({ events: Array.from({ length: 203 }, (_, at) => event(`${at}`, `${at}`)) }),
      });
      assert.match(said[0] ?? "", /; 200 lines of the last hour, 3 earlier ones left out$/);
      assert.deepEqual([said.length, said[1]?.slice(20)], [201, "3"]);
    });

    it("is refused where there is none, or no right to it", async () => {
      const refused = (more: Answers, message: string | RegExp) =>
        assert.rejects(service(more), typeof message === "string" ? { message } : message);
      await refused(
        {
          ListStackResources: () => {
            throw new Error("Stack with id sh--qa does not exist");
          },
        },
        "CloudFormation stack sh--qa is not there: nothing was released there so far",
      );
      await refused(
        { ListStackResources: () => resources() },
        /^Error: CloudFormation stack sh--qa has no log group /,
      );
      const denied = () => {
        throw DENIED;
      };
      const rights =
        "it takes cloudformation:ListStackResources and logs:FilterLogEvents in account 555555555555: " +
        "ask who administers it, or give --profile NAME (the project's own roles for people read no log of a service)";
      await refused({ ListStackResources: denied }, `you may not look for the logs of sh--qa: ${rights}`);
      await refused(
        { ListStackResources: () => resources("group"), FilterLogEvents: denied },
        `you may not read the logs of sh--qa: ${rights}`,
      );
      await assert.rejects(printed(cloud(), ["shop"], { service: true }), {
        message:
          "name the environment (qa, live): npm run logs -- PIPELINE [ENVIRONMENT] [--job build|plan|beforeDeploy|deploy|afterDeploy|verify|promote | --service]",
      });
      await assert.rejects(printed(cloud(), ["shop", "qa"], { service: true, job: "deploy" }), {
        message: "--job and --service exclude each other: give one of them",
      });
    });
  });
});
