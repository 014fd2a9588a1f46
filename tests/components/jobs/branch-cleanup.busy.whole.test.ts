import assert from "node:assert/strict";
import { cleanUpBranches, worldOf } from "./branches";

describe("job branch-cleanup: a stack that somebody else changes", () => {
  it("gives up on a stack that stays busy, until the next time", async () => {
    const world = worldOf({ "feature/gone": 0 });
    Object.assign(world.stacks[0] ?? {}, {
      status: "UPDATE_IN_PROGRESS",
      next: Array(200).fill("UPDATE_IN_PROGRESS"),
    });
    const result = await cleanUpBranches(world);
    assert.equal(result.code, 1);
    assert.match(result.output, /is still in UPDATE_IN_PROGRESS after 30 minutes: the next clean-up/);
    assert.equal(world.objects.size, 1);
  });
});
