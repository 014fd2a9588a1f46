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
import { startSystem, type System } from "../system/system";
import { WHOLE } from "../whole";
import { Faults, faultsOf, named, type PlannedFault, triesOf } from "./faults";
import { columns, listed } from "./listed";
import { type Line, LINES, type Row, ZIP_LINE } from "./lines";

const KINDS: readonly FaultKind[] = ["kill-before", "kill-after", "lose-answer"];

/** The sample: what has gone wrong before, and one of each kind. */
const SAMPLE: readonly (readonly [job: string, kind: FaultKind, operation: string])[] = [
  ["catalog-build", "kill-before", "cloudformation:ValidateTemplate"],
  ["catalog--test-release-job", "kill-after", "cloudformation:ExecuteChangeSet"],
  ["catalog-promote", "kill-after", "s3:PutObject"],
  ["catalog--prod-plan-job", "lose-answer", "cloudformation:CreateChangeSet"],
];

/** A pipeline with releases behind it. */
class Faulty {
  readonly faults = new Faults();
  /** Of each job that was run, every fault that it can meet. */
  readonly all = new Map<string, readonly PlannedFault[]>();
  readonly line: Line;
  #it: Scenario | undefined;
  #number = 1;
  /** Jobs whose containers are gone before their first command. */
  held: readonly string[] = [];

  constructor(line: Line) {
    this.line = line;
  }

  get it(): Scenario {
    return this.#it ?? assert.fail("not started");
  }

  get system(): System {
    return this.it.system;
  }

  readonly tree = () => version(this.#number++);

  async start(): Promise<void> {
    const found = tools();
    assert.ok(!("skipped" in found));
    const system = await startSystem({
      ...{ tools: found, record: await this.line.record(), name: `faults ${this.line.name}` },
      started: (build) =>
        this.held.some((job) => build.project.endsWith(job))
          ? build.kill()
          : this.faults.started(system, build),
    });
    this.#it = new Scenario(system, this.line.name);
    const first = await this.line.history(this.it, this.tree, WHOLE);
    const { jobs, cleanup } = this.line;
    for (const job of [...jobs.map(([each]) => each), cleanup]) {
      const builds = [...system.codebuild.builds.values()].filter(({ project }) => project.endsWith(job));
      if (!WHOLE && builds.length === 0) continue;
      assert.ok(builds.length > 1 && builds.every(({ status }) => status === "SUCCEEDED"), job);
      const later = builds.slice(job === cleanup ? -1 : first).map((build) => system.callsOf(build));
      this.all.set(job, faultsOf(job, later));
    }
    if (WHOLE) {
      const written = listed().get(this.line.title) ?? assert.fail(this.line.title);
      for (const [name, job] of columns(this.line)) {
        const count = this.all.get(job)?.length;
        assert.equal(
          written.get(name)?.all ?? count,
          count,
          `docs/release-test.md lists other faults of ${job}`,
        );
      }
    }
    console.log(
      `      faults: ${[...this.all].map(([job, { length }]) => `${length} of ${job}`).join(", ")}`,
    );
  }

  list(job: string, kind: FaultKind): readonly PlannedFault[] {
    const list = (this.all.get(job) ?? []).filter((each) => each.kind === kind);
    assert.ok(list.length > 0, `${job} makes no such call`);
    return list;
  }
}

scenarios("faults of single calls", () => {
  const faulty = new Faulty(ZIP_LINE);
  const { faults } = faulty;
  before(() => faulty.start());
  after(() => faulty.system.stop());

  /** A release with these faults up to its approval. */
  async function planned(planned: readonly PlannedFault[]): Promise<Execution> {
    const { it } = faulty;
    faults.plan(planned);
    // Otherwise a stage that fails would go back, and there were nothing to retry.
    it.pipeline().changed();
    const execution = await it.push(faulty.tree());
    for (let tries = 0; execution.status === "Failed" && tries <= planned.length; tries++)
      await it.retry(it.failedStage(execution), execution);
    const { test, prod } = await it.environments();
    assert.deepEqual(test, { stack: `UPDATE_COMPLETE ${execution.id}`, promoted: execution.id, sets: [] });
    assert.deepEqual(prod?.sets, [`d-${execution.id}`]);
    return execution;
  }

  function find(job: string, kind: FaultKind, operation: string): PlannedFault {
    const found = faulty.all.get(job)?.find((each) => each.kind === kind && each.operation === operation);
    assert.ok(
      found,
      `${job} makes no call ${operation}: ${(faulty.all.get(job) ?? []).map(named).join(", ")}`,
    );
    return found;
  }

  it("fault in the clean-up, once it has deleted a change set; the next one ends what it has begun", async () => {
    const { it, line } = faulty;
    const { prod } = await it.environments();
    // No fault in a job: the clean-up would ask for the log of each that failed, and make other calls.
    const execution = await planned([]);
    faults.plan([find(line.cleanup, "kill-after", "cloudformation:DeleteChangeSet")]);
    await it.decide("Rejected");
    faults.allFired();
    assert.equal(it.build(line.cleanup).status, "FAILED");
    await it.cleanUp(execution);
    assert.deepEqual((await it.environments())["prod"], prod);
    sound(it.system);
  });

  it("fault in each job up to the approval", async () => {
    const { it } = faulty;
    const set = SAMPLE.map((each) => find(...each));
    const execution = await planned(set);
    faults.allFired();
    const failed = it.attempts(execution).filter((each) => each.endsWith("Failed"));
    const killed = set.filter(({ kind }) => kind !== "lose-answer");
    assert.equal(failed.length, killed.length, failed.join(", "));
    await it.decide("Rejected");
    assert.deepEqual((await it.environments())["prod"]?.sets, []);
    sound(it.system);
  });
});

interface Reached {
  readonly job: string;
  readonly execution: Execution;
  /** What was there before it. */
  readonly before: unknown;
  readonly restore: () => Promise<void>;
}

for (const line of WHOLE ? LINES : [])
  scenarios(`faults of every call: ${line.title}`, () => {
    const faulty = new Faulty(line);
    const { faults } = faulty;
    const { jobs, cleanup } = line;
    before(() => faulty.start());
    after(() => faulty.system.stop());

    let reached: Reached | undefined;

    /** A release up to the moment before a job's first command, to which it can be brought back. */
    async function reach(job: string): Promise<Reached> {
      if (reached?.job === job) return reached;
      const { it } = faulty;
      const before = await line.state(it);
      // Otherwise a stage that fails would go back, and there were nothing to retry.
      it.pipeline().changed();
      // What a failed stage starts would remove what its retry needs.
      faulty.held = [job, cleanup];
      for (const [, stage] of jobs) it.pipeline().transition(stage, true);
      const execution = await line.push(it, faulty.tree());
      await line.toward?.(it, job);
      assert.notEqual(execution.status, "InProgress");
      reached = { job, execution, before, restore: await it.system.aws.keep() };
      return reached;
    }

    /** The stage of a job is where it was before the job, and no other goes on. */
    function back([, stage, action]: Row, execution: Execution): void {
      const pipeline = faulty.it.pipeline();
      for (const [, each] of jobs) pipeline.transition(each, each === stage);
      pipeline.takeBack(stage, execution.id, [action]);
    }

    /** One job alone, from where it is reached: how each try has ended, until one has succeeded. */
    async function runJob(row: Row, execution: Execution, retries: number): Promise<string[]> {
      const { it } = faulty;
      const [job, stage, action] = row;
      const tried = () => it.attempts(execution).filter((each) => each.startsWith(`${stage}/${action} `));
      // What follows in the stage is another's turn.
      faulty.held = [...jobs.map(([each]) => each), cleanup].filter((each) => each !== job);
      back(row, execution);
      const before = tried().length;
      for (let n = 0; n <= retries && tried().at(-1)?.endsWith("Failed"); n++)
        await it.retry(stage, execution);
      return tried()
        .slice(before)
        .map((each) => each.split(" ").at(-1) ?? "");
    }

    /** What a job is for is done, once. */
    async function judge(job: string, { execution, before }: Reached): Promise<void> {
      assert.deepEqual(await line.state(faulty.it), line.done(job, execution.id, before));
    }

    /** Each fault from the same beginning; all are tried, whatever comes of one. */
    async function each(
      list: readonly PlannedFault[],
      { restore }: Reached,
      meet: (planned: PlannedFault) => Promise<void>,
    ): Promise<void> {
      const wrong: string[] = [];
      for (const planned of list) {
        await restore();
        faults.plan([planned]);
        let outcome = "as it must be";
        try {
          await meet(planned);
          faults.allFired();
        } catch (error) {
          outcome = String(error);
          wrong.push(`${named(planned)}: ${outcome}`);
        }
        console.log(`      ${named(planned)}: ${outcome}`);
      }
      await restore();
      assert.deepEqual(wrong, []);
      sound(faulty.system);
    }

    for (const row of jobs)
      for (const kind of KINDS) {
        const [job, , action] = row;
        if (line.reading.includes(action) && kind === "lose-answer") continue;
        it(`${kind} at every call of ${job}`, async () => {
          const { it } = faulty;
          const list = faulty.list(job, kind);
          const there = await reach(job);
          const handedOn = async () =>
            action === "Build" || action === "Register" ? line.handedOn(it, it.build(job)) : undefined;
          await there.restore();
          assert.deepEqual(await runJob(row, there.execution, 0), ["Succeeded"]);
          await judge(job, there);
          const expected = await handedOn();
          await line.after?.(it, job);
          await each(list, there, async (planned) => {
            const tries = await runJob(row, there.execution, 1);
            assert.deepEqual(tries, triesOf(planned));
            const [now, hands] = [await line.state(it), await handedOn()];
            await line.after?.(it, job);
            assert.deepEqual([now, hands], [line.done(job, there.execution.id, there.before), expected]);
          });
          back(row, there.execution);
        });
      }

    for (const kind of KINDS)
      it(`${kind} at every call of ${cleanup}`, async () => {
        const { it } = faulty;
        const list = faulty.list(cleanup, kind);
        const there = await reach(cleanup);
        faulty.held = [];
        await each(list, there, async () => {
          await line.clean(it, there.execution);
          if (kind !== "lose-answer") {
            assert.equal(it.build(cleanup).status, "FAILED");
            await line.cleanAgain(it, there.execution);
          }
          assert.equal(it.build(cleanup).status, "SUCCEEDED");
          await judge(cleanup, there);
        });
      });
  });
