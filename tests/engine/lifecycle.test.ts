import assert from "node:assert/strict";
import { run } from "./stack";
import {
  assertCreatedOnce,
  assertFine,
  assertNothingChanges,
  fails,
  emptyWorld,
  removeWorlds,
  STACKS,
  up,
  upAll,
  upWorld,
} from "./worlds";

describe("stacks under the real engine", () => {
  afterEach(removeWorlds);

  it("tooling's preview creates nothing", async () => {
    const world = emptyWorld();
    const ran = await run(world, "tooling", "preview");
    assertFine(ran);
    assert.deepEqual(Object.keys(ran.changes), ["create"]);
    assert.deepEqual(world.writes(), []);
  });

  it("an environment whose tooling has no stack yet is told so by the engine, and creates nothing", async () => {
    const world = emptyWorld();
    const unknown = 'unknown stack "organization/delivery/tooling"';
    const preview = await fails(world, "test", "preview");
    assert.deepEqual(preview.errors, [`Preview failed: ${unknown}`, "preview failed"]);
    assert.deepEqual((await fails(world, "test", "up")).errors, [unknown, "update failed"]);
    assert.deepEqual(world.writes(), []);
  });

  it("an environment before tooling is told what to do first, and creates nothing", async () => {
    const world = emptyWorld();
    await run(world, "tooling", "preview"); // which makes the stack
    for (const operation of ["preview", "up"] as const) {
      const { errors } = await fails(world, "test", operation);
      assert.deepEqual(errors, [
        "stack organization/delivery/tooling provides nothing yet: bring it up first, with 'pulumi up --stack tooling', " +
          "then this stack again (or set 'tooling' if another stack is meant)",
      ]);
    }
    assert.deepEqual(world.writes(), []);
  });

  it("each stack comes up once, the environments at once, and every resource is created exactly once", async () => {
    const world = emptyWorld();
    await upAll(world);
    assertCreatedOnce(world);
  });

  it("an environment's preview after tooling creates nothing", async () => {
    const world = emptyWorld();
    await up(world, "tooling");
    const before = world.now;
    for (const stack of ["test", "prod"]) {
      const ran = await run(world, stack, "preview");
      assertFine(ran);
      assert.deepEqual(Object.keys(ran.changes), ["create"]);
    }
    assert.deepEqual(world.writes(before), []);
  });

  it("a second up and a preview of every stack change nothing", async () => {
    const world = await upWorld();
    await assertNothingChanges(world);
    for (const stack of STACKS) {
      const ran = await run(world, stack, "preview");
      assertFine(ran);
      assert.deepEqual(ran.changes, {});
    }
  });

  it("a refresh of every stack finds everything as it was", async () => {
    const world = await upWorld();
    const before = world.now;
    for (const stack of STACKS) {
      const ran = await run(world, stack, "refresh");
      assertFine(ran);
      assert.deepEqual(ran.changes, {});
    }
    const read = world.cloud.events().slice(before);
    assert.deepEqual(
      read.map(({ urn }) => urn).sort(),
      world.cloud
        .things()
        .map(({ urn }) => urn)
        .sort(),
    );
    await assertNothingChanges(world);
  });
});
