/** Jobs of an environment in another Region: what its stack reads is there, and what is old goes there too. */
import assert from "node:assert/strict";
import {
  branchStack,
  branchWorld,
  cleanUpBranches,
  deployBranch,
  entryOf,
  hashOf,
  stackOf,
  statusOf,
  worldOf,
} from "./branches";
import { cleanup, promote, release } from "./inputs";
import { RELEASED_FUNCTION } from "./kinds";
import { runInside, withRunner } from "./runInside";
import { changeSet, liveStack } from "./stack";
import { BUCKET, COMMIT_ID, emptyWorld, EXECUTION_ID, role, type World } from "./world";

const NEAR = "artifacts-us-east-1-0a1b2c3";
const PLACE = { ENVIRONMENT_REGION: "us-east-1", ENVIRONMENT_BUCKET: NEAR };
const FOLDER = "releases/catalog/222222222222/test/";
const OLD = "99999999-8888-4777-8666-555555555555";
const day = (ago: number): string =>
  new Date(Date.now() - ago * 86_400_000).toISOString().replace(/\.\d+Z$/, "+00:00");
const keysIn = (world: World, bucket: string): string[] =>
  [...world.objects.keys()]
    .filter((key) => key.startsWith(`${bucket}/`))
    .map((key) => key.slice(bucket.length + 1))
    .sort();

describe("jobs of an environment in another Region", () => {
  it("Plan puts the same files in both Regions, and the stack reads those in its own", async () => {
    const added = { Action: "Add", LogicalResourceId: "Function", ResourceType: "AWS::Lambda::Function" };
    const change = { Type: "Resource", ResourceChange: { ...added, AfterContext: RELEASED_FUNCTION } };
    const world: World = {
      ...emptyWorld(),
      environmentRegion: "us-east-1",
      stacks: [liveStack()],
      outcome: { status: "CREATE_COMPLETE", reason: null, changes: [change] },
    };
    const result = await release("plan", world, PLACE);
    assert.equal(result.code, 0, result.output);
    const files = keysIn(world, NEAR);
    assert.ok(files.includes(`${FOLDER}${EXECUTION_ID}.template.json`));
    assert.deepEqual(files, keysIn(world, BUCKET));
    for (const key of files)
      assert.deepEqual(world.objects.get(`${NEAR}/${key}`), world.objects.get(`${BUCKET}/${key}`), key);
    const given = world.commands.find(([what]) => what === "template")?.[1];
    assert.equal(world.objects.get(`${NEAR}/${FOLDER}${EXECUTION_ID}.template.json`)?.toString(), given);
  });

  it("Promote keeps the release in tooling's Region, and removes what is old in both", async () => {
    const world = emptyWorld();
    for (const bucket of [BUCKET, NEAR])
      for (const run of [EXECUTION_ID, OLD])
        for (const name of ["SHA256SUMS", "release.json"]) {
          world.objects.set(`${bucket}/${FOLDER}${run}/${name}`, Buffer.from(name));
          world.written.set(`${bucket}/${FOLDER}${run}/${name}`, day(60));
        }
    // Of another environment, and in no place of this job's.
    world.objects.set(`${NEAR}/releases/catalog/333333333333/prod/${OLD}/release.json`, Buffer.from("prod"));
    world.written.set(`${NEAR}/releases/catalog/333333333333/prod/${OLD}/release.json`, day(60));
    const PLACES = JSON.stringify({ test: { region: "us-east-1", bucket: NEAR } });
    const result = await promote(world, { PACKAGING: "zip", PLACES });
    assert.equal(result.code, 0, result.output);
    const own = [`${FOLDER}${EXECUTION_ID}/SHA256SUMS`, `${FOLDER}${EXECUTION_ID}/release.json`];
    assert.deepEqual(keysIn(world, NEAR), [...own, `releases/catalog/333333333333/prod/${OLD}/release.json`]);
    assert.deepEqual(
      keysIn(world, BUCKET).filter((key) => !key.endsWith("deployed.json") && key.startsWith("releases/")),
      own,
    );
    assert.ok(keysIn(world, BUCKET).includes(`kept/catalog/${COMMIT_ID}/release.json`));
  });

  it("Promote removes nothing near the environment of what is old in tooling's Region alone", async () => {
    const world = emptyWorld();
    for (const name of ["SHA256SUMS", "release.json"])
      world.objects.set(`${BUCKET}/${FOLDER}${EXECUTION_ID}/${name}`, Buffer.from(name));
    for (const [bucket, ago] of [
      [BUCKET, 60],
      [NEAR, 1],
    ] as const) {
      world.objects.set(`${bucket}/${FOLDER}${OLD}/release.json`, Buffer.from("old"));
      world.written.set(`${bucket}/${FOLDER}${OLD}/release.json`, day(ago));
    }
    const PLACES = JSON.stringify({ test: { region: "us-east-1", bucket: NEAR } });
    const result = await promote(world, { PACKAGING: "zip", PLACES });
    assert.equal(result.code, 0, result.output);
    assert.deepEqual(keysIn(world, NEAR), [`${FOLDER}${OLD}/release.json`]);
    assert.ok(!world.objects.has(`${BUCKET}/${FOLDER}${OLD}/release.json`));
  });

  it("Promote to an environment in tooling's own Region looks at no other", async () => {
    const world = emptyWorld();
    for (const name of ["SHA256SUMS", "release.json"])
      world.objects.set(`${BUCKET}/${FOLDER}${EXECUTION_ID}/${name}`, Buffer.from(name));
    const PLACES = JSON.stringify({ prod: { region: "us-east-1", bucket: NEAR } });
    const result = await promote(world, { PACKAGING: "zip", PLACES });
    assert.equal(result.code, 0, result.output);
    assert.ok(world.commands.every((command) => !command.includes(NEAR)));
  });

  it("a runner gets the source from the bucket of its own Region", async () => {
    const world: World = { ...withRunner("SUCCEEDED"), environmentRegion: "us-east-1" };
    const result = await runInside(world, PLACE);
    assert.equal(result.code, 0, result.output);
    assert.deepEqual(keysIn(world, NEAR), [`${FOLDER}${EXECUTION_ID}/source.tar.gz`]);
  });

  it("the clean-up takes each role for the Region of its environment", async () => {
    const own = `d-${EXECUTION_ID}`;
    const world: World = {
      ...emptyWorld(),
      environmentRegion: "us-east-1",
      stacks: [liveStack("UPDATE_COMPLETE", { sets: [changeSet(own)] })],
      executions: { [EXECUTION_ID]: { type: "STANDARD", status: "Failed" } },
    };
    const target = {
      environment: "test",
      stackName: "catalog--test",
      roleArn: role("222222222222", "cleanup"),
    };
    const result = await cleanup(world, { TARGETS: JSON.stringify([{ ...target, region: "us-east-1" }]) });
    assert.equal(result.code, 0, result.output);
    assert.deepEqual(world.stacks[0]?.sets, []);
  });

  it("Deploy of a branch does all of it in the Region of its environment, with a session that was taken there", async () => {
    const branch = "feature/one";
    const added = { Action: "Add", LogicalResourceId: "Function", ResourceType: "AWS::Lambda::Function" };
    const change = { Type: "Resource", ResourceChange: { ...added, AfterContext: RELEASED_FUNCTION } };
    const world = branchWorld(branch, {
      environmentRegion: "us-east-1",
      outcome: { status: "CREATE_COMPLETE", reason: null, changes: [change] },
    });
    const result = await deployBranch(world, branch, PLACE);
    assert.equal(result.code, 0, result.output);
    assert.deepEqual(
      world.stacks.map(({ name, status }) => [name, status]),
      [[stackOf(branch), "CREATE_COMPLETE"]],
    );
    const own = `releases/catalog--br/222222222222/${hashOf(branch)}/${EXECUTION_ID}`;
    const files = keysIn(world, NEAR);
    assert.ok(files.includes(`${own}.template.json`) && files.every((key) => key.startsWith(own)));
    assert.deepEqual(
      files,
      keysIn(world, BUCKET).filter((key) => key.startsWith(own) && !key.endsWith("deployed.json")),
    );
    const given = world.commands.find(([what]) => what === "template")?.[1];
    assert.equal(world.objects.get(`${NEAR}/${own}.template.json`)?.toString(), given);
    assert.deepEqual(
      [...world.regions].filter((each) => each.includes("sts")),
      ["us-east-1 sts assume-role"],
    );
  });

  it("the clean-up of branches deletes stacks there, and asks CodeCommit and its registry in tooling's Region", async () => {
    const registered = { "feature/gone": 0, "feature/old": 8, "feature/here": 1 };
    const world: World = {
      ...worldOf(registered, ["feature/old", "feature/here"]),
      environmentRegion: "us-east-1",
    };
    world.stacks.push(branchStack("feature/other"));
    const result = await cleanUpBranches(world, { ENVIRONMENT_REGION: "us-east-1" });
    assert.equal(result.code, 0, result.output);
    assert.deepEqual(
      ["feature/gone", "feature/old", "feature/here", "feature/other"].map((each) => [
        statusOf(world, each),
        entryOf(world, each) !== undefined,
      ]),
      [
        ["DELETE_COMPLETE", false],
        ["DELETE_COMPLETE", false],
        ["UPDATE_COMPLETE", true],
        ["UPDATE_COMPLETE", false],
      ],
    );
    assert.ok(world.regions.has("eu-west-1 codecommit get-branch"));
    assert.ok(world.regions.has("us-east-1 sts assume-role"));
  });
});
