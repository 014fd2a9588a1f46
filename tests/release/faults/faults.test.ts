/**
 * What becomes of a release whose jobs are killed at a call, or whose answers are lost: the retry of the stage ends with its own
 * release live, nothing half done, nothing made twice, and never a success that is none.
 */
import assert from "node:assert/strict";
import type { FaultKind } from "../model";
import { tools } from "../aws/tools";
import type { Execution } from "../codepipeline/state";
import { Scenario, scenarios, sound } from "../scenarios/scenario";
import { version } from "../scenarios/service";
import { zipRecord } from "../scenarios/zip";
import { startSystem, type System } from "../system/system";
import { WHOLE } from "../whole";
import { Faults, faultsOf, named, type PlannedFault } from "./faults";

/** A job by the end of its project's name, and the action that runs it; in the order of a release. */
const JOBS = [
  ["catalog-build", "Build", "Build"],
  ["test-release-job", "Deploy-test", "Deploy"],
  ["catalog-verify", "Deploy-test", "Verify"],
  ["catalog-promote", "Deploy-test", "Promote"],
  ["prod-plan-job", "Approve-prod", "Plan"],
  ["prod-release-job", "Deploy-prod", "Deploy"],
] as const;
const CLEANUP = "catalog-cleanup";
const KINDS: readonly FaultKind[] = ["kill-before", "kill-after", "lose-answer"];

/** The sample: what has gone wrong before, and one of each kind. */
const SAMPLE: readonly (readonly [job: string, kind: FaultKind, operation: string])[] = [
  ["catalog-build", "kill-before", "cloudformation:ValidateTemplate"],
  ["test-release-job", "kill-after", "cloudformation:ExecuteChangeSet"],
  ["catalog-promote", "kill-after", "s3:PutObject"],
  ["prod-plan-job", "lose-answer", "cloudformation:CreateChangeSet"],
];

scenarios("faults of single calls", () => {
  const faults = new Faults();
  const all = new Map<string, readonly PlannedFault[]>();
  let system: System;
  let it_: Scenario;
  let number = 1;
  /** Jobs whose containers are gone before their first command. */
  let held: readonly string[] = [];

  before(async () => {
    const found = tools();
    assert.ok(!("skipped" in found));
    system = await startSystem({
      ...{ tools: found, record: await zipRecord(), name: "faults" },
      started: (build) =>
        held.some((job) => build.project.endsWith(job)) ? build.kill() : faults.started(system, build),
    });
    it_ = new Scenario(system);
    // The first makes the stacks; what the others call is what every later one does.
    for (const decision of WHOLE
      ? (["Approved", "Approved", "Rejected", "Rejected"] as const)
      : (["Rejected", "Rejected"] as const)) {
      await it_.push(version(number++));
      await it_.decide(decision);
    }
    const jobs = JOBS.map(([job]) => job).filter((job) => WHOLE || job !== "prod-release-job");
    for (const job of [...jobs, CLEANUP]) {
      const builds = [...system.codebuild.builds.values()].filter(({ project }) => project.endsWith(job));
      assert.ok(builds.length > 1 && builds.every(({ status }) => status === "SUCCEEDED"), job);
      const later = builds.slice(1).map((build) => system.callsOf(build));
      all.set(job, faultsOf(job, later));
    }
    console.log(`      faults: ${[...all].map(([job, { length }]) => `${length} of ${job}`).join(", ")}`);
  });
  after(() => system.stop());

  /** Stages are retried as often as they fail. */
  async function retried(execution: Execution, most: number): Promise<void> {
    for (let tries = 0; execution.status === "Failed" && tries <= most; tries++)
      await it_.retry(it_.failedStage(execution), execution);
  }

  /** A release with these faults up to its approval. */
  async function planned(faulty: readonly PlannedFault[]): Promise<Execution> {
    faults.plan(faulty);
    // Otherwise a stage that fails would go back, and there were nothing to retry.
    it_.pipeline().changed();
    const execution = await it_.push(version(number++));
    await retried(execution, faulty.length);
    const { test, prod } = await it_.environments();
    assert.deepEqual(test, { stack: `UPDATE_COMPLETE ${execution.id}`, promoted: execution.id, sets: [] });
    assert.deepEqual(prod?.sets, [`d-${execution.id}`]);
    return execution;
  }

  /** Each action has failed as often as it was killed, and every fault has fired. */
  function fired(execution: Execution, faulty: readonly PlannedFault[]): void {
    faults.allFired();
    const failed = it_.attempts(execution).filter((each) => each.endsWith("Failed"));
    const killed = faulty.filter(({ kind }) => kind !== "lose-answer");
    assert.equal(failed.length, killed.length, failed.join(", "));
    sound(system);
  }

  /** The clean-up of what is refused meets its fault; the next one ends what it has begun. */
  async function cleanedUp(cleanup: PlannedFault): Promise<void> {
    const { prod } = await it_.environments();
    // No fault in a job: the clean-up would ask for the log of each that failed, and make other calls.
    const execution = await planned([]);
    faults.plan([cleanup]);
    await it_.decide("Rejected");
    faults.allFired();
    assert.equal(it_.build(CLEANUP).status, cleanup.kind === "lose-answer" ? "SUCCEEDED" : "FAILED");
    await it_.cleanUp(execution);
    assert.deepEqual((await it_.environments())["prod"], prod);
    sound(system);
  }

  function find(job: string, kind: FaultKind, operation: string): PlannedFault {
    const found = all.get(job)?.find((each) => each.kind === kind && each.operation === operation);
    assert.ok(found, `${job} makes no call ${operation}: ${(all.get(job) ?? []).map(named).join(", ")}`);
    return found;
  }

  it("fault in the clean-up, once it has deleted a change set", () =>
    cleanedUp(find(CLEANUP, "kill-after", "cloudformation:DeleteChangeSet")));

  it("fault in each job up to the approval", async () => {
    const faulty = SAMPLE.map((each) => find(...each));
    const execution = await planned(faulty);
    fired(execution, faulty);
    await it_.decide("Rejected");
    assert.deepEqual((await it_.environments())["prod"]?.sets, []);
  });

  if (!WHOLE) return;

  interface Reached {
    readonly job: string;
    readonly execution: Execution;
    /** What prod was before it. */
    readonly prod: unknown;
    readonly restore: () => Promise<void>;
  }
  let reached: Reached | undefined;

  /** A release up to the moment before a job's first command, to which it can be brought back. */
  async function reach(job: string): Promise<Reached> {
    if (reached?.job === job) return reached;
    const { prod } = await it_.environments();
    // Otherwise a stage that fails would go back, and there were nothing to retry.
    it_.pipeline().changed();
    // What a failed stage starts would remove what its retry needs.
    held = [job, CLEANUP];
    for (const [, stage] of JOBS) it_.pipeline().transition(stage, true);
    const execution = await it_.push(version(number++));
    if (job === "prod-release-job") await it_.decide("Approved");
    if (job === CLEANUP) await it_.decide("Rejected");
    assert.equal(execution.status, "Failed");
    reached = { job, execution, prod, restore: await system.aws.keep() };
    return reached;
  }

  const rowOf = (job: string) => JOBS.find(([each]) => each === job) ?? assert.fail(job);

  /** The stage of a job is where it was before the job, and no other goes on. */
  function back(job: string, execution: Execution): void {
    const [, stage, action] = rowOf(job);
    for (const [, each] of JOBS) it_.pipeline().transition(each, each === stage);
    it_.pipeline().takeBack(stage, execution.id, [action]);
  }

  /** One job alone, from where it is reached: how each try has ended, until one has succeeded. */
  async function runJob(job: string, execution: Execution, retries: number): Promise<string[]> {
    const [, stage, action] = rowOf(job);
    const tried = () => it_.attempts(execution).filter((each) => each.startsWith(`${stage}/${action} `));
    // What follows in the stage is another's turn.
    held = [
      CLEANUP,
      ...(job.endsWith("release-job") ? ["catalog-verify"] : []),
      ...(job === "catalog-verify" ? ["catalog-promote"] : []),
    ];
    back(job, execution);
    const before = tried().length;
    for (let n = 0; n <= retries && tried().at(-1)?.endsWith("Failed"); n++)
      await it_.retry(stage, execution);
    return tried()
      .slice(before)
      .map((each) => each.split(" ").at(-1) ?? "");
  }

  /** What a job is for is done, once. */
  async function judge(job: string, { execution: { id }, prod }: Reached): Promise<void> {
    const now = await it_.environments();
    const updated = { stack: `UPDATE_COMPLETE ${id}`, promoted: id, sets: [] as string[] };
    if (job === "test-release-job") assert.deepEqual({ ...now["test"], promoted: id }, updated);
    else if (job === "catalog-promote") assert.deepEqual(now["test"], updated);
    else if (job === "prod-plan-job")
      assert.deepEqual(now["prod"], { ...(prod as object), sets: [`d-${id}`] });
    else if (job === "prod-release-job") assert.deepEqual({ ...now["prod"], promoted: id }, updated);
    // What an earlier run has left waiting is gone: its stage was taken by this one.
    else if (job === CLEANUP) assert.deepEqual(now["prod"], { ...(prod as object), sets: [] });
    else assert.deepEqual(now["prod"], prod);
  }

  /** Whoever is asked for an approval says no: the stage is free again. */
  async function refused(job: string): Promise<void> {
    if (job === "prod-plan-job") await it_.decide("Rejected");
  }

  for (const [job] of JOBS)
    for (const kind of KINDS) {
      if (job === "catalog-verify" && kind === "lose-answer") continue; // it writes nothing
      it(`${kind} at every call of ${job}`, async () => {
        const list = (all.get(job) ?? []).filter((each) => each.kind === kind);
        assert.ok(list.length > 0, `${job} makes no such call`);
        const there = await reach(job);
        await there.restore();
        assert.deepEqual(await runJob(job, there.execution, 0), ["Succeeded"]);
        await judge(job, there);
        const { exported } = it_.build(job);
        await refused(job);
        for (const planned of list) {
          console.log(`      ${named(planned)}`);
          await there.restore();
          faults.plan([planned]);
          assert.deepEqual(
            await runJob(job, there.execution, 1),
            kind === "lose-answer" ? ["Succeeded"] : ["Failed", "Succeeded"],
            named(planned),
          );
          faults.allFired();
          await judge(job, there);
          if (job === "catalog-build") assert.deepEqual(it_.build(job).exported, exported);
          await refused(job);
        }
        sound(system);
        await there.restore();
        back(job, there.execution);
      });
    }

  for (const kind of KINDS)
    it(`${kind} at every call of ${CLEANUP}`, async () => {
      const list = (all.get(CLEANUP) ?? []).filter((each) => each.kind === kind);
      assert.ok(list.length > 0);
      const there = await reach(CLEANUP);
      held = [];
      for (const planned of list) {
        console.log(`      ${named(planned)}`);
        await there.restore();
        faults.plan([planned]);
        await it_.cleanUp(there.execution);
        faults.allFired();
        if (kind !== "lose-answer") {
          assert.equal(it_.build(CLEANUP).status, "FAILED", named(planned));
          await it_.cleanUp(there.execution);
        }
        assert.equal(it_.build(CLEANUP).status, "SUCCEEDED", named(planned));
        await judge(CLEANUP, there);
      }
      sound(system);
    });
});
