import assert from "node:assert/strict";
import type { JobNames } from "../../../components/stage";
import { pipelineStages } from "../../../components/pipeline/pipelineDefinition";
import type { Connection } from "../../../components/pipeline/source";
import { releaseStages } from "../../../components/pipeline/stages";

const TOPIC = "arn:aws:sns:eu-west-1:111111111111:asks";
const source: Connection = {
  kind: "connection",
  connection: "arn:c",
  repository: "acme/shop",
  branch: "main",
  paths: [],
  tags: [],
};
const jobs: JobNames = (kind, environment) =>
  [kind, ...(environment === undefined ? [] : [environment])].join("-");
const variables = (values: Record<string, string>) =>
  JSON.stringify(Object.entries(values).map(([name, value]) => ({ name, value, type: "PLAINTEXT" })));
const codebuild = (name: string, runOrder: number, job: string, values: Record<string, string>) => ({
  ...{ name, owner: "AWS", version: "1", runOrder, category: "Build", provider: "CodeBuild" },
  configuration: { ProjectName: job, EnvironmentVariables: variables(values) },
  inputArtifacts: ["Release"],
});
const EXECUTION_ID = "#{codepipeline.PipelineExecutionId}";
const check = (name: string, Variable: string, Value: string) => ({
  name,
  ruleTypeId: { category: "Rule", owner: "AWS", provider: "VariableCheck", version: "1" },
  configuration: { Variable, Value, Operator: "MATCHES" },
});
const beforeEntry = {
  condition: {
    result: "FAIL",
    rules: [
      check("CodeDigest", "#{Build.CODE_DIGEST}", "^sha256:[0-9a-f]{64}$"),
      check("ReleaseSha256", "#{Build.RELEASE_SHA256}", "^[0-9a-f]{64}$"),
    ],
  },
};

describe("pipelineStages", () => {
  it("gives CodePipeline every stage in its words, no action a role, and failures of Deploy a roll-back", () => {
    const stages = releaseStages([{ name: "prod", account: "333333333333", approvalTimeoutDays: 2 }], jobs);
    assert.deepEqual(pipelineStages(stages, source, TOPIC), [
      {
        name: "Source",
        actions: [
          {
            ...{ name: "Source", owner: "AWS", version: "1", runOrder: 1, namespace: "SourceVariables" },
            category: "Source",
            provider: "CodeStarSourceConnection",
            configuration: {
              ConnectionArn: "arn:c",
              FullRepositoryId: "acme/shop",
              BranchName: "main",
              DetectChanges: "false",
              OutputArtifactFormat: "CODE_ZIP",
            },
            outputArtifacts: ["Source"],
          },
        ],
      },
      {
        name: "Build",
        actions: [
          {
            ...codebuild("Build", 1, "build", {}),
            ...{
              namespace: "Build",
              configuration: { ProjectName: "build" },
              inputArtifacts: ["Source"],
              outputArtifacts: ["Release"],
            },
          },
        ],
      },
      {
        name: "Approve-prod",
        beforeEntry,
        actions: [
          {
            ...codebuild("Plan", 1, "plan-job-prod", { EXECUTION_ID, STAGE: "Approve-prod" }),
            namespace: "Plan-prod",
          },
          {
            ...{ name: "Approval", owner: "AWS", version: "1", runOrder: 2, category: "Approval" },
            provider: "Manual",
            configuration: {
              CustomData: "#{Plan-prod.SUMMARY}",
              ExternalEntityLink: "#{Plan-prod.PLAN_LINK}",
              NotificationArn: TOPIC,
            },
            timeoutInMinutes: 2880,
          },
        ],
      },
      {
        name: "Deploy-prod",
        beforeEntry,
        actions: [
          codebuild("Deploy", 1, "release-job-prod", {
            EXECUTION_ID,
            STAGE: "Deploy-prod",
            PLANNED_BY: "Approve-prod/Plan",
          }),
          codebuild("Verify", 2, "verify", {
            ENVIRONMENT: "prod",
            ENVIRONMENT_ACCOUNT: "333333333333",
            EXECUTION_ID,
          }),
          codebuild("Promote", 3, "promote", {
            ENVIRONMENT: "prod",
            ENVIRONMENT_ACCOUNT: "333333333333",
            ...{ EXECUTION_ID, STAGE: "Deploy-prod" },
          }),
        ],
        onFailure: { result: "ROLLBACK" },
      },
    ]);
  });
});
