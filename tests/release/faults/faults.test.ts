/**
 * What becomes of a release whose jobs are killed at a call, or whose answers are lost: the retry of the stage ends with its own
 * release live, nothing half done, nothing made twice, and never a success that is none.
 */
import assert from "node:assert/strict";
import type { FaultKind } from "../model";
import { tools } from "../aws/tools";
import { Scenario, scenarios, sound } from "../scenarios/scenario";
import { version } from "../scenarios/service";
import { zipRecord } from "../scenarios/zip";
import { startSystem, type System } from "../system/system";
import { WHOLE } from "../whole";
import { Faults, faultsOf, named, type PlannedFault } from "./faults";

/** The jobs of a release, each by the end of its project's name. */
const JOBS = ["catalog-build", "test-release-job", "catalog-promote", "prod-plan-job", "prod-release-job"];
const CLEANUP = "catalog-cleanup";

/** The sample: what has gone wrong before, and one of each kind. */
const SAMPLE: readonly (readonly [job: string, kind: FaultKind, operation: string])[] = [
  ["catalog-build", "kill-after", "s3:PutObject"],
  ["test-release-job", "lose-answer", "cloudformation:ExecuteChangeSet"],
  ["catalog-promote", "kill-after", "s3:CopyObject"],
  ["prod-plan-job", "kill-after", "cloudformation:CreateChangeSet"],
  ["prod-release-job", "kill-after", "cloudformation:ExecuteChangeSet"],
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
    // The first makes the stacks, the second is measured: its calls are those of every later one.
    for (const count of [1, 2]) {
      await it_.push(version(number++));
      await it_.decide("Approved");
      assert.equal(it_.pipeline().executions.at(-1)?.status, "Succeeded", `release ${count}`);
    }
    await it_.push(version(number++));
    await it_.decide("Rejected");
    for (const job of [...JOBS, CLEANUP]) {
      const build = [...system.codebuild.builds.values()]
        .filter(({ project }) => project.endsWith(job))
        .at(-1);
      assert.ok(build, `no build of ${job}`);
      all.set(job, faultsOf(job, system.callsOf(build)));
    }
  });
  after(() => system.stop());

  /** A release with these faults: stages are retried as often as they fail. */
  async function released(planned: readonly PlannedFault[]): Promise<void> {
    faults.plan(planned);
    // Otherwise a stage that fails would go back, and there were nothing to retry.
    it_.pipeline().changed();
    const execution = await it_.push(version(number++));
    for (let tries = 0; execution.status === "Failed" && tries <= planned.length; tries++)
      await it_.retry(it_.failedStage(execution), execution);
    await it_.decide("Approved");
    for (let tries = 0; execution.status === "Failed" && tries <= planned.length; tries++)
      await it_.retry(it_.failedStage(execution), execution);
    faults.allFired();
    const failed = it_.attempts(execution).filter((each) => each.endsWith(" Failed"));
    assert.equal(
      failed.length,
      planned.filter(({ kind }) => kind !== "lose-answer").length,
      failed.join(", "),
    );
    const updated = { stack: `UPDATE_COMPLETE ${execution.id}`, promoted: execution.id, sets: [] };
    assert.deepEqual(await it_.environments(), { test: updated, prod: updated });
    sound(system);
  }

  /** A clean-up with a fault: the next one ends what it has begun. */
  async function cleanedUp(planned: PlannedFault): Promise<void> {
    const before = await it_.environments();
    faults.plan([planned]);
    const execution = await it_.push(version(number++));
    await it_.decide("Rejected");
    faults.allFired();
    const build = [...system.codebuild.builds.values()]
      .filter(({ project }) => project.endsWith(CLEANUP))
      .at(-1);
    assert.equal(build?.status, planned.kind === "lose-answer" ? "SUCCEEDED" : "FAILED");
    await it_.cleanUp(execution);
    assert.deepEqual((await it_.environments())["prod"], before["prod"]);
    sound(system);
  }

  it("a release, one fault in each job", async () => {
    await released(
      SAMPLE.map(([job, kind, operation]) => {
        const found = all.get(job)?.find((each) => each.kind === kind && each.operation === operation);
        assert.ok(found, `${job} makes no call ${operation}`);
        return found;
      }),
    );
  });

  it("a clean-up that is killed once it has deleted a change set", async () => {
    const found = all
      .get(CLEANUP)
      ?.find(
        ({ kind, operation }) => kind === "kill-after" && operation === "cloudformation:DeleteChangeSet",
      );
    assert.ok(found, "the clean-up deletes no change set");
    await cleanedUp(found);
  });

  if (!WHOLE) return;
  it("a release, every fault of every job, one of each job at a time", async () => {
    const lists = JOBS.map((job) => all.get(job) ?? []);
    const rounds = Math.max(...lists.map(({ length }) => length));
    assert.ok(rounds > 0, "no job makes a call");
    for (let round = 0; round < rounds; round++) {
      const planned = lists.flatMap((each) => each[round] ?? []);
      console.log(`      round ${round + 1} of ${rounds}: ${planned.map(named).join("; ")}`);
      await released(planned);
    }
  });

  it("every fault of the clean-up", async () => {
    for (const planned of all.get(CLEANUP) ?? []) {
      console.log(`      ${named(planned)}`);
      await cleanedUp(planned);
    }
  });
});
