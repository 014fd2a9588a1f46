import assert from "node:assert/strict";
import { assertNothingChanges, removeWorlds, STACKS, takeDown, up, upWorld } from "./worlds";
import type { World } from "./world";

/** The platform of the environment test; its stack and tooling's then know of it. */
async function give(world: World, platform: unknown): Promise<void> {
  const environments = world.settings("tooling")["environments"] as { name: string }[];
  world.set("tooling", {
    environments: environments.map((each) => (each.name === "test" ? { ...each, platform } : each)),
  });
  for (const stack of ["tooling", "test"]) await up(world, stack);
}

/** Types of what was done to, in order. */
const done = (world: World, since: number, op: string): string[] =>
  world
    .writes(since)
    .filter((each) => each.op === op)
    .map(({ urn }) => urn.split("::")[2]?.split("$").at(-1) ?? "");

const count = (types: readonly string[], type: string): number =>
  types.filter((each) => each === type).length;

describe("a container platform", () => {
  afterEach(removeWorlds);

  it("comes up with its network, changes nothing then, and goes with the network last", async () => {
    const world = await upWorld();
    const [before, inventory] = [world.now, world.inventory()];
    await give(world, true);
    const created = done(world, before, "create");
    assert.deepEqual(
      ["ec2/vpc:Vpc", "ec2/subnet:Subnet", "ec2/natGateway:NatGateway", "lb/listener:Listener"].map((type) =>
        count(created, `aws:${type}`),
      ),
      [1, 4, 1, 1],
    );
    await assertNothingChanges(world);

    const down = world.now;
    await takeDown(world, "test");
    const deleted = done(world, down, "delete");
    const at = (type: string) => deleted.indexOf(`aws:${type}`);
    assert.ok(at("lb/loadBalancer:LoadBalancer") >= 0);
    assert.ok(at("lb/loadBalancer:LoadBalancer") < at("ec2/internetGateway:InternetGateway"));
    world.set("test", { deletable: undefined });
    await give(world, false);
    assert.deepEqual(world.inventory(), inventory);
  });

  it("takes another listener with a certificate, and keeps the first", async () => {
    const world = await upWorld();
    await give(world, { natGateways: "one-per-zone" });
    const before = world.now;
    const account = (world.settings("test")["account"] as string) || "";
    const certificateArn = `arn:aws:acm:eu-west-1:${account}:certificate/0123`;
    await give(world, { natGateways: "one-per-zone", certificateArn, domain: "shop.example.com" });
    const listeners = world.writes(before).filter(({ urn }) => urn.includes("aws:lb/listener:Listener"));
    assert.deepEqual(listeners.map(({ op, urn }) => [op, urn.split("::").at(-1)]).sort(), [
      ["create", "test-443"],
      ["update", "test-80"],
    ]);
    assert.deepEqual(done(world, before, "delete"), []);
    await assertNothingChanges(world, STACKS);
  });
});
