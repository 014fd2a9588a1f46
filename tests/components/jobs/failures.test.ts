import assert from "node:assert/strict";
import type { Result } from "./harness";
import { lambdaZip } from "../../../components/workloads/lambdaZip";
import { build, folderOf, promote, pool, release, releaseFolder, sourceFolder } from "./inputs";
import { keep, worldOf } from "./kinds";
import { changeSet, liveStack } from "./stack";
import { BUCKET, COMMIT_ID, DIGEST, EXECUTION_ID, OLD_DIGEST, emptyWorld, image, type World } from "./world";

/** Every call of every job fails once, before and after it took effect; the next run must find its way. */
interface Case {
  readonly job: string;
  readonly world: () => World;
  readonly run: (world: World) => Promise<Result>;
  /** What must be true of the world once a later run has succeeded. */
  readonly settled: (world: World) => unknown;
}

const OWN = `d-${EXECUTION_ID}`;
const added = {
  ResourceChange: {
    Action: "Add",
    LogicalResourceId: "F",
    ResourceType: "AWS::Lambda::Function",
    AfterContext: '{"Properties":{}}',
  },
};
const outcome = { status: "CREATE_COMPLETE", reason: null, changes: [added] };
const stale = (): World => ({
  ...emptyWorld(),
  outcome,
  stacks: [
    liveStack("UPDATE_COMPLETE", {
      protected: false,
      sets: [changeSet("d-11111111-0000-4000-8000-000000000000"), changeSet(OWN)],
    }),
  ],
});

function verified(): World {
  const images = [
    image(DIGEST, COMMIT_ID),
    image(OLD_DIGEST, "a".repeat(40), "live-test"),
    image("sha256:0", "b".repeat(40), "live-test-previous"),
  ];
  const world = { ...emptyWorld(), images };
  for (const name of ["SHA256SUMS", "template.yaml"]) {
    world.objects.set(
      `${BUCKET}/releases/catalog/222222222222/test/${EXECUTION_ID}/${name}`,
      Buffer.from(name),
    );
    world.objects.set(`${BUCKET}/kept/catalog/${"b".repeat(40)}/${name}`, Buffer.from(name));
  }
  return world;
}

const FILE_MARKS = { "live-test": "a".repeat(40), "live-test-previous": "b".repeat(40) };
/** The same where code is files, with a file in the kept release that this one doesn't have. */
function verifiedFiles(): World {
  const world = { ...verified(), images: [] };
  for (const [name, commit] of Object.entries(FILE_MARKS))
    world.objects.set(`${BUCKET}/kept/catalog/${name}`, Buffer.from(`${commit}\n`));
  world.objects.set(`${BUCKET}/kept/catalog/${COMMIT_ID}/code/old.zip`, Buffer.from("old"));
  return world;
}

/** A kept release that is not whole. */
function brokenFiles(): World {
  const world = worldOf(lambdaZip);
  keep(world, releaseFolder().folder);
  keep(world, folderOf({ "code/more.zip": "x" }));
  return world;
}

const CASES: readonly Case[] = [
  {
    job: "build",
    world: emptyWorld,
    run: (world) => build(world),
    settled: (world) => world.images.map((one) => [one.digest, one.tags]),
  },
  {
    job: "build, a zip whose kept release is broken",
    world: brokenFiles,
    run: (world) => build(world, {}, sourceFolder(), lambdaZip),
    settled: (world) => [...world.objects.keys()].sort(),
  },
  {
    job: "plan",
    world: stale,
    run: (world) => release("plan", world),
    settled: (world) =>
      world.stacks.map((stack) => [
        stack.status,
        stack.release,
        stack.sets.map((set) => [set.name, set.executionStatus]),
      ]),
  },
  {
    job: "deploy, what was approved",
    world: stale,
    run: (world) => release("deploy", world),
    settled: (world) =>
      world.stacks.map((stack) => [
        stack.status,
        stack.release,
        stack.protected,
        stack.sets.map((set) => set.name),
      ]),
  },
  {
    job: "deploy, its own set",
    world: stale,
    run: (world) => release("deploy", world, { APPROVAL: "false" }),
    settled: (world) =>
      world.stacks.map((stack) => [
        stack.status,
        stack.release,
        stack.protected,
        stack.sets.map((set) => set.name),
      ]),
  },
  {
    job: "promote",
    world: verified,
    run: (world) => promote(world),
    settled: (world) => [
      world.images.map((one) => [one.digest, [...one.tags].sort()]),
      [...world.objects.keys()].sort(),
    ],
  },
  {
    job: "promote, where code is files",
    world: verifiedFiles,
    run: (world) => promote(world, { PACKAGING: "zip", EXPIRATION_IN_DAYS: "44", REPOSITORY_NAME: "" }),
    settled: (world) => [...world.objects].map(([key, contents]) => `${key}: ${contents.toString()}`).sort(),
  },
];

/** Calls that have no effect: it is all the same when they fail. */
const READS = / (describe-[a-z-]+|list-[a-z0-9-]+|get-[a-z-]+|batch-get-image|validate-template)$/;

describe("a call to AWS that fails", () => {
  for (const { job, world: make, run, settled } of CASES) {
    it(`stops job ${job} at once, and a later run leaves the same as if nothing had happened`, async () => {
      const good = make();
      const reference = await run(good);
      assert.equal(reference.code, 0, reference.output);
      const total = good.awsCalls;
      assert.ok(total > 3);
      const names = reference.calls.filter((call) => call.startsWith("aws "));
      assert.equal(names.length, total);
      const tries = names.flatMap((name, k) => [
        { call: k + 1, after: false },
        ...(READS.test(name) ? [] : [{ call: k + 1, after: true }]),
      ]);
      await pool(tries, async (failAt) => {
        const what = `call ${failAt.call} of ${total}, ${failAt.after ? "after" : "before"} its effect`;
        const world = make();
        world.failAt = failAt;
        const broken = await run(world);
        const after = broken.calls.filter((call) => call.startsWith("aws ")).slice(failAt.call);
        if (broken.code === 0) {
          // It has read that the call took effect.
          assert.ok(failAt.after, what);
          assert.deepEqual(settled(world), settled(good), what);
        } else {
          assert.deepEqual(broken.exported, {}, what);
          assert.deepEqual(
            after.filter((call) => !READS.test(call)),
            [],
            what,
          );
        }
        world.failAt = null;
        const again = await run(world);
        assert.equal(again.code, 0, `${what}: ${again.output}`);
        assert.deepEqual(again.exported, reference.exported, what);
        assert.deepEqual(settled(world), settled(good), what);
      });
    });
  }
});
