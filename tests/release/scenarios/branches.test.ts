import assert from "node:assert/strict";
import type { Rehearsed } from "../../../rehearsal/record/record";
import { ofType } from "../../../rehearsal/record/record";
import { changeSets, live } from "../system/state";
import { bucketOf } from "../system/system";
import { WHOLE } from "../whole";
import { branchesRecord, CONNECTED, DEV, RELEASED, stackOf } from "./branches";
import { type Scenario, scenario, scenarios } from "./scenario";
import { version } from "./service";

const BRANCHES = "catalog--br";

/** Notes of branches that have an environment. */
const noted = (it: Scenario): Promise<readonly string[]> =>
  it.system.aws.objects.list(bucketOf(it.system), `kept/${BRANCHES}/`);

scenarios("branches", () => {
  let record: Rehearsed;
  before(async () => (record = await branchesRecord()));

  it("branch: from its first push to its deletion", () =>
    scenario("branch", record, async (it) => {
      const first = await it.push(version(1), "feature/a", BRANCHES);
      assert.deepEqual(it.attempts(first), RELEASED);
      const stack = stackOf(it, first);
      assert.equal(await live(it.system, DEV, stack), `CREATE_COMPLETE ${first.id}`);
      const second = await it.push(version(2), "feature/a", BRANCHES);
      assert.equal(stackOf(it, second), stack);
      assert.equal(await live(it.system, DEV, stack), `UPDATE_COMPLETE ${second.id}`);
      assert.deepEqual(await changeSets(it.system, DEV, stack), []);
      assert.equal((await noted(it)).length, 1);
      assert.deepEqual(it.pipeline().executions, []);
      await it.deleteBranch("feature/a");
      assert.equal(await live(it.system, DEV, stack), "none");
      assert.deepEqual(await noted(it), []);
    }));

  if (!WHOLE) return;
  it("branches: one more than are allowed is refused with their names; what expires makes room", () =>
    scenario("branches-full", record, async (it) => {
      const [one, two] = [
        await it.push(version(1), "feature/a", BRANCHES),
        await it.push(version(2), "feature/b", BRANCHES),
      ];
      const third = await it.push(version(3), "feature/c", BRANCHES);
      assert.deepEqual(it.attempts(third), ["Source/Source Succeeded", "Register/Register Failed"]);
      assert.match(
        it.log("register"),
        /\n {2}feature\/a \([^\n]*\n {2}feature\/b \(|\n {2}feature\/b \([^\n]*\n {2}feature\/a \(/,
      );
      assert.match(it.log("register"), /\nerror: there are 2 environments of branches, and 2 are allowed/);
      // As old as the sweep wants it.
      const bucket = bucketOf(it.system);
      const [key = ""] = (await noted(it)).filter((each) =>
        stackOf(it, one).endsWith(each.split("/").at(-1) ?? ""),
      );
      const note = JSON.parse(String(await it.system.aws.objects.get(bucket, key))) as object;
      await it.system.aws.objects.put(bucket, key, JSON.stringify({ ...note, deployedAt: 0 }));
      const [sweep] = ofType(record, "aws:cloudwatch/eventRule:EventRule").filter(
        ({ inputs }) => inputs["scheduleExpression"] !== undefined,
      );
      it.system.bus.tick(sweep?.name ?? "");
      await it.system.activity.idle();
      assert.equal(await live(it.system, DEV, stackOf(it, one)), "none");
      assert.equal(await live(it.system, DEV, stackOf(it, two)), `CREATE_COMPLETE ${two.id}`);
    }));

  it("branch: a verification that fails leaves its stack as it is", () =>
    scenario("branch-failing", record, async (it) => {
      const first = await it.push(version(1, { verify: ["br"] }), "feature/a", BRANCHES);
      assert.equal(first.status, "Failed");
      assert.match(
        it.log("verify"),
        /\nerror: 'npm run verify' ended with exit code 1: the branch doesn't do/,
      );
      assert.equal(await live(it.system, DEV, stackOf(it, first)), `CREATE_COMPLETE ${first.id}`);
    }));

  it("branch behind a connection: its pull request ends, and not that of a fork's branch of the same name", async () =>
    scenario("branch-pull-request", await branchesRecord(CONNECTED), async (it) => {
      const first = await it.pushBehindConnection(version(1), "feature/a");
      assert.deepEqual(it.attempts(first), RELEASED);
      const stack = stackOf(it, first);
      const trigger = { triggerType: "StartPipelineExecution", triggerDetail: "somebody" };
      it.system.repository.commit("main", version(1));
      it.pipeline(BRANCHES).start({ trigger });
      await it.system.activity.idle();
      assert.match(it.log("register"), /\nerror: a run that is started by hand is of no branch, where /);
      // The branch has gone on, and the run of that push has not come so far: a fork's looks the same.
      const commit = it.system.repository.branches.get("feature/a") ?? "";
      it.system.repository.commit("feature/a", version(2));
      const other = await it.webhook({ closed: "11", branch: "feature/a", into: "main" });
      assert.deepEqual(it.attempts(other), ["Source/Source Succeeded", "Register/Register Failed"]);
      assert.match(
        it.log("register"),
        /\nerror: pull request 11 has ended at commit [0-9a-f]+, and [^\n]* it may be a fork's/,
      );
      assert.equal(await live(it.system, DEV, stack), `CREATE_COMPLETE ${first.id}`);

      it.system.repository.branches.set("feature/a", commit);
      const ended = await it.webhook({ closed: "12", branch: "feature/a", into: "main" });
      assert.deepEqual(it.attempts(ended), ["Source/Source Succeeded", "Register/Register Failed"]);
      assert.match(
        it.log("register"),
        /\nerror: pull request 12 has ended: the clean-up, which this run starts/,
      );
      assert.equal(it.build("br-cleanup").initiator, "rule/catalog--br-cleanup");
      assert.equal(await live(it.system, DEV, stack), "none");
      assert.deepEqual(await noted(it), []);
    }));
});
