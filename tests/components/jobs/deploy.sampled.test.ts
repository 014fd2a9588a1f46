import assert from "node:assert/strict";
import { release } from "./inputs";
import { EXECUTION_ID } from "./world";
import { added, approved, ran, worldWith } from "./approved";
import { whole } from "../../whole/sample";

const CHANGED = /the environment has changed since the approval: start a new release/;
describe("job deploy", () => {
  it("executes exactly the approved set, in exactly these calls, protects the stack and exports the endpoint", async () => {
    const world = worldWith([approved()]);
    const result = await release("deploy", world);
    assert.equal(result.code, 0, result.output);
    assert.deepEqual(result.calls, [
      "aws - codepipeline get-pipeline-state",
      "aws - codepipeline list-action-executions",
      "aws deploy cloudformation describe-stacks",
      "aws deploy cloudformation describe-change-set",
      "aws deploy cloudformation execute-change-set",
      "aws deploy cloudformation describe-stack-events",
      "aws deploy cloudformation describe-stack-events",
      "aws deploy cloudformation describe-stacks",
      "aws deploy cloudformation update-termination-protection",
      "aws - s3 cp",
    ]);
    assert.deepEqual(result.exported, {});
    const [stack] = world.stacks;
    assert.deepEqual(
      [stack?.release, stack?.status, stack?.protected],
      [EXECUTION_ID, "UPDATE_COMPLETE", true],
    );
  });

  it("goes on waiting while the stack still shows the state from before the update", async () => {
    const world = worldWith([approved()], {
      executing: ["UPDATE_COMPLETE", "UPDATE_IN_PROGRESS", "UPDATE_COMPLETE"],
    });
    const stack = world.stacks[0];
    const result = await release("deploy", world);
    assert.equal(result.code, 0, result.output);
    assert.equal(stack?.status, "UPDATE_COMPLETE");
  });

  it("shows each event of the update once, and none from before, also while the update doesn't show yet", async () => {
    const world = worldWith([approved()], {
      executing: ["", "UPDATE_IN_PROGRESS", "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", "UPDATE_COMPLETE"],
      deploying: [["UPDATE_COMPLETE", "Alias", "shifted\nto\tversion 2"]],
    });
    const [stack] = world.stacks;
    const old = {
      StackId: stack?.id ?? "",
      StackName: "catalog--test",
      LogicalResourceId: "Old",
      PhysicalResourceId: "x",
      Timestamp: "",
    };
    stack?.events.push({
      ...old,
      EventId: "old",
      ResourceType: "AWS::X",
      ResourceStatus: "UPDATE_FAILED",
      ResourceStatusReason: "long ago",
    });
    // The update before it, whole, by another call.
    for (const ResourceStatus of ["UPDATE_IN_PROGRESS", "UPDATE_COMPLETE"])
      stack?.events.unshift({
        ...{
          ...old,
          EventId: ResourceStatus,
          LogicalResourceId: "catalog--test",
          PhysicalResourceId: stack.id,
        },
        ...{
          ResourceType: "AWS::CloudFormation::Stack",
          ResourceStatus,
          ClientRequestToken: "execute-before",
        },
      });
    const result = await release("deploy", world);
    assert.deepEqual(
      result.output.split("\n").filter((line) => /^[A-Z_]+ \w/.test(line)),
      [
        "UPDATE_IN_PROGRESS catalog--test (AWS::CloudFormation::Stack) User Initiated",
        "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS catalog--test (AWS::CloudFormation::Stack) User Initiated",
        "UPDATE_COMPLETE Alias (AWS::Lambda::Alias) shifted to version 2",
        "UPDATE_COMPLETE catalog--test (AWS::CloudFormation::Stack) User Initiated",
      ],
    );
  });

  whole("goes on after an approval of `none` only if there is still nothing to change", async () => {
    const nothing = { status: "FAILED", reason: "No updates are to be performed.", changes: [] };
    const still = worldWith([approved({ sets: [] })], { outcome: nothing });
    const same = await release("deploy", still, { CHANGE_SET: "none" });
    assert.equal(same.code, 0, same.output);
    assert.deepEqual(still.stacks[0]?.protected, true);
    const other = worldWith([approved({ sets: [] })], {
      outcome: { status: "CREATE_COMPLETE", reason: null, changes: [added] },
    });
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

  whole("rolls back at once with its own set, all traffic in one go", async () => {
    const world = worldWith([approved({ sets: [] })], {
      ...ran("ROLLBACK"),
      outcome: { status: "CREATE_COMPLETE", reason: null, changes: [added] },
    });
    const result = await release("deploy", world, { CHANGE_SET: "d-an-older-one" });
    assert.equal(result.code, 0, result.output);
    const parameters = world.commands.find(([name]) => name === "parameters")?.[1] ?? "[]";
    assert.match(
      parameters,
      /\{"ParameterKey":"DeploymentConfig","ParameterValue":"CodeDeployDefault.LambdaAllAtOnce"\}/,
    );
  });

  whole("refuses a roll-back that would replace or delete data, and deletes its set", async () => {
    const Table = {
      Action: "Modify",
      Replacement: "True",
      LogicalResourceId: "Table",
      ResourceType: "AWS::DynamoDB::Table",
      AfterContext: '{"Properties":{}}',
    };
    const outcome = { status: "CREATE_COMPLETE", reason: null, changes: [{ ResourceChange: Table }] };
    const world = worldWith([approved({ sets: [] })], { ...ran("ROLLBACK"), outcome });
    const result = await release("deploy", world);
    assert.equal(result.code, 1);
    assert.match(
      result.output,
      /refused: Table \(AWS::DynamoDB::Table\) holds data, which a roll-back may not replace or delete/,
    );
    assert.deepEqual(world.stacks[0]?.sets, []);
    const forward = worldWith([approved({ sets: [] })], { outcome });
    assert.equal((await release("deploy", forward, { APPROVAL: "false" })).code, 0);
  });
});
