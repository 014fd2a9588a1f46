import { ENVIRONMENTS, goAgain, live, TOOLING, worldOfKinds } from "./worldOfKinds";
import { removeWorlds } from "./worlds";

describe("every kind of workload over one store", () => {
  afterEach(removeWorlds);

  it("in the one account comes up once, changes nothing then, and goes again", async () => {
    const world = worldOfKinds(Object.fromEntries(ENVIRONMENTS.map((name) => [name, TOOLING])));
    await live(world);
    await goAgain(world);
  });
});
