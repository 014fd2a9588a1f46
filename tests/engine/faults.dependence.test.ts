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
import type { World } from "./world";

/** Lets these creates fail, whatever comes before them, and everything go on that does not depend on one. */
async function without(world: World, stack: string, urns: readonly string[], creates: readonly string[]) {
  world.inject(
    ...urns.map((urn) => ({ op: "create", urn: withoutStack(urn), when: "before", then: "fail" }) as const),
  );
  const { errors } = await fails(world, stack, "up", { continueOnError: true });
  assert.ok(errors.includes("injected fault: fail before create"), errors.join("; "));
  const refused = world.writes().filter(({ op }) => op === "refused");
  assert.deepEqual(refused, [], `AWS needed one of ${urns.join(", ")}, and nothing said so to the engine`);
  world.inject();
  await up(world, stack);
  await assertCompleted(world, stack, creates);
}

const withoutStack = (urn: string): string => urn.slice(urn.indexOf("::"));

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
