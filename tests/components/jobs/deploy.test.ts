import assert from "node:assert/strict";
import { run } from "./harness";
import { BUILDSPECS, pool, release, releaseFolder, releaseVariables } from "./inputs";
import { EXECUTION_ID, changeSet, emptyWorld, liveStack, role, setId, type Stack, type World } from "./world";

const OWN = `d-${EXECUTION_ID}`;
const CHANGED = /the environment has changed since the approval: start a new release/;
const added = { ResourceChange: { Action: "Add", LogicalResourceId: "Function", ResourceType: "AWS::Lambda::Function", AfterContext: '{"Properties":{}}' } };

/** A stack with the set that Plan made and that was approved. */
const approved = (changes: Partial<Stack> = {}): Stack => liveStack("UPDATE_COMPLETE", { sets: [changeSet(OWN)], protected: false, ...changes });
const worldWith = (stacks: Stack[], changes: Partial<World> = {}): World => ({ ...emptyWorld(), stacks, ...changes });
const ran = (type: string): Partial<World> => ({ executions: { [EXECUTION_ID]: { type, status: "InProgress" } } });
const mutates = /create-change-set|execute-change-set|continue-update-rollback|s3 cp/;

describe("job deploy", () => {
  it("executes exactly the approved set, in exactly these calls, protects the stack and exports the endpoint", async () => {
    const world = worldWith([approved()]);
    const result = await release("deploy", world);
    assert.equal(result.code, 0, result.output);
    assert.deepEqual(result.calls, [
      "aws - codepipeline get-pipeline-execution",
      "aws deploy sts get-caller-identity",
      "aws deploy cloudformation describe-stacks",
      "aws deploy cloudformation describe-change-set",
      "aws deploy cloudformation describe-stacks",
      "aws deploy cloudformation describe-change-set",
      "aws deploy cloudformation describe-stacks",
      "aws deploy cloudformation describe-stack-events",
      "aws deploy cloudformation execute-change-set",
      "aws deploy cloudformation describe-stacks",
      "aws deploy cloudformation describe-stack-events",
      "aws deploy cloudformation describe-stacks",
      "aws deploy cloudformation describe-stack-events",
      "aws deploy cloudformation describe-change-set",
      "aws deploy cloudformation update-termination-protection",
      "aws deploy cloudformation describe-stacks",
    ]);
    assert.deepEqual(result.exported, { ENDPOINT: "https://abc123.execute-api.eu-west-1.amazonaws.com" });
    const [stack] = world.stacks;
    assert.deepEqual([stack?.release, stack?.status, stack?.protected], [EXECUTION_ID, "UPDATE_COMPLETE", true]);
  });

  it("goes on waiting while the stack still shows the state from before the update", async () => {
    const world = worldWith([approved()], { executing: ["UPDATE_COMPLETE", "UPDATE_IN_PROGRESS", "UPDATE_COMPLETE"] });
    const stack = world.stacks[0];
    const result = await release("deploy", world);
    assert.equal(result.code, 0, result.output);
    assert.equal(stack?.status, "UPDATE_COMPLETE");
  });

  it("shows each event of the update once, and none from before", async () => {
    const world = worldWith([approved()], {
      executing: ["UPDATE_IN_PROGRESS", "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", "UPDATE_COMPLETE"],
      deploying: [["UPDATE_COMPLETE", "Alias", "shifted\nto\tversion 2"]],
    });
    const [stack] = world.stacks;
    const old = { StackId: stack?.id ?? "", StackName: "catalog--test", LogicalResourceId: "Old", PhysicalResourceId: "x", Timestamp: "" };
    stack?.events.push({ ...old, EventId: "old", ResourceType: "AWS::X", ResourceStatus: "UPDATE_FAILED", ResourceStatusReason: "long ago" });
    const result = await release("deploy", world);
    assert.deepEqual(result.output.split("\n").filter((line) => /^[A-Z_]+ \w/.test(line)), [
      "UPDATE_IN_PROGRESS catalog--test (AWS::CloudFormation::Stack) User Initiated",
      "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS catalog--test (AWS::CloudFormation::Stack) User Initiated",
      "UPDATE_COMPLETE Alias (AWS::Lambda::Alias) shifted to version 2",
      "UPDATE_COMPLETE catalog--test (AWS::CloudFormation::Stack) User Initiated",
    ]);
  });

  it("makes no set of its own when the approved one is gone or can't be executed", async () => {
    const stacks = [
      approved({ sets: [] }),
      approved({ sets: [changeSet(OWN, { executionStatus: "OBSOLETE" })] }),
      approved({ sets: [changeSet(OWN, { executionStatus: "EXECUTE_FAILED" })] }),
      approved({ sets: [changeSet("d-99999999-0000-4000-8000-000000000000")] }),
    ];
    const results = await pool([...stacks.map((stack) => [stack]), []], (list) => release("deploy", worldWith(list)));
    for (const result of results) {
      assert.equal(result.code, 1);
      assert.match(result.output, CHANGED);
      assert.deepEqual(result.calls.filter((call) => mutates.test(call)), []);
    }
  });

  it("goes on after an approval of `none` only if there is still nothing to change", async () => {
    const nothing = { status: "FAILED", reason: "No updates are to be performed.", changes: [] };
    const still = worldWith([approved({ sets: [] })], { outcome: nothing });
    const same = await release("deploy", still, { CHANGE_SET: "none" });
    assert.equal(same.code, 0, same.output);
    assert.deepEqual(still.stacks[0]?.protected, true);
    const other = worldWith([approved({ sets: [] })], { outcome: { status: "CREATE_COMPLETE", reason: null, changes: [added] } });
    const result = await release("deploy", other, { CHANGE_SET: "none" });
    assert.equal(result.code, 1);
    assert.match(result.output, CHANGED);
    assert.deepEqual(other.stacks[0]?.sets, []);
    assert.ok(!result.calls.some((call) => /execute-change-set/.test(call)));
  });

  it("makes its own set without approval, with the plan role, and executes it with the deploy role", async () => {
    const world = worldWith([], { outcome: { status: "CREATE_COMPLETE", reason: null, changes: [added] } });
    const result = await release("deploy", world, { APPROVAL: "false", CHANGE_SET: "" });
    assert.equal(result.code, 0, result.output);
    assert.ok(result.calls.includes("aws plan cloudformation create-change-set"));
    assert.ok(result.calls.includes("aws deploy cloudformation execute-change-set"));
    assert.equal(world.stacks[0]?.status, "CREATE_COMPLETE");
    assert.ok(!world.commands.some((command) => command[1]?.includes("DeploymentConfig")));
  });

  it("rolls back at once with its own set, all traffic in one go", async () => {
    const world = worldWith([approved({ sets: [] })], { ...ran("ROLLBACK"), outcome: { status: "CREATE_COMPLETE", reason: null, changes: [added] } });
    const result = await release("deploy", world, { CHANGE_SET: "d-an-older-one" });
    assert.equal(result.code, 0, result.output);
    const parameters = world.commands.find(([name]) => name === "parameters")?.[1] ?? "[]";
    assert.match(parameters, /\{"ParameterKey":"DeploymentConfig","ParameterValue":"CodeDeployDefault.LambdaAllAtOnce"\}/);
  });

  it("refuses a roll-back that would replace or delete data, and deletes its set", async () => {
    const Table = { Action: "Modify", Replacement: "True", LogicalResourceId: "Table", ResourceType: "AWS::DynamoDB::Table" };
    const outcome = { status: "CREATE_COMPLETE", reason: null, changes: [{ ResourceChange: Table }] };
    const world = worldWith([approved({ sets: [] })], { ...ran("ROLLBACK"), outcome });
    const result = await release("deploy", world);
    assert.equal(result.code, 1);
    assert.match(result.output, /refused: Table \(AWS::DynamoDB::Table\) holds data, which a roll-back may not replace or delete/);
    assert.deepEqual(world.stacks[0]?.sets, []);
    const forward = worldWith([approved({ sets: [] })], { outcome });
    assert.equal((await release("deploy", forward, { APPROVAL: "false" })).code, 0);
  });

  it("joins its own update that is running, and makes or executes nothing", async () => {
    const sets = [changeSet(OWN, { executionStatus: "EXECUTE_IN_PROGRESS" })];
    const running = { changeSetId: setId("222222222222", OWN), release: EXECUTION_ID, sets, next: ["UPDATE_COMPLETE"] };
    const world = worldWith([liveStack("UPDATE_IN_PROGRESS", running)]);
    const result = await release("deploy", world);
    assert.equal(result.code, 0, result.output);
    assert.match(result.output, /joins the update that this run has started before/);
    assert.deepEqual(result.calls.filter((call) => mutates.test(call)), []);
  });

  it("finds its own finished update, whether its set is still there or not", async () => {
    for (const sets of [[], [changeSet(OWN, { executionStatus: "EXECUTE_COMPLETE" })]]) {
      const done = approved({ changeSetId: setId("222222222222", OWN), release: EXECUTION_ID, sets });
      const result = await release("deploy", worldWith([done]));
      assert.equal(result.code, 0, result.output);
      assert.match(result.output, /this run's change set was executed before/);
      assert.deepEqual(result.calls.filter((call) => mutates.test(call)), []);
      assert.equal(done.protected, true);
    }
  });

  it("doesn't take a set that was only made for one that was executed", async () => {
    const made = approved({ changeSetId: setId("222222222222", OWN), sets: [] });
    const result = await release("deploy", worldWith([made]));
    assert.equal(result.code, 1);
    assert.match(result.output, CHANGED);
  });

  it("waits out another's update, then executes its own set if it is still there", async () => {
    const world = worldWith([approved({ status: "UPDATE_IN_PROGRESS", next: ["UPDATE_COMPLETE"] })]);
    const result = await release("deploy", world);
    assert.equal(result.code, 0, result.output);
    assert.match(result.output, /stack catalog--test is in UPDATE_IN_PROGRESS: waiting/);
  });

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

  it("continues a roll-back that got stuck, its own or one from before, and says when it can't", async () => {
    const stuck = ["UPDATE_IN_PROGRESS", "UPDATE_ROLLBACK_FAILED"];
    const own = worldWith([approved()], { executing: stuck });
    const result = await release("deploy", own);
    assert.equal(result.code, 1);
    assert.match(result.output, /continues the roll-back[^]*error: the update was rolled back: test runs what it ran before/);
    assert.equal(own.stacks[0]?.status, "UPDATE_ROLLBACK_COMPLETE");
    const before = worldWith([liveStack("UPDATE_ROLLBACK_FAILED")], { outcome: { status: "CREATE_COMPLETE", reason: null, changes: [added] } });
    assert.equal((await release("deploy", before, { APPROVAL: "false" })).code, 0);
    const never = worldWith([approved()], { executing: stuck, rollingBack: ["UPDATE_ROLLBACK_IN_PROGRESS", "UPDATE_ROLLBACK_FAILED"] });
    const failed = await release("deploy", never);
    assert.equal(failed.code, 1);
    assert.match(failed.output, /error: stack catalog--test can't be rolled back \(UPDATE_ROLLBACK_FAILED\): repair .*--resources-to-skip/);
  });

  it("says that a first release that failed was removed", async () => {
    const world = worldWith([liveStack("REVIEW_IN_PROGRESS", { release: null, sets: [changeSet(OWN, { type: "CREATE" })] })], {
      executing: ["CREATE_IN_PROGRESS", "DELETE_IN_PROGRESS", "DELETE_COMPLETE"],
    });
    const result = await release("deploy", world);
    assert.equal(result.code, 1);
    assert.match(result.output, /error: the first release of catalog--test failed and was removed/);
  });

  it("gives up with what to do when an update never ends", async () => {
    const world = worldWith([approved()], { executing: ["UPDATE_IN_PROGRESS"] });
    const { folder, sha256 } = releaseFolder();
    const sooner = BUILDSPECS.deploy.replace("n < 1440", "n < 3");
    const result = await run(sooner, folder, { ...releaseVariables(sha256), CHANGE_SET: OWN }, world);
    assert.equal(result.code, 1);
    assert.match(result.output, /still in UPDATE_IN_PROGRESS after 4 hours: the update goes on; retry this stage to join it/);
    assert.equal(world.slept, 30);
  });

  it("refuses a template without a good Endpoint", async () => {
    for (const [endpoint, message] of [
      [null, /error: the template has no output Endpoint/],
      ["http://plain.example", /error: variable ENDPOINT must match https/],
    ] as const) {
      const result = await release("deploy", worldWith([approved({ endpoint })], { endpoint }));
      assert.equal(result.code, 1);
      assert.match(result.output, message);
    }
  });

  it("names the command that brings up an environment that isn't there, and refuses a run of a type unknown", async () => {
    const world = worldWith([approved()]);
    Object.assign(world.roles[role("222222222222", "deploy")] ?? {}, { up: false });
    const result = await release("deploy", world);
    assert.match(result.output, /error: environment test \(account 222222222222\) isn't up yet: run 'pulumi up --stack test'/);
    const odd = await release("deploy", worldWith([approved()], ran("OTHER")));
    assert.match(odd.output, /error: CodePipeline calls this run OTHER, not STANDARD or ROLLBACK/);
    assert.deepEqual([result.code, odd.code], [1, 1]);
  });
});
