import assert from "node:assert/strict";
import { BUILDSPECS, changed, release, releaseFolder, releaseVariables, pool } from "./inputs";
import { run } from "./harness";
import { RELEASED_FUNCTION } from "./kinds";
import { changeSet, liveStack } from "./stack";
import { BUCKET, COMMIT_ID, DIGEST, EXECUTION_ID, emptyWorld, type World } from "./world";
import { whole } from "../../whole/sample";

const OWN = `d-${EXECUTION_ID}`;
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
const option = (command: string[] | undefined, name: string): string | undefined =>
  command?.[command.indexOf(name) + 1];
/** The template that CloudFormation got, in the call or by its address. */
const given = ({ commands }: World): string => commands.find(([what]) => what === "template")?.[1] ?? "";

describe("job plan", () => {
  it("makes a change set named after the run, in exactly these calls, and executes nothing", async () => {
    const world = worldWith();
    const result = await release("plan", world);
    assert.equal(result.code, 0, result.output);
    assert.deepEqual(result.calls, [
      "aws - codepipeline get-pipeline-state",
      "aws - codepipeline list-action-executions",
      "aws plan cloudformation describe-stacks",
      "aws - ecr describe-image-scan-findings",
      "aws - cloudformation package",
      "aws plan cloudformation create-change-set",
      "aws - s3 cp",
      "aws - ssm get-parameters",
      "aws plan cloudformation list-change-sets",
      "aws plan cloudformation describe-change-set",
      "aws plan cloudformation describe-change-set",
      "aws plan cloudformation get-template",
    ]);
    assert.deepEqual(result.exported, {
      CHANGE_SET: OWN,
      SUMMARY: `test: commit ${COMMIT_ID}, code ${DIGEST}: 1 added`,
      PLAN_LINK:
        "https://eu-west-1.console.aws.amazon.com/codesuite/codebuild/111111111111/projects/delivery-catalog--test-plan-job" +
        "/build/delivery-catalog--test-plan-job%3A6f1e2d3c-0000-4000-8000-000000000000/log?region=eu-west-1",
    });
    assert.deepEqual(
      world.stacks[0]?.sets.map((set) => [set.name, set.executionStatus]),
      [[OWN, "AVAILABLE"]],
    );
  });

  it("hands CloudFormation the template, every parameter of the contract, the tag and the execution role", async () => {
    const world = worldWith();
    const BUILD_ID = "delivery-catalog--test-plan-job:6f1e2d3c-0000-4000-8000-000000000000";
    await release("plan", world, { CODEBUILD_BUILD_ID: BUILD_ID });
    const command = creates(world);
    const file = option(command, "--parameters") ?? "";
    const template = option(command, "--template-body") ?? "";
    assert.match(file, /^file:\/\//);
    assert.deepEqual(command?.slice(0, 3), ["aws", "--profile", "plan"]);
    assert.deepEqual(command?.slice(3), [
      "cloudformation", "create-change-set",
      "--stack-name", "catalog--test",
      "--change-set-name", OWN,
      "--change-set-type", "UPDATE",
      "--template-body", template,
      "--parameters", file,
      "--tags", "Key=delivery:workload,Value=catalog--test",
      "--role-arn", "arn:aws:iam::222222222222:role/delivery-catalog--test-execution",
      "--capabilities", "CAPABILITY_IAM", "CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND",
      "--description", BUILD_ID, "--client-token", `create-${BUILD_ID.slice(-36)}`,
      "--query", "Id", "--output", "text",
    ]); // prettier-ignore
    const parameters = world.commands.find(([name]) => name === "parameters")?.[1] ?? "";
    assert.deepEqual(JSON.parse(parameters), [
      { ParameterKey: "TableName", ParameterValue: 'it\'s "quoted"' },
      {
        ParameterKey: "ImageUri",
        ParameterValue: `111111111111.dkr.ecr.eu-west-1.amazonaws.com/catalog@${DIGEST}`,
      },
      { ParameterKey: "Release", ParameterValue: EXECUTION_ID },
      {
        ParameterKey: "CodeDeployRoleArn",
        ParameterValue: "arn:aws:iam::222222222222:role/delivery-catalog--test-codedeploy",
      },
      {
        ParameterKey: "PermissionsBoundaryArn",
        ParameterValue: "arn:aws:iam::222222222222:policy/delivery-catalog--test-boundary",
      },
      { ParameterKey: "RolePath", ParameterValue: "/" },
    ]);
    assert.deepEqual(
      [...world.objects.keys()]
        .filter((key) => !key.endsWith(`${EXECUTION_ID}.template.json`))
        .map((key) => key.replace(`${BUCKET}/releases/catalog/222222222222/test/${EXECUTION_ID}/`, ""))
        .sort(),
      [
        "SHA256SUMS",
        "parameters/prod.json",
        "parameters/test.json",
        "release.json",
        "source.tar.gz",
        "template.yaml",
      ],
    );
  });

  whole(
    "creates the stack when it is missing or only under review, and has it removed when that fails",
    async () => {
      for (const world of [
        { ...worldWith(), stacks: [] },
        worldWith(liveStack("REVIEW_IN_PROGRESS", { release: null })),
      ]) {
        const result = await release("plan", world);
        assert.equal(result.code, 0, result.output);
        assert.equal(option(creates(world), "--change-set-type"), "CREATE");
        assert.equal(option(creates(world), "--on-stack-failure"), "DELETE");
      }
    },
  );

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
    assert.deepEqual(
      world.stacks[0]?.sets.map((set) => set.name),
      [sets[1]?.name, sets[2]?.name, "by-hand", OWN],
    );
  });

  whole(
    "gives CloudFormation a template that is too long for the call by its address, where it is before",
    async () => {
      const long = (length: number) => JSON.stringify({ Description: "x".repeat(length), Resources: {} });
      // As it is given: indented, with a line feed at the end.
      const indented = (length: number) => `${JSON.stringify(JSON.parse(long(length)), null, 2)}\n`;
      const most = 51_200 - indented(0).length;
      const key = `releases/catalog/222222222222/test/${EXECUTION_ID}.template.json`;
      for (const [length, url] of [
        [most, undefined],
        [most + 1, `https://${BUCKET}.s3.eu-west-1.amazonaws.com/${key}`],
      ] as const) {
        const world = worldWith();
        const { folder, sha256 } = releaseFolder({ "template.yaml": long(length) });
        const { output } = await run(BUILDSPECS.plan, folder, releaseVariables(sha256), world);
        // What it holds is another matter: it is refused once it is made.
        assert.match(output, /\nrefused: Endpoint \(output\) is missing/);
        assert.equal(creates(world)?.includes("--template-body"), url === undefined);
        assert.ok(url === undefined || option(creates(world), "--template-url") === url);
        assert.equal(given(world), indented(length));
        assert.equal(world.objects.get(`${BUCKET}/${key}`)?.toString(), given(world));
      }
    },
  );

  it("hands over a template of AWS SAM as it is, also a function without a CodeUri of its own", async () => {
    const world = worldWith();
    const { folder, sha256 } = releaseFolder({
      "template.yaml":
        "Transform: AWS::Serverless-2016-10-31\nResources:\n" +
        "  App: { Type: AWS::Serverless::Function, Properties: { PackageType: Image } }\n",
    });
    const variables = { ...releaseVariables(sha256), TRANSFORMS: "AWS::Serverless-2016-10-31" };
    await run(BUILDSPECS.plan, folder, variables, world);
    const { Resources } = JSON.parse(given(world)) as { readonly Resources: unknown };
    assert.deepEqual(Resources, {
      App: { Type: "AWS::Serverless::Function", Properties: { PackageType: "Image" } },
    });
  });

  whole("waits until its Deploy stage is idle, the run at its door included, and says so", async () => {
    const busy = worldWith(liveStack(), {
      stages: { "Deploy-test": { latest: ["InProgress", "Stopping", "Failed"] } },
    });
    const result = await release("plan", busy);
    assert.equal(result.code, 0, result.output);
    assert.equal(result.output.split("busy with another release: waiting").length - 1, 2);
    const waiting = worldWith(liveStack(), {
      stages: { "Deploy-test": { latest: ["Succeeded"], inbound: "InProgress" } },
    });
    const { folder, sha256 } = releaseFolder();
    const { code, output } = await run(
      changed(BUILDSPECS.plan, "n < 240", "n < 4"),
      folder,
      releaseVariables(sha256),
      waiting,
    );
    assert.equal(code, 1);
    assert.match(
      output,
      /error: stage Deploy-test is still busy after 2 hours: let it finish or stop it, then retry this stage/,
    );
    assert.equal(waiting.slept, 120);
  });

  whole("waits out an update that somebody else is running", async () => {
    const world = worldWith(
      liveStack("UPDATE_IN_PROGRESS", { next: ["UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", "UPDATE_COMPLETE"] }),
    );
    const result = await release("plan", world);
    assert.equal(result.code, 0, result.output);
    assert.match(result.output, /stack catalog--test is in UPDATE_IN_PROGRESS: waiting/);
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
      assert.equal(result.exported["SUMMARY"], `test: commit ${COMMIT_ID}, code ${DIGEST}: no changes`);
      assert.deepEqual(world.stacks[0]?.sets, []);
    });
  });
});
