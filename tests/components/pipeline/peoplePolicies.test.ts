import assert from "node:assert/strict";
import { PeoplePolicies } from "../../../components/pipeline/peoplePolicies";
import { CATALOG, inputsOf, only, registered, resolved, SCOPE } from "../../programs";
import type { Source } from "../../../components/pipeline/source";
import type { PipelineEnvironment } from "../../../components/stage";

const PIPELINE = "arn:aws:codepipeline:eu-central-1:444444444444:catalog";
const watch = {
  Sid: "WatchPipeline",
  Effect: "Allow",
  Action: [
    "codepipeline:GetPipeline",
    "codepipeline:GetPipelineExecution",
    "codepipeline:GetPipelineState",
    "codepipeline:ListActionExecutions",
    "codepipeline:ListPipelineExecutions",
  ],
  Resource: [PIPELINE],
};
const policy = (description: string, ...statements: object[]) => ({
  path: "/team/",
  description,
  policy: { Version: "2012-10-17", Statement: [watch, ...statements] },
});
const log = (job: string) => `arn:aws:logs:eu-central-1:444444444444:log-group:/aws/codebuild/${job}:*`;
const CODECOMMIT: Source = { kind: "codecommit", repository: "catalog-code", branch: "main" };
const GITHUB: Source = {
  ...{ kind: "connection", connection: "arn:connection", repository: "acme/catalog", branch: "main" },
  ...{ paths: [], tags: [] },
};
const TEST: PipelineEnvironment = { name: "test", account: "222222222222" };
const people = (environments: PipelineEnvironment[], source: Source = CODECOMMIT) => {
  const made: { component?: PeoplePolicies } = {};
  const resources = registered(
    (opts) =>
      (made.component = new PeoplePolicies(
        "people",
        { scope: SCOPE, pipeline: CATALOG, source, environments },
        opts,
      )),
  );
  return resources.then((resources) => ({ resources, component: made.component }));
};
const JOBS = ["acme-cat-build", "acme-cat-verify", "acme-cat-promote"];
const operator = (jobs: readonly string[], ...more: object[]) =>
  policy(
    "Start, stop, retry and roll back pipeline catalog",
    {
      Sid: "StartAndStop",
      Effect: "Allow",
      Action: ["codepipeline:StartPipelineExecution", "codepipeline:StopPipelineExecution"],
      Resource: [PIPELINE],
    },
    {
      Sid: "RetryAndRollBack",
      Effect: "Allow",
      Action: ["codepipeline:RetryStageExecution", "codepipeline:RollbackStage"],
      Resource: [`${PIPELINE}/*`],
    },
    { Sid: "ReadJobLogs", Effect: "Allow", Action: ["logs:GetLogEvents"], Resource: jobs.map(log) },
    ...more,
  );
const FIND = {
  Sid: "FindCommits",
  Effect: "Allow",
  Action: ["codecommit:GetBranch", "codecommit:GetCommit", "codecommit:GetMergeConflicts"],
  Resource: ["arn:aws:codecommit:eu-central-1:444444444444:catalog-code"],
};
const [RELEASES, PLANS] = ["acme-cat--*-release-job", "acme-cat--*-plan-job"];
const approver = (environment: string, action = `Approve-${environment}/Approval`) =>
  policy(
    `Answer the approval of catalog for ${environment}`,
    {
      Sid: "Approve",
      Effect: "Allow",
      Action: ["codepipeline:PutApprovalResult"],
      Resource: [`${PIPELINE}/${action}`],
    },
    {
      Sid: "ReadPlanLog",
      Effect: "Allow",
      Action: ["logs:GetLogEvents"],
      Resource: [log(`acme-cat--${environment}-plan-job`)],
    },
  );

describe("PeoplePolicies", () => {
  it("lets an operator run this pipeline and answer no approval, and attaches nothing to anyone", async () => {
    const { resources } = await people([TEST]);
    assert.deepEqual(Object.values(inputsOf(resources, "iam/policy:Policy")), [
      operator([...JOBS, RELEASES], FIND),
    ]);
    assert.deepEqual(
      resources.filter(({ custom }) => custom).map(({ type }) => type),
      ["aws:iam/policy:Policy"],
    );
  });

  it("has an approver for each environment, who answers that one approval and starts nothing", async () => {
    const { resources, component } = await people([
      { name: "qa", account: "222222222222", approvalTimeoutDays: 7 },
      TEST,
      { name: "prod", account: "333333333333", approvalTimeoutDays: 7 },
    ]);
    const policies = Object.values(inputsOf(resources, "iam/policy:Policy"));
    const byDescription = (a: { description?: unknown }, b: { description?: unknown }) =>
      String(a.description).localeCompare(String(b.description));
    assert.deepEqual(policies.sort(byDescription), [
      approver("prod"),
      approver("qa"),
      operator([...JOBS, PLANS, RELEASES], FIND),
    ]);
    const arnOf = (name: string) => only(resources, "iam/policy:Policy", name).outputs["arn"];
    assert.deepEqual(await resolved([component?.operatorPolicyArn, component?.approverPolicyArns]), [
      arnOf("people-operator"),
      { qa: arnOf("people--qa-approver"), prod: arnOf("people--prod-approver") },
    ]);
  });

  it("asks nothing of CodeCommit where the source is behind a connection", async () => {
    const { resources } = await people([TEST], GITHUB);
    assert.deepEqual(Object.values(inputsOf(resources, "iam/policy:Policy")), [
      operator([...JOBS, RELEASES]),
    ]);
  });

  it("keeps approvers of environments that are released side by side apart", async () => {
    const together = (name: string) => ({
      ...{ name, account: "222222222222", wave: "wave.1", approvalTimeoutDays: 7 },
    });
    const { resources } = await people([together("eu"), together("us")]);
    const policies = inputsOf(resources, "iam/policy:Policy");
    assert.deepEqual(policies["people--eu-approver"], approver("eu", "Approve-wave.1/Approval-eu"));
    assert.deepEqual(policies["people--us-approver"], approver("us", "Approve-wave.1/Approval-us"));
  });
});
