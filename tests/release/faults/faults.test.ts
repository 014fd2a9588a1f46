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

/** The jobs of a release up to its approval, each by the end of its project's name; those after it; and the clean-up. */
const BEFORE = ["catalog-build", "test-release-job", "catalog-promote", "prod-plan-job"];
const AFTER = ["prod-release-job"];
const CLEANUP = "catalog-cleanup";

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

  before(async () => {
    const found = tools();
    assert.ok(!("skipped" in found));
    system = await startSystem({
      ...{ tools: found, record: await zipRecord(), name: "faults" },
      started: (build) => faults.started(system, build),
    });
    it_ = new Scenario(system);
    // The first makes the stacks; what the others call is what every later one does.
    for (const decision of WHOLE
      ? (["Approved", "Approved", "Rejected", "Rejected"] as const)
      : (["Rejected", "Rejected"] as const)) {
      await it_.push(version(number++));
      await it_.decide(decision);
    }
    for (const job of [...BEFORE, ...(WHOLE ? AFTER : []), CLEANUP]) {
      const builds = [...system.codebuild.builds.values()].filter(({ project }) => project.endsWith(job));
      assert.ok(builds.length > 1 && builds.every(({ status }) => status === "SUCCEEDED"), job);
      const later = builds.slice(1).map((build) => system.callsOf(build));
      all.set(job, faultsOf(job, later));
    }
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

  async function approved(faulty: readonly PlannedFault[]): Promise<void> {
    const execution = await planned(faulty);
    await it_.decide("Approved");
    await retried(execution, faulty.length);
    const updated = { stack: `UPDATE_COMPLETE ${execution.id}`, promoted: execution.id, sets: [] };
    assert.deepEqual(await it_.environments(), { test: updated, prod: updated });
    fired(execution, faulty);
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
  it("every fault of every job, one of each job at a time", async () => {
    const lists = [...BEFORE, ...AFTER].map((job) => all.get(job) ?? []);
    const rounds = Math.max(...lists.map(({ length }) => length));
    assert.ok(rounds > 0, "no job makes a call");
    for (let round = 0; round < rounds; round++) {
      const faulty = lists.flatMap((each) => each[round] ?? []);
      console.log(`      round ${round + 1} of ${rounds}: ${faulty.map(named).join("; ")}`);
      await approved(faulty);
    }
  });

  it("every fault of the clean-up", async () => {
    for (const cleanup of all.get(CLEANUP) ?? []) {
      console.log(`      ${named(cleanup)}`);
      await cleanedUp(cleanup);
    }
  });
});
