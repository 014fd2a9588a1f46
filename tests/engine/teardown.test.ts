import assert from "node:assert/strict";
import { pulumi } from "./commandLine";
import { run } from "./stack";
import {
  assertFine,
  assertNothingChanges,
  fails,
  removeWorlds,
  STACKS,
  takeDown,
  up,
  upWorld,
} from "./worlds";

const KEY = "aws:kms/key:Key";

describe("taking everything down", () => {
  afterEach(removeWorlds);

  it("leaves nothing but the key in its waiting period, environments first, tooling last", async () => {
    const world = await upWorld();
    world.fill();
    await Promise.all(["test", "prod"].map((stack) => takeDown(world, stack)));
    await takeDown(world, "tooling");
    assert.deepEqual(
      world.cloud.things().map(({ type, pendingDeletionInDays }) => ({ type, pendingDeletionInDays })),
      [{ type: KEY, pendingDeletionInDays: 30 }],
    );
  });

  it("that fails in the middle is completed by the next destroy", async () => {
    const world = await upWorld();
    world.set("tooling", { deletable: true });
    await up(world, "tooling");
    world.inject({ op: "delete", nth: 20, when: "before", then: "fail" });
    const { errors } = await fails(world, "tooling", "destroy");
    assert.ok(errors.includes("injected fault: fail before delete"), errors.join("; "));
    world.inject();
    assertFine(await run(world, "tooling", "destroy"));
    const left = world.cloud.things().filter(({ account }) => account === "111111111111");
    assert.deepEqual(
      left.map(({ type }) => type),
      [KEY],
    );
  });

  it("is refused as long as others read what is there, and deletes nothing then", async () => {
    const world = await upWorld();
    const [before, inventory] = [world.now, world.inventory()];
    for (const stack of STACKS) {
      const { code, output } = await pulumi(world, "destroy", "--stack", stack, "--yes");
      assert.equal(code, 1);
      assert.match(
        output,
        /because it is protected\. To unprotect the resource, either remove the `protect` flag/,
      );
    }
    assert.deepEqual(world.writes(before), []);
    assert.deepEqual(world.inventory(), inventory);
  });

  it("without its preview keeps what others read, and an up brings the rest back", async () => {
    const world = await upWorld();
    const before = world.inventory();
    const { errors } = await fails(world, "tooling", "destroy"); // the Automation API shows no preview
    assert.ok(
      errors.some((error) => error.includes("because it is protected")),
      errors.join("\n"),
    );
    const gone = before.filter((each) => !world.inventory().includes(each));
    const shared = /aws:(kms|s3|ecr)\//;
    assert.deepEqual(
      gone.filter((each) => shared.test(each)),
      [],
    );
    await up(world, "tooling");
    assert.deepEqual(world.inventory(), before);
    await assertNothingChanges(world);
  });

  it("deletes nothing that holds something, protected or not, until `deletable` is up", async () => {
    const world = await upWorld();
    world.fill();
    const { code, output } = await pulumi(
      world,
      "state",
      "unprotect",
      "--all",
      "--stack",
      "tooling",
      "--yes",
    );
    assert.equal(code, 0, output);
    await fails(world, "tooling", "destroy", { continueOnError: true });
    const holders = world.cloud.things().filter(({ contents }) => contents !== undefined);
    assert.deepEqual(holders.map(({ type }) => type).sort(), [
      "aws:codebuild/reportGroup:ReportGroup",
      "aws:codebuild/reportGroup:ReportGroup",
      "aws:codebuild/reportGroup:ReportGroup",
      "aws:ecr/repository:Repository",
      "aws:s3/bucket:Bucket",
      "aws:s3/bucket:Bucket",
    ]);
    await takeDown(world, "tooling");
    const left = world.cloud.things().filter(({ account }) => account === "111111111111");
    // Destroyed, and made again for `deletable`.
    assert.deepEqual(
      left.map(({ type }) => type),
      [KEY, KEY],
    );
  });
});
