import assert from "node:assert/strict";
import { readdirSync, utimesSync } from "node:fs";
import { join } from "node:path";
import { BRANCH_ROLE, branchStack, branchWorld, deployBranch, hashOf, stackOf, work } from "./branches";
import { pool } from "./inputs";
import { RELEASED_FUNCTION } from "./kinds";
import { changeSet, type Stack, stackId } from "./stack";
import { BUCKET, EXECUTION_ID, type World } from "./world";
import { whole } from "../../whole/sample";

const BRANCH = "feature/one";
const HASH = hashOf(BRANCH);
const added = {
  ResourceChange: {
    Action: "Add",
    LogicalResourceId: "Function",
    ResourceType: "AWS::Lambda::Function",
    AfterContext: RELEASED_FUNCTION,
  },
};
const ready = (...stacks: Stack[]): World =>
  branchWorld(BRANCH, { stacks, outcome: { status: "CREATE_COMPLETE", reason: null, changes: [added] } });
const created = ({ commands }: World): string[] =>
  commands.find((command) => command.includes("create-change-set")) ?? [];

describe("job branch-deploy", () => {
  whole(
    "makes and executes its own set with the branch's session, and leaves the stack unprotected",
    async () => {
      const world = ready();
      const result = await deployBranch(world, BRANCH);
      assert.equal(result.code, 0, result.output);
      const [stack] = world.stacks;
      assert.deepEqual(
        [stack?.name, stack?.status, stack?.protected, stack?.release],
        [stackOf(BRANCH), "CREATE_COMPLETE", false, EXECUTION_ID],
      );
      assert.deepEqual(result.exported, {});
      assert.deepEqual(
        [...new Set(work(result))],
        [
          "aws - codepipeline get-pipeline-state",
          "aws - codepipeline list-action-executions",
          "aws deploy cloudformation describe-stacks",
          "aws - ecr describe-image-scan-findings",
          "aws - cloudformation package",
          "aws plan dynamodb list-tables",
          "aws plan cloudformation create-change-set",
          "aws - s3 cp",
          "aws - ssm get-parameters",
          "aws plan cloudformation describe-change-set",
          "aws plan cloudformation get-template",
          "aws deploy cloudformation execute-change-set",
          "aws deploy cloudformation describe-stack-events",
        ],
      );
      // One session for all that follows at once.
      assert.equal(result.calls.length - work(result).length, 1);
      assert.deepEqual(
        [...new Set([...(world.sessions?.values() ?? [])].map(({ branch }) => branch))],
        [HASH],
      );
    },
  );

  whole(
    "takes another session for what comes five minutes later, so that an update has most of an hour",
    async () => {
      const world = ready();
      const old: string[] = [];
      world.meanwhile = (operation) => {
        if (operation !== "cloudformation create-change-set") return;
        const folder = world.env?.["TMPDIR"] ?? "";
        const files = readdirSync(folder).flatMap((name) =>
          readdirSync(join(folder, name)).map((file) => join(folder, name, file)),
        );
        for (const file of files.filter((each) => /\/session-[^/]+\.json$/.test(each))) {
          old.push(file);
          const then = Date.now() / 1000 - 6 * 60;
          utimesSync(file, then, then);
        }
      };
      const result = await deployBranch(world, BRANCH);
      assert.equal(result.code, 0, result.output);
      assert.equal(old.length, 1);
      assert.equal(result.calls.length - work(result).length, 2);
    },
  );

  whole(
    "hands CloudFormation no role, the tags that roles and people go by, and the release files of this branch",
    async () => {
      const world = ready();
      assert.equal((await deployBranch(world, BRANCH)).code, 0);
      const command = created(world);
      const tags = command.slice(command.indexOf("--tags") + 1, command.indexOf("--capabilities"));
      assert.deepEqual(tags, [
        `Key=delivery:workload,Value=${stackOf(BRANCH)}`,
        `Key=branch,Value=${HASH}`,
        "Key=delivery:branch,Value=feature/one",
      ]);
      assert.ok(!command.includes("--role-arn"));
      const files = `releases/catalog--br/222222222222/${HASH}/${EXECUTION_ID}`;
      const given = world.commands.find(([what]) => what === "template")?.[1];
      assert.equal(world.objects.get(`${BUCKET}/${files}.template.json`)?.toString(), given);
      const deployed = `${BUCKET}/releases/catalog--br/222222222222/br/${EXECUTION_ID}/deployed.json`;
      const keys = [...world.objects.keys()].filter((key) => key.includes("/releases/") && key !== deployed);
      assert.ok(world.objects.has(deployed));
      assert.ok(keys.length > 3 && keys.every((key) => key.startsWith(`${BUCKET}/${files}`)), keys.join());
    },
  );

  whole(
    "gives what was packaged for all branches the name of this branch's stack, and nothing else",
    async () => {
      const world = ready();
      const packaged = (name: string) => ({
        Description: `stack ${name}, and not catalog--br`,
        Parameters: { EndpointUrl: { Type: "AWS::SSM::Parameter::Value<String>" } },
        Resources: {
          Function: {
            Type: "AWS::Lambda::Function",
            Properties: { FunctionName: `${name}-api`, Role: { "Fn::Sub": `\${AWS::StackName}-${name}` } },
          },
          Group: { Type: "AWS::Logs::LogGroup", Properties: { LogGroupName: `/aws/lambda/${name}-api` } },
        },
        Outputs: { Endpoint: { Value: { Ref: "EndpointUrl" } } },
      });
      const files = { "templates/br.json": JSON.stringify(packaged("catalog--br-br")) };
      const result = await deployBranch(world, BRANCH, {}, files);
      assert.equal(result.code, 0, result.output);
      const folder = `${BUCKET}/releases/catalog--br/222222222222/${HASH}/${EXECUTION_ID}`;
      const template = world.objects.get(`${folder}.template.json`)?.toString() ?? "";
      assert.deepEqual(JSON.parse(template), packaged(stackOf(BRANCH)));
      // The release stays what Build has handed over.
      assert.equal(world.objects.get(`${folder}/templates/br.json`)?.toString(), files["templates/br.json"]);
    },
  );

  whole("gives the template the parameters of branches, all traffic in one go", async () => {
    const world = ready();
    assert.equal((await deployBranch(world, BRANCH)).code, 0);
    const parameters = JSON.parse(world.commands.find(([name]) => name === "parameters")?.[1] ?? "[]") as {
      ParameterKey: string;
      ParameterValue: string;
    }[];
    const values = Object.fromEntries(parameters.map((each) => [each.ParameterKey, each.ParameterValue]));
    assert.deepEqual(
      [values["Size"], values["Release"], values["DeploymentConfig"]],
      ["1", EXECUTION_ID, "CodeDeployDefault.LambdaAllAtOnce"],
    );
  });

  whole("says what to bring up where the role is not there, or takes no tag, and makes nothing", async () => {
    const untagged: World["roles"][string] = { kind: "deploy", account: "222222222222", up: true };
    await pool([{}, { [BRANCH_ROLE]: untagged }], async (roles) => {
      const world = { ...ready(), roles };
      const result = await deployBranch(world, BRANCH);
      assert.equal(result.code, 1);
      assert.match(
        result.output,
        /error: environment br \(account 222222222222\) isn't up yet: run 'pulumi up --stack test', then retry/,
      );
      assert.deepEqual([world.stacks, [...world.objects]], [[], []]);
    });
  });

  whole("takes nothing but what Register exports, and makes no call otherwise", async () => {
    const values: [string, string][] = [
      ["BRANCH_HASH", "0123456"],
      ["BRANCH_HASH", "0123ABCD"],
      ["BRANCH_HASH", `${HASH}-x`],
      ["BRANCH_HASH", "$(touch x)"],
      ["BRANCH_LABEL", "feature/one,Key=x"],
      ["BRANCH_LABEL", "it's"],
      ["BRANCH_LABEL", "x".repeat(257)],
    ];
    await pool(values, async ([name, value]) => {
      const result = await deployBranch(ready(), BRANCH, { [name]: value });
      assert.equal(result.code, 1);
      assert.match(
        result.output,
        name === "BRANCH_HASH"
          ? /error: variable BRANCH_HASH must match/
          : /error: variable BRANCH_LABEL must match/,
      );
      assert.deepEqual(result.calls, [
        "aws - codepipeline get-pipeline-state",
        "aws - codepipeline list-action-executions",
      ]);
    });
  });

  whole("waits out a clean-up that is removing the stack, and makes it again", async () => {
    const leaving = branchStack(BRANCH, "DELETE_IN_PROGRESS", {
      id: stackId("222222222222", stackOf(BRANCH), "0"),
      next: ["DELETE_IN_PROGRESS", "DELETE_COMPLETE"],
    });
    const world = ready(leaving);
    const result = await deployBranch(world, BRANCH);
    assert.equal(result.code, 0, result.output);
    assert.match(result.output, /is in DELETE_IN_PROGRESS: waiting/);
    assert.ok(created(world).includes("CREATE"));
    assert.deepEqual(
      world.stacks.map(({ status }) => status),
      ["DELETE_COMPLETE", "CREATE_COMPLETE"],
    );
  });

  whole("joins its own update that is running, and leaves one that it has finished", async () => {
    const own = changeSet(`d-${EXECUTION_ID}`, { executionStatus: "EXECUTE_IN_PROGRESS" });
    const running = branchStack(BRANCH, "UPDATE_IN_PROGRESS", {
      sets: [own],
      changeSetId: own.id,
      release: EXECUTION_ID,
      next: ["UPDATE_IN_PROGRESS", "UPDATE_COMPLETE"],
    });
    const done = branchStack(BRANCH, "UPDATE_COMPLETE", { release: EXECUTION_ID });
    await pool([running, done], async (stack) => {
      const world = ready(stack);
      const result = await deployBranch(world, BRANCH);
      assert.equal(result.code, 0, result.output);
      assert.deepEqual(created(world), []);
      const note = `${BUCKET}/releases/catalog--br/222222222222/br/${EXECUTION_ID}/deployed.json`;
      assert.match(world.objects.get(note)?.toString() ?? "", /"endpoint": ?"https:\/\/abc123\./);
    });
  });

  whole("refuses a set that opens a permission to everybody, and deletes it", async () => {
    const Principal = "*";
    const opened = {
      ResourceChange: {
        Action: "Add",
        LogicalResourceId: "Opened",
        ResourceType: "AWS::Lambda::Permission",
        AfterContext: JSON.stringify({ Properties: { Principal } }),
      },
    };
    const world = ready(branchStack(BRANCH));
    world.outcome = { status: "CREATE_COMPLETE", reason: null, changes: [opened] };
    const result = await deployBranch(world, BRANCH);
    assert.equal(result.code, 1);
    assert.match(result.output, /refused: Opened \(AWS::Lambda::Permission\) opens to everybody/);
    assert.deepEqual(world.stacks[0]?.sets, []);
  });

  it("leaves to the clean-up a stack that never came to be", async () => {
    const world = ready(branchStack(BRANCH, "ROLLBACK_COMPLETE"));
    const result = await deployBranch(world, BRANCH);
    assert.equal(result.code, 1);
    assert.match(
      result.output,
      /the clean-up job, which starts when this run ends, removes it; retry this stage after that/,
    );
  });
});
