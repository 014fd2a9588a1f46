import assert from "node:assert/strict";
import { branchWorld, deployBranch } from "./branches";
import { BUILDSPECS, release, releaseFolder, releaseVariables, pool } from "./inputs";
import { run } from "./harness";
import { RELEASED_FUNCTION } from "./kinds";
import { liveStack } from "./stack";
import { emptyWorld, role, type World } from "./world";
import { whole } from "../../whole/sample";

const change = (ResourceChange: object): object => ({ Type: "Resource", ResourceChange });
const added = change({
  Action: "Add",
  LogicalResourceId: "Function",
  ResourceType: "AWS::Lambda::Function",
  AfterContext: RELEASED_FUNCTION,
});

function worldWith(stack = liveStack(), changes: Partial<World> = {}): World {
  return {
    ...emptyWorld(),
    stacks: [stack],
    outcome: { status: "CREATE_COMPLETE", reason: null, changes: [added] },
    ...changes,
  };
}
const creates = (world: World): string[] | undefined =>
  world.commands.find((command) => command.includes("create-change-set"));

describe("job plan: what it refuses", () => {
  it("names the command that brings up an environment whose role is not there yet", async () => {
    const world = worldWith();
    Object.assign(world.roles[role("222222222222", "plan")] ?? {}, { up: false });
    const result = await release("plan", world);
    assert.equal(result.code, 1);
    assert.match(
      result.output,
      /error: environment test \(account 222222222222\) isn't up yet: run 'pulumi up --stack test', then retry/,
    );
    assert.deepEqual(result.calls, [
      "aws - codepipeline get-pipeline-state",
      "aws - codepipeline list-action-executions",
      "aws plan cloudformation describe-stacks",
    ]);
  });

  it("stops when the role is in another account than settings say", async () => {
    const result = await release("plan", worldWith(), { ENVIRONMENT_ACCOUNT: "333333333333" });
    assert.equal(result.code, 1);
    assert.match(
      result.output,
      /error: the plan role is in account 222222222222, settings say 333333333333 for test/,
    );
  });

  whole("tells what to do about a stack that no change set can be made for, and makes none", async () => {
    const cases = [
      [
        "ROLLBACK_COMPLETE",
        /never came to be \(ROLLBACK_COMPLETE\).*the clean-up job.*removes it; retry this stage after that/,
      ],
      ["CREATE_FAILED", /never came to be \(CREATE_FAILED\)/],
      ["ROLLBACK_FAILED", /never came to be \(ROLLBACK_FAILED\)/],
      [
        "DELETE_FAILED",
        /is in DELETE_FAILED and can't be updated: repair or delete it in account 222222222222/,
      ],
      [
        "UPDATE_ROLLBACK_FAILED",
        /Plan may not change it: retry the stage Deploy-test of the run that failed.*continue-update-rollback/,
      ],
    ] as const;
    await pool(cases, async ([status, message]) => {
      const world = worldWith(liveStack(status));
      const result = await release("plan", world);
      assert.equal(result.code, 1);
      assert.match(result.output, message);
      assert.equal(creates(world), undefined);
    });
  });

  it("gives CloudFormation's reason when it refuses a set, and deletes it", async () => {
    const world = worldWith(liveStack(), {
      outcome: { status: "FAILED", reason: "Transform AWS::X failed", changes: [] },
    });
    const result = await release("plan", world);
    assert.equal(result.code, 1);
    assert.match(result.output, /error: CloudFormation refused the change set: Transform AWS::X failed/);
    assert.deepEqual(world.stacks[0]?.sets, []);
  });

  it("refuses a set that opens a permission to everybody, and deletes it", async () => {
    const AfterContext = JSON.stringify({ Properties: { AuthType: "NONE" } });
    const url = change({
      Action: "Add",
      LogicalResourceId: "Open",
      ResourceType: "AWS::Lambda::Url",
      AfterContext,
    });
    const world = worldWith(liveStack(), {
      outcome: { status: "CREATE_COMPLETE", reason: null, changes: [url] },
    });
    const result = await release("plan", world);
    assert.equal(result.code, 1);
    assert.match(
      result.output,
      /refused: Open \(AWS::Lambda::Url\) is a function URL open to everybody: AuthType must be AWS_IAM, or NONE with publicFunctionUrl among the uses in the settings of its pipeline\n/,
    );
    assert.deepEqual(result.exported, {});
    assert.deepEqual(world.stacks[0]?.sets, []);
  });

  whole(
    "refuses a template without the output Endpoint before anything is deployed, and so does every job that deploys",
    async () => {
      const files = { "template.yaml": "Resources: {}\n" };
      const { folder, sha256 } = releaseFolder(files);
      const outcome = { status: "CREATE_COMPLETE", reason: null, changes: [added] };
      const variables = releaseVariables(sha256);
      const jobs = {
        plan: (world: World) => run(BUILDSPECS.plan, folder, variables, world),
        deploy: (world: World) => run(BUILDSPECS.deploy, folder, { ...variables, APPROVAL: "false" }, world),
        "deploy of a branch": (world: World) => deployBranch(world, "feature/one", {}, files),
      };
      await pool(Object.entries(jobs), async ([job, runs]) => {
        const world = job === "deploy of a branch" ? branchWorld("feature/one", { outcome }) : worldWith();
        const before = world.stacks.map(({ status }) => status);
        const result = await runs(world);
        assert.equal(result.code, 1, job);
        // The last lines, which people are mailed.
        assert.match(
          result.output,
          /\nerror: the change set is refused for these reasons: correct the template, then start a new release\nrefused: Endpoint \(output\) is missing: add it to the template's Outputs, with the https URL that Verify runs the service's tests against\n$/,
        );
        assert.ok(!result.calls.some((call) => call.endsWith("execute-change-set")), job);
        assert.deepEqual(
          world.stacks.map(({ status }) => status).filter((status) => status !== "REVIEW_IN_PROGRESS"),
          before,
        );
        assert.deepEqual(world.stacks[0]?.sets, [], job);
      });
    },
  );

  whole("refuses parameters that the pipeline gives, and a release older than the environment", async () => {
    const { folder, sha256 } = releaseFolder({
      "parameters/test.json": '[{"ParameterKey":"ImageUri","ParameterValue":"x"}]',
    });
    const world = worldWith();
    const result = await run(BUILDSPECS.plan, folder, releaseVariables(sha256), world);
    assert.match(
      result.output,
      /the app may not set ImageUri[^]*error: parameters\/test.json .* sets what the pipeline gives/,
    );
    const other = await release("plan", worldWith(liveStack(), {}), { ENVIRONMENT: "stage" });
    assert.match(
      other.output,
      /error: the release has no parameters\/stage.json: it is older than environment stage/,
    );
    assert.deepEqual([result.code, other.code], [1, 1]);
  });
});
