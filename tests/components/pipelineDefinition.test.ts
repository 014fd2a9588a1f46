import assert from "node:assert/strict";
import { pipelineStages } from "../../components/pipelineDefinition";
import type { Connection } from "../../components/source";
import { releaseStages } from "../../components/stages";

const TOPIC = "arn:aws:sns:eu-west-1:111111111111:asks";
const source: Connection = {
  kind: "connection",
  connection: "arn:c",
  repository: "acme/shop",
  branch: "main",
  paths: [],
  tags: [],
};
const jobs = {
  build: "b",
  verify: "v",
  promote: "m",
  plan: (e: string) => `p-${e}`,
  release: (e: string) => `r-${e}`,
};
const variables = (values: Record<string, string>) =>
  JSON.stringify(Object.entries(values).map(([name, value]) => ({ name, value, type: "PLAINTEXT" })));
const codebuild = (name: string, runOrder: number, job: string, values: Record<string, string>) => ({
  ...{ name, owner: "AWS", version: "1", runOrder, category: "Build", provider: "CodeBuild" },
  configuration: { ProjectName: job, EnvironmentVariables: variables(values) },
  inputArtifacts: ["Release"],
});
const COMMIT_ID = "#{SourceVariables.CommitId}";
const EXECUTION_ID = "#{codepipeline.PipelineExecutionId}";
const CODE_DIGEST = "#{Build.CODE_DIGEST}";
const released = { COMMIT_ID, CODE_DIGEST, RELEASE_SHA256: "#{Build.RELEASE_SHA256}" };

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
            ...codebuild("Build", 1, "b", { COMMIT_ID }),
            ...{ namespace: "Build", inputArtifacts: ["Source"], outputArtifacts: ["Release"] },
          },
        ],
      },
      {
        name: "Approve-prod",
        actions: [
          { ...codebuild("Plan", 1, "p-prod", { EXECUTION_ID, ...released }), namespace: "Plan-prod" },
          {
            ...{ name: "Approval", owner: "AWS", version: "1", runOrder: 2, category: "Approval" },
            provider: "Manual",
            configuration: {
              CustomData: `prod: commit ${COMMIT_ID}, code ${CODE_DIGEST}: #{Plan-prod.CHANGES}`,
              ExternalEntityLink: "#{Plan-prod.PLAN_LINK}",
              NotificationArn: TOPIC,
            },
            timeoutInMinutes: 2880,
          },
        ],
      },
      {
        name: "Deploy-prod",
        actions: [
          {
            ...codebuild("Deploy", 1, "r-prod", {
              EXECUTION_ID,
              ...released,
              CHANGE_SET: "#{Plan-prod.CHANGE_SET}",
            }),
            namespace: "Deploy-prod",
          },
          codebuild("Verify", 2, "v", {
            ENVIRONMENT: "prod",
            ENDPOINT: "#{Deploy-prod.ENDPOINT}",
            ...released,
          }),
          codebuild("Promote", 3, "m", {
            ENVIRONMENT: "prod",
            ENVIRONMENT_ACCOUNT: "333333333333",
            ...{ EXECUTION_ID, COMMIT_ID, CODE_DIGEST },
          }),
        ],
        onFailure: { result: "ROLLBACK" },
      },
    ]);
  });
});
