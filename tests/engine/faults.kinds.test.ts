import { without } from "./dependence";
import { ACCOUNTS, worldOfKinds } from "./worldOfKinds";
import { createdIn, removeWorlds, up, upAll } from "./worlds";

describe("every kind of workload over one store", () => {
  afterEach(removeWorlds);

  it("holds back all that AWS would refuse without a policy, and the next up completes the rest", async () => {
    const world = worldOfKinds(ACCOUNTS);
    await upAll(world, ["tooling", "test"]);
    for (const stack of ["tooling", "test"]) {
      const creates = createdIn(world, stack);
      const again = worldOfKinds(ACCOUNTS);
      if (stack !== "tooling") await up(again, "tooling");
      await without(
        again,
        stack,
        creates.filter((urn) => /Policy::/.test(urn)),
        creates,
      );
    }
  });
});
