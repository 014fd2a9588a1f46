/** Branches of the kinds that have no scenario in `branches.test.ts`: two beside each other, and one goes. */
import assert from "node:assert/strict";
import { changeSets, live } from "../system/state";
import { OUT } from "../system/folders";
import { installOsls } from "../system/osls";
import { branchesOf, branchesRecord, DEV, placeOf, RELEASED, stackOf } from "./branches";
import { scenario, scenarios } from "./scenario";
import { version } from "./service";

scenarios("branches of further kinds", () => {
  it("a service on ECS: two branches behind one listener, each with tasks, roles and a place of its own", async () => {
    const record = await branchesRecord(
      {},
      { workload: "ecs-service", directory: "app", template: "ecs-service/template.yaml" },
      { platform: true },
      { priority: 7 },
    );
    await scenario("branch-ecs", record, async (it) => {
      const [one, two] = [
        await it.push(version(1), "feature/a", branchesOf(it)),
        await it.push(version(1), "feature/b", branchesOf(it)),
      ];
      const [first, second] = [stackOf(it, one), stackOf(it, two)];
      assert.notEqual(first, second);
      for (const [run, stack, place] of [
        [one, first, "7"],
        [two, second, "8"],
      ] as const) {
        assert.deepEqual(it.attempts(run), RELEASED);
        assert.equal(await live(it.system, DEV, stack), `CREATE_COMPLETE ${run.id}`);
        assert.equal(placeOf(it, run), place);
      }
      const next = await it.push(version(2), "feature/a", branchesOf(it));
      assert.equal(await live(it.system, DEV, first), `UPDATE_COMPLETE ${next.id}`);
      assert.equal(placeOf(it, next), "7");
      assert.deepEqual(await changeSets(it.system, DEV, first), []);
      await it.deleteBranch("feature/a");
      assert.equal(await live(it.system, DEV, first), "none");
      assert.equal(await live(it.system, DEV, second), `CREATE_COMPLETE ${two.id}`);
      // Its place is free again.
      const third = await it.push(version(3), "feature/c", branchesOf(it));
      assert.deepEqual(it.attempts(third), RELEASED);
      assert.equal(placeOf(it, third), "7");
    });
  });

  it("a service of the Serverless Framework: two branches, each with a stack of its own name", async () => {
    installOsls(OUT);
    const record = await branchesRecord({}, { workload: "serverless", directory: "app" });
    await scenario("branch-serverless", record, async (it) => {
      const [one, two] = [
        await it.push(version(1), "feature/a", branchesOf(it)),
        await it.push(version(1), "feature/b", branchesOf(it)),
      ];
      const [first, second] = [stackOf(it, one), stackOf(it, two)];
      assert.notEqual(first, second);
      for (const [run, stack] of [
        [one, first],
        [two, second],
      ] as const) {
        assert.deepEqual(it.attempts(run), RELEASED);
        assert.equal(await live(it.system, DEV, stack), `CREATE_COMPLETE ${run.id}`);
      }
      const next = await it.push(version(2), "feature/a", branchesOf(it));
      assert.equal(await live(it.system, DEV, first), `UPDATE_COMPLETE ${next.id}`);
      assert.deepEqual(await changeSets(it.system, DEV, first), []);
      await it.deleteBranch("feature/a");
      assert.equal(await live(it.system, DEV, first), "none");
      assert.equal(await live(it.system, DEV, second), `CREATE_COMPLETE ${two.id}`);
    });
  });
});
