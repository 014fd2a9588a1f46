import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { run } from "./harness";
import {
  ASKED,
  build,
  BUILDSPECS,
  cleanup,
  pool,
  promote,
  release,
  releaseFolder,
  releaseVariables,
  sourceFolder,
  TEMPLATE,
} from "./inputs";
import { liveStack } from "./stack";
import { COMMIT_ID, DIGEST, emptyWorld, type World } from "./world";
import { whole } from "../../whole/sample";

const HANDED = ["COMMIT_ID", "CODE_DIGEST", "RELEASE_SHA256"];
const ready = (): World => ({ ...emptyWorld(), stacks: [liveStack()] });

describe("hostile input", () => {
  whole("in a variable is refused before any other call, and never run", async () => {
    const values: Record<string, readonly string[]> = {
      COMMIT_ID: [
        "$(touch pwned)",
        "`touch pwned`",
        "; touch pwned",
        "main",
        "",
        `${COMMIT_ID}\n${COMMIT_ID}`,
        "C".repeat(40),
      ],
      CODE_DIGEST: [
        "latest",
        "sha512:00",
        `${DIGEST}\n`,
        `${DIGEST};touch pwned`,
        `other/repository@${DIGEST}`,
      ],
      RELEASE_SHA256: ["", "../..", "$(touch pwned)"],
      EXECUTION_ID: ["$(touch pwned)", "../../kept", ""],
      ENVIRONMENT: ["test/../prod", "prod$(touch pwned)", "a b"],
      APPROVAL: ["no", ""],
      PLAN_ROLE_ARN: ["arn:aws:iam::222222222222:role/x\ncredential_process = touch pwned", "x"],
      ENVIRONMENT_ACCOUNT: ["222", "222222222222\n"],
    };
    const cases = Object.entries(values).flatMap(([name, list]) =>
      list.map((value) => [name, value] as const),
    );
    await pool(cases, async ([name, value]) => {
      const { folder, sha256 } = releaseFolder();
      const world = ready();
      const result = await run(
        BUILDSPECS.plan,
        folder,
        { ...releaseVariables(sha256), [name]: value },
        world,
      );
      assert.equal(result.code, 1);
      assert.match(result.output, new RegExp(`^error: variable ${name} must match `));
      // What CodePipeline pastes is judged before anything is asked; the rest is what the answer holds.
      assert.deepEqual(result.calls, HANDED.includes(name) ? ASKED : []);
      assert.ok(!existsSync(join(folder, "pwned")));
    });
  });

  whole("in the variables of the other jobs is refused as well", async () => {
    const evil = "$(touch pwned)";
    const results = await Promise.all([
      build(emptyWorld(), { COMMIT_ID: evil }),
      build(emptyWorld(), { ENVIRONMENTS: "test ../prod" }),
      build(emptyWorld(), { CODEBUILD_BUILD_ID: `build:${evil}` }),
      release("plan", ready(), { SCAN_THRESHOLD: "high" }),
      release("deploy", ready(), { CHANGE_SET: "by-hand" }),
      release("deploy", ready(), { CHANGE_SET: "d-11111111-0000-4000-8000-000000000000" }),
      promote(emptyWorld(), { CODE_DIGEST: evil }),
      promote(emptyWorld(), { COMMIT_ID: "../other" }),
      cleanup(emptyWorld(), { STATE: evil }),
      cleanup(emptyWorld(), { EXECUTION_ID: evil }),
      cleanup(emptyWorld(), { TARGETS: "[", STATE: "STOPPED" }),
    ]);
    for (const result of results) {
      assert.equal(result.code, 1, result.output);
      assert.match(result.output, /error: variable \w+ must /);
      assert.ok(
        result.calls.every((call) => /^aws - (codepipeline (get|list)|s3 cp$)/.test(call)),
        result.calls.join(),
      );
    }
  });

  it("in the variables of Verify is refused as well", async () => {
    await pool(
      [
        ["ENDPOINT", "file:///etc/passwd"],
        ["ENDPOINT", "https://x.example/$(touch pwned)"],
        ["ENVIRONMENT", "a;b"],
        ["PACKAGING", "image/../x"],
      ] as const,
      async ([name, value]) => {
        const { folder, sha256 } = releaseFolder();
        const variables = {
          ...releaseVariables(sha256),
          PACKAGING: "image",
          ENDPOINT: "https://x.example",
          [name]: value,
        };
        const result = await run(BUILDSPECS.verify, folder, variables, ready());
        assert.equal(result.code, 1);
        assert.match(result.output, new RegExp(`^error: variable ${name} must match `));
        assert.deepEqual(result.calls, name === "ENDPOINT" ? ["aws - s3 cp"] : []);
      },
    );
  });

  it("in a target of the clean-up is refused, and the other targets still are cleaned", async () => {
    const TARGETS = JSON.stringify([
      { environment: "test$(touch pwned)", stackName: "x", roleArn: "arn:aws:iam::222222222222:role/x" },
    ]);
    const result = await cleanup(
      {
        ...emptyWorld(),
        executions: { "0a1b2c3d-1111-4222-8333-444455556666": { type: "STANDARD", status: "Failed" } },
      },
      { TARGETS, STATE: "STOPPED" },
    );
    assert.equal(result.code, 1);
    assert.match(result.output, /error: variable ENVIRONMENT must match/);
  });

  it("in the values of parameters and in AWS's answers stays text", async () => {
    const evil = "a'b\"c\n$(touch pwned)`touch pwned`;\\ é";
    const { folder, sha256 } = releaseFolder({
      "parameters/test.json": JSON.stringify([{ ParameterKey: "TableName", ParameterValue: evil }]),
    });
    const change = {
      Action: "Add",
      LogicalResourceId: "$(touch pwned)'\"\n",
      ResourceType: "AWS::CloudWatch::Alarm",
      AfterContext: '{"Properties":{"AlarmDescription":"`id`"}}',
    };
    const world = {
      ...ready(),
      outcome: {
        status: "CREATE_COMPLETE",
        reason: null,
        changes: [{ ResourceChange: { ...change, Replacement: "True" } }],
      },
    };
    const result = await run(BUILDSPECS.plan, folder, releaseVariables(sha256), world);
    assert.equal(result.code, 0, result.output);
    assert.equal(
      result.exported["SUMMARY"],
      `test: commit ${COMMIT_ID}, code ${DIGEST}: 1 replaced (?(touch pwned)'? )`,
    );
    const parameters = JSON.parse(
      world.commands.find(([name]) => name === "parameters")?.[1] ?? "[]",
    ) as object[];
    assert.deepEqual(parameters[0], { ParameterKey: "TableName", ParameterValue: evil });
    assert.ok(!existsSync(join(folder, "pwned")));
  });

  whole("in the files of the source runs in Build's own tests only, never in a later job", async () => {
    const folder = sourceFolder({
      "app/common.sh": "touch pwned",
      "app/template.yaml": `Description: $(touch pwned)\n${TEMPLATE}`,
    });
    const built = await build(emptyWorld(), {}, folder);
    assert.equal(built.code, 0, built.output);
    assert.ok(!existsSync(join(folder, "pwned")) && !existsSync(join(folder, "app/pwned")));
    const handed = join(folder, "delivery-release");
    assert.ok(readFileSync(join(handed, "template.yaml"), "utf8").includes("touch pwned"));
    const result = await run(
      BUILDSPECS.plan,
      handed,
      releaseVariables(built.exported["RELEASE_SHA256"] ?? ""),
      ready(),
    );
    assert.equal(result.code, 0, result.output);
    assert.ok(!existsSync(join(handed, "pwned")));
  });
});
