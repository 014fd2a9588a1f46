import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { folderWith } from "../../folders";
import { run, type Result } from "./harness";
import { BUILDSPECS, build, releaseFolder, sourceFolder } from "./inputs";
import { BUCKET, COMMIT_ID, DIGEST, EXECUTION_ID, TARGET_ID, emptyWorld, type World } from "./world";
import { whole } from "../../whole/sample";

const variables = (sha256: string): Record<string, string> => ({
  PIPELINE: "catalog",
  ARTIFACT_BUCKET: BUCKET,
  PACKAGING: "image",
  ENVIRONMENT: "test",
  ENVIRONMENT_ACCOUNT: "222222222222",
  EXECUTION_ID,
  ENDPOINT: "https://abc123.execute-api.eu-west-1.amazonaws.com",
  COMMIT_ID,
  CODE_DIGEST: DIGEST,
  RELEASE_SHA256: sha256,
});
const verify = (world: World, release = releaseFolder(), PACKAGING = "image"): Promise<Result> =>
  run(BUILDSPECS.verify, release.folder, { ...variables(release.sha256), PACKAGING }, world);

describe("job verify", () => {
  it("runs the tests that Build handed over against the endpoint that Deploy has left, and asks AWS for nothing else", async () => {
    const source = sourceFolder();
    const built = await build(emptyWorld(), {}, source);
    const world = emptyWorld();
    const folder = join(source, "delivery-release");
    const result = await verify(world, { folder, sha256: built.exported["RELEASE_SHA256"] ?? "" });
    assert.equal(result.code, 0, result.output);
    assert.deepEqual(world.npm.ran, ["ci", "run verify https://abc123.execute-api.eu-west-1.amazonaws.com"]);
    assert.deepEqual(result.calls, ["aws - s3 cp", "npm ci", "npm run verify"]);
    assert.ok(existsSync(join(folder, "source/reports/verify.xml")));
    assert.ok(existsSync(join(folder, "source/src/handler.ts")));
  });

  whole("tests only what Deploy says that this run has deployed", async () => {
    const { folder, sha256 } = releaseFolder();
    const key = `${BUCKET}/releases/catalog/222222222222/test/${EXECUTION_ID}/deployed.json`;
    const good = {
      run: EXECUTION_ID,
      commit: COMMIT_ID,
      codeDigest: DIGEST,
      releaseSha256: sha256,
      endpoint: "https://x.execute-api.eu-west-1.amazonaws.com",
    };
    const cases: [object | undefined, RegExp][] = [
      [
        { ...good, releaseSha256: "0".repeat(64) },
        /error: SHA256SUMS has the checksum \w+, Build said 0{64}/,
      ],
      [{ ...good, commit: "0".repeat(40) }, /error: release.json is about another commit than this run/],
      [{ ...good, run: "$(touch pwned)" }, /error: variable EXECUTION_ID must match/],
      [{ ...good, endpoint: "" }, /error: variable ENDPOINT must match/],
      [{}, /error: variable EXECUTION_ID must match/],
      [undefined, /error: Deploy left no s3:.*deployed.json: retry this stage, or start a new release/],
    ];
    for (const [written, message] of cases) {
      const world = emptyWorld();
      // Another run's is there in any case.
      world.objects.set(key.replace(EXECUTION_ID, TARGET_ID), Buffer.from(JSON.stringify(good)));
      world.objects.set(key, Buffer.from(JSON.stringify(written ?? good)));
      if (!written) world.failAt = { call: 1, after: false };
      const result = await run(BUILDSPECS.verify, folder, variables(sha256), world);
      assert.equal(result.code, 1);
      assert.match(result.output, message);
      assert.deepEqual(world.npm.ran, []);
    }
  });

  it("says what happens next when a test fails, and the command that redeploys the release before", async () => {
    const world = emptyWorld();
    world.npm.fails = "run verify";
    const result = await verify(world);
    assert.equal(result.code, 1);
    assert.deepEqual(result.output.split("\n").slice(-9), [
      "npm error script 'run verify' failed",
      "What happens next: CodePipeline rolls this stage back to the last verified release where it can.",
      "It can't on the first release, when the pipeline was changed since, or when that release is over a year old and its artifacts have expired. After a first release there is nothing to go back to: correct it and push. Otherwise redeploy the release kept before:",
      "  aws codepipeline start-pipeline-execution --name catalog --source-revisions actionName=Source,revisionType=COMMIT_ID,revisionValue=<commit>",
      "<commit> is the first of these, which Promote has recorded:",
      "  aws s3 cp s3://artifacts-bucket/kept/catalog/environments/test.json -",
      "error: 'npm run verify' ended with exit code 1: the release doesn't do in test what its tests ask for",
      "",
    ].slice(-9)); // prettier-ignore
  });

  it("says that a branch's stack stays when a test fails, since nothing of it is kept", async () => {
    const world = emptyWorld();
    world.npm.fails = "run verify";
    const { folder, sha256 } = releaseFolder();
    const result = await run(BUILDSPECS.verify, folder, { ...variables(sha256), ENVIRONMENT: "br" }, world);
    assert.equal(result.code, 1);
    assert.match(
      result.output,
      /failed\nerror: 'npm run verify' ended with exit code 1: the branch doesn't do what its tests ask for. Its stack stays as it is; push a correction\n$/,
    );
  });

  it("fails when the tests leave no report", async () => {
    const world = emptyWorld();
    world.npm.silent = "run verify";
    const result = await verify(world);
    assert.equal(result.code, 1);
    assert.match(result.output, /error: 'npm run verify' wrote no reports\/verify.xml/);
  });

  whole(
    "refuses an archive with links or with names that lead out, before any of it is unpacked",
    async () => {
      const link = folderWith({ "app/x": "1" });
      symlinkSync("/etc", join(link, "app/etc"));
      const linked = execFileSync("tar", ["-czf", "-", "-C", link, "."]);
      const outside = execFileSync("tar", ["-czf", "-", "-P", "-C", join(link, "app"), "../app/x"]);
      for (const [archive, message] of [
        [linked, /error: source.tar.gz holds something that is neither file nor folder/],
        [outside, /error: source.tar.gz holds a name that leads out of its folder/],
      ] as const) {
        const release = releaseFolder({ "source.tar.gz": archive });
        const result = await verify(emptyWorld(), release);
        assert.equal(result.code, 1);
        assert.match(result.output, message);
        assert.deepEqual(result.calls, ["aws - s3 cp"]);
        assert.ok(!existsSync(join(release.folder, "source")));
      }
    },
  );
});
