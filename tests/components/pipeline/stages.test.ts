import assert from "node:assert/strict";
import { releaseStages, stagesBeforeApprovals } from "../../../components/pipeline/stages";
import type { Stage, PipelineEnvironment, JobNames } from "../../../components/stage";

const jobs: JobNames = (kind, environment) => [environment ?? "the", kind].join("-");
const ACCOUNT = "222222222222";
const environment = (name: string, approvalTimeoutDays?: number): PipelineEnvironment => ({
  name,
  account: ACCOUNT,
  ...(approvalTimeoutDays !== undefined && { approvalTimeoutDays }),
});
const EXECUTION_ID = "#{codepipeline.PipelineExecutionId}";
const entry = [
  { name: "CodeDigest", variable: "#{Build.CODE_DIGEST}", matches: "^sha256:[0-9a-f]{64}$" },
  { name: "ReleaseSha256", variable: "#{Build.RELEASE_SHA256}", matches: "^[0-9a-f]{64}$" },
];

const SOURCE_AND_BUILD: Stage[] = [
  {
    name: "Source",
    actions: [
      { name: "Source", runOrder: 1, kind: "source", namespace: "SourceVariables", output: "Source" },
    ],
  },
  {
    name: "Build",
    actions: [
      {
        name: "Build",
        runOrder: 1,
        kind: "job",
        namespace: "Build",
        job: "the-build",
        input: "Source",
        output: "Release",
        variables: {},
        exports: ["CODE_DIGEST", "RELEASE_SHA256"],
      },
    ],
  },
];

const deploy = (name: string, more: Readonly<Record<string, string>> = {}): Stage => ({
  name: `Deploy-${name}`,
  entry,
  onFailure: "ROLLBACK",
  actions: [
    {
      name: "Deploy",
      runOrder: 1,
      kind: "job",
      job: `${name}-release-job`,
      input: "Release",
      variables: { EXECUTION_ID, STAGE: `Deploy-${name}`, ...more },
      exports: [],
    },
    {
      name: "Verify",
      runOrder: 2,
      kind: "job",
      job: "the-verify",
      input: "Release",
      variables: { ENVIRONMENT: name, ENVIRONMENT_ACCOUNT: ACCOUNT, EXECUTION_ID },
      exports: [],
    },
    {
      name: "Promote",
      runOrder: 3,
      kind: "job",
      job: "the-promote",
      input: "Release",
      variables: { ENVIRONMENT: name, ENVIRONMENT_ACCOUNT: ACCOUNT, EXECUTION_ID, STAGE: `Deploy-${name}` },
      exports: [],
    },
  ],
});

const approve = (name: string, timeoutInMinutes: number): Stage => ({
  name: `Approve-${name}`,
  entry,
  actions: [
    {
      name: "Plan",
      runOrder: 1,
      kind: "job",
      namespace: `Plan-${name}`,
      job: `${name}-plan-job`,
      input: "Release",
      variables: { EXECUTION_ID, STAGE: `Approve-${name}` },
      exports: ["CHANGE_SET", "SUMMARY", "PLAN_LINK"],
    },
    {
      name: "Approval",
      runOrder: 2,
      kind: "approval",
      summary: `#{Plan-${name}.SUMMARY}`,
      link: `#{Plan-${name}.PLAN_LINK}`,
      timeoutInMinutes,
    },
  ],
});

describe("releaseStages", () => {
  const are = (title: string, environments: Parameters<typeof releaseStages>[0], expected: Stage[]) =>
    it(title, () => assert.deepEqual(releaseStages(environments, jobs), [...SOURCE_AND_BUILD, ...expected]));

  are("without an environment, a source is built", [], []);
  are("an environment without approval is deployed to at once", [environment("test")], [deploy("test")]);
  are(
    "an environment with approval is planned and approved in a stage before, and gets exactly that set",
    [environment("prod", 14)],
    [approve("prod", 20_160), deploy("prod", { PLANNED_BY: "Approve-prod/Plan" })],
  );
  are(
    "an environment without verification is marked as soon as it is deployed to",
    [{ ...environment("test"), verify: false }],
    [
      {
        ...deploy("test"),
        actions: deploy("test").actions.flatMap((each) =>
          each.name === "Verify" ? [] : [each.name === "Promote" ? { ...each, runOrder: 2 } : each],
        ),
      },
    ],
  );
  it("environments of a wave are approved in one stage and deployed in one, in step, under names of their own", () => {
    const wave = (name: string, days?: number) => ({ ...environment(name, days), wave: "wave.1" });
    const waves = releaseStages([environment("test"), wave("eu", 1), wave("us")], jobs).slice(3);
    const [approveEu, deployEu, deployUs] = [
      approve("eu", 1440),
      deploy("eu", { PLANNED_BY: "Approve-wave.1/Plan-eu" }),
      deploy("us"),
    ];
    /** What names a stage names the wave's. */
    const renamed = (variables: Readonly<Record<string, string>>) =>
      "STAGE" in variables && {
        variables: { ...variables, STAGE: String(variables["STAGE"]).replace(/-.*/, "-wave.1") },
      };
    const named = (stage: Stage, environment: string) =>
      stage.actions.map((each) => ({
        ...each,
        name: `${each.name}-${environment}`,
        ...(each.kind === "job" && renamed(each.variables)),
      }));
    const [eu, us] = [named(deployEu, "eu"), named(deployUs, "us")];
    assert.deepEqual(waves, [
      { name: "Approve-wave.1", entry, actions: named(approveEu, "eu") },
      {
        name: "Deploy-wave.1",
        entry,
        onFailure: "ROLLBACK",
        actions: [eu[0], us[0], eu[1], us[1], eu[2], us[2]],
      },
    ]);
  });
  it("stands before an approval behind Build, or behind the deployment before it, and behind nothing where none is asked for", () => {
    const before = (...environments: PipelineEnvironment[]) =>
      stagesBeforeApprovals(releaseStages(environments, jobs));
    const wave = "wave.1";
    assert.deepEqual(before(environment("test"), environment("demo")), []);
    assert.deepEqual(before(environment("live", 1)), ["Build"]);
    assert.deepEqual(
      before(
        environment("qa", 1),
        environment("demo"),
        { ...environment("eu", 1), wave },
        { ...environment("us"), wave },
      ),
      ["Build", "Deploy-demo"],
    );
  });
  are(
    "several environments follow each other in their order, with one build",
    [environment("test"), environment("qa", 1), environment("demo"), environment("live", 60)],
    [
      deploy("test"),
      approve("qa", 1440),
      deploy("qa", { PLANNED_BY: "Approve-qa/Plan" }),
      deploy("demo"),
      approve("live", 86_400),
      deploy("live", { PLANNED_BY: "Approve-live/Plan" }),
    ],
  );

  it("verify inside the environment where it has a runner for that, by the job that starts it", () => {
    const inside = { ...environment("prod"), runner: { steps: ["verify"] as const } };
    const verified = (each: PipelineEnvironment) =>
      releaseStages([each], jobs)
        .flatMap(({ actions }) => actions)
        .find(({ name }) => name.startsWith("Verify"));
    const action = { kind: "job", input: "Release", name: "Verify", runOrder: 2, exports: [] };
    assert.deepEqual(verified(inside), {
      ...{ ...action, job: "prod-runner-job" },
      variables: { EXECUTION_ID, STAGE: "Deploy-prod", STEP: "verify" },
    });
    assert.deepEqual(verified({ ...inside, wave: "wave.1" }), {
      ...{ ...action, name: "Verify-prod", job: "prod-runner-job" },
      variables: { EXECUTION_ID, STAGE: "Deploy-wave.1", STEP: "verify" },
    });
    assert.equal(verified({ ...inside, verify: false }), undefined);
    assert.deepEqual(verified({ ...inside, runner: { steps: [] } }), verified(environment("prod")));
  });

  it("run what the runner is for before Deploy and after it, and those of a wave deploy at once all the same", () => {
    const steps = ["afterDeploy", "verify", "beforeDeploy"] as const;
    const shown = (...environments: PipelineEnvironment[]) =>
      releaseStages(environments, jobs)
        .filter(({ name }) => name.startsWith("Deploy-"))
        .flatMap(({ actions }) => actions)
        .map((each) => [each.runOrder, each.name, each.kind === "job" ? each.job : "", each.kind === "job" ? each.variables["STEP"] : ""]); // prettier-ignore
    const inside = { ...environment("prod"), runner: { steps } };
    assert.deepEqual(shown(inside), [
      [1, "BeforeDeploy", "prod-runner-job", "beforeDeploy"],
      [2, "Deploy", "prod-release-job", undefined],
      [3, "AfterDeploy", "prod-runner-job", "afterDeploy"],
      [4, "Verify", "prod-runner-job", "verify"],
      [5, "Promote", "the-promote", undefined],
    ]);
    assert.deepEqual(
      shown({ ...inside, wave: "all" }, { ...environment("demo"), wave: "all" }).map((each) =>
        each.slice(0, 2),
      ),
      [
        [1, "BeforeDeploy-prod"],
        [2, "Deploy-prod"],
        [2, "Deploy-demo"],
        [3, "AfterDeploy-prod"],
        [3, "Verify-demo"],
        [4, "Verify-prod"],
        [4, "Promote-demo"],
        [5, "Promote-prod"],
      ],
    );
    assert.deepEqual(
      shown({ ...inside, runner: { steps: ["afterDeploy"] }, verify: false }).map((each) => each.slice(0, 2)),
      [
        [1, "Deploy"],
        [2, "AfterDeploy"],
        [3, "Promote"],
      ],
    );
  });
});
