import assert from "node:assert/strict";
import {
  assertCompleted,
  copyOf,
  createdIn,
  emptyWorld,
  fails,
  removeWorlds,
  sampled,
  up,
  upWorld,
} from "./worlds";

describe("the k-th create of tooling that fails", () => {
  afterEach(removeWorlds);

  it("leaves what the next up completes: nothing is made twice, and nothing changes after that", async () => {
    const creates = createdIn(await upWorld(), "tooling");
    const positions = creates.map((_, index) => index + 1);
    for (const nth of sampled(positions, 3)) {
      const world = emptyWorld();
      world.inject({ op: "create", nth, when: "before", then: "fail" });
      const { errors } = await fails(world, "tooling", "up", { savesEachStep: true });
      assert.ok(errors.includes("injected fault: fail before create"), `${nth}: ${errors.join("; ")}`);
      world.inject();
      await up(world, "tooling");
      await assertCompleted(world, "tooling", creates);
    }
  });

  it("does the same in an environment", async () => {
    const whole = await upWorld();
    const tooling = emptyWorld();
    await up(tooling, "tooling");
    const creates = createdIn(whole, "prod");
    const positions = creates.map((_, index) => index + 1);
    for (const nth of sampled(positions, 2)) {
      const world = copyOf(tooling);
      world.inject({ op: "create", nth, when: "before", then: "fail" });
      const { errors } = await fails(world, "prod", "up", { savesEachStep: true });
      assert.ok(errors.includes("injected fault: fail before create"), `${nth}: ${errors.join("; ")}`);
      world.inject();
      await up(world, "prod");
      await assertCompleted(world, "prod", creates);
    }
  });
});
