import assert from "node:assert/strict";
import {
  assertCreatedOnce,
  assertNothingChanges,
  fails,
  emptyWorld,
  removeWorlds,
  STACKS,
  takeDown,
  upAll,
} from "./worlds";

describe("names and accounts of other people", () => {
  afterEach(removeWorlds);

  it("a project of another name comes up the same, and its environments find its tooling", async () => {
    const world = emptyWorld("acme");
    await upAll(world);
    assertCreatedOnce(world);
    const roles = world.cloud.all("aws:iam/role:Role").map(({ id }) => id);
    assert.deepEqual(
      roles.filter((name) => !name.startsWith("acme-")),
      [],
    );
    assert.ok(roles.length > 0);
    await assertNothingChanges(world);
  });

  it("stacks of other names come up with the settings that name them", async () => {
    const world = emptyWorld();
    world.rename("tooling", "build");
    world.rename("test", "qa-account");
    world.rename("prod", "live");
    const tooling = "organization/delivery/build";
    world.set("qa-account", { tooling, environment: "test" });
    world.set("live", { tooling, environment: "prod" });
    const stacks = ["build", "qa-account", "live"];
    await upAll(world, stacks);
    assertCreatedOnce(world);
    await assertNothingChanges(world, stacks);
  });

  it("a stack whose name is no environment's is told which there are", async () => {
    const world = emptyWorld();
    world.rename("test", "qa-account");
    await upAll(world, ["tooling"]);
    const before = world.now;
    const { errors } = await fails(world, "qa-account", "up");
    assert.deepEqual(errors, [
      "stack organization/delivery/tooling has no environment 'qa-account', only prod, test: add it to 'environments' in " +
        "its settings and run 'pulumi up --stack tooling', or set 'environment' in this stack's settings",
    ]);
    assert.deepEqual(world.writes(before), []);
  });

  it("one account for everything comes up, changes nothing then, and goes again", async () => {
    const world = emptyWorld();
    const account = "111111111111";
    const environments = world.settings("tooling")["environments"] as object[];
    world.set("tooling", { environments: environments.map((each) => ({ ...each, account })) });
    for (const stack of ["test", "prod"]) world.set(stack, { account });
    await upAll(world);
    assertCreatedOnce(world);
    await assertNothingChanges(world);
    for (const stack of ["test", "prod", "tooling"]) await takeDown(world, stack);
    assert.deepEqual(world.inventory(), [`${account} aws:kms/key:Key artifacts`]);
  });

  it("credentials of another account are refused before anything is made", async () => {
    const world = emptyWorld();
    world.logIn({ default: "999999999999" });
    for (const operation of ["preview", "up"] as const) {
      const { errors } = await fails(world, "tooling", operation);
      assert.ok(
        errors.some((error) => error.includes("AWS account ID not allowed: 999999999999")),
        errors.join("\n"),
      );
    }
    assert.deepEqual(world.writes(), []);
  });

  it("each stack uses the profile that its settings name", async () => {
    const world = emptyWorld();
    const accounts = { tooling: "111111111111", test: "222222222222", prod: "333333333333" };
    world.logIn({ default: "999999999999", ...accounts });
    for (const stack of STACKS) world.set(stack, { "aws:profile": stack });
    await upAll(world);
    assertCreatedOnce(world);
  });
});
