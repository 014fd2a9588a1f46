import assert from "node:assert/strict";
import { BUILDSPECS, release, releaseFolder, releaseVariables, pool } from "./inputs";
import { run } from "./harness";
import { BUCKET, DIGEST, EXECUTION_ID, changeSet, emptyWorld, liveStack, role, type World } from "./world";

const OWN = `d-${EXECUTION_ID}`;
const change = (ResourceChange: object): object => ({ Type: "Resource", ResourceChange });
const added = change({ Action: "Add", LogicalResourceId: "Function", ResourceType: "AWS::Lambda::Function", AfterContext: '{"Properties":{}}' });

function worldWith(stack = liveStack(), changes: Partial<World> = {}): World {
  return { ...emptyWorld(), stacks: [stack], outcome: { status: "CREATE_COMPLETE", reason: null, changes: [added] }, ...changes };
}
const creates = (world: World): string[] | undefined => world.commands.find((command) => command.includes("create-change-set"));
const option = (command: string[] | undefined, name: string): string | undefined => command?.[command.indexOf(name) + 1];

describe("job plan", () => {
  it("makes a change set named after the run, in exactly these calls, and executes nothing", async () => {
    const world = worldWith();
    const result = await release("plan", world);
    assert.equal(result.code, 0, result.output);
    assert.deepEqual(result.calls, [
      "aws plan sts get-caller-identity",
      "aws - codepipeline get-pipeline-state",
      "aws plan cloudformation describe-stacks",
      "aws - s3 cp",
      "aws plan cloudformation list-change-sets",
      "aws plan cloudformation create-change-set",
      "aws plan cloudformation describe-change-set",
      "aws plan cloudformation describe-change-set",
      "aws plan cloudformation describe-change-set",
      "aws plan cloudformation describe-change-set",
    ]);
    assert.deepEqual(result.exported, {
      CHANGE_SET: OWN,
      CHANGES: "1 added",
      PLAN_LINK:
        "https://eu-west-1.console.aws.amazon.com/codesuite/codebuild/111111111111/projects/delivery-catalog--test-plan-job" +
        "/build/delivery-catalog--test-plan-job%3A6f1e2d3c-0000-4000-8000-000000000000/log?region=eu-west-1",
    });
    assert.deepEqual(world.stacks[0]?.sets.map((set) => [set.name, set.executionStatus]), [[OWN, "AVAILABLE"]]);
  });

  it("hands CloudFormation the template by URL, every parameter of the contract, the tag and the execution role", async () => {
    const world = worldWith();
    await release("plan", world);
    const command = creates(world);
    const file = option(command, "--parameters") ?? "";
    assert.match(file, /^file:\/\//);
    assert.deepEqual(command?.slice(0, 3), ["aws", "--profile", "plan"]);
    assert.deepEqual(command?.slice(3), [
      "cloudformation", "create-change-set",
      "--stack-name", "catalog--test",
      "--change-set-name", OWN,
      "--change-set-type", "UPDATE",
      "--template-url", `https://${BUCKET}.s3.eu-west-1.amazonaws.com/releases/catalog/test/${EXECUTION_ID}/template.yaml`,
      "--parameters", file,
      "--tags", "Key=delivery:workload,Value=catalog--test",
      "--capabilities", "CAPABILITY_IAM", "CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND",
      "--role-arn", "arn:aws:iam::222222222222:role/delivery-catalog--test-execution",
      "--query", "Id", "--output", "text",
    ]); // prettier-ignore
    const parameters = world.commands.find(([name]) => name === "parameters")?.[1] ?? "";
    assert.deepEqual(JSON.parse(parameters), [
      { ParameterKey: "TableName", ParameterValue: 'it\'s "quoted"' },
      { ParameterKey: "ImageUri", ParameterValue: `111111111111.dkr.ecr.eu-west-1.amazonaws.com/catalog@${DIGEST}` },
      { ParameterKey: "Release", ParameterValue: EXECUTION_ID },
      { ParameterKey: "CodeDeployRoleArn", ParameterValue: "arn:aws:iam::222222222222:role/delivery-catalog--test-codedeploy" },
      { ParameterKey: "PermissionsBoundaryArn", ParameterValue: "arn:aws:iam::222222222222:policy/delivery-catalog--test-boundary" },
      { ParameterKey: "RolePath", ParameterValue: "/" },
    ]);
    assert.deepEqual(
      [...world.objects.keys()].map((key) => key.replace(`${BUCKET}/releases/catalog/test/${EXECUTION_ID}/`, "")).sort(),
      ["SHA256SUMS", "parameters/prod.json", "parameters/test.json", "release.json", "source.tar.gz", "template.yaml"],
    );
  });

  it("creates the stack when it is missing or only under review, and has it removed when that fails", async () => {
    for (const world of [{ ...worldWith(), stacks: [] }, worldWith(liveStack("REVIEW_IN_PROGRESS", { release: null }))]) {
      const result = await release("plan", world);
      assert.equal(result.code, 0, result.output);
      assert.equal(option(creates(world), "--change-set-type"), "CREATE");
      assert.equal(option(creates(world), "--on-stack-failure"), "DELETE");
    }
  });

  it("deletes the sets of runs before and of an attempt before, but none that is being executed or not its own", async () => {
    const sets = [
      changeSet("d-11111111-0000-4000-8000-000000000000"),
      changeSet("d-22222222-0000-4000-8000-000000000000", { executionStatus: "EXECUTE_IN_PROGRESS" }),
      changeSet("d-33333333-0000-4000-8000-000000000000", { executionStatus: "EXECUTE_COMPLETE" }),
      changeSet("by-hand"),
      changeSet(OWN, { status: "FAILED", executionStatus: "UNAVAILABLE" }),
    ];
    const world = worldWith(liveStack("UPDATE_COMPLETE", { sets }));
    assert.equal((await release("plan", world)).code, 0);
    assert.deepEqual(world.stacks[0]?.sets.map((set) => set.name), [sets[1]?.name, sets[2]?.name, "by-hand", OWN]);
  });

  it("waits until its Deploy stage is idle, the run at its door included, and says so", async () => {
    const busy = worldWith(liveStack(), { stages: { "Deploy-test": { latest: ["InProgress", "Stopping", "Failed"] } } });
    const result = await release("plan", busy);
    assert.equal(result.code, 0, result.output);
    assert.equal(result.output.split("busy with another release: waiting").length - 1, 2);
    const waiting = worldWith(liveStack(), { stages: { "Deploy-test": { latest: ["Succeeded"], inbound: "InProgress" } } });
    const { folder, sha256 } = releaseFolder();
    const { code, output } = await run(BUILDSPECS.plan.replace("n < 240", "n < 4"), folder, releaseVariables(sha256), waiting);
    assert.equal(code, 1);
    assert.match(output, /error: stage Deploy-test is still busy after 2 hours: let it finish or stop it, then retry this stage/);
    assert.equal(waiting.slept, 120);
  });

  it("waits out an update that somebody else is running", async () => {
    const world = worldWith(liveStack("UPDATE_IN_PROGRESS", { next: ["UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", "UPDATE_COMPLETE"] }));
    const result = await release("plan", world);
    assert.equal(result.code, 0, result.output);
    assert.match(result.output, /stack catalog--test is in UPDATE_IN_PROGRESS: waiting/);
  });

  it("names the command that brings up an environment whose role is not there yet", async () => {
    const world = worldWith();
    Object.assign(world.roles[role("222222222222", "plan")] ?? {}, { up: false });
    const result = await release("plan", world);
    assert.equal(result.code, 1);
    assert.match(result.output, /error: environment test \(account 222222222222\) isn't up yet: run 'pulumi up --stack test', then retry/);
    assert.deepEqual(result.calls, ["aws plan sts get-caller-identity"]);
  });

  it("stops when the role is in another account than settings say", async () => {
    const result = await release("plan", worldWith(), { ENVIRONMENT_ACCOUNT: "333333333333" });
    assert.equal(result.code, 1);
    assert.match(result.output, /error: the plan role is in account 222222222222, settings say 333333333333 for test/);
  });

  it("tells what to do about a stack that no change set can be made for, and makes none", async () => {
    const cases = [
      ["ROLLBACK_COMPLETE", /never came to be \(ROLLBACK_COMPLETE\).*the clean-up job.*removes it; retry this stage after that/],
      ["CREATE_FAILED", /never came to be \(CREATE_FAILED\)/],
      ["ROLLBACK_FAILED", /never came to be \(ROLLBACK_FAILED\)/],
      ["DELETE_FAILED", /is in DELETE_FAILED and can't be updated: repair or delete it in account 222222222222/],
      ["UPDATE_ROLLBACK_FAILED", /Plan may not change it: retry the stage Deploy-test of the run that failed.*continue-update-rollback/],
    ] as const;
    await pool(cases, async ([status, message]) => {
      const world = worldWith(liveStack(status));
      const result = await release("plan", world);
      assert.equal(result.code, 1);
      assert.match(result.output, message);
      assert.equal(creates(world), undefined);
    });
  });

  it("deletes a set without changes and says `none`, whichever words CloudFormation uses", async () => {
    const reasons = [
      "The submitted information didn't contain changes. Submit different information to create a change set.",
      "No updates are to be performed.",
    ];
    await pool(reasons, async (reason) => {
      const world = worldWith(liveStack(), { outcome: { status: "FAILED", reason, changes: [] } });
      const result = await release("plan", world);
      assert.equal(result.code, 0, result.output);
      assert.equal(result.exported["CHANGE_SET"], "none");
      assert.equal(result.exported["CHANGES"], "no changes");
      assert.deepEqual(world.stacks[0]?.sets, []);
    });
  });

  it("gives CloudFormation's reason when it refuses a set, and deletes it", async () => {
    const world = worldWith(liveStack(), { outcome: { status: "FAILED", reason: "Transform AWS::X failed", changes: [] } });
    const result = await release("plan", world);
    assert.equal(result.code, 1);
    assert.match(result.output, /error: CloudFormation refused the change set: Transform AWS::X failed/);
    assert.deepEqual(world.stacks[0]?.sets, []);
  });

  it("refuses a set that opens a permission to everybody, and deletes it", async () => {
    const AfterContext = JSON.stringify({ Properties: { AuthType: "NONE" } });
    const url = change({ Action: "Add", LogicalResourceId: "Open", ResourceType: "AWS::Lambda::Url", AfterContext });
    const world = worldWith(liveStack(), { outcome: { status: "CREATE_COMPLETE", reason: null, changes: [url] } });
    const result = await release("plan", world);
    assert.equal(result.code, 1);
    assert.match(result.output, /refused: Open \(AWS::Lambda::Url\) is a function URL open to everybody\n/);
    assert.deepEqual(result.exported, {});
    assert.deepEqual(world.stacks[0]?.sets, []);
  });

  it("refuses parameters that the pipeline gives, and a release older than the environment", async () => {
    const { folder, sha256 } = releaseFolder({ "parameters/test.json": '[{"ParameterKey":"ImageUri","ParameterValue":"x"}]' });
    const world = worldWith();
    const result = await run(BUILDSPECS.plan, folder, releaseVariables(sha256), world);
    assert.match(result.output, /the app may not set ImageUri[^]*error: parameters\/test.json .* sets what the pipeline gives/);
    const other = await release("plan", worldWith(liveStack(), {}), { ENVIRONMENT: "stage" });
    assert.match(other.output, /error: the release has no parameters\/stage.json: it is older than environment stage/);
    assert.deepEqual([result.code, other.code], [1, 1]);
  });
});
