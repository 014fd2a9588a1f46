import assert from "node:assert/strict";
import type { Rehearsed } from "../../../rehearsal/record/record";
import type { Build } from "../codebuild/codebuild";
import type { Execution } from "../codepipeline/state";
import { recorded, stackOf } from "../system/state";
import { WHOLE } from "../whole";
import { made, nothing, RELEASED, TO_PROD, updated, WAITS } from "./expected";
import { after, Planting } from "./planted";
import { type Scenario, scenario, scenarios } from "./scenario";
import { version } from "./service";
import { PROD, TEST, zipRecord } from "./zip";

/** Something that happens, and who says that it has. */
function moment(): readonly [Promise<void>, () => void] {
  let happens = (): void => undefined;
  return [new Promise((resolve) => (happens = resolve)), () => happens()];
}

scenarios("release of a function in a zip", () => {
  let record: Rehearsed;
  before(async () => (record = await zipRecord()));

  if (WHOLE)
    it("first release, update and the same commit again, each through to prod", () =>
      scenario("releases", record, async (it) => {
        const first = await it.push(version(1));
        assert.deepEqual(it.attempts(first), WAITS);
        assert.deepEqual(await it.environments(), {
          test: made(first.id),
          prod: { ...nothing, stack: "REVIEW_IN_PROGRESS undefined", sets: [`d-${first.id}`] },
        });
        await it.decide("Approved");
        assert.deepEqual(it.attempts(first), RELEASED);
        assert.deepEqual(await it.environments(), { test: made(first.id), prod: made(first.id) });

        const second = await it.push(version(2));
        assert.deepEqual(await it.environments(), {
          test: updated(second.id),
          prod: { ...made(first.id), sets: [`d-${second.id}`] },
        });
        await it.decide("Approved");
        assert.deepEqual(it.attempts(second), RELEASED);
        assert.deepEqual(await it.environments(), { test: updated(second.id), prod: updated(second.id) });

        const again = await it.push(version(2));
        await it.decide("Approved");
        assert.deepEqual(it.attempts(again), RELEASED);
        assert.deepEqual(await it.environments(), { test: updated(again.id), prod: updated(again.id) });
        const [now, ...before] = await recorded(it.system, "catalog", "prod");
        const code = (run: string) => before.find((each) => each.run === run)?.codeDigest;
        assert.match(it.log("catalog-build"), /hands over the kept release of this commit/);
        assert.notEqual(now?.codeDigest, code(first.id));
        assert.deepEqual(
          it.mails().filter((mail) => mail.includes("failed")),
          [],
        );
      }));

  if (WHOLE)
    it("short jobs, on Lambda's compute: through to prod, but not with a shift of traffic that takes longer", async () => {
      const short = await zipRecord({ shortJobs: ["plan", "deploy", "verify"] });
      return scenario("short", short, async (it) => {
        const shifted = (DeploymentConfig: string) => ({
          "app/lambda-zip/parameters/prod.json": JSON.stringify([
            {
              ParameterKey: "DeploymentConfig",
              ParameterValue: `CodeDeployDefault.Lambda${DeploymentConfig}`,
            },
          ]),
        });
        const slow = await it.push({ ...version(1), ...shifted("Linear10PercentEvery3Minutes") });
        assert.deepEqual(it.attempts(slow).slice(-1), ["Approve-prod/Plan Failed"]);
        assert.match(
          it.mails().at(-1) ?? "",
          /\nerror: parameters\/prod[.]json says DeploymentConfig CodeDeployDefault[.]LambdaLinear10PercentEvery3Minutes, and this/,
        );
        const first = await it.push({ ...version(2), ...shifted("Canary10Percent5Minutes") });
        await it.decide("Approved");
        assert.deepEqual(it.attempts(first), RELEASED);
        assert.deepEqual(await it.environments(), { test: updated(first.id), prod: made(first.id) });
        for (const job of ["prod-plan-job", "test-release-job", "prod-release-job", "catalog-verify"])
          assert.match(it.log(job), /^\[Container\] Running command timeout 14m bash /m, job);

        const failed = await it.push(version(3, { verify: ["test"] }));
        assert.equal(failed.status, "Failed");
        assert.match(it.mails().at(-1) ?? "", /\nerror: 'npm run verify' ended with exit code 1/);
        assert.equal(await it.says("test"), "200 version 2");
        const other = await it.push({ ...version(4), "app/delivery.yaml": "variables: { A: b }\n" });
        assert.deepEqual(it.attempts(other).slice(-1), ["Build/Build Failed"]);
        assert.match(
          it.mails().at(-1) ?? "",
          /\nerror: the service has app\/delivery[.]yaml, and this pipeline's shortJobs have/,
        );
      });
    });

  it("failing unit test: nothing is released, and people are told why", () =>
    scenario("failing-unit-test", record, async (it) => {
      const first = await it.push(version(1, { unit: true }));
      assert.deepEqual(it.attempts(first), ["Source/Source Succeeded", "Build/Build Failed"]);
      assert.deepEqual(await it.environments(), { test: nothing, prod: nothing });
      const [mail = "", ...others] = it.mails();
      assert.deepEqual(others, []);
      assert.match(
        mail,
        new RegExp(`^Release ${first.id} of pipeline catalog failed\\.\n\nStage Build, action Build\n`),
      );
      assert.match(mail, /\nerror: 'npm test' ended with exit code 1/);
    }));

  for (const rollbackPastes of WHOLE ? (["own", "target"] as const) : (["target"] as const))
    it(`failing verification: test goes back to what was verified, where CodePipeline pastes the ${rollbackPastes} run's id`, () =>
      scenario(
        `failing-verification-${rollbackPastes}`,
        record,
        async (it) => {
          const first = await it.push(version(1));
          await it.decide("Approved");
          const second = await it.push(version(2, { verify: ["test"] }));
          assert.equal(second.status, "Failed");
          const back = it.pipeline().executions.at(-1);
          assert.deepEqual([back?.type, back?.target?.id, back?.status], ["ROLLBACK", first.id, "Succeeded"]);
          const id = back?.id ?? "";
          assert.deepEqual(await it.environments(), { test: updated(id), prod: made(first.id) });
          const [now] = await recorded(it.system, "catalog", "test");
          assert.equal(now?.commit, first.artifacts.get("Source")?.revision);
          assert.match(it.mails().at(-1) ?? "", /\nerror: 'npm run verify' ended with exit code 1/);
        },
        { rollbackPastes },
      ));

  if (WHOLE)
    it("environment not up, then up: the stage says what to run, and its retry goes through", () =>
      scenario("not-up", record, async (it) => {
        const { comesUp } = it.notUp(TEST);
        const first = await it.push(version(1));
        assert.deepEqual(it.attempts(first).slice(2), ["Deploy-test/Deploy Failed"]);
        assert.match(
          it.log("test-release-job"),
          /\nerror: environment test \(account 222222222222\) isn't up yet: run 'pulumi up --stack test', then retry this stage\n/,
        );
        assert.deepEqual(await it.environments(), { test: nothing, prod: nothing });
        comesUp();
        await it.retry("Deploy-test", first);
        assert.deepEqual((await it.environments())["test"], made(first.id));
        assert.equal(it.pipeline().approval("Approve-prod", "Approval").execution, first);
      }));

  if (WHOLE)
    it("approval refused, and one that nobody gives: prod keeps nothing of it", () =>
      scenario("refused", record, async (it) => {
        const first = await it.push(version(1));
        await it.decide("Rejected");
        assert.equal(first.status, "Failed");
        assert.deepEqual(await it.environments(), { test: made(first.id), prod: nothing });
        const second = await it.push(version(2));
        it.pipeline().expire("Approve-prod", "Approval");
        await it.system.activity.idle();
        assert.equal(second.status, "Failed");
        assert.deepEqual(await it.environments(), { test: updated(second.id), prod: nothing });
      }));

  if (WHOLE)
    it("superseded: what waits for the approval of another gives way to the newest", () =>
      scenario("superseded", record, async (it) => {
        const first = await it.push(version(1));
        const second = await it.push(version(2));
        const third = await it.push(version(3));
        assert.deepEqual(
          [first.status, second.status, third.status],
          ["InProgress", "Superseded", "InProgress"],
        );
        await it.decide("Approved");
        assert.deepEqual(await it.environments(), {
          test: updated(third.id),
          prod: { ...made(first.id), sets: [`d-${third.id}`] },
        });
        await it.decide("Approved");
        assert.deepEqual((await it.environments())["prod"], updated(third.id));
      }));

  if (WHOLE)
    it("stale approvals that are ended: the run that waits is stopped for the newer one, which asks and is released", async () =>
      scenario("stale", await zipRecord({ staleApprovals: "stop" }), async (it) => {
        const first = await it.push(version(1));
        assert.deepEqual(it.attempts(first), WAITS);
        const second = await it.push(version(2));
        assert.deepEqual([first.status, second.status], ["Stopped", "InProgress"]);
        assert.deepEqual(it.attempts(first), [...TO_PROD, "Approve-prod/Approval Abandoned"]);
        assert.deepEqual(it.attempts(second), WAITS);
        // Nothing of the first is left: the clean-up of a run that was stopped.
        assert.deepEqual(await it.environments(), {
          test: updated(second.id),
          prod: { ...nothing, stack: "REVIEW_IN_PROGRESS undefined", sets: [`d-${second.id}`] },
        });
        const stopped = `Approve-prod: ended run ${first.id}, since run ${second.id} waits behind its approval`;
        const looks = it.logs("catalog-cleanup").filter((log) => !log.includes(": clean"));
        // Each run arrives, and its approval begins to wait.
        assert.deepEqual(
          looks.map((log) =>
            log.includes(stopped) ? "ended" : /no approval has a newer run behind it/.exec(log)?.[0],
          ),
          [
            ...Array<string>(2).fill("no approval has a newer run behind it"),
            "ended",
            "no approval has a newer run behind it",
          ],
        );
        await it.decide("Approved");
        assert.deepEqual(it.attempts(second), RELEASED);
        assert.deepEqual(await it.environments(), { test: updated(second.id), prod: made(second.id) });
      }));

  if (WHOLE)
    it("stale approvals that are ended: where the newer run waits already, the approval is ended as it begins to wait", async () => {
      let [plans, looks] = [0, 0];
      const [arrived, hasArrived] = moment();
      const started = ({ project, ended }: Build) => {
        if (project.endsWith("prod-plan-job")) plans++;
        // The first look is for the older run's own arrival.
        if (project.endsWith("catalog-cleanup") && ++looks === 2) void ended.then(hasArrived);
      };
      const steps = async (it: Scenario) => {
        const planting = new Planting(it.system);
        planting.plant("prod-plan-job", { "cloudformation:CreateChangeSet": [after(arrived)] });
        const first = it.startPush(version(1));
        const second = it.startPush(version(2));
        await it.system.activity.idle();
        planting.allAsked();
        assert.deepEqual([first.status, second.status, plans], ["Stopped", "InProgress", 2]);
        assert.deepEqual(it.attempts(first), [...TO_PROD, "Approve-prod/Approval Abandoned"]);
        assert.deepEqual(it.attempts(second), WAITS);
        const said = it
          .logs("catalog-cleanup")
          .filter((log) => !log.includes(": clean"))
          .map((log) => /\n(?:Approve-prod: ended run|no approval has a newer run behind it)/.exec(log)?.[0]);
        const none = "\nno approval has a newer run behind it";
        assert.deepEqual(said, [none, none, "\nApprove-prod: ended run", none]);
        await it.decide("Approved");
        assert.deepEqual(await it.environments(), { test: updated(second.id), prod: made(second.id) });
      };
      await scenario("stale-behind", await zipRecord({ staleApprovals: "stop" }), steps, { started });
    });

  if (WHOLE)
    it("a first release that is refused while the next run plans: the clean-up leaves that one the stack under review", async () => {
      const [[planning, hasBegun], [cleaned, hasCleaned]] = [moment(), moment()];
      let plans = 0;
      const started = ({ project, ended }: Build) => {
        if (project.endsWith("prod-plan-job") && ++plans === 2) hasBegun();
        if (project.endsWith("catalog-cleanup")) void ended.then(hasCleaned);
      };
      const steps = async (it: Scenario) => {
        const first = await it.push(version(1));
        const second = await it.push(version(2));
        const stack = async () => (await stackOf(it.system, PROD, "catalog--prod"))?.StackId;
        const before = await stack();
        const [cleanup, plan] = [new Planting(it.system), new Planting(it.system)];
        cleanup.plant("catalog-cleanup", { [`cloudformation:ListChangeSets ${PROD}`]: [after(planning)] });
        plan.plant("prod-plan-job", { "cloudformation:CreateChangeSet": [after(cleaned)] });
        await it.decide("Rejected");
        for (const each of [cleanup, plan]) each.allAsked();
        assert.match(
          it.log("catalog-cleanup"),
          /\nprod: stack catalog--prod, which never came to be, stays for the run that is in progress\n/,
        );
        assert.deepEqual([first.status, it.attempts(second), await stack()], ["Failed", WAITS, before]);
        await it.decide("Rejected");
        assert.equal((await it.environments())["prod"]?.stack, "none");
      };
      await scenario("refused-while-planning", record, steps, { started });
    });

  if (WHOLE)
    it("queued: each run waits its turn at the approval, and is released in it", async () =>
      scenario("queued", await zipRecord({ executionMode: "QUEUED" }), async (it) => {
        const runs = [await it.push(version(1)), await it.push(version(2)), await it.push(version(3))];
        const [first, second, third] = runs as [Execution, Execution, Execution];
        assert.deepEqual(
          runs.map(({ status }) => status),
          ["InProgress", "InProgress", "InProgress"],
        );
        assert.deepEqual((await it.environments())["test"], updated(third.id));
        const stage = it.pipeline().stage("Approve-prod");
        assert.equal(stage.running, first);
        assert.deepEqual(stage.waiting, [second, third]);
        const prod: unknown[] = [];
        for (const decision of ["Approved", "Rejected", "Approved"] as const) {
          await it.decide(decision);
          prod.push((await it.environments())["prod"]);
        }
        assert.deepEqual(prod, [
          { ...made(first.id), sets: [`d-${second.id}`] },
          { ...made(first.id), sets: [`d-${third.id}`] },
          updated(third.id),
        ]);
        assert.deepEqual(
          runs.map(({ status }) => status),
          ["Succeeded", "Failed", "Succeeded"],
        );
      }));

  if (WHOLE)
    it("two runs at once: the later waits at the earlier's stage, and is what test runs in the end", () =>
      scenario("two-at-once", record, async (it) => {
        const first = it.startPush(version(1));
        const second = it.startPush(version(2));
        await it.system.activity.idle();
        assert.deepEqual([first.status, second.status], ["InProgress", "InProgress"]);
        const { test } = await it.environments();
        assert.deepEqual(test, updated(second.id));
        assert.equal(it.pipeline().approval("Approve-prod", "Approval").execution, first);
        await it.decide("Approved");
        await it.decide("Approved");
        assert.deepEqual(await it.environments(), { test: updated(second.id), prod: updated(second.id) });
      }));

  if (WHOLE)
    it("failing verification in prod: people are told, and prod goes back without being asked again", () =>
      scenario("failing-in-prod", record, async (it) => {
        const first = await it.push(version(1));
        await it.decide("Approved");
        const second = await it.push(version(2, { verify: ["prod"] }));
        await it.decide("Approved");
        const back = it.pipeline().executions.at(-1);
        assert.deepEqual([second.status, back?.target?.id, back?.status], ["Failed", first.id, "Succeeded"]);
        assert.deepEqual(await it.environments(), {
          test: updated(second.id),
          prod: updated(back?.id ?? ""),
        });
        assert.match(
          it.mails().at(-1) ?? "",
          /\nStage Deploy-prod, action Verify\nerror: 'npm run verify' ended with exit code 1/,
        );
        // No canary on the way back.
        const { Parameters = [] } = (await stackOf(it.system, PROD, "catalog--prod")) ?? {};
        const config = Parameters.find(({ ParameterKey }) => ParameterKey === "DeploymentConfig");
        assert.equal(config?.ParameterValue, "CodeDeployDefault.LambdaAllAtOnce");
      }));
});
