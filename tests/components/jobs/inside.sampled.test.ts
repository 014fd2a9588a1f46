import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { folderWith } from "../../folders";
import { run, type Result } from "./harness";
import { ENDPOINT, runInside, withRunner } from "./runInside";
import { BUILDSPECS, releaseFolder } from "./inputs";
import { ServiceError } from "./service";
import { BUCKET, EXECUTION_ID, emptyWorld, role, TARGET_ID, type World } from "./world";
import { whole } from "../../whole/sample";

/** What runs inside an environment's account: the job in tooling that has it run, and what runs there. */

const KEY = `${BUCKET}/releases/catalog/222222222222/test/${EXECUTION_ID}/source.tar.gz`;
const hash = (data: Buffer): string => createHash("sha256").update(data).digest("hex");
const busy = () =>
  new ServiceError(
    "AccountLimitExceededException",
    "Cannot have more than 1 builds in queue for the project",
  );

describe("job run-inside", () => {
  it("gives the runner the source of its own run, starts it once with what it has to know, and waits for its end", async () => {
    const world = withRunner("IN_PROGRESS", "IN_PROGRESS", "SUCCEEDED");
    const result = await runInside(world, {
      CODEBUILD_BUILD_ID: "a-job:6f1e2d3c-0000-4000-8000-000000000000",
    });
    assert.equal(result.code, 0, result.output);
    assert.deepEqual(result.calls, [
      "aws - codepipeline get-pipeline-state",
      "aws - s3 cp",
      "aws - codepipeline list-action-executions",
      "aws - s3 cp",
      "aws starter codebuild start-build",
      ...Array<string>(3).fill("aws starter codebuild batch-get-builds"),
      "aws starter logs get-log-events",
    ]);
    const source = world.objects.get(KEY);
    assert.ok(source);
    assert.deepEqual(
      world.runner?.builds.map(({ token, variables }) => [token, variables]),
      [
        [
          "verify-0-6f1e2d3c-0000-4000-8000-000000000000",
          { EXECUTION_ID, STEP: "verify", SOURCE_SHA256: hash(source), ENDPOINT },
        ],
      ],
    );
    assert.match(result.output, /\n[|] > verify\n[|] error: it is cold\n$/);
    assert.equal(world.slept, 15);
  });

  it("fails as the runner does, in the runner's own words and with what happens next", async () => {
    for (const [status, log, why] of [
      ["FAILED", undefined, "it is cold"],
      ["TIMED_OUT", [], "see its log in account 222222222222"],
    ] as const) {
      const world = withRunner(status);
      if (log && world.runner) world.runner.log = log;
      const result = await runInside(world);
      assert.equal(result.code, 1);
      assert.match(result.output, /\nWhat happens next: CodePipeline rolls this stage back/);
      assert.equal(result.output.split("\n").at(-2), `error: verify inside test ended as ${status}: ${why}`);
    }
  });

  whole("waits for a runner that is busy, and for no other refusal", async () => {
    const world = withRunner("SUCCEEDED");
    if (world.runner) world.runner.refusals = [busy(), busy()];
    const waits = await runInside(world);
    assert.equal(waits.code, 0, waits.output);
    assert.match(waits.output, /the runner of test is busy: waiting \(0 of 240\)\n.*waiting \(1 of 240\)\n/);
    assert.deepEqual([world.slept, world.runner?.builds.length], [65, 1]);
    assert.match(world.runner?.builds[0]?.token ?? "", /^verify-2-/);

    const refused = withRunner("SUCCEEDED");
    if (refused.runner)
      refused.runner.refusals = [new ServiceError("AccessDeniedException", "not authorized")];
    for (const [other, why] of [
      [refused, "not authorized"],
      [{ ...emptyWorld() }, "Project cannot be found: delivery-catalog--test-runner"],
    ] as const) {
      const result = await runInside(other);
      assert.equal(result.code, 1);
      assert.ok(
        result.output.includes(`error: the runner of test (account 222222222222) can't be started: `) &&
          result.output.includes(why) &&
          result.output.endsWith("run 'pulumi up --stack test', then retry this stage\n"),
        result.output,
      );
    }
  });

  it("starts nothing for a run that has gone on without it while the runner was busy", async () => {
    const world = withRunner("SUCCEEDED");
    const build = "a-job:6f1e2d3c-0000-4000-8000-000000000000";
    if (world.runner) world.runner.refusals = [busy()];
    world.seen = [{}, { actions: [{ build, status: "Abandoned" }] }];
    const result = await runInside(world, { CODEBUILD_BUILD_ID: build });
    assert.equal(result.code, 1);
    assert.match(result.output, /error: CodePipeline has ended the action of this job \(Abandoned\)/);
    assert.deepEqual(world.runner?.builds, []);
  });

  whole("starts one build where the answer to the call is lost, and another for a retry", async () => {
    const world = withRunner("SUCCEEDED");
    for (const call of [4, undefined]) {
      world.awsCalls = 0;
      world.loseAnswerOf = call ?? null;
      const result = await runInside(world);
      assert.equal(result.code, 0, result.output);
    }
    assert.equal(world.runner?.builds.length, 2);
  });

  whole("goes on where the runner's log can't be read, and only there", async () => {
    const world = withRunner("SUCCEEDED");
    if (world.runner) delete world.runner.log;
    const result = await runInside(world);
    assert.equal(result.code, 0, result.output);
    assert.match(result.output, /\(the log of build delivery-catalog--test-runner:\S+ could not be read\)/);
  });

  whole(
    "starts nothing for another run's release, a release that was changed, or in another account",
    async () => {
      for (const [changes, message] of [
        [{ RELEASE_SHA256: "0".repeat(64) }, /error: SHA256SUMS has the checksum \w+, Build said 0{64}/],
        [
          { STARTER_ROLE_ARN: role("333333333333", "starter") },
          /error: the starter role is in account 333333333333/,
        ],
        [
          { STEP: "install" },
          /error: variable STEP must match beforeDeploy[|]afterDeploy[|]verify, but is install/,
        ],
      ] as const) {
        const world = withRunner("SUCCEEDED");
        const result = await runInside(world, changes);
        assert.equal(result.code, 1);
        assert.match(result.output, message);
        assert.deepEqual(world.runner?.builds, []);
      }
    },
  );
});

/** What the runner is given when it is started, and what its project has. */
function inside(
  world: World,
  source: Buffer,
  changes: Readonly<Record<string, string>> = {},
): Promise<Result> & { folder: string } {
  const folder = folderWith({});
  world.objects.set(KEY, source);
  const variables = {
    ...{ PIPELINE: "catalog", ARTIFACT_BUCKET: BUCKET, PACKAGING: "image", ENVIRONMENT: "test" },
    ...{ ENVIRONMENT_ACCOUNT: "222222222222", EXECUTION_ID, STEP: "verify", SOURCE_SHA256: hash(source) },
    ...changes,
  };
  // Handed in by its own name: what other jobs are told by Deploy, it is told by who starts it.
  const spec = BUILDSPECS.inside.replace("export JOB=", `export ENDPOINT=${ENDPOINT} JOB=`);
  return Object.assign(run(spec, folder, variables, world), { folder });
}
const sourceOf = (): Buffer => readFileSync(join(releaseFolder().folder, "source.tar.gz"));

describe("job inside", () => {
  it("runs the service's tests on the source that it was told of, and asks AWS for nothing else", async () => {
    const world = emptyWorld();
    const started = inside(world, sourceOf());
    const result = await started;
    assert.equal(result.code, 0, result.output);
    assert.deepEqual(world.npm.ran, ["ci", `run verify ${ENDPOINT}`]);
    assert.deepEqual(result.calls, ["aws - s3 cp", "npm ci", "npm run verify"]);
    assert.ok(existsSync(join(started.folder, "source/reports/verify.xml")));
  });

  whole("ends with the step's own failure, and where it has reported nothing", async () => {
    for (const [npm, message] of [
      [
        { fails: "run verify" },
        "error: 'npm run verify' ended with exit code 1: the release doesn't do in test what its tests ask for\n",
      ],
      [
        { fails: "ci" },
        "error: 'npm ci' ended with exit code 1: see what it says above; correct it, or retry this stage\n",
      ],
      [
        { silent: "run verify" },
        "error: 'npm run verify' wrote no reports/verify.xml: it must report its tests as JUnit XML\n",
      ],
    ] as const) {
      const world = emptyWorld();
      Object.assign(world.npm, npm);
      const result = await inside(world, sourceOf());
      assert.equal(result.code, 1);
      assert.ok(result.output.endsWith(message), result.output);
    }
  });

  whole("unpacks nothing that is not the release's source, or that it can't fetch", async () => {
    const link = folderWith({ x: "1" });
    symlinkSync("/etc", join(link, "etc"));
    const linked = execFileSync("tar", ["-czf", "-", "-C", link, "."]);
    for (const [source, changes, message] of [
      [
        sourceOf(),
        { SOURCE_SHA256: "0".repeat(64) },
        /error: source.tar.gz has the checksum \w{64}, the release's has 0{64}: it was changed\n$/,
      ],
      [sourceOf(), { SOURCE_SHA256: "$(touch pwned)" }, /error: variable SOURCE_SHA256 must match/],
      [
        sourceOf(),
        { EXECUTION_ID: TARGET_ID },
        /error: s3:\S+source.tar.gz can't be read: if the network has no way to S3 in eu-west-1/,
      ],
      [linked, {}, /error: source.tar.gz holds something that is neither file nor folder\n$/],
    ] as const) {
      const world = emptyWorld();
      const started = inside(world, source, changes);
      const result = await started;
      assert.equal(result.code, 1);
      assert.match(result.output, message);
      assert.deepEqual(world.npm.ran, []);
      assert.ok(!existsSync(join(started.folder, "source")));
    }
  });
});
