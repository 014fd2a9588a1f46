import assert from "node:assert/strict";
import { existsSync, mkdirSync, rmSync, symlinkSync } from "node:fs";
import { dirname, join } from "node:path";
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
    assert.deepEqual(result.exported, {
      BRANCH_HASH: hashOf("feature/one"),
      BRANCH_LABEL: "feature/one",
      BRANCH_PRIORITY: "-",
    });
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

  describe("with a delivery.yaml of the service", () => {
    const steps = "test: [touch pwned]\nbundle: []\nverify: []\n";
    const registered = (branches: string, files: Record<string, string> = {}, branch = "feature/one") => {
      const world = branchWorld(branch);
      const folder = folderWith({ "app/delivery.yaml": `${steps}${branches}\n`, ...files });
      return { world, folder, ended: registerBranch(world, {}, folder) };
    };
    const refused = async (
      branches: string,
      error: string,
      files: Record<string, string> = {},
      branch?: string,
    ) => {
      const { world, folder, ended } = registered(branches, files, branch);
      const result = await ended;
      assert.deepEqual([result.code, result.output], [1, `error: ${error}\n`]);
      assert.equal(world.objects.size, 0);
      assert.deepEqual(result.exported, {});
      assert.ok(!existsSync(join(folder, "app/pwned")));
    };

    whole(
      "takes of the branches that settings include those that it names, and all where it names none",
      async () => {
        const cases = [
          "",
          "branches: [feature/*]",
          'branches: [other, "*/one"]',
          "branches: [feature/one]",
          'branches: ["*"]',
        ];
        await pool(cases, async (branches) => {
          const { world, folder, ended } = registered(branches);
          const result = await ended;
          assert.equal(result.code, 0, result.output);
          assert.ok(entryOf(world, "feature/one"), branches);
          assert.ok(!existsSync(join(folder, "app/pwned")));
        });
      },
    );

    it("refuses a branch that it doesn't name, before anything is noted", async () => {
      const list = '["feature/two*","fix"]';
      await refused(
        `branches: ${list}`,
        `branch feature/one is not among 'branches' of app/delivery.yaml, ${list}: choose another name, or add it there, on this branch`,
      );
    });

    whole("widens nothing: settings are asked first", () =>
      refused(
        'branches: ["*"]',
        String.raw`branch hotfix is not among ["feature/*","fix"]: choose another name, or add it to the pipeline's settings`,
        {},
        "hotfix",
      ),
    );

    whole("ends with one line for each thing that is wrong with it", async () => {
      const allowed =
        "allowed is the name of a branch in which * stands for any characters, such as feature/*, up to three times: " +
        "letters, digits, and . _ / @ + = # % -, at most 100 characters";
      const cannot = "app/delivery.yaml can't be used:\napp/delivery.yaml: ";
      const one = (received: string) => `${cannot}branches[0]: received ${received}; ${allowed}`;
      const list = "allowed is a list of patterns, 0 to 8; none means that no branch gets an environment";
      const cases: readonly [branches: string, error: string][] = [
        ["branches: []", "branch feature/one is not among 'branches' of app/delivery.yaml, []: choose another name, or add it there, on this branch"],
        ["branches: feature/*", `${cannot}branches: received "feature/*"; ${list}`],
        ["branches: { include: [x] }", `${cannot}branches: received {"include":["x"]}; ${list}`],
        [`branches: [${"a,".repeat(9)}]`, `${cannot}branches: received ${JSON.stringify(Array(9).fill("a"))}; ${list}`],
        ["branches: [[a]]", one('["a"]')],
        ['branches: [""]', one('""')],
        ["branches: [feature/**]", one('"feature/**"')],
        ["branches: [a*a*a*a*]", one('"a*a*a*a*"')],
        ["branches: ['feature/[a-z]']", one('"feature/[a-z]"')],
        ["branches: ['@(feature/one)']", one('"@(feature/one)"')],
        ["branches: ['$(touch pwned)']", one('"$(touch pwned)"')],
        [`branches: ["a\\nfeature/*"]`, one(String.raw`"a\nfeature/*"`)],
        [`branches: [${"x".repeat(101)}]`, one(`"${"x".repeat(98)}…`)],
        ["branches: [*-fix]", "app/delivery.yaml: line 4: it is not YAML: "],
        ["a: &a [x, x]\nbranches: [*a, *a]", "app/delivery.yaml: line 5: an alias is not allowed: write the value out"],
        ["branches: !!python/object/apply:os.system [touch pwned]", "app/delivery.yaml: line 4: a tag is not allowed: remove it"],
        [`branches: [${"a,".repeat(33_000)}]`, "app/delivery.yaml: it has more than 65536 characters: put commands into scripts"],
      ]; // prettier-ignore
      await pool(cases, async ([branches, error]) => {
        if (!error.endsWith(": ")) return refused(branches, error);
        const result = await registered(branches).ended;
        assert.equal(result.code, 1);
        assert.match(result.output, /^error: app\/delivery\.yaml: line 4: [^\n]+\n$/);
      });
    });

    whole("is no link to what the job has, and nothing beside it is run", async () => {
      const error = "app/delivery.yaml is no file, or behind a link: make it a file of the repository";
      const secret = join(folderWith({ "delivery.yaml": "secret: x\n" }), "delivery.yaml");
      const links: Record<string, (folder: string) => void> = {
        "to a file": (folder) => symlinkSync(secret, join(folder, "app/delivery.yaml")),
        "to nothing": (folder) => symlinkSync("/nothing", join(folder, "app/delivery.yaml")),
        "above it": (folder) => {
          rmSync(join(folder, "app"), { recursive: true });
          symlinkSync(dirname(secret), join(folder, "app"));
        },
        "a folder": (folder) => mkdirSync(join(folder, "app/delivery.yaml")),
      };
      await pool(Object.entries(links), async ([what, make]) => {
        const folder = folderWith({ "app/yaml.py": "" });
        make(folder);
        const world = branchWorld("feature/one");
        const result = await registerBranch(world, {}, folder);
        assert.deepEqual([result.code, result.output], [1, `error: ${error}\n`], what);
        assert.equal(world.objects.size, 0);
      });
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

  whole("gives each branch the first free place of its listener, and the same one again", async () => {
    const places = { FIRST_PRIORITY: "41", MAX_BRANCHES: "3" };
    const world = branchWorld("feature/three");
    register(world, "feature/one", 0, { priority: "41" });
    register(world, "feature/two", 0, { priority: "43" });
    const result = await registerBranch(world, places);
    assert.equal(result.code, 0, result.output);
    assert.equal(result.exported["BRANCH_PRIORITY"], "42");
    assert.deepEqual(entryOf(world, "feature/three")?.priority, "42");
    assert.equal(entryOf(world, "feature/three")?.ref, "refs/heads/feature/three");
    // What one has it keeps, whichever is free before it.
    world.executions = branchWorld("feature/two").executions;
    world.objects.delete(`artifacts-bucket/kept/catalog--br/${hashOf("feature/one")}`);
    const again = await registerBranch(world, places);
    assert.deepEqual([again.code, again.exported["BRANCH_PRIORITY"]], [0, "43"], again.output);
    assert.equal(entryOf(world, "feature/two")?.priority, "43");
  });

  whole("gives another place to a branch whose own is not among those of now, or another's too", async () => {
    const cases: [own: string, others: string[], given: string][] = [
      ["7", ["41"], "42"],
      ["41", ["41"], "42"],
      ["044", [], "41"],
      ["$(id)", [], "41"],
    ];
    await pool(cases, async ([priority, others, given]) => {
      const world = branchWorld("feature/one");
      register(world, "feature/one", 0, { priority });
      others.forEach((each, i) => register(world, `feature/other-${i}`, 0, { priority: each }));
      const result = await registerBranch(world, { FIRST_PRIORITY: "41" });
      assert.deepEqual([result.code, result.exported["BRANCH_PRIORITY"]], [0, given], result.output);
    });
  });

  whole(
    "refuses a branch for which no place is left, though it has an environment, and notes nothing anew",
    async () => {
      const world = branchWorld("feature/three");
      register(world, "feature/one", 0, { priority: "41" });
      register(world, "feature/two", 0, { priority: "42" });
      register(world, "feature/three", 3, { priority: "43" });
      const before = entryOf(world, "feature/three");
      const result = await registerBranch(world, { FIRST_PRIORITY: "41" });
      assert.equal(result.code, 1);
      assert.match(
        result.output,
        /^error: every place from 41 to 42 among the listener's rules is another branch's: delete a branch whose environment/m,
      );
      assert.deepEqual(entryOf(world, "feature/three"), before);
      assert.deepEqual(result.exported, {});
    },
  );

  whole("notes nothing when a call fails, and says so", async () => {
    await pool([1, 2, 3, 4], async (call) => {
      const world = branchWorld("feature/one", { failAt: { call, after: false } });
      const result = await registerBranch(world);
      assert.notEqual(result.code, 0);
      assert.equal(world.objects.size, 0);
      assert.deepEqual(result.exported, {});
    });
  });
});
