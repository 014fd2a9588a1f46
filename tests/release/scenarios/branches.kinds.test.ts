/** Branches of the kinds that have no scenario in `branches.test.ts`: two beside each other, and one goes. */
import assert from "node:assert/strict";
import { changeSets, live } from "../system/state";
import { OUT } from "../system/folders";
import { installOsls } from "../system/osls";
import { branchesOf, branchesRecord, DEV, RELEASED, stackOf } from "./branches";
import { scenario, scenarios } from "./scenario";
import { version } from "./service";

scenarios("branches of further kinds", () => {
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
