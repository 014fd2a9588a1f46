import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { folderWith } from "../../folders";
import { branchWorld, entryOf, hashOf, register, registerBranch, registerVariables } from "./branches";
import { run } from "./harness";
import { BUILDSPECS, pool } from "./inputs";
import { COMMIT_ID, EXECUTION_ID } from "./world";
import { whole } from "../../whole/sample";

/** Two names with one hash of 8 digits: with this many, such names are found in a second. */
const TWINS = ["feature/gkx", "feature/2hu7"] as const;
const now = (): number => Math.floor(Date.now() / 1000);

describe("job branch-register", () => {
  it("asks CodePipeline for the branch's name, in exactly these calls, notes it and hands on what stands for it", async () => {
    const world = branchWorld("feature/one");
    const before = now();
    const result = await registerBranch(world);
    assert.equal(result.code, 0, result.output);
    assert.deepEqual(result.calls, [
      "aws - codepipeline get-pipeline-state",
      "aws - codepipeline get-pipeline-execution",
      "aws - codepipeline list-action-executions",
      "aws - s3api list-objects-v2",
      "aws - s3 cp",
    ]);
    assert.deepEqual(result.exported, { BRANCH_HASH: hashOf("feature/one"), BRANCH_LABEL: "feature/one" });
    const { deployedAt = 0, ...entry } = entryOf(world, "feature/one") ?? {};
    assert.deepEqual(entry, {
      ref: "refs/heads/feature/one",
      stackName: `catalog--br-${hashOf("feature/one")}`,
      commit: COMMIT_ID,
    });
    assert.ok(deployedAt >= before && deployedAt <= now());
  });

  whole(
    "takes every name that git takes as data, and makes a label of it that any tag may have",
    async () => {
      const long = `feature/${"ü".repeat(247)}`;
      const names: Record<string, string> = {
        "feature/$(touch$IFS'pwned')`id>pwned`;id>pwned": "feature/--touch-IFS-pwned---id-pwned--id-pwned",
        'feature/"},{"name"}': "feature/-----name--",
        "feature/it's-&-<this>;|%s%n!": "feature/it-s----this----s-n-",
        "feature/größe/ключ/鍵": "feature/gr----e/--------/---",
        "feature/a/b@c=d+e,f#g": "feature/a/b@c-d+e-f-g",
        [long]: `feature/${"-".repeat(248)}`,
      };
      await pool(Object.entries(names), async ([name, label]) => {
        const world = branchWorld(name);
        const folder = folderWith({});
        const variables = { ...registerVariables, EXECUTION_ID };
        const result = await run(BUILDSPECS["branch-register"], folder, variables, world);
        assert.equal(result.code, 0, result.output);
        assert.equal(result.exported["BRANCH_HASH"], hashOf(name));
        assert.equal(result.exported["BRANCH_LABEL"], label, name);
        assert.equal(entryOf(world, name)?.ref, `refs/heads/${name}`);
        assert.ok(!existsSync(join(folder, "pwned")));
      });
    },
  );

  whole("refuses what git has no branch of, before anything is noted", async () => {
    const names = [
      "feature/a b",
      "feature/a\nb",
      "feature/a\n",
      "feature/a\tb",
      "feature/../main",
      "feature/..",
      "feature//x",
      "feature/.x",
      "feature/x.lock",
      "feature/x/",
      "feature/x.",
      "feature/x@{1}",
      "feature/*",
      "feature/x~1",
      "feature/x^",
      "feature/x:y",
      "feature/x?",
      "feature/[x",
      "feature/x\\y",
      "feature/\u007f",
      "-feature",
      "/feature/x",
      "refs/heads/main",
      "refs/heads/feature/x",
      `feature/${"x".repeat(993)}`,
    ];
    await pool(names, async (name) => {
      const world = branchWorld(name);
      const result = await registerBranch(world, { INCLUDE: '["*"]' });
      assert.equal(result.code, 1, name);
      assert.match(result.output, /^error: git has no branch of this name: /, name);
      assert.equal(world.objects.size, 0);
      assert.deepEqual(result.exported, {});
    });
  });

  whole("refuses the main branch and what settings don't include, whoever started the run", async () => {
    const refusals: [string, RegExp][] = [
      ["main", /error: main is released by its own pipeline: push to another branch/],
      ["hotfix/x", /error: branch hotfix\/x is not among \["feature\/\*","fix"\]: choose another name/],
      ["fixes", /is not among/],
      ["a/feature/x", /is not among/],
      ["feature", /is not among/],
      ["-", /error: this run is of no branch: CodePipeline starts one itself when it makes the pipeline;/],
    ];
    await pool(refusals, async ([name, message]) => {
      const world = branchWorld(name);
      const include = name === "main" ? { INCLUDE: '["*"]' } : {};
      const result = await registerBranch(world, include);
      assert.equal(result.code, 1, name);
      assert.match(result.output, message);
      assert.equal(world.objects.size, 0);
    });
  });

  it("refuses one more than there may be, says which there are, and notes nothing", async () => {
    const world = branchWorld("feature/three");
    register(world, "feature/one", 3);
    register(world, "feature/it's-$(two)");
    world.objects.set("artifacts-bucket/kept/catalog--br/0123abcd/release.json", Buffer.from("{}"));
    const result = await registerBranch(world);
    assert.equal(result.code, 1);
    assert.match(
      result.output,
      /error: there are 2 environments of branches, and 2 are allowed: nothing was made\. Delete a branch/,
    );
    assert.match(
      result.output,
      new RegExp(`  feature/one \\(catalog--br-${hashOf("feature/one")}, last deployed 2`),
    );
    assert.match(result.output, /^ {2}feature\/it\\'s-\\\$\\\(two\\\) \(/m);
    assert.equal(entryOf(world, "feature/three"), undefined);
  });

  it("lets a branch be updated that has an environment, however many there are, and notes when", async () => {
    const world = branchWorld("feature/one");
    for (const branch of ["feature/one", "feature/two", "feature/three"]) register(world, branch, 3);
    const before = now();
    const result = await registerBranch(world);
    assert.equal(result.code, 0, result.output);
    assert.ok((entryOf(world, "feature/one")?.deployedAt ?? 0) >= before);
    assert.ok((entryOf(world, "feature/two")?.deployedAt ?? 0) < before);
  });

  it("refuses a branch whose stack would be another's", async () => {
    const [one, other] = TWINS;
    assert.equal(hashOf(one), hashOf(other));
    const world = branchWorld(other);
    register(world, one);
    const result = await registerBranch(world);
    assert.equal(result.code, 1);
    assert.match(
      result.output,
      new RegExp(`error: branch ${one} has the stack catalog--br-${hashOf(one)}, whose name`),
    );
    assert.equal(entryOf(world, other)?.ref, `refs/heads/${one}`);
  });

  it("notes nothing when a call fails, and says so", async () => {
    await pool([1, 2, 3, 4], async (call) => {
      const world = branchWorld("feature/one", { failAt: { call, after: false } });
      const result = await registerBranch(world);
      assert.notEqual(result.code, 0);
      assert.equal(world.objects.size, 0);
      assert.deepEqual(result.exported, {});
    });
  });
});
