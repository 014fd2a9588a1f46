import assert from "node:assert/strict";
import type { Thing } from "./aws/cloud";
import { run } from "./stack";
import { assertFine, assertNothingChanges, removeWorlds, up, upWorld } from "./worlds";
import type { World } from "./world";

const policyOf = (world: World, type: string, name: string): Thing => {
  const found = world.cloud.all(type).find(({ urn }) => urn.endsWith(`::${name}`));
  assert.ok(found, `there is no ${type} ${name}`);
  return found;
};

/** Policies that somebody might open by hand: in tooling, and in an environment. */
const POLICIES = [
  ["tooling", "aws:s3/bucketPolicy:BucketPolicy", "artifacts"],
  ["prod", "aws:iam/rolePolicy:RolePolicy", "catalog--prod-plan"],
] as const;

describe("drift", () => {
  afterEach(removeWorlds);

  for (const [stack, type, name] of POLICIES) {
    it(`of policy ${name} of ${stack} is seen by a preview with refresh, and repaired by an up with refresh`, async () => {
      const world = await upWorld();
      const made = policyOf(world, type, name);
      const opened = { policy: JSON.stringify({ Version: "2012-10-17", Statement: [] }) };
      world.cloud.put({
        ...made,
        inputs: { ...made.inputs, ...opened },
        outputs: { ...made.outputs, ...opened },
      });
      const without = await run(world, stack, "preview");
      assert.deepEqual(without.changes, {});
      const seen = await run(world, stack, "preview", { refresh: true });
      assertFine(seen);
      assert.deepEqual(seen.changes, { update: 1 });
      const before = world.now;
      assert.deepEqual((await up(world, stack, { refresh: true })).changes, { update: 1 });
      assert.deepEqual(
        world.writes(before).map(({ op, urn }) => [op, urn]),
        [["update", made.urn]],
      );
      assert.deepEqual(policyOf(world, type, name).inputs, made.inputs);
      await assertNothingChanges(world, [stack]);
    });

    it(`that takes policy ${name} of ${stack} away is seen and repaired the same`, async () => {
      const world = await upWorld();
      const made = policyOf(world, type, name);
      world.cloud.remove(made);
      const seen = await run(world, stack, "preview", { refresh: true });
      assertFine(seen);
      assert.deepEqual(seen.changes, { create: 1 });
      await up(world, stack, { refresh: true });
      assert.equal(policyOf(world, type, name).inputs["policy"], made.inputs["policy"]);
      await assertNothingChanges(world, [stack]);
    });
  }

  it("is not what the commands remember on a pipeline, and no update takes it away", async () => {
    const world = await upWorld();
    const type = "aws:codepipeline/pipeline:Pipeline";
    const made = policyOf(world, type, "catalog");
    const remembered = { tagsAll: { ...(made.outputs["tagsAll"] as object), "delivery:connection": "arn" } };
    world.cloud.put({
      ...made,
      inputs: { ...made.inputs, ...remembered },
      outputs: { ...made.outputs, ...remembered },
    });
    const seen = await run(world, "tooling", "preview", { refresh: true });
    assertFine(seen);
    assert.deepEqual(seen.changes, {});
    const before = world.now;
    assert.deepEqual((await up(world, "tooling", { refresh: true })).changes, {});
    assert.deepEqual(world.writes(before), []);
    assert.deepEqual(policyOf(world, type, "catalog").outputs["tagsAll"], remembered.tagsAll);
  });
});
