import { without } from "./dependence";
import { copyOf, createdIn, emptyWorld, removeWorlds, sampled, up, upWorld } from "./worlds";
import type { World } from "./world";

/** All policies at once, since AWS looks at those of others when it writes something; then one resource each. */
const cases = (creates: readonly string[], count: number): (readonly string[])[] => [
  creates.filter((urn) => /Policy::/.test(urn)),
  ...sampled(creates, count).map((urn) => [urn]),
];

/** With jobs in a VPC, for which CodeBuild tries the rights of each. */
function toolingWorld(): World {
  const world = emptyWorld();
  world.set("tooling", {
    vpc: { vpcId: "vpc-1", subnets: ["subnet-1"], securityGroupIds: ["sg-1"] },
  });
  return world;
}

describe("a create that fails, whichever it is", () => {
  afterEach(removeWorlds);

  it("holds back in tooling all that AWS would refuse without it, and the next up completes the rest", async () => {
    const creates = createdIn(await upWorld(), "tooling");
    for (const urns of cases(creates, 2)) await without(toolingWorld(), "tooling", urns, creates);
  });

  it("does the same in an environment", async () => {
    const creates = createdIn(await upWorld(), "prod");
    const tooling = emptyWorld();
    await up(tooling, "tooling");
    for (const urns of cases(creates, 2)) await without(copyOf(tooling), "prod", urns, creates);
  });
});
