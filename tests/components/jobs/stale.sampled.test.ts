import assert from "node:assert/strict";
import { PLANNED, staleApproval, started, WAITING } from "./codepipeline";
import { endStale, pool } from "./inputs";
import { changeSet, liveStack } from "./stack";
import { EXECUTION_ID, emptyWorld, type ShownStage, TARGET_ID, type World } from "./world";
import { whole } from "../../whole/sample";

/** The run that waits for an approval, and the one that has come after it. */
const [OLDER, NEWER] = [TARGET_ID, EXECUTION_ID];
const REASON = `Run ${NEWER} is newer and waits behind this approval (staleApprovals: stop)`;

const running = { actionName: "Plan", latestExecution: { status: "InProgress", externalExecutionId: "p:2" } };
const answered = { actionName: "Approval", latestExecution: { status: "Succeeded" } };
const run = (pipelineExecutionId: string, type = "STANDARD") => ({
  ...{ pipelineExecutionId, status: "InProgress", type },
});

const statuses = ({ executions }: World) => [executions[OLDER]?.status, executions[NEWER]?.status];
const stops = ({ commands }: World): string[][] =>
  commands.filter((words) => words.includes("stop-pipeline-execution")).map((words) => words.slice(3));
const PRINTS = ["--query", "pipelineExecutionId", "--output", "text"];
const STOP = ["--pipeline-name", "catalog", "--pipeline-execution-id", OLDER];
const LOOKS = ["get-pipeline-state", "list-action-executions", "list-action-executions"];
const ENDS = ["stop-pipeline-execution", "get-pipeline-execution", "get-pipeline-state"];
const called = (...names: string[]): string[] => names.map((name) => `aws - codepipeline ${name}`);

describe("job cleanup, of stale approvals", () => {
  it("stops the older run, first so that it starts nothing more, then its approval, in exactly these calls", async () => {
    const world = staleApproval();
    const result = await endStale(world);
    assert.equal(result.code, 0, result.output);
    assert.deepEqual(result.calls, called(...LOOKS, ...ENDS, "stop-pipeline-execution"));
    assert.deepEqual(stops(world), [
      [...STOP, "--no-abandon", "--reason", REASON, ...PRINTS],
      [...STOP, "--abandon", "--reason", REASON, ...PRINTS],
    ]);
    assert.ok(REASON.length <= 200);
    assert.deepEqual(statuses(world), ["Stopped", "InProgress"]);
    assert.equal(
      result.output,
      `Approve-prod: ended run ${OLDER}, since run ${NEWER} waits behind its approval\n`,
    );
  });

  it("has no token of an approval, neither in its log nor in its calls", async () => {
    const world = staleApproval();
    const result = await endStale(world, { STATE: "STARTED" });
    assert.equal(result.code, 0, result.output);
    assert.deepEqual(statuses(world), ["Stopped", "InProgress"]);
    assert.ok(!`${result.output}${JSON.stringify(world.commands)}`.includes("t0k3n"));
  });

  whole(
    "leaves everything where nothing but an approval is not what waits, or no newer run stands behind it",
    async () => {
      const cases: Record<string, Partial<ShownStage>> = {
        "no stage has a run": { latestExecution: undefined },
        "nobody stands behind it": { inboundExecution: undefined },
        "it is planned": { actionStates: [running, answered] },
        "one approval of the wave waits, and a plan runs": { actionStates: [running, PLANNED, WAITING] },
        "it deploys": { actionStates: [{ ...running, actionName: "Deploy" }, PLANNED] },
        "nothing of it is in progress": { actionStates: [PLANNED, answered] },
        "it is a roll-back": { latestExecution: run(OLDER, "ROLLBACK") },
        "it stands behind itself": { inboundExecution: run(OLDER) },
      };
      await pool(Object.entries(cases), async ([title, shown]) => {
        const world = staleApproval(shown);
        const result = await endStale(world);
        assert.equal(result.code, 0, `${title}: ${result.output}`);
        assert.deepEqual(result.calls, called("get-pipeline-state"), title);
        assert.equal(result.output, "no approval has a newer run behind it\n", title);
        assert.deepEqual(statuses(world), ["InProgress", "InProgress"], title);
      });
    },
  );

  it("ends a run with several approvals in a wave, some of them answered, as long as nothing else is in progress", async () => {
    const world = staleApproval({
      actionStates: [PLANNED, PLANNED, answered, { ...WAITING, actionName: "Approval-qa" }],
    });
    assert.equal((await endStale(world)).code, 0);
    assert.deepEqual(statuses(world), ["Stopped", "InProgress"]);
  });

  it("leaves the newer run's approval to it where the older one has come late, or as old", async () => {
    for (const newer of ["2026-01-01T09:59:59.900000+00:00", "2026-01-01T10:00:00+00:00"]) {
      const world = staleApproval();
      world.runs = started("2026-01-01T10:00:00+00:00", newer);
      const result = await endStale(world);
      assert.equal(result.code, 0, result.output);
      assert.deepEqual(result.calls, called(...LOOKS));
      assert.equal(result.output, `Approve-prod: run ${OLDER} is the newer one, and keeps its approval\n`);
    }
  });

  it("does not guess which run is newer: where CodePipeline knows no action of one, the approval stays", async () => {
    const world = Object.assign(staleApproval(), { runs: { [OLDER]: [] } });
    const result = await endStale(world);
    assert.equal(result.code, 1);
    assert.equal(result.output, `error: CodePipeline knows no action of run ${OLDER}: its approval stays\n`);
    assert.deepEqual(statuses(world), ["InProgress", "InProgress"]);
  });

  it("never abandons what has begun: approved before the first stop, the action that runs is finished", async () => {
    const world = staleApproval();
    world.meanwhile = (operation) => {
      if (operation !== "codepipeline stop-pipeline-execution") return;
      const [, asks, deploys] = world.shown ?? [];
      if (!asks || !deploys) return;
      asks.actionStates = structuredClone([PLANNED, answered]);
      deploys.latestExecution = { pipelineExecutionId: OLDER, status: "InProgress" };
      deploys.actionStates = [{ ...structuredClone(running), actionName: "Deploy" }];
    };
    const result = await endStale(world);
    assert.equal(result.code, 0, result.output);
    assert.deepEqual(stops(world), [[...STOP, "--no-abandon", "--reason", REASON, ...PRINTS]]);
    assert.deepEqual(world.shown?.[2]?.actionStates[0]?.latestExecution?.status, "InProgress");
    assert.equal(
      result.output,
      `Approve-prod: run ${OLDER} was answered meanwhile, and stops when the action that it began has ended; ` +
        "retry its stage to go on with it\n",
    );
  });

  it("is content where the run has ended by itself, and where another copy of the job was faster", async () => {
    const rejected = staleApproval();
    const only = { [OLDER]: { type: "STANDARD", status: "Failed" } };
    rejected.meanwhile = () => Object.assign(rejected.executions, only);
    const result = await endStale(rejected);
    assert.equal(result.code, 0, result.output);
    assert.equal(result.output, `Approve-prod: run ${OLDER} has ended meanwhile (Failed)\n`);

    const stopping = staleApproval();
    stopping.executions[OLDER] = { type: "STANDARD", status: "Stopping" };
    assert.equal((await endStale(stopping)).code, 0);
    assert.deepEqual(statuses(stopping), ["Stopped", "InProgress"]);
  });

  whole(
    "says so where CodePipeline refuses to stop, or where any call fails, and finds its way the next time",
    async () => {
      await pool([1, 2, 3, 4, 5, 6, 7], async (call) => {
        for (const after of [false, true]) {
          const world = staleApproval();
          world.failAt = { call, after };
          const result = await endStale(world);
          const done = (call === 4 || call === 7) && after;
          assert.equal(result.code, done ? 0 : 1, `call ${call}: ${result.output}`);
          assert.equal(statuses(world)[0] === "Stopped", done, `call ${call}`);
          if (!done) assert.match(result.output, /^error: .*/m);
          world.failAt = null;
          assert.equal((await endStale(world)).code, 0);
          assert.deepEqual(statuses(world), ["Stopped", "InProgress"], `call ${call}`);
        }
      });
      const world = staleApproval();
      world.failAt = { call: 4, after: false };
      assert.equal(
        (await endStale(world)).output,
        `error: run ${OLDER} can't be stopped: An error occurred (Throttling) when calling the operation: this call was made to fail; ` +
          "its approval still waits\n",
      );
    },
  );

  it("cleans up behind a run that has ended, as the clean-up job of every pipeline does", async () => {
    const own = `d-${EXECUTION_ID}`;
    const world: World = {
      ...emptyWorld(),
      stacks: [liveStack("UPDATE_COMPLETE", { sets: [changeSet(own)] })],
      executions: { [EXECUTION_ID]: { type: "STANDARD", status: "Stopped" } },
    };
    const result = await endStale(world, { STATE: "STOPPED" });
    assert.equal(result.code, 0, result.output);
    assert.deepEqual(world.stacks[0]?.sets, []);
    assert.deepEqual(stops(world), []);
  });
});
