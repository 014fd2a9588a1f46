import assert from "node:assert/strict";
import { branchStages } from "../../../components/branches/branchStages";
import { stageProblems } from "../../../components/pipeline/stageRules";

const jobs = (kind: string) => `the-${kind}`;
const EXECUTION_ID = "#{codepipeline.PipelineExecutionId}";

describe("branchStages", () => {
  const stages = branchStages({ account: "222222222222" }, jobs);

  it("are what CodePipeline takes: registered before anything is built, no approval, no roll-back, no marks", () => {
    assert.deepEqual(stageProblems(stages), []);
    assert.deepEqual(
      stages.map(({ name, actions }) => [name, ...actions.map((action) => action.name)]),
      [
        ["Source", "Source"],
        ["Register", "Register"],
        ["Build", "Build"],
        ["Deploy", "Deploy-br", "Verify-br"].map((name) => name.replace("-br", "")),
      ],
    );
    assert.ok(stages.every((stage) => stage.onFailure === undefined));
  });

  it("deploy what stands for the branch, never its name", () => {
    assert.deepEqual(stages[1]?.actions, [
      {
        name: "Register",
        runOrder: 1,
        kind: "job",
        namespace: "Register",
        job: "the-register",
        input: "Source",
        variables: { EXECUTION_ID, STAGE: "Register" },
        exports: ["BRANCH_HASH", "BRANCH_LABEL", "BRANCH_PRIORITY"],
      },
    ]);
    assert.deepEqual(stages[3]?.actions, [
      {
        name: "Deploy",
        runOrder: 1,
        kind: "job",
        job: "the-release-job",
        input: "Release",
        variables: { EXECUTION_ID, STAGE: "Deploy" },
        exports: [],
      },
      {
        name: "Verify",
        runOrder: 2,
        kind: "job",
        job: "the-verify",
        input: "Release",
        variables: { ENVIRONMENT: "br", ENVIRONMENT_ACCOUNT: "222222222222", EXECUTION_ID },
        exports: [],
      },
    ]);
    assert.deepEqual(
      stages.map(({ entry }) => entry?.length ?? 0),
      [0, 0, 0, 2],
    );
    const written = JSON.stringify(stages);
    assert.ok(!written.includes("BranchName") && !written.includes("#{variables."));
  });

  it("verify only where the environment does", () => {
    const { actions = [] } = branchStages({ account: "222222222222", verify: false }, jobs)[3] ?? {};
    assert.deepEqual(
      actions.map(({ name }) => name),
      ["Deploy"],
    );
  });
});
