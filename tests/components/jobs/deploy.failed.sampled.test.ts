import assert from "node:assert/strict";
import { run } from "./harness";
import { BUILDSPECS, changed, release, releaseFolder, releaseVariables } from "./inputs";
import { changeSet, liveStack } from "./stack";
import { role } from "./world";
import { added, approved, OWN, ran, worldWith } from "./approved";
import { whole } from "../../whole/sample";

describe("job deploy: an update that fails", () => {
  it("names the resources that failed, with their reasons and without those cancelled for them", async () => {
    const world = worldWith([approved()], {
      executing: ["UPDATE_IN_PROGRESS", "UPDATE_ROLLBACK_IN_PROGRESS", "UPDATE_ROLLBACK_COMPLETE"],
      deploying: [
        ["UPDATE_FAILED", "Function", "The image is gone"],
        ["UPDATE_FAILED", "Table", "Resource update cancelled"],
      ],
    });
    const result = await release("deploy", world);
    assert.equal(result.code, 1);
    assert.deepEqual(result.output.split("the update failed")[1]?.split("\n"), [
      " (UPDATE_ROLLBACK_COMPLETE):",
      "  Function (AWS::Lambda::Alias): The image is gone",
      "error: the update was rolled back: test runs what it ran before",
      "",
    ]);
  });

  whole(
    "continues a roll-back that got stuck, its own or one from before, and says when it can't",
    async () => {
      const stuck = ["UPDATE_IN_PROGRESS", "UPDATE_ROLLBACK_FAILED"];
      const own = worldWith([approved()], { executing: stuck });
      const result = await release("deploy", own);
      assert.equal(result.code, 1);
      assert.match(
        result.output,
        /continues the roll-back[^]*error: the update was rolled back: test runs what it ran before/,
      );
      assert.equal(own.stacks[0]?.status, "UPDATE_ROLLBACK_COMPLETE");
      const before = worldWith([liveStack("UPDATE_ROLLBACK_FAILED")], {
        outcome: { status: "CREATE_COMPLETE", reason: null, changes: [added] },
      });
      assert.equal((await release("deploy", before, { APPROVAL: "false" })).code, 0);
      const waiting = worldWith([liveStack("UPDATE_ROLLBACK_FAILED", { sets: [changeSet(OWN)] })]);
      assert.equal((await release("deploy", waiting)).code, 0);
      const never = worldWith([approved()], {
        executing: stuck,
        rollingBack: ["UPDATE_ROLLBACK_IN_PROGRESS", "UPDATE_ROLLBACK_FAILED"],
      });
      const failed = await release("deploy", never);
      assert.equal(failed.code, 1);
      assert.match(
        failed.output,
        /error: stack catalog--test can't be rolled back \(UPDATE_ROLLBACK_FAILED\): repair .*--resources-to-skip/,
      );
    },
  );

  it("says that a first release that failed was removed", async () => {
    const world = worldWith(
      [liveStack("REVIEW_IN_PROGRESS", { release: null, sets: [changeSet(OWN, { type: "CREATE" })] })],
      {
        executing: ["CREATE_IN_PROGRESS", "DELETE_IN_PROGRESS", "DELETE_COMPLETE"],
      },
    );
    const result = await release("deploy", world);
    assert.equal(result.code, 1);
    assert.match(result.output, /error: the first release of catalog--test failed and was removed\n/);
  });

  whole(
    "lists what the template has kept of this try, with the commands that delete it, and says so in its last line",
    async () => {
      const worlds = [
        worldWith(
          [liveStack("REVIEW_IN_PROGRESS", { release: null, sets: [changeSet(OWN, { type: "CREATE" })] })],
          { executing: ["CREATE_IN_PROGRESS", "DELETE_IN_PROGRESS", "DELETE_COMPLETE"] },
        ),
        worldWith([approved()], {
          executing: ["UPDATE_IN_PROGRESS", "UPDATE_ROLLBACK_IN_PROGRESS", "UPDATE_ROLLBACK_COMPLETE"],
        }),
      ];
      for (const world of worlds) {
        world.deploying = [["DELETE_SKIPPED", "catalog--test-Products-1", "-"]];
        const before = world.stacks[0];
        before?.events.push({
          ...{ EventId: "old", StackId: before.id, StackName: before.name, LogicalResourceId: "Old" },
          ...{
            PhysicalResourceId: "old",
            ResourceType: "AWS::DynamoDB::Table",
            ResourceStatus: "DELETE_SKIPPED",
          },
          Timestamp: "2025-01-01",
        });
        const result = await release("deploy", world);
        assert.equal(result.code, 1);
        assert.match(
          result.output,
          /keeps these when its stack goes\. To delete them too, in account 222222222222:\n {2}AWS::Lambda::Alias 'catalog--test-Products-1'\nerror: .*\. 1 of what it had made stay, see above: the next try makes them anew, so delete them first\n$/,
        );
      }
    },
  );

  whole("gives up with what to do when an update never ends", async () => {
    const world = worldWith([approved()], { executing: ["UPDATE_IN_PROGRESS"] });
    const { folder, sha256 } = releaseFolder();
    const sooner = changed(BUILDSPECS.deploy, "n < 1440", "n < 3");
    const result = await run(sooner, folder, { ...releaseVariables(sha256), CHANGE_SET: OWN }, world);
    assert.equal(result.code, 1);
    assert.match(
      result.output,
      /still in UPDATE_IN_PROGRESS after 4 hours: the update goes on; retry this stage to join it/,
    );
    assert.equal(world.slept, 3);
  });

  whole("refuses a template without a good Endpoint", async () => {
    for (const [endpoint, message] of [
      [null, /error: the template has no output Endpoint/],
      ["ftp://plain.example", /error: variable ENDPOINT must match https\?/],
      // What every container has at hand, in each way to write an address.
      ["http://169.254.170.2/v2", /error: variable ENDPOINT must match https\?/],
      ["https://2852039166", /error: variable ENDPOINT must match https\?/],
      ["https://0xA9FEAA02", /error: variable ENDPOINT must match https\?/],
      ["https://[::1]", /error: variable ENDPOINT must match https\?/],
      ["https://localhost:8080", /error: variable ENDPOINT must match https\?/],
      ["https://me@api.example", /error: variable ENDPOINT must match https\?/],
      [
        "http://api.example",
        /error: the output Endpoint is http:\/\/api.example, but must be an https URL: an HTTP API answers by no other/,
      ],
    ] as const) {
      const result = await release("deploy", worldWith([approved({ endpoint })], { endpoint }));
      assert.equal(result.code, 1);
      assert.match(result.output, message);
    }
  });

  whole("takes a plain address of what is behind a listener, which may have no certificate", async () => {
    const endpoint = "http://lb-1234567.eu-west-1.elb.amazonaws.com";
    const world = worldWith([approved({ endpoint })], { endpoint });
    const { folder, sha256 } = releaseFolder();
    const variables = releaseVariables(sha256);
    const PARAMETERS = JSON.stringify({
      ...(JSON.parse(variables["PARAMETERS"] ?? "") as object),
      EndpointUrl: "/x",
    });
    const result = await run(BUILDSPECS.deploy, folder, { ...variables, PARAMETERS, CHANGE_SET: OWN }, world);
    assert.equal(result.code, 0, result.output);
  });

  it("names the command that brings up an environment that isn't there, and refuses a run of a type unknown", async () => {
    const world = worldWith([approved()]);
    Object.assign(world.roles[role("222222222222", "deploy")] ?? {}, { up: false });
    const result = await release("deploy", world);
    assert.match(
      result.output,
      /error: environment test \(account 222222222222\) isn't up yet: run 'pulumi up --stack test'/,
    );
    const odd = await release("deploy", worldWith([approved()], ran("OTHER")));
    assert.match(odd.output, /error: CodePipeline calls this run OTHER, not STANDARD or ROLLBACK/);
    assert.deepEqual([result.code, odd.code], [1, 1]);
  });
});
