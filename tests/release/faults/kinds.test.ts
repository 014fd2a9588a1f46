/** Every other kind of workload: one release with a fault in each job, through to a prod that has no stack yet. */
import assert from "node:assert/strict";
import type { Execution } from "../codepipeline/state";
import type { FaultKind } from "../model";
import { made, nothing, updated } from "../scenarios/expected";
import { KINDS, recordOf } from "../scenarios/kinds";
import { type Scenario, scenario, scenarios } from "../scenarios/scenario";
import { version } from "../scenarios/service";
import type { System } from "../system/system";
import { WHOLE } from "../whole";
import { Faults, type PlannedFault } from "./faults";

type Row = readonly [job: string, kind: FaultKind, operation: string];

const plannedOf = (rows: readonly Row[]): PlannedFault[] =>
  rows.map(([job, kind, operation]) => ({ job, kind, operation, call: 1 }));

/** Where faults of builds are set once the system is there. */
function faulty(): {
  readonly faults: Faults;
  readonly started: (build: Parameters<Faults["started"]>[1]) => void;
  readonly of: (system: System) => void;
} {
  const faults = new Faults();
  let system: System | undefined;
  return {
    faults,
    started: (build) => system && faults.started(system, build),
    of: (made) => void (system = made),
  };
}

/** A push, and retries of what fails; each action has failed as often as it was killed, and every fault has fired. */
async function withFaults(
  it: Scenario,
  faults: Faults,
  rows: readonly Row[],
  push: () => Promise<Execution>,
): Promise<Execution> {
  faults.plan(plannedOf(rows));
  // Otherwise a stage that fails would go back, and there were nothing to retry.
  it.pipeline().changed();
  const execution = await push();
  for (let tries = 0; execution.status === "Failed" && tries < rows.length; tries++)
    await it.retry(it.failedStage(execution), execution);
  faults.allFired();
  const failed = it.attempts(execution).filter((each) => each.endsWith("Failed"));
  assert.equal(failed.length, rows.filter(([, kind]) => kind !== "lose-answer").length, failed.join(", "));
  return execution;
}

/** What Build has made in AWS when it is killed. */
const BUILT: Readonly<Record<string, Row>> = {
  image: ["image-build", "kill-after", "ecr:PutImage"],
  web: ["web-build", "kill-after", "ecr:PutImage"],
  framework: ["framework-build", "kill-before", "cloudformation:ValidateTemplate"],
};

scenarios("a fault in each job of every other kind", () => {
  if (!WHOLE) return;
  for (const { name, title, ...kind } of KINDS)
    it(`${title}: one release with faults, through to prod`, async () => {
      const { faults, started, of } = faulty();
      const steps = async (it: Scenario): Promise<void> => {
        of(it.system);
        const first = await it.push(version(1));
        await it.decide("Rejected");
        assert.deepEqual(await it.environments(), { test: made(first.id), prod: nothing });
        const built = BUILT[name] ?? assert.fail(`no call of the Build of ${name} is listed`);
        const rows: readonly Row[] = [
          built,
          ["test-release-job", "kill-after", "cloudformation:ExecuteChangeSet"],
          [`${name}-promote`, "kill-after", "s3:PutObject"],
          ["prod-plan-job", "lose-answer", "cloudformation:CreateChangeSet"],
        ];
        const second = await withFaults(it, faults, rows, () => it.push(version(2)));
        assert.deepEqual((await it.environments())["test"], updated(second.id));
        // Before the set is executed, the clean-up of the failed run would remove it, and the retry would say so.
        faults.plan(plannedOf([["prod-release-job", "kill-after", "cloudformation:ExecuteChangeSet"]]));
        await it.decide("Approved");
        faults.allFired();
        await it.retry("Deploy-prod", second);
        assert.deepEqual(await it.environments(), { test: updated(second.id), prod: made(second.id) });
        assert.deepEqual([await it.says("test"), await it.says("prod")], ["200 version 2", "200 version 2"]);
      };
      await scenario(`${name} faults`, await recordOf([{ name, title, ...kind }]), steps, {
        pipeline: name,
        started,
      });
    });
});
