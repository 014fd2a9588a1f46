import assert from "node:assert/strict";
import { cleanup, pool } from "./inputs";
import { changeSet, liveStack, type Stack } from "./stack";
import { EXECUTION_ID, emptyWorld, role, type World } from "./world";
import { whole } from "../../whole/sample";

const OWN = `d-${EXECUTION_ID}`;
const OTHER = "99999999-8888-4777-8666-555555555555";
const PROD = { account: "333333333333", name: "catalog--prod" };

function ended(stacks: Stack[], changes: Partial<World> = {}): World {
  return {
    ...emptyWorld(),
    stacks,
    executions: { [EXECUTION_ID]: { type: "STANDARD", status: "Failed" } },
    ...changes,
  };
}
const prodWith = (status: string, changes: Partial<Stack> = {}): Stack =>
  liveStack(status, { ...PROD, protected: false, ...changes });

describe("job cleanup", () => {
  it("reports, then removes the run's set in every environment, in exactly these calls", async () => {
    const world = ended([
      liveStack("UPDATE_COMPLETE", { sets: [changeSet(OWN), changeSet("d-other")] }),
      prodWith("CREATE_COMPLETE", { sets: [changeSet(OWN)] }),
    ]);
    const result = await cleanup(world);
    assert.equal(result.code, 0, result.output);
    assert.deepEqual(result.calls, [
      "aws - codepipeline list-action-executions",
      "aws - sns publish",
      "aws - codepipeline get-pipeline-execution",
      ...["test", "prod"].flatMap((environment) => [
        `aws ${environment} cloudformation describe-stacks`,
        `aws ${environment} cloudformation list-change-sets`,
        `aws ${environment} cloudformation delete-change-set`,
      ]),
    ]);
    assert.deepEqual(
      world.stacks.map((stack) => stack.sets.map((set) => set.name)),
      [["d-other"], []],
    );
  });

  it("tells the topic which action failed, why and where to look", async () => {
    const actions = [
      { status: "Succeeded", stageName: "Source", actionName: "Source" },
      { status: "Failed", stageName: "Deploy-test", actionName: "Verify",
        output: { executionResult: { externalExecutionSummary: "Build terminated", externalExecutionUrl: "https://log", errorDetails: { message: "it's $(red)" } } } },
      { status: "Failed", stageName: "Approve-prod", actionName: "Approval" },
    ]; // prettier-ignore
    const world = ended([], { actions });
    const result = await cleanup(world);
    assert.equal(result.code, 0, result.output);
    const message = `Release ${EXECUTION_ID} of pipeline catalog failed.\n\nStage Deploy-test, action Verify\nit's $(red)\nBuild terminated\nhttps://log\n\nStage Approve-prod, action Approval\n`;
    assert.deepEqual(world.messages, [
      {
        topic: "arn:aws:sns:eu-west-1:111111111111:approvals",
        subject: "catalog: release failed",
        message,
        chat: {
          version: "1.0",
          source: "custom",
          content: {
            textType: "client-markdown",
            title: "catalog: release failed",
            description: message,
          },
        },
      },
    ]);
  });

  it("tells chats the same, cut to what they show, with no link and no call that a build has printed", async () => {
    const printed = "<!channel> <@U1> [click](https://evil) <https://evil|ok>";
    const actions = [1, 2, 3, 4].map((at) => ({
      status: "Failed",
      stageName: `Deploy-${at}`,
      actionName: "Deploy",
      output: { executionResult: { errorDetails: { message: `${printed} ${"x".repeat(3000)}` } } },
    }));
    const world = ended([], { actions });
    assert.equal((await cleanup(world)).code, 0);
    const [told] = world.messages;
    assert.ok(told && told.message.length > 8000 && told.message.includes(printed));
    const { description } = (told.chat as { content: { description: string } }).content;
    assert.equal(description.length, 7000);
    assert.deepEqual(description.split("\n").slice(2, 4), [
      "Stage Deploy-1, action Deploy",
      `(!channel) (@U1) (click)(https://evil) (https://evil|ok) ${"x".repeat(3000)}`.slice(0, 2000),
    ]);
  });

  describe("what it says of a build that failed", () => {
    const UUID = "11111111-2222-4333-8444-555555555555";
    const BUILD = `delivery-catalog--test-release-job:${UUID}`;
    const failed = {
      status: "Failed",
      stageName: "Deploy-test",
      actionName: "Deploy",
      output: { executionResult: { externalExecutionId: BUILD, externalExecutionUrl: "https://project",
        errorDetails: { message: "Error while executing command: bash. Reason: exit status 1" } } },
    }; // prettier-ignore
    const LINK = `https://eu-west-1.console.aws.amazon.com/codesuite/codebuild/111111111111/projects/delivery-catalog--test-release-job/build/delivery-catalog--test-release-job%3A${UUID}/log?region=eu-west-1`;
    const mailOf = async (
      lines?: readonly string[],
      action: World["actions"][number] = failed,
    ): Promise<string[]> => {
      const world = ended([], { actions: [action] });
      if (lines) world.logs.set(BUILD, lines);
      const result = await cleanup(world);
      assert.equal(result.code, 0, result.output);
      assert.equal(world.messages.length, 1);
      return (world.messages[0]?.message ?? "").split("\n").slice(3);
    };
    const END = [
      "[Container] 2026/01/01 Command did not exit successfully",
      "[Container] Phase complete: BUILD State: FAILED",
    ];
    const NOTE = [
      "",
      "Lines that begin error: are the jobs' own words, but for builds and",
      "end-to-end tests, which run the service's code: that can print such a line too.",
      "",
    ];

    it("is the last line of its log that begins error:, what belongs to it, and the link to that log", async () => {
      const noise = Array.from({ length: 300 }, (_, i) => `{"level":"error: ","line":${i}}\n`);
      const lines = [
        "error: an older one\n",
        ...noise,
        "error: template and parameters can't be deployed:\n",
        "a problem\n",
        ...END,
      ];
      assert.deepEqual(await mailOf(lines), [
        "error: template and parameters can't be deployed:",
        "a problem",
        LINK,
        ...NOTE,
      ]);
    });

    whole("is found however much comes after it, as far as one answer of CloudWatch Logs goes", async () => {
      const after = Array.from({ length: 9_000 }, (_, i) => `[Container] line ${i}\n`);
      assert.deepEqual(await mailOf(["error: it is red\n", ...after]), ["error: it is red", LINK, ...NOTE]);
    });

    whole("is linked to where the console of its partition is", async () => {
      const hosts = {
        "aws-cn": "cn-north-1.console.amazonaws.cn",
        "aws-us-gov": "console.amazonaws-us-gov.com",
        aws: "cn-north-1.console.aws.amazon.com",
      };
      for (const [partition, host] of Object.entries(hosts)) {
        const world = ended([], { actions: [failed] });
        world.logs.set(BUILD, ["error: red\n"]);
        const CODEBUILD_BUILD_ARN = `arn:${partition}:codebuild:cn-north-1:111111111111:build/a-job:${UUID}`;
        assert.equal((await cleanup(world, { CODEBUILD_BUILD_ARN })).code, 0);
        const link = world.messages[0]?.message.split("\n")[4];
        assert.equal(
          link,
          LINK.replace("eu-west-1.console.aws.amazon.com", host).replace(/eu-west-1$/, "cn-north-1"),
        );
      }
    });

    it("is printable and short, whatever the log holds", async () => {
      const lines = [
        `error: \u001b[31mred\u001b[0m \u0000 "it's" $(id) \u001b]0;title\u0007 é\n`,
        "x".repeat(100_000),
        ...["1", "2", "3", "4", "5", "6"],
      ];
      assert.deepEqual(await mailOf(lines), [
        'error: red   "it\'s" $(id)  ]0;title',
        `${"x".repeat(997)}...`,
        ...["1", "2", "3", "4", LINK],
        ...NOTE,
      ]);
    });

    whole(
      "says that there is no such line, or that the log can't be read, and the rest goes on",
      async () => {
        assert.deepEqual(await mailOf(["killed", ...END]), [
          "(its log has no line that begins error:)",
          LINK,
          "",
        ]);
        assert.deepEqual(await mailOf([]), ["(its log has no line that begins error:)", LINK, ""]);
        assert.deepEqual(await mailOf(), ["(its log could not be read)", LINK, ""]);
      },
    );

    whole("is CodePipeline's own words where the id is no build's", async () => {
      const output = {
        executionResult: { externalExecutionId: "x:$(id)", errorDetails: { message: "why\u0000\u001b" } },
      };
      assert.deepEqual(await mailOf(undefined, { ...failed, output }), ["why ", ""]);
      // In the form of an id, with more before it.
      const other = {
        executionResult: {
          externalExecutionId: `$(id) ${BUILD}`,
          errorDetails: { message: "y".repeat(5_000) },
        },
      };
      assert.deepEqual(await mailOf(undefined, { ...failed, output: other }), ["y".repeat(2_000), ""]);
    });
  });

  it("has a subject that SNS takes, which has 100 characters at most", async () => {
    const PIPELINE = "p".repeat(100);
    const world = Object.assign(ended([]), { pipeline: PIPELINE });
    const result = await cleanup(world, { PIPELINE });
    assert.equal(result.code, 0, result.output);
    assert.equal(world.messages[0]?.subject, PIPELINE);
  });

  whole(
    "says nothing to the topic about runs that were stopped, superseded or canceled, but cleans up",
    async () => {
      await pool(["STOPPED", "SUPERSEDED", "CANCELED"], async (STATE) => {
        const world = ended([liveStack("UPDATE_COMPLETE", { sets: [changeSet(OWN)] })]);
        const result = await cleanup(world, { STATE });
        assert.equal(result.code, 0, result.output);
        assert.deepEqual(world.messages, []);
        assert.deepEqual(world.stacks[0]?.sets, []);
      });
    },
  );

  it("leaves everything when the run is in progress again", async () => {
    const world = ended([liveStack("UPDATE_COMPLETE", { sets: [changeSet(OWN)] })], {
      executions: emptyWorld().executions,
    });
    const result = await cleanup(world);
    assert.equal(result.code, 0, result.output);
    assert.equal(world.stacks[0]?.sets.length, 1);
    assert.equal(world.messages.length, 1);
  });

  it("leaves a set that is being executed", async () => {
    const world = ended([
      liveStack("UPDATE_IN_PROGRESS", { sets: [changeSet(OWN, { executionStatus: "EXECUTE_IN_PROGRESS" })] }),
    ]);
    assert.equal((await cleanup(world)).code, 0);
    assert.equal(world.stacks[0]?.sets.length, 1);
  });

  whole("deletes stacks that never came to be, and no others", async () => {
    const cases: [string, Stack["sets"], boolean][] = [
      ["REVIEW_IN_PROGRESS", [changeSet(OWN)], true],
      ["REVIEW_IN_PROGRESS", [], true],
      ["REVIEW_IN_PROGRESS", [changeSet(OWN), changeSet("d-other")], false],
      ["ROLLBACK_COMPLETE", [], true],
      ["ROLLBACK_FAILED", [], true],
      ["CREATE_FAILED", [], true],
      ["CREATE_COMPLETE", [], false],
      ["UPDATE_ROLLBACK_COMPLETE", [], false],
      ["UPDATE_ROLLBACK_FAILED", [], false],
      ["DELETE_FAILED", [], false],
    ];
    await pool(cases, async ([status, sets, gone]) => {
      const world = ended([prodWith(status, { sets })]);
      const result = await cleanup(world);
      assert.equal(result.code, 0, result.output);
      assert.equal(world.stacks[0]?.status, gone ? "DELETE_COMPLETE" : status);
    });
  });

  whole(
    "leaves a stack under review, without a set, to a job that is at work: it may be making one there",
    async () => {
      const stays =
        /\nprod: stack catalog--prod, which never came to be, stays for the run that is in progress\n/;
      for (const status of ["InProgress", "Succeeded", "Failed", "Abandoned"]) {
        const world = ended([prodWith("REVIEW_IN_PROGRESS", { sets: [changeSet(OWN)] })], {
          runs: { [EXECUTION_ID]: [], [OTHER]: [{ stageName: "Approve-prod", actionName: "Plan", status }] },
        });
        const result = await cleanup(world);
        assert.equal(result.code, 0, result.output);
        const busy = status === "InProgress";
        assert.deepEqual(
          [world.stacks[0]?.status, world.stacks[0]?.sets, stays.test(result.output)],
          [busy ? "REVIEW_IN_PROGRESS" : "DELETE_COMPLETE", [], busy],
        );
        const sets = result.calls.indexOf("aws prod cloudformation list-change-sets");
        assert.ok(sets >= 0 && sets < result.calls.lastIndexOf("aws - codepipeline list-action-executions"));
      }
      // What never came to be and is not under review takes no change set.
      const world = ended([prodWith("ROLLBACK_COMPLETE")], {
        runs: { [EXECUTION_ID]: [], [OTHER]: [{ status: "InProgress" }] },
      });
      assert.equal((await cleanup(world)).code, 0);
      assert.equal(world.stacks[0]?.status, "DELETE_COMPLETE");
    },
  );

  it("notes an environment that isn't up, and goes on with the others", async () => {
    const world = ended([prodWith("CREATE_COMPLETE", { sets: [changeSet(OWN)] })]);
    Object.assign(world.roles[role("222222222222", "cleanup")] ?? {}, { up: false });
    const result = await cleanup(world);
    assert.equal(result.code, 0, result.output);
    assert.match(result.output, /test: isn't up, so nothing was left there\n/);
    assert.deepEqual(world.stacks[0]?.sets, []);
  });

  whole("goes on with the other environments when one fails, and says so at the end", async () => {
    const stacks = (): Stack[] => [
      prodWith("ROLLBACK_COMPLETE", { name: "catalog--test", account: "222222222222", protected: true }),
      prodWith("CREATE_COMPLETE", { sets: [changeSet(OWN)] }),
    ];
    const world = ended(stacks());
    const result = await cleanup(world);
    assert.equal(result.code, 1);
    assert.match(
      result.output,
      /error: not everything was done: clean test catalog--test arn:aws:iam::222222222222:role/,
    );
    assert.deepEqual(world.stacks[1]?.sets, []);
  });

  whole("cleans up even if each of its calls fails in turn, wherever it still can", async () => {
    const total = 9;
    await pool([...Array(total).keys()], async (k) => {
      const world = ended([
        liveStack("UPDATE_COMPLETE", { sets: [changeSet(OWN)] }),
        prodWith("CREATE_COMPLETE", { sets: [changeSet(OWN)] }),
      ]);
      world.failAt = { call: k + 1, after: false };
      const result = await cleanup(world);
      assert.notEqual(result.code, 0, `call ${k + 1}: ${result.output}`);
      assert.match(result.output, /^error: (?!not everything was done)/m, `call ${k + 1}`);
      const left = world.stacks.map((stack) => stack.sets.length);
      assert.deepEqual(left, k < 2 ? [0, 0] : k === 2 ? [1, 1] : k < 6 ? [1, 0] : [0, 1], `call ${k + 1}`);
      world.failAt = null;
      const again = await cleanup(world);
      assert.equal(again.code, 0, again.output);
      assert.deepEqual(
        world.stacks.map((stack) => stack.sets.length),
        [0, 0],
      );
    });
  });
});
