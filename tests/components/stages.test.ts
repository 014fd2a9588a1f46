import assert from "node:assert/strict";
import { releaseStages, type Stage, type PipelineEnvironment, type StageJobs } from "../../components/stages";

const jobs: StageJobs = {
  build: "the-build",
  verify: "the-verify",
  promote: "the-promote",
  plan: (environment) => `plan-${environment}`,
  release: (environment) => `release-${environment}`,
};
const ACCOUNT = "222222222222";
const environment = (name: string, approvalTimeoutDays?: number): PipelineEnvironment => ({
  name,
  account: ACCOUNT,
  ...(approvalTimeoutDays !== undefined && { approvalTimeoutDays }),
});
const COMMIT_ID = "#{SourceVariables.CommitId}";
const CODE_DIGEST = "#{Build.CODE_DIGEST}";
const EXECUTION_ID = "#{codepipeline.PipelineExecutionId}";
const HANDED_OVER = { COMMIT_ID, CODE_DIGEST, RELEASE_SHA256: "#{Build.RELEASE_SHA256}" };

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
        variables: { COMMIT_ID },
        exports: ["CODE_DIGEST", "RELEASE_SHA256"],
      },
    ],
  },
];

const deploy = (name: string, more: Readonly<Record<string, string>> = {}): Stage => ({
  name: `Deploy-${name}`,
  onFailure: "ROLLBACK",
  actions: [
    {
      name: "Deploy",
      runOrder: 1,
      kind: "job",
      namespace: `Deploy-${name}`,
      job: `release-${name}`,
      input: "Release",
      variables: { EXECUTION_ID, ...HANDED_OVER, ...more },
      exports: ["ENDPOINT"],
    },
    {
      name: "Verify",
      runOrder: 2,
      kind: "job",
      job: "the-verify",
      input: "Release",
      variables: { ENVIRONMENT: name, ENDPOINT: `#{Deploy-${name}.ENDPOINT}`, ...HANDED_OVER },
      exports: [],
    },
    {
      name: "Promote",
      runOrder: 3,
      kind: "job",
      job: "the-promote",
      input: "Release",
      variables: { ENVIRONMENT: name, ENVIRONMENT_ACCOUNT: ACCOUNT, EXECUTION_ID, COMMIT_ID, CODE_DIGEST },
      exports: [],
    },
  ],
});

const approve = (name: string, timeoutInMinutes: number): Stage => ({
  name: `Approve-${name}`,
  actions: [
    {
      name: "Plan",
      runOrder: 1,
      kind: "job",
      namespace: `Plan-${name}`,
      job: `plan-${name}`,
      input: "Release",
      variables: { EXECUTION_ID, ...HANDED_OVER },
      exports: ["CHANGE_SET", "CHANGES", "PLAN_LINK"],
    },
    {
      name: "Approval",
      runOrder: 2,
      kind: "approval",
      summary: `${name}: commit ${COMMIT_ID}, code ${CODE_DIGEST}: #{Plan-${name}.CHANGES}`,
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
    [approve("prod", 20_160), deploy("prod", { CHANGE_SET: "#{Plan-prod.CHANGE_SET}" })],
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
      deploy("eu", { CHANGE_SET: "#{Plan-eu.CHANGE_SET}" }),
      deploy("us"),
    ];
    const named = (stage: Stage, environment: string) =>
      stage.actions.map((each) => ({ ...each, name: `${each.name}-${environment}` }));
    const [eu, us] = [named(deployEu, "eu"), named(deployUs, "us")];
    assert.deepEqual(waves, [
      { name: "Approve-wave.1", actions: named(approveEu, "eu") },
      {
        name: "Deploy-wave.1",
        onFailure: "ROLLBACK",
        actions: [eu[0], us[0], eu[1], us[1], eu[2], us[2]],
      },
    ]);
  });
  are(
    "several environments follow each other in their order, with one build",
    [environment("test"), environment("qa", 1), environment("demo"), environment("live", 60)],
    [
      deploy("test"),
      approve("qa", 1440),
      deploy("qa", { CHANGE_SET: "#{Plan-qa.CHANGE_SET}" }),
      deploy("demo"),
      approve("live", 86_400),
      deploy("live", { CHANGE_SET: "#{Plan-live.CHANGE_SET}" }),
    ],
  );
});
