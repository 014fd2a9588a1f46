import { ENVIRONMENTS, goAgain, TOOLING, worldOfKinds } from "./worldOfKinds";
import { assertCreatedOnce, assertNothingChanges, removeWorlds, upAll } from "./worlds";

describe("every kind of workload over one store", () => {
  afterEach(removeWorlds);

  it("in the one account comes up once, changes nothing then, and goes again", async () => {
    const world = worldOfKinds(Object.fromEntries(ENVIRONMENTS.map((name) => [name, TOOLING])));
    const stacks = ["tooling", ...ENVIRONMENTS];
    await upAll(world, stacks);
    assertCreatedOnce(world);
    await assertNothingChanges(world, stacks);
    await goAgain(world);
  });
});
