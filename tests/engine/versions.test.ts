import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Thing } from "./aws/cloud";
import { PROJECT } from "./install";
import { keep, versions, worldOf } from "./versions";
import { assertNothingChanges, removeWorlds, STACKS, up, upAll, upWorld } from "./worlds";

/** What AWS keeps for people, or what others know by its id: an upgrade replaces none of it. */
const HOLDS_DATA = new Set([
  "aws:codecommit/repository:Repository",
  "aws:codeconnections/connection:Connection",
  "aws:codepipeline/pipeline:Pipeline",
  "aws:ecr/repository:Repository",
  "aws:kms/key:Key",
  "aws:s3/bucket:Bucket",
  "aws:sns/topic:Topic",
  "aws:sns/topicSubscription:TopicSubscription",
]);

/** The page that says what each version replaces, and asks of people. */
const CHANGELOG = readFileSync(join(PROJECT, "CHANGELOG.md"), "utf8");
/** The chapter of what has come since a version: what is before its own. */
const since = (version: string): string => CHANGELOG.split(`\n## ${version} `)[0] ?? "";
/** The commands that people are told to run before their first up since that version, as words. */
const askedBefore = (version: string): string[][] =>
  [...since(version).matchAll(/^pulumi (state .*)$/gm)].map(([, words = ""]) => words.split(" "));

const typeOf = (urn: string): string => (urn.split("::")[2] ?? "").split("$").at(-1) ?? "";

describe("the stacks of an earlier version", () => {
  afterEach(removeWorlds);

  it("are kept of one version at least", () => assert.ok(versions().length > 0));

  const name = process.env["ENGINE_KEEP"]; // set by the tests' launcher
  if (name !== undefined) {
    it(`are kept as ${name}`, async () => {
      const world = await upWorld();
      const [pipeline] = world.settings("tooling")["pipelines"] as object[];
      const branches = { include: ["feature/*"], environment: "test" };
      world.set("tooling", { pipelines: [{ ...pipeline, branches }] });
      await upAll(world);
      keep(world, name);
    });
    return;
  }

  for (const version of versions()) {
    it(`are taken to the present one by one up each: ${version}`, async () => {
      const world = await worldOf(version);
      world.fill(); // what holds something is not deleted by AWS
      // What the changelog has them run with AWS's CLI, for the repositories that it names.
      for (const [, end = ""] of since(version).matchAll(/^aws ecr delete-repository --force .*(\.cache)/gm))
        for (const each of world.cloud.all("aws:ecr/repository:Repository"))
          if (each.urn.endsWith(end)) world.cloud.remove(each);
      for (const words of askedBefore(version))
        execFileSync("pulumi", words, {
          cwd: world.project,
          env: { ...process.env, ...world.environment },
          stdio: "pipe",
        });
      const before = world.cloud.things().filter(({ type }) => HOLDS_DATA.has(type));
      const types = new Set(before.map(({ type }) => type));
      assert.deepEqual(
        [...HOLDS_DATA].filter((type) => !types.has(type)),
        ["aws:codeconnections/connection:Connection"],
        "the kept stacks lack something that holds data",
      );
      for (const stack of STACKS) await up(world, stack);
      const done = world.writes();
      assert.ok(done.length > 0, "this version is the present one");
      const after = new Map(world.cloud.things().map((thing) => [`${thing.type} ${thing.id}`, thing]));
      const gone = before.filter(({ type, id }: Thing) => !after.has(`${type} ${id}`));
      assert.deepEqual(gone, []);
      await assertNothingChanges(world);
      const deleted = done.flatMap(({ op, urn }) => (op === "delete" ? [typeOf(urn)] : []));
      assert.deepEqual(
        [...new Set(deleted)].filter((type) => !since(version).includes(`\`${type}\``)).sort(),
        [],
        "the changelog does not say what an up deletes or replaces",
      );
    });
  }
});
