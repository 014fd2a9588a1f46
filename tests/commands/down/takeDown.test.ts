import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { readDelivery } from "../../../commands/delivery";
import { EngineFailure, type State } from "../../../commands/engine/engine";
import { Refusal } from "../../../commands/refusal";
import { takeDown } from "../../../commands/down/takeDown";
import {
  contents,
  fake,
  PIPELINE,
  projectFolder,
  resource,
  ROLE,
  settingsIn,
  stateOf,
  type Surroundings,
  told,
  type Work,
} from "../fake";

const EXECUTION = "arn:aws:iam::222222222222:role/delivery-catalog--test-execution";
const states = (protect: boolean): Readonly<Record<string, State>> => ({
  tooling: stateOf("tooling", [resource("tooling", PIPELINE, "catalog", { protect })]),
  test: stateOf("test", [resource("test", ROLE, "execution", { protect, outputs: { arn: EXECUTION } })]),
  prod: stateOf("prod", [resource("prod", ROLE, "execution", { protect })]),
});

async function down(surroundings: Surroundings, names: string[] = [], name: string | undefined = "delivery") {
  const folder = projectFolder();
  const before = contents(folder);
  const { session, ...rest } = fake(surroundings);
  try {
    return { code: await takeDown(session, readDelivery(folder), names, name), ...rest };
  } finally {
    assert.deepEqual(contents(folder), before, "a stack file is not what it was");
  }
}

/** CloudFormation's answers while the workload of test is there. */
function deployed(deleted: string[], tag = "catalog--test") {
  const stack = {
    ...{
      StackName: "catalog--test",
      StackId: "id-of-test",
      RoleARN: EXECUTION,
      StackStatus: "UPDATE_COMPLETE",
    },
    ...{ EnableTerminationProtection: true, Tags: [{ Key: "delivery:workload", Value: tag }] },
  };
  return {
    DescribeStacks: ({ StackName }: Record<string, unknown>) => {
      if (StackName === "id-of-test") return { Stacks: [{ ...stack, StackStatus: "DELETE_COMPLETE" }] };
      if (StackName === "catalog--test") return { Stacks: [stack] };
      throw new Error(`Stack with id ${String(StackName)} does not exist`);
    },
    UpdateTerminationProtection: () => deleted.push("unprotected"),
    DeleteStack: ({ StackName }: Record<string, unknown>) => deleted.push(`deleted ${String(StackName)}`),
    ListStackResources: () => ({
      StackResourceSummaries: [
        {
          ResourceType: "AWS::DynamoDB::Table",
          PhysicalResourceId: "lamps",
          ResourceStatus: "DELETE_SKIPPED",
        },
      ],
    }),
  };
}

describe("down", () => {
  it("lifts the protection of the environments, destroys them side by side, and then tooling", async () => {
    const { code, asked, said } = await down({ states: states(true) });
    const both = (action: string) => [
      ...[`${action} test`, `${action} prod`],
      ...[`${action} test ended`, `${action} prod ended`],
    ];
    const last = ["up tooling", "up tooling ended", "destroy tooling", "destroy tooling ended"];
    assert.deepEqual(asked, [...both("up"), ...both("destroy"), ...last]);
    assert.deepEqual(said.slice(0, 4), [
      "Of project delivery:",
      "  stack test: 1 resource in account 222222222222",
      "  stack prod: 1 resource in account 333333333333",
      "  stack tooling: 1 resource in account 111111111111",
    ]);
    assert.match(said[4] ?? "", /^Nothing is left over \(searched by tag: 111111111111 eu-west-1, /);
    assert.equal(code, 0);
  });

  it("names the repositories whose code goes with tooling, before it asks for the project's name", async () => {
    const repository = resource("tooling", "aws:codecommit/repository:Repository", "catalog", {
      protect: true,
      outputs: { repositoryName: "shop" },
    });
    const { tooling, ...others } = states(true);
    const there = { ...others, tooling: stateOf("tooling", [...(tooling?.resources ?? []), repository]) };
    const line = "  CodeCommit repository shop with all of its code, in account 111111111111";
    const { code, said } = await down({ states: there });
    assert.deepEqual(said.slice(3, 5), ["  stack tooling: 2 resources in account 111111111111", line]);
    assert.equal(code, 0);
    const only = await down({ states: there }, ["test"]);
    assert.ok(!only.said.includes(line));
  });

  it("lifts protection by settings in a file of their own, and leaves the stack's file as it is when destroying fails", async () => {
    const settings: unknown[] = [];
    const work: Work = (action, stack, { configFile, onEvent }) => {
      if (stack !== "test") return;
      if (configFile !== undefined) settings.push(settingsIn(readFileSync(configFile, "utf8")));
      if (action === "up") return;
      onEvent(told("error", "DeleteConflict"));
      throw new EngineFailure("exit code 1");
    };
    const { code, said, asked } = await down({ states: states(true), work });
    assert.deepEqual(settings, [
      {
        ...{ "aws:region": "eu-west-1", kind: "environment", account: "222222222222" },
        "delivery:deletable": true,
      },
    ]);
    assert.deepEqual(said.slice(4), [
      "test: DeleteConflict",
      "test: not destroyed; npm run down goes on where this stopped, npm run up brings it back",
    ]);
    assert.ok(!asked.includes("destroy tooling"));
    assert.equal(code, 1);
  });

  it("destroys none of the environments where the protection of one can't be lifted", async () => {
    const work: Work = (action, stack, { onEvent }) => {
      if (stack !== "test" || action !== "up") return;
      onEvent(told("error", "AccessDenied"));
      throw new EngineFailure("exit code 1");
    };
    const { code, said, asked } = await down({ states: states(true), work });
    assert.deepEqual(said.slice(4), [
      "test: AccessDenied",
      "test: not made deletable; npm run down goes on where this stopped, npm run up brings it back",
    ]);
    assert.deepEqual([code, asked], [1, ["up test", "up prod", "up prod ended"]]);
  });

  it("goes on after a failure: what is no longer protected is destroyed at once, what is gone is left out", async () => {
    const rest = { ...states(false), prod: stateOf("prod", []) };
    const { asked } = await down({ states: rest });
    assert.deepEqual(asked, [
      ...["destroy test", "destroy test ended"],
      ...["destroy tooling", "destroy tooling ended"],
    ]);
  });

  it("deletes a workload's stack before the roles that it needs, and takes its termination protection away", async () => {
    const deleted: string[] = [];
    const work: Work = (action, stack) => void deleted.push(`${action} ${stack}`);
    const { code, said } = await down({ states: states(false), aws: deployed(deleted), work }, ["test"]);
    assert.deepEqual(deleted, ["unprotected", "deleted catalog--test", "destroy test"]);
    assert.equal(said[1], "  CloudFormation stack catalog--test in account 222222222222");
    assert.equal(code, 0);
  });

  it("refuses to delete a stack of the same name that no pipeline deployed", async () => {
    const deleted: string[] = [];
    await assert.rejects(
      down({ states: states(false), aws: deployed(deleted, "other") }),
      /^Error: test: CloudFormation stack catalog--test was not deployed by this project \(role .*, no tag delivery:workload=catalog--test\): delete or rename it yourself$/,
    );
    assert.deepEqual(deleted, []);
  });

  it("changes nothing under another project's name, or under none where nobody can be asked", async () => {
    await assert.rejects(
      down({ states: states(true) }, [], "other"),
      new Refusal("'other' is not the project's name, which is 'delivery': nothing was changed"),
    );
    const { session, asked } = fake({ states: states(true) });
    const delivery = readDelivery(projectFolder());
    await assert.rejects(takeDown(session, delivery, [], undefined), /give --project-name$/);
    assert.deepEqual(asked, []);
    assert.equal(
      await takeDown(fake({ states: states(true), answer: "delivery" }).session, delivery, [], undefined),
      0,
    );
  });

  it("refuses to take tooling from environments that stay", async () => {
    await assert.rejects(
      down({ states: states(true) }, ["tooling"]),
      new Refusal("tooling is what test, prod read from: take them down first, or all at once"),
    );
    await assert.rejects(
      down({ states: { ...states(false), test: stateOf("test", []) } }, ["tooling"]),
      new Refusal("tooling is what prod read from: take them down first, or all at once"),
    );
    const gone = { ...states(false), test: stateOf("test", []), prod: stateOf("prod", []) };
    assert.equal((await down({ states: gone }, ["tooling"])).code, 0);
  });

  it("refuses while a run is under way, and prints the command that stops it", async () => {
    const latestExecution = { status: "InProgress", pipelineExecutionId: "run-1" };
    const GetPipelineState = () => ({ stageStates: [{ stageName: "Build", latestExecution }] });
    await assert.rejects(
      down({ states: states(true), aws: { GetPipelineState } }),
      new Refusal(
        "runs are under way; wait for their end, or stop them:\npipeline catalog: run run-1 is in Build: " +
          "aws codepipeline stop-pipeline-execution --pipeline-name catalog --pipeline-execution-id run-1 --region eu-west-1",
      ),
    );
  });

  it("keeps tables and keys that wait for their end, with the commands; they are no leftovers", async () => {
    const arns = [
      "arn:aws:dynamodb:eu-west-1:222222222222:table/lamps",
      "arn:aws:kms:eu-west-1:222222222222:key/k",
    ];
    const GetResources = () => ({ ResourceTagMappingList: arns.map((ResourceARN) => ({ ResourceARN })) });
    const { code, said } = await down({ states: states(false), aws: { GetResources } }, ["test"]);
    assert.equal(code, 0);
    assert.equal(
      said[3],
      "  arn:aws:dynamodb:eu-west-1:222222222222:table/lamps: kept with its data. To delete both:\n" +
        "    aws dynamodb update-table --no-deletion-protection-enabled --table-name lamps --region eu-west-1\n" +
        "    aws dynamodb delete-table --table-name lamps --region eu-west-1",
    );
  });

  it("stops between two steps once it is interrupted", async () => {
    const folder = projectFolder();
    const { session, interrupt, asked, said } = fake({ states: states(true), work: () => interrupt() });
    assert.equal(await takeDown(session, readDelivery(folder), ["test"], "delivery"), 130);
    assert.deepEqual(asked, ["up test", "up test ended"]);
    assert.equal(said.at(-1), "Interrupted; npm run down goes on where this stopped");
  });
});
