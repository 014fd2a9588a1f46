import assert from "node:assert/strict";
import { branchStages } from "../../components/branchStages";
import { stageProblems } from "../../components/stageRules";

const jobs = { register: "the-register", build: "the-build", release: "the-release", verify: "the-verify" };
const COMMIT_ID = "#{SourceVariables.CommitId}";
const EXECUTION_ID = "#{codepipeline.PipelineExecutionId}";
const HANDED_OVER = {
  COMMIT_ID,
  CODE_DIGEST: "#{Build.CODE_DIGEST}",
  RELEASE_SHA256: "#{Build.RELEASE_SHA256}",
};

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
        variables: { EXECUTION_ID },
        exports: ["BRANCH_HASH", "BRANCH_LABEL"],
      },
    ]);
    assert.deepEqual(stages[3]?.actions, [
      {
        name: "Deploy",
        runOrder: 1,
        kind: "job",
        namespace: "Deploy-br",
        job: "the-release",
        input: "Release",
        variables: {
          EXECUTION_ID,
          ...HANDED_OVER,
          BRANCH_HASH: "#{Register.BRANCH_HASH}",
          BRANCH_LABEL: "#{Register.BRANCH_LABEL}",
        },
        exports: ["ENDPOINT"],
      },
      {
        name: "Verify",
        runOrder: 2,
        kind: "job",
        job: "the-verify",
        input: "Release",
        variables: { ENVIRONMENT: "br", ENDPOINT: "#{Deploy-br.ENDPOINT}", ...HANDED_OVER },
        exports: [],
      },
    ]);
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
