import assert from "node:assert/strict";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { lambdaContainer } from "../../../components/workloads/lambdaContainer";
import { lambdaZip } from "../../../components/workloads/lambdaZip";
import { serverless } from "../../../components/workloads/serverless";
import type { Workload } from "../../../components/workloads/workload";
import {
  branchStack,
  branchWorld,
  cleanUpBranches,
  deployBranch,
  register,
  registerBranch,
} from "./branches";
import type { Result } from "./harness";
import { BUILDSPECS, build, cleanup, promote, promoteVariables, release, releaseFolder, sourceFolder } from "./inputs"; // prettier-ignore
import { run } from "./harness";
import { keep, worldOf } from "./kinds";
import { codeOf, plan } from "./planning";
import { type Calls, CALLS, PAUSE } from "../../../rehearsal/cost/durations";
import { changeSet, liveStack, type Stack } from "./stack";
import { BUCKET, COMMIT_ID, DIGEST, EXECUTION_ID, emptyWorld, type World } from "./world";
import { sampled, whole } from "../../whole/sample";

/**
 * A process of the AWS CLI takes about a second, and jobs do little else: how many each job starts, in each situation, is
 * written here and in docs/release.md. What makes it more is seen here first.
 */

const OWN = `d-${EXECUTION_ID}`;
const BRANCH = "feature/one";
const NONE = { status: "FAILED", reason: "The submitted information didn't contain changes", changes: [] };
const worldWith = (stacks: Stack[], changes: Partial<World> = {}): World => ({
  ...emptyWorld(),
  stacks,
  ...changes,
});
const live = (): Stack => liveStack("UPDATE_COMPLETE", { sets: [changeSet(OWN)] });
/** As Plan leaves it before the first release. */
const planned = (): Stack =>
  liveStack("REVIEW_IN_PROGRESS", {
    ...{ release: null, changeSetId: null, endpoint: null, protected: false },
    sets: [changeSet(OWN, { type: "CREATE" })],
  });

const FILES = ["SHA256SUMS", "parameters/prod.json", "parameters/test.json", "release.json", "source.tar.gz"]
  .concat("template.yaml", `code/${"1".repeat(64)}.zip`); // prettier-ignore
const recorded = (commit: string, run: string, releaseSha256 = "5e".repeat(32)): object => ({
  ...{ commit, codeDigest: DIGEST, releaseSha256, run },
  promotedAt: "2026-01-02T03:04:05Z",
});
const BEFORE = "11111111-1111-4222-8333-444455556666";
/** A release that was verified, with these releases in the record of each environment. */
function verified(...releases: object[]): World {
  const world = emptyWorld();
  for (const name of FILES)
    world.objects.set(
      `${BUCKET}/releases/catalog/222222222222/test/${EXECUTION_ID}/${name}`,
      Buffer.from(name),
    );
  if (releases.length > 0)
    for (const name of ["test", "prod"])
      world.objects.set(`${BUCKET}/kept/catalog/environments/${name}.json`, Buffer.from(JSON.stringify({ releases }))); // prettier-ignore
  return world;
}
const promoteFiles = (world: World): Promise<Result> =>
  promote(world, { PACKAGING: "zip", REPOSITORY_NAME: "" });

const planFiles = async (world: World): Promise<Result> => {
  const { files, digest } = codeOf("code");
  return (await plan({ workload: lambdaZip, files, variables: { CODE_DIGEST: digest }, world })).result;
};
function serviceFolder(workload: Workload): string {
  const folder = sourceFolder({ "app/parameters/prod.json": "[]" });
  if (workload === serverless) rmSync(join(folder, "app/template.yaml"));
  return folder;
}
/** osls, as the sample's own would do. */
const packages = (args: readonly string[]): void => {
  if (args[1] !== "package") return;
  const [stage = "", target = ""] = [args[args.indexOf("--stage") + 1], args.at(-1)];
  mkdirSync(target, { recursive: true });
  const text = readFileSync(join(__dirname, "serverless.template.json"), "utf8").replaceAll(
    "shop--test",
    `catalog--${stage}`,
  );
  writeFileSync(join(target, "cloudformation-template-update-stack.json"), text);
  writeFileSync(join(target, "shop.zip"), "the code");
};
const ofService = (workload: Workload): World => {
  const world = worldOf(workload);
  if (workload === serverless) world.npm.does = packages;
  return world;
};
const builds =
  (workload: Workload) =>
  (world: World): Promise<Result> =>
    build(world, {}, serviceFolder(workload), workload);
/** A world where the release of this commit is kept. */
async function built(workload: Workload): Promise<World> {
  const world = ofService(workload);
  const folder = serviceFolder(workload);
  assert.equal((await build(world, {}, folder, workload)).code, 0);
  keep(world, `${folder}/delivery-release`);
  return world;
}
const branches = (stacks: Stack[]): World => {
  const world = branchWorld(BRANCH, { stacks });
  register(world, BRANCH);
  return world;
};

interface Situation {
  readonly world: () => World | Promise<World>;
  readonly processes: number;
  readonly run?: (world: World) => Promise<Result>;
}
interface Counted {
  readonly run: (world: World) => Promise<Result>;
  readonly situations: Readonly<Record<string, Situation>>;
}
const JOBS: Readonly<Record<string, Counted>> = {
  ...Object.fromEntries(
    (
      [
        ["an image", lambdaContainer, 3, 6],
        ["a zip", lambdaZip, 2, 5],
        ["Serverless", serverless, 3, 6],
      ] as const
    ).map(([what, workload, first, again]) => [
      `Build of ${what}`,
      {
        run: builds(workload),
        situations: {
          "first release": { world: () => ofService(workload), processes: first },
          "nothing to change": { world: () => built(workload), processes: again },
        },
      },
    ]),
  ),
  "Plan of an image": {
    run: (world) => release("plan", world),
    situations: {
      "first release": { world: () => worldWith([]), processes: 12 },
      update: { world: () => worldWith([liveStack()]), processes: 12 },
      "nothing to change": { world: () => worldWith([liveStack()], { outcome: NONE }), processes: 12 },
    },
  },
  "Plan of a zip": {
    run: planFiles,
    situations: {
      "first release": { world: () => worldWith([]), processes: 11 },
      update: { world: () => worldWith([liveStack()]), processes: 11 },
      "nothing to change": { world: () => worldWith([liveStack()], { outcome: NONE }), processes: 11 },
    },
  },
  "Deploy of what was approved": {
    run: (world) => release("deploy", world),
    situations: {
      "first release": { world: () => worldWith([planned()]), processes: 10 },
      update: { world: () => worldWith([live()]), processes: 9 },
      "nothing to change": {
        world: () => worldWith([liveStack()], { outcome: NONE }),
        run: (world) => release("deploy", world, { CHANGE_SET: "none" }),
        processes: 12,
      },
    },
  },
  "Deploy without approval": {
    run: (world) => release("deploy", world, { APPROVAL: "false" }),
    situations: {
      "first release": { world: () => worldWith([]), processes: 19 },
      update: { world: () => worldWith([liveStack()]), processes: 17 },
      "nothing to change": { world: () => worldWith([liveStack()], { outcome: NONE }), processes: 13 },
    },
  },
  Verify: {
    run: (world) => {
      const { folder, sha256 } = releaseFolder();
      const variables = { ...promoteVariables, AWS_REGION: world.region, RELEASE_SHA256: sha256 };
      return run(BUILDSPECS.verify, folder, variables, world);
    },
    situations: { update: { world: emptyWorld, processes: 1 } },
  },
  "Promote of an image": {
    run: (world) => promote(world),
    situations: {
      "first release": { world: () => verified(), processes: 6 },
      update: { world: () => verified(recorded("a".repeat(40), BEFORE)), processes: 7 },
      "nothing to change": { world: () => verified(recorded(COMMIT_ID, EXECUTION_ID)), processes: 6 },
    },
  },
  "Promote of files": {
    run: promoteFiles,
    situations: {
      "first release": { world: () => verified(), processes: 7 },
      update: { world: () => verified(recorded("a".repeat(40), BEFORE)), processes: 7 },
      "nothing to change": { world: () => verified(recorded(COMMIT_ID, EXECUTION_ID)), processes: 6 },
    },
  },
  "clean-up after a failed run": {
    run: (world) => cleanup(world),
    situations: { update: { world: () => worldWith([liveStack()], { executions: { [EXECUTION_ID]: { type: "STANDARD", status: "Failed" } } }), processes: 6 } }, // prettier-ignore
  },
  "Register of a branch": {
    run: (world) => registerBranch(world),
    situations: { "first release": { world: () => branchWorld(BRANCH), processes: 5 } },
  },
  "Deploy of a branch": {
    run: (world) => deployBranch(world, BRANCH),
    situations: {
      "first release": { world: () => branches([]), processes: 19 },
      update: { world: () => branches([branchStack(BRANCH)]), processes: 18 },
    },
  },
  "clean-up of branches": {
    run: (world) => cleanUpBranches(world),
    situations: { "one is removed": { world: () => branches([branchStack(BRANCH)]), processes: 21 } },
  },
};

/** Each job of a release once, and the first of a branch. */
const IN_SAMPLE = [
  "Build of a zip",
  "Plan of an image",
  "Deploy of what was approved",
  "Verify",
  "Promote of an image",
  "clean-up after a failed run",
  "Register of a branch",
];

/** The jobs and situations that npm run cost counts in. */
const COSTED: Readonly<Record<keyof typeof CALLS, readonly [job: string, situation: string]>> = {
  Build: ["Build of an image", "first release"],
  Plan: ["Plan of an image", "update"],
  Deploy: ["Deploy of what was approved", "update"],
  "Deploy, unplanned": ["Deploy without approval", "update"],
  Verify: ["Verify", "update"],
  Promote: ["Promote of an image", "update"],
  Register: ["Register of a branch", "first release"],
};

/** What begins CloudFormation's work, and the look that tells of it. */
const WORKS = {
  "change set": [/ create-change-set$/, / describe-change-set$/],
  update: [/ execute-change-set$/, / describe-stack-events$/],
} as const;

function callsOf(calls: readonly string[]): Calls {
  const waits: (keyof typeof WORKS)[] = [];
  let meanwhile = 0;
  for (const what of ["change set", "update"] as const) {
    const [begins, looks] = WORKS[what];
    const start = calls.findIndex((call) => begins.test(call));
    if (start < 0) continue;
    waits.push(what);
    meanwhile += calls.map((call) => looks.test(call)).lastIndexOf(true) - start - 1;
  }
  return { all: calls.length, meanwhile, waits };
}

describe("the AWS CLI's processes", () => {
  for (const [job, { run: runs, situations }] of Object.entries(JOBS)) {
    (IN_SAMPLE.includes(job) ? it : whole)(`of ${job} are as many as are written here`, async () => {
      const found: Record<string, number> = {};
      const tried = sampled(Object.entries(situations), (_, index) => index === 0);
      for (const [situation, { world: make, run: own = runs }] of tried) {
        const world = await make();
        const result = await own(world);
        assert.equal(result.code, 0, `${situation}: ${result.output}`);
        found[situation] = result.calls.filter((call) => call.startsWith("aws ")).length;
      }
      assert.deepEqual(
        found,
        Object.fromEntries(tried.map(([situation, { processes }]) => [situation, processes])),
      );
    });
  }

  for (const [name, [job, situation]] of Object.entries(COSTED))
    (name === "Plan" ? it : whole)(
      `of ${name} are those that npm run cost counts, and so are the pauses`,
      async () => {
        const { run: runs, situations } = JOBS[job] ?? {};
        const { world: make, run: own = runs } = situations?.[situation] ?? {};
        assert.ok(make && own);
        const world = await make();
        const result = await own(world);
        assert.equal(result.code, 0, result.output);
        const counted = callsOf(result.calls.filter((call) => call.startsWith("aws ")));
        assert.deepEqual(counted, CALLS[name as keyof typeof CALLS]);
        // Two looks at each.
        assert.equal(
          world.slept,
          counted.waits.reduce((sum, what) => sum + 2 * PAUSE[what], 0),
        );
      },
    );
});
