import assert from "node:assert/strict";
import { CodePipelineClient, PipelineNotFoundException } from "@aws-sdk/client-codepipeline";
import {
  changedPipelines,
  loss,
  pendingRuns,
  pipelinesOf,
  sourceFailure,
  stopCommand,
} from "../../commands/runs";
import { NOWHERE, recorded } from "./recorded";
import { delivery, resource, state, urn } from "./sample";

const PIPELINE = "aws:codepipeline/pipeline:Pipeline";
const SINCE = new Date("2026-11-20T10:30:00Z");
const answering = (...answers: unknown[]) =>
  recorded(new CodePipelineClient(NOWHERE), { GetPipelineState: answers }).client;
const succeeded = {
  stageName: "Source",
  latestExecution: { pipelineExecutionId: "old", status: "Succeeded" },
};
const approval = {
  stageName: "Approve-live",
  latestExecution: { pipelineExecutionId: "run-1", status: "InProgress" },
  actionStates: [
    { actionName: "Plan", latestExecution: { status: "Succeeded" } },
    {
      actionName: "Approval",
      latestExecution: { status: "InProgress", token: "t", lastStatusChange: SINCE },
    },
  ],
  inboundExecutions: [{ pipelineExecutionId: "run-2", status: "InProgress" }],
};
const building = {
  stageName: "Build",
  latestExecution: { pipelineExecutionId: "run-3", status: "InProgress" },
  actionStates: [{ actionName: "Build", latestExecution: { status: "InProgress" } }],
};
const RUNS = [
  { pipeline: "shop", id: "run-1", stage: "Approve-live", approval: true, since: SINCE },
  { pipeline: "shop", id: "run-2", stage: "Approve-live", approval: false },
  { pipeline: "shop", id: "run-3", stage: "Build", approval: false, since: undefined },
] as const;

describe("runs of pipelines that are under way", () => {
  it("are those in a stage, waiting for an approval or not, and those waiting for a stage", async () => {
    const client = answering({ stageStates: [succeeded, approval, building] });
    assert.deepEqual(await pendingRuns(client, "shop"), RUNS);
    assert.deepEqual(await pendingRuns(answering({ stageStates: [succeeded] }), "shop"), []);
    // A run that somebody stops lets its job end first.
    const stopping = { ...building, latestExecution: { ...building.latestExecution, status: "Stopping" } };
    assert.deepEqual(await pendingRuns(answering({ stageStates: [stopping] }), "shop"), [RUNS[2]]);
  });

  it("are none of a pipeline that is not there, and unknown where AWS does not tell", async () => {
    const gone = new PipelineNotFoundException({ message: "no such pipeline", $metadata: {} });
    assert.deepEqual(await pendingRuns(answering(gone), "shop"), []);
    await assert.rejects(pendingRuns(answering(new Error("AccessDenied")), "shop"), {
      message: "AccessDenied",
    });
  });

  it("are of the pipelines that the stack has, and are ended by changes of these", () => {
    const own = resource("build", PIPELINE, "shop", { id: "shop" });
    assert.deepEqual(pipelinesOf(state([own, resource("build", "aws:iam/role:Role", "r", { id: "r" })])), [
      "shop",
    ]);
    const changes = [
      {
        op: "update",
        urn: urn("build", `delivery:index:DeliveryPipeline$${PIPELINE}`, "shop"),
        properties: [],
      },
      { op: "update", urn: urn("build", "aws:iam/role:Role", "other"), properties: [] },
    ] as const;
    assert.deepEqual(changedPipelines(changes), ["shop"]);
  });

  it("are told with what they lose, and with the command that stops them", () => {
    assert.deepEqual(RUNS.map(loss), [
      "pipeline shop: run run-1 waits for an approval in Approve-live since 2026-11-20T10:30Z; this ends it, and it has to be released again",
      "pipeline shop: run run-2 is in Approve-live; this stops it, and it does not start again by itself",
      "pipeline shop: run run-3 is in Build; this stops it, and it does not start again by itself",
    ]);
    assert.equal(
      stopCommand(RUNS[0], delivery()),
      "aws codepipeline stop-pipeline-execution --pipeline-name shop --pipeline-execution-id run-1 --abandon " +
        "--region eu-central-1 --profile builder",
    );
    assert.doesNotMatch(stopCommand(RUNS[2], delivery()), /--abandon/);
  });
});

describe("the source of a pipeline", () => {
  it("could not be fetched when the last run failed there, with AWS's reason", async () => {
    const failed = {
      stageName: "Source",
      latestExecution: { pipelineExecutionId: "run-1", status: "Failed" },
      actionStates: [{ latestExecution: { status: "Failed", errorDetails: { message: "no branch main" } } }],
    };
    assert.equal(await sourceFailure(answering({ stageStates: [failed] }), "shop"), "no branch main");
    assert.equal(
      await sourceFailure(answering({ stageStates: [{ ...failed, actionStates: [] }] }), "shop"),
      "AWS gives no reason",
    );
    assert.equal(await sourceFailure(answering({ stageStates: [succeeded] }), "shop"), undefined);
    assert.equal(await sourceFailure(answering({}), "shop"), undefined);
  });
});
