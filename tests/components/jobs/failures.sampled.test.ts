import assert from "node:assert/strict";
import { folderWith } from "../../folders";
import type { Result } from "./harness";
import { lambdaZip } from "../../../components/workloads/lambdaZip";
import { build, promote, pool, release, releaseFolder, sourceFolder } from "./inputs";
import { keep, RELEASED_FUNCTION, worldOf } from "./kinds";
import { changeSet, liveStack } from "./stack";
import { sampled, whole } from "../../whole/sample";
import { BUCKET, COMMIT_ID, DIGEST, EXECUTION_ID, OLD_DIGEST, emptyWorld, image, type World } from "./world";

/** Every call of every job fails once, before and after it took effect; the next run must find its way. */
interface Case {
  readonly job: string;
  readonly world: () => World;
  readonly run: (world: World) => Promise<Result>;
  /** What must be true of the world once a later run has succeeded. */
  readonly settled: (world: World) => unknown;
  /** What must be true of it whatever has died. */
  readonly holds?: (world: World) => void;
}

const OWN = `d-${EXECUTION_ID}`;
const added = {
  ResourceChange: {
    Action: "Add",
    LogicalResourceId: "F",
    ResourceType: "AWS::Lambda::Function",
    AfterContext: RELEASED_FUNCTION,
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

const [A, B] = ["a".repeat(40), "b".repeat(40)];
const record = (commit: string, codeDigest: string): Buffer =>
  Buffer.from(
    JSON.stringify({
      releases: [
        {
          ...{ commit, codeDigest, releaseSha256: "01".repeat(32) },
          ...{ run: "11111111-1111-4222-8333-444455556666", promotedAt: "2026-01-02T03:04:05Z" },
        },
      ],
    }),
  );
const LONG_AGO = "2026-01-01T00:00:00+00:00";
/** A release that was verified, with two records, and what none of these names. */
function verified(): World {
  const aged = { pushedAt: LONG_AGO };
  const images = [
    image(DIGEST, "new"),
    ...[OLD_DIGEST, `sha256:${"0b".repeat(32)}`].map((digest) => ({ ...image(digest, "old"), ...aged })),
  ];
  const world = { ...emptyWorld(), images };
  const kept = `${BUCKET}/kept/catalog/`;
  for (const name of ["SHA256SUMS", "template.yaml"]) {
    world.objects.set(
      `${BUCKET}/releases/catalog/222222222222/test/${EXECUTION_ID}/${name}`,
      Buffer.from(name),
    );
    for (const commit of [A, B]) {
      world.objects.set(`${kept}${commit}/${name}`, Buffer.from(name));
      world.written.set(`${kept}${commit}/${name}`, LONG_AGO);
    }
  }
  for (const name of ["test", "prod"])
    world.objects.set(`${kept}environments/${name}.json`, record(A, OLD_DIGEST));
  return world;
}
/** What the records name is there. */
function nothingLost({ objects, images }: World): void {
  for (const name of ["test", "prod"]) {
    const text = objects.get(`${BUCKET}/kept/catalog/environments/${name}.json`)?.toString() ?? "";
    const { releases } = JSON.parse(text) as { releases: { commit: string; codeDigest: string }[] };
    for (const { commit, codeDigest } of releases) {
      assert.ok(objects.has(`${BUCKET}/kept/catalog/${commit}/template.yaml`));
      assert.ok(images.length === 0 || images.some(({ digest }) => digest === codeDigest));
    }
  }
}

/** The same where code is files, with a file in the kept release that this one doesn't have. */
function verifiedFiles(): World {
  const world = { ...verified(), images: [] };
  world.objects.set(`${BUCKET}/kept/catalog/${COMMIT_ID}/code/old.zip`, Buffer.from("old"));
  return world;
}
const promoted = (world: World): unknown => [
  world.images,
  [...world.objects]
    .map(([key, contents]) => [
      key,
      contents
        .toString()
        .replace(/(?<="promotedAt": ")2[^"]*(?=")/g, (at) => (at.startsWith("2026-01-02") ? at : "now")),
    ])
    .sort(),
];

/** A kept release that is not whole. */
function brokenFiles(): World {
  const world = worldOf(lambdaZip);
  keep(world, releaseFolder().folder);
  keep(world, folderWith({ "code/more.zip": "x" }));
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
    settled: promoted,
    holds: nothingLost,
  },
  {
    job: "promote, where code is files",
    world: verifiedFiles,
    run: (world) => promote(world, { PACKAGING: "zip", REPOSITORY_NAME: "" }),
    settled: promoted,
    holds: nothingLost,
  },
];

/** Calls that have no effect: it is all the same when they fail. */
const READS = / (describe-[a-z-]+|list-[a-z0-9-]+|get-[a-z-]+|batch-get-image|validate-template)$/;

const IN_SAMPLE = ["deploy, what was approved"];

describe("a call to AWS that fails", () => {
  for (const [nth, { job, world: make, run, settled, holds }] of CASES.entries()) {
    (IN_SAMPLE.includes(job) ? it : whole)(
      `stops job ${job} at once, and a later run leaves the same as if nothing had happened`,
      async () => {
        const good = make();
        const reference = await run(good);
        assert.equal(reference.code, 0, reference.output);
        const total = good.awsCalls;
        assert.ok(total >= 3);
        const names = reference.calls.filter((call) => call.startsWith("aws "));
        assert.equal(names.length, total);
        const tries = names.flatMap((name, k) => [
          { call: k + 1, after: false },
          ...(READS.test(name) ? [] : [{ call: k + 1, after: true }]),
        ]);
        await pool(
          sampled(tries, (_, index) => index % 15 === nth),
          async (failAt) => {
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
              assert.match(broken.output, /(^|\n)error: [^\n]+\n$/, what);
              assert.deepEqual(
                after.filter((call) => !READS.test(call)),
                [],
                what,
              );
            }
            holds?.(world);
            world.failAt = null;
            const again = await run(world);
            assert.equal(again.code, 0, `${what}: ${again.output}`);
            assert.deepEqual(again.exported, reference.exported, what);
            assert.deepEqual(settled(world), settled(good), what);
          },
        );
      },
    );
  }
});
