import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { unzipSync } from "fflate";
import { Activity } from "../activity";
import { CodeBuild } from "../codebuild/codebuild";
import { zipped } from "../codebuild/files";
import { ACCOUNT, arn, BUCKET, madeUp, project, resource, run } from "../madeUp";
import type { Call, DecidedCall } from "../model";
import { codepipelineAnswers } from "./answers";
import { CodePipeline, type PipelineOptions } from "./codepipeline";
import type { Execution } from "./state";

const folder = mkdtempSync(join(tmpdir(), "delivery-codepipeline-"));
after(() => rmSync(folder, { recursive: true, force: true }));
let files = 0;
const NAME = "a-shop-with-a-name-that-is-long";
const COMMITS = ["c1", "c2", "c3", "c4"];
const TRIGGER = { triggerType: "StartPipelineExecution", triggerDetail: "somebody" };

/** Prints its variables, hands on one, hands over a file; fails where the source holds a file that says so. */
const SPEC = `version: 0.2
env: { shell: bash, exported-variables: [OUT] }
phases:
  build:
    commands:
      - echo "$NAME=$VALUE,$RUN"
      - export OUT="$NAME of $VALUE"
      - test ! -e "fail-$NAME"
artifacts: { files: ["**/*"] }`;
const job = (name: string, more: object = {}) => ({
  name,
  category: "Build",
  provider: "CodeBuild",
  inputArtifacts: ["SourceArtifact"],
  namespace: name,
  configuration: {
    ProjectName: "job",
    EnvironmentVariables: JSON.stringify([
      { name: "NAME", value: name },
      { name: "VALUE", value: "#{Source.CommitId}" },
      { name: "RUN", value: "#{codepipeline.PipelineExecutionId}" },
    ]),
  },
  ...more,
});
const STAGES = [
  {
    name: "Source",
    actions: [
      {
        ...{ name: "Source", category: "Source", provider: "CodeCommit", namespace: "Source" },
        ...{ outputArtifacts: ["SourceArtifact"], configuration: { BranchName: "main" } },
      },
    ],
  },
  { name: "Build", actions: [job("Build", { outputArtifacts: ["Release"] })] },
  {
    name: "Test",
    beforeEntry: {
      condition: {
        result: "FAIL",
        rules: [
          {
            name: "Form",
            ruleTypeId: { category: "Rule", owner: "AWS", provider: "VariableCheck", version: "1" },
            configuration: { Variable: "#{Build.OUT}", Value: "^Build of c\\d$", Operator: "MATCHES" },
          },
        ],
      },
    },
    actions: [job("One"), job("Other"), job("Last", { runOrder: 2, inputArtifacts: ["Release"] })],
    onFailure: { result: "ROLLBACK" },
  },
  {
    name: "Ask",
    actions: [
      {
        ...{ name: "Approve", category: "Approval", provider: "Manual" },
        configuration: {
          NotificationArn: "topic",
          CustomData: "#{Last.OUT}?",
          ExternalEntityLink: "https://x",
        },
      },
    ],
  },
];

interface World {
  readonly pipeline: CodePipeline;
  readonly aws: ReturnType<typeof madeUp>;
  readonly codebuild: CodeBuild;
  readonly activity: Activity;
  /** `number of the run STATE`, as they are told. */
  readonly told: string[];
  /** Files beside a.txt that the next commits have. */
  readonly extra: Set<string>;
  readonly idle: () => Promise<void>;
  readonly start: (given?: Partial<Parameters<CodePipeline["start"]>[0]>) => Execution;
}

function world(
  given: Partial<PipelineOptions> = {},
  inputs: object = {},
  held?: (action: string) => Promise<void>,
): World {
  const aws = madeUp();
  const activity = new Activity();
  const bin = join(folder, `bin-${++files}`);
  mkdirSync(bin);
  const pipelineArn = arn("codepipeline", NAME);
  const shop = resource(
    "aws:codepipeline/pipeline:Pipeline",
    NAME,
    { roleArn: `arn:aws:iam::${ACCOUNT}:role/pipeline`, stages: STAGES, ...inputs },
    pipelineArn,
  );
  const codebuild = new CodeBuild({
    record: [run([project("job", SPEC), shop])],
    ...{ aws: aws.aws, tools: folder, bin, logFile: () => join(folder, `log-${++files}`) },
  });
  const told: string[] = [];
  const extra = new Set<string>();
  let commits = 0;
  const pipeline = new CodePipeline({
    ...{ resource: shop, aws: aws.aws, codebuild, artifacts: aws.artifacts, activity, rollbackPastes: "own" },
    source: {
      asks: [{ action: "codecommit:GetBranch", resource: "repository" }],
      fetch: async (branch, wanted) => {
        await held?.("Source");
        const commit = wanted ?? COMMITS[commits++] ?? "";
        const all = ["a.txt", ...extra].map((name) => [name, Buffer.from(commit)] as const);
        return { commit, zip: zipped(new Map(all)), variables: { CommitId: commit, BranchName: branch } };
      },
    },
    changed: ({ execution, state }) => told.push(`${execution.number} ${state}`),
    ...given,
  });
  return {
    ...{ pipeline, aws, codebuild, activity, told, extra, idle: () => activity.idle() },
    start: (more = {}) => pipeline.start({ trigger: TRIGGER, ...more }),
  };
}

/** What was run, by the number of its run. */
const attempts = ({ pipeline }: World): string[] =>
  pipeline.attempts.map(({ execution, action, status }) => `${execution.number} ${action.name} ${status}`);

const ask = (
  { pipeline }: World,
  operation: string,
  input: object,
  options?: { pageSize: number },
): unknown =>
  codepipelineAnswers(
    new Map([[NAME, pipeline]]),
    options,
  )({ operation, input, principal: "person" } as unknown as Call & DecidedCall);

function approve(it: World, status: "Approved" | "Rejected" = "Approved"): void {
  const { token = "" } = it.pipeline.approval("Ask", "Approve");
  it.pipeline.decide("Ask", "Approve", token, status, "so be it");
}

describe("CodePipeline", () => {
  it("runs the stages, side by side what has one number, and hands on what each has made", async () => {
    const it = world();
    const execution = it.start();
    await it.idle();
    assert.deepEqual(attempts(it), [
      "1 Source Succeeded",
      "1 Build Succeeded",
      "1 One Succeeded",
      "1 Other Succeeded",
      "1 Last Succeeded",
      "1 Approve InProgress",
    ]);
    const [, build, , , last, approval] = it.pipeline.attempts;
    assert.deepEqual(build?.outputVariables, { OUT: "Build of c1" });
    assert.equal(build?.externalExecutionId, [...it.codebuild.builds.keys()][0]);
    assert.deepEqual(it.codebuild.builds.get(last?.externalExecutionId ?? "")?.variables, {
      NAME: "Last",
      VALUE: "c1",
      RUN: execution.id,
    });
    assert.deepEqual(approval?.configuration, {
      NotificationArn: "topic",
      CustomData: "Last of c1?",
      ExternalEntityLink: "https://x",
    });
    const message = it.aws.requests.find(({ what }) => what === "sns Publish")?.input["Message"];
    assert.equal(
      (JSON.parse(String(message)) as { approval: object }).approval["token" as never],
      approval?.token,
    );
    approve(it);
    await it.idle();
    assert.deepEqual(it.told, ["1 STARTED", "1 SUCCEEDED"]);
    assert.equal(execution.status, "Succeeded");
  });

  it("keeps artifacts under its own name and theirs, cut as AWS cuts them", async () => {
    const it = world();
    it.start();
    await it.idle();
    const keys = [...it.aws.objects.keys()];
    assert.equal(keys.length, 2);
    assert.match(keys[0] ?? "", new RegExp(`^${BUCKET}/a-shop-with-a-name-t/SourceArti/[A-Za-z0-9]{7}$`));
    assert.match(keys[1] ?? "", new RegExp(`^${BUCKET}/a-shop-with-a-name-t/Release/[A-Za-z0-9]{7}$`));
    assert.deepEqual(Object.keys(unzipSync(it.aws.objects.get(keys[1] ?? "") ?? Buffer.alloc(0))), ["a.txt"]);
  });

  it("pastes variables as text, so that a quote in one makes variables of its own", async () => {
    const it = world({
      source: {
        asks: [],
        fetch: () =>
          Promise.resolve({
            commit: "c",
            zip: zipped(new Map([["a", Buffer.from("a")]])),
            variables: { CommitId: 'c1"},{"name":"VALUE","value":"other' },
          }),
      },
    });
    it.start();
    await it.idle();
    assert.equal([...it.codebuild.builds.values()][0]?.variables["VALUE"], "other");
    const broken = world({
      source: {
        asks: [],
        fetch: () => Promise.resolve({ commit: "c", zip: zipped(new Map()), variables: { CommitId: '"' } }),
      },
    });
    broken.start();
    await broken.idle();
    assert.equal(broken.pipeline.attempts[1]?.error?.code, "InvalidConfiguration");
    const unset = world({
      source: {
        asks: [],
        fetch: () => Promise.resolve({ commit: "c", zip: zipped(new Map()), variables: {} }),
      },
    });
    unset.start();
    await unset.idle();
    assert.equal(
      unset.pipeline.attempts[1]?.error?.message,
      "The action configuration contains a variable that could not be resolved: Source.CommitId",
    );
  });

  it("fails at a stage's door where a value has not its form", async () => {
    const it = world();
    it.start({ revisions: { Source: "bad" } });
    await it.idle();
    assert.deepEqual(attempts(it), ["1 Source Succeeded", "1 Build Succeeded"]);
    assert.deepEqual(it.told, ["1 STARTED", "1 FAILED"]);
    assert.equal(it.pipeline.stage("Test").latest?.status, "Failed");
  });

  it("waits for all actions of a number, then retries those that failed, or all", async () => {
    const it = world();
    it.extra.add("fail-One");
    const { id } = it.start();
    await it.idle();
    const first = ["1 Source Succeeded", "1 Build Succeeded", "1 One Failed", "1 Other Succeeded"];
    assert.deepEqual(attempts(it), first);
    assert.deepEqual(it.pipeline.attempts[2]?.error, {
      code: "JobFailed",
      message: 'Error while executing command: test ! -e "fail-$NAME". Reason: exit status 1',
    });
    it.pipeline.retry("Test", id, "FAILED_ACTIONS");
    await it.idle();
    assert.deepEqual(attempts(it), [...first, "1 One Failed"]);
    it.pipeline.retry("Test", id, "ALL_ACTIONS");
    await it.idle();
    assert.deepEqual(attempts(it), [...first, "1 One Failed", "1 One Failed", "1 Other Succeeded"]);
    assert.deepEqual(it.told.slice(-4), ["1 RESUMED", "1 FAILED", "1 RESUMED", "1 FAILED"]);
    assert.throws(() => it.pipeline.retry("Build", id, "ALL_ACTIONS"), /has not failed/);
    it.extra.clear();
    it.start();
    await it.idle();
    assert.throws(() => it.pipeline.retry("Test", id, "ALL_ACTIONS"), /has gone on to another run/);
  });

  it("goes back by itself to the run that last got through the stage, with what that one has made", async () => {
    for (const rollbackPastes of ["own", "target"] as const) {
      const it = world({ rollbackPastes });
      it.start();
      await it.idle();
      approve(it);
      await it.idle();
      const good = it.start();
      await it.idle();
      it.extra.add("fail-Last");
      it.start();
      await it.idle();
      const back = it.pipeline.executions[3];
      assert.deepEqual(it.told, [
        "1 STARTED",
        "1 SUCCEEDED",
        "2 STARTED",
        "3 STARTED",
        "3 FAILED",
        "4 STARTED",
        "4 SUCCEEDED",
      ]);
      assert.deepEqual([back?.type, back?.target?.id, back?.status], ["ROLLBACK", good.id, "Succeeded"]);
      assert.deepEqual(attempts(it).slice(-3), ["4 One Succeeded", "4 Other Succeeded", "4 Last Succeeded"]);
      const variables = [...it.codebuild.builds.values()].at(-1)?.variables;
      const pasted = rollbackPastes === "own" ? back?.id : good.id;
      assert.deepEqual(variables, { NAME: "Last", VALUE: "c2", RUN: pasted });
      assert.deepEqual(
        ask(it, "GetPipelineExecution", { pipelineName: NAME, pipelineExecutionId: back?.id }),
        {
          pipelineExecution: {
            ...{ pipelineName: NAME, pipelineVersion: 1, pipelineExecutionId: back?.id, status: "Succeeded" },
            ...{ executionType: "ROLLBACK", variables: [] },
            trigger: { triggerType: "AutomatedRollback", triggerDetail: it.pipeline.executions[2]?.id },
            rollbackMetadata: { rollbackTargetPipelineExecutionId: good.id },
          },
        },
      );
    }
  });

  it("does not go back where no run got through, nor from a roll-back", async () => {
    const it = world();
    it.extra.add("fail-One");
    it.start();
    await it.idle();
    assert.deepEqual(it.told, ["1 STARTED", "1 FAILED"]);
    const other = world();
    const { id } = other.start();
    await other.idle();
    approve(other);
    await other.idle();
    other.aws.refused.add("codebuild:BatchGetBuilds");
    other.pipeline.rollBack("Test", id, "person");
    await other.idle();
    assert.deepEqual(other.told.slice(2), ["2 STARTED", "2 FAILED"]);
    assert.throws(() => other.pipeline.rollBack("Source", id, "person"), /can't be rolled back/);
    assert.throws(
      () => other.pipeline.rollBack("Test", other.pipeline.executions[1]?.id ?? "", "person"),
      /that run has not passed it/,
    );
  });

  it("does not go back to what ran before the pipeline was changed", async () => {
    const it = world();
    it.start();
    await it.idle();
    it.pipeline.changed();
    it.extra.add("fail-One");
    it.start();
    await it.idle();
    assert.deepEqual(it.told, ["1 STARTED", "2 STARTED", "2 FAILED"]);
  });

  it("lets the newest wait in front of a stage, and supersedes the others", async () => {
    const it = world();
    for (let n = 0; n < 3; n++) {
      it.start();
      await it.idle();
    }
    assert.deepEqual(it.told, ["1 STARTED", "2 STARTED", "3 STARTED", "2 SUPERSEDED"]);
    assert.deepEqual(
      it.pipeline.stage("Ask").waiting.map(({ number }) => number),
      [3],
    );
    approve(it);
    await it.idle();
    assert.equal(it.pipeline.approval("Ask", "Approve").execution.number, 3);
    approve(it, "Rejected");
    await it.idle();
    assert.deepEqual(it.told.slice(4), ["1 SUCCEEDED", "3 FAILED"]);
    assert.throws(() => approve(it), /Approve does not wait/);
  });

  it("has runs queue where it is told to", async () => {
    const it = world({}, { executionMode: "QUEUED" });
    for (let n = 0; n < 3; n++) {
      it.start();
      await it.idle();
    }
    for (const number of [1, 2, 3]) {
      assert.equal(it.pipeline.approval("Ask", "Approve").execution.number, number);
      if (number === 2) it.pipeline.expire("Ask", "Approve");
      else approve(it);
      await it.idle();
    }
    assert.deepEqual(it.told.slice(3), ["1 SUCCEEDED", "2 FAILED", "3 SUCCEEDED"]);
    assert.throws(() => world({}, { executionMode: "PARALLEL" }), /no mode PARALLEL/);
  });

  it("stops: after what runs, or giving that up, or while it waits at a door", async () => {
    const it = world();
    const first = it.start();
    await it.idle();
    const second = it.start();
    await it.idle();
    it.pipeline.stop(second.id, false);
    assert.deepEqual(it.told.slice(2), ["2 STOPPING", "2 STOPPED"]);
    it.pipeline.stop(first.id, true);
    await it.idle();
    assert.deepEqual(it.told.slice(4), ["1 STOPPING", "1 STOPPED"]);
    assert.equal(it.pipeline.attempts.find(({ action }) => action.name === "Approve")?.status, "Abandoned");
    assert.equal(it.pipeline.stage("Ask").running, undefined);
    assert.throws(() => it.pipeline.stop(first.id, false), /is Stopped/);

    let free = (): void => undefined;
    const waits = world({}, {}, () => new Promise<void>((resolve) => (free = resolve)));
    const run1 = waits.start();
    waits.pipeline.stop(run1.id, false);
    free();
    await waits.idle();
    assert.deepEqual(attempts(waits), ["1 Source Succeeded"]);
    assert.deepEqual(waits.told, ["1 STARTED", "1 STOPPING", "1 STOPPED"]);
  });

  it("takes back what a stage has done, which is done again when it is retried", async () => {
    const it = world();
    it.pipeline.transition("Ask", false);
    const run = it.start();
    await it.idle();
    assert.deepEqual(it.pipeline.stage("Ask").waiting, [run]);
    const [before = ""] = attempts(it).slice(-1);
    it.pipeline.takeBack("Build", run.id, ["Build"]);
    assert.deepEqual(
      [run.status, it.pipeline.stage("Ask").waiting, it.pipeline.stage("Build").passed],
      ["Failed", [], []],
    );
    it.pipeline.retry("Build", run.id, "FAILED_ACTIONS");
    await it.idle();
    assert.deepEqual([attempts(it).at(-1), it.pipeline.stage("Ask").waiting], [before, [run]]);
    assert.throws(() => it.pipeline.takeBack("Build", run.id, ["Nothing"]), /no attempt of Build\/Nothing/);
  });

  it("keeps a door closed until it is opened", async () => {
    const it = world();
    it.pipeline.transition("Build", false);
    it.start();
    await it.idle();
    it.start();
    await it.idle();
    assert.deepEqual(attempts(it), ["1 Source Succeeded", "2 Source Succeeded"]);
    assert.deepEqual(it.told, ["1 STARTED", "2 STARTED", "1 SUPERSEDED"]);
    it.pipeline.transition("Build", true);
    await it.idle();
    assert.equal(it.pipeline.approval("Ask", "Approve").execution.number, 2);
  });

  it("takes variables that it declares, and no others; one without a default must have a value", async () => {
    const it = world({}, { variables: [{ name: "A", defaultValue: "a" }, { name: "B" }] });
    assert.throws(() => it.start({ variables: { C: "c" } }), /no variable C/);
    assert.throws(() => it.start(), /variable B has no value/);
    const { variables } = it.start({ variables: { B: "b" } });
    assert.deepEqual(variables, { A: "a", B: "b" });
    await it.idle();
  });

  it("asks for all that it does with its own role, and fails where it may not", async () => {
    const it = world();
    it.start();
    await it.idle();
    const own = it.aws.asked.filter((each) => each.startsWith("pipeline "));
    assert.deepEqual(
      own.slice(0, 4).map((each) => each.split(" ")[1]),
      ["codecommit:GetBranch", "s3:PutObject", "kms:GenerateDataKey", "kms:Decrypt"],
    );
    assert.ok(own.includes(`pipeline codebuild:StartBuild ${arn("codebuild", "project/job")}`));
    assert.ok(own.includes(`pipeline codebuild:BatchGetBuilds ${arn("codebuild", "project/job")}`));
    assert.ok(own.includes("pipeline sns:Publish topic"));
    for (const [action, at] of [
      ["codecommit:GetBranch", "Source"],
      ["codebuild:StartBuild", "Build"],
      ["sns:Publish", "Approve"],
    ] as const) {
      const refused = world();
      refused.aws.refused.add(action);
      refused.start();
      await refused.idle();
      const last = refused.pipeline.attempts.at(-1);
      assert.deepEqual([last?.action.name, last?.status, last?.error?.code], [at, "Failed", "AccessDenied"]);
    }
  });

  it("answers as its API does: the state of stages, and actions newest first in pages", async () => {
    const it = world();
    const { id } = it.start();
    await it.idle();
    const { stageStates } = ask(it, "GetPipelineState", { name: NAME }) as {
      stageStates: {
        stageName: string;
        latestExecution?: object;
        actionStates: { latestExecution: object }[];
      }[];
    };
    assert.deepEqual(
      stageStates.map(({ stageName, latestExecution }) => [stageName, latestExecution]),
      ["Source", "Build", "Test", "Ask"].map((name) => [
        name,
        {
          pipelineExecutionId: id,
          status: name === "Ask" ? "InProgress" : "Succeeded",
          type: "STANDARD",
        },
      ]),
    );
    const [build] = it.codebuild.builds.keys();
    assert.equal(stageStates[1]?.actionStates[0]?.latestExecution["externalExecutionId" as never], build);
    const filter = { pipelineExecutionId: id };
    const names: string[] = [];
    let nextToken: string | undefined;
    do {
      const page = ask(
        it,
        "ListActionExecutions",
        { pipelineName: NAME, filter, ...(nextToken && { nextToken }) },
        { pageSize: 4 },
      ) as { nextToken?: string; actionExecutionDetails: { actionName: string }[] };
      names.push(...page.actionExecutionDetails.map(({ actionName }) => actionName));
      nextToken = page.nextToken;
    } while (nextToken !== undefined);
    assert.deepEqual(names, ["Approve", "Last", "Other", "One", "Build", "Source"]);
    const { token } = it.pipeline.approval("Ask", "Approve");
    const decision = { pipelineName: NAME, stageName: "Ask", actionName: "Approve" };
    const result = { status: "Approved", summary: "yes" };
    assert.throws(
      () => ask(it, "PutApprovalResult", { ...decision, result, token: "x" }),
      /token is another's/,
    );
    ask(it, "PutApprovalResult", { ...decision, result, token });
    await it.idle();
    const started = ask(it, "StartPipelineExecution", {
      name: NAME,
      sourceRevisions: [{ actionName: "Source", revisionType: "COMMIT_ID", revisionValue: "c9" }],
    }) as { pipelineExecutionId: string };
    await it.idle();
    assert.equal(it.pipeline.execution(started.pipelineExecutionId).artifacts.get("Release")?.revision, "c9");
    ask(it, "StopPipelineExecution", {
      pipelineName: NAME,
      ...filter,
      pipelineExecutionId: started.pipelineExecutionId,
      abandon: true,
    });
    await it.idle();
    ask(it, "RollbackStage", { pipelineName: NAME, stageName: "Test", targetPipelineExecutionId: id });
    await it.idle();
    assert.deepEqual(
      it.pipeline.executions.map(({ status }) => status),
      ["Succeeded", "Stopped", "Succeeded"],
    );
    assert.throws(() => ask(it, "GetPipeline", { pipelineName: NAME }), /does not answer GetPipeline/);
    assert.throws(() => ask(it, "GetPipelineState", { name: "none" }), /no pipeline none/);
    assert.throws(
      () => ask(it, "GetPipelineExecution", { pipelineName: NAME, pipelineExecutionId: "none" }),
      /there is no run none/,
    );
  });
});
