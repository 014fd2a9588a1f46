import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { ConcurrentPipelineExecutionsLimitExceededException } from "@aws-sdk/client-codepipeline";
import { release, type ReleaseOptions } from "../../../commands/pipelines/release";
import { Cloud, commit, delivery, DENIED, digest, id, isScreen, sit, type Sitting, STACKS } from "./cloud";

const SHA = commit("c");
const named = (name: string): Error => Object.assign(new Error(name), { name });
const built = (letter: string) =>
  [
    ["Source", "Source", "Succeeded", { variables: { CommitId: commit(letter) } }],
    ["Build", "Build", "Succeeded", { variables: { CODE_DIGEST: digest(letter) } }],
  ] as const;

/** Run `a` is live; what is started begins with nothing. */
function cloud(): Cloud {
  const made = new Cloud().run("a", 900, {}, [
    ...built("a"),
    ["Deploy-qa", "Deploy", "Succeeded"],
    ["Deploy-qa", "Promote", "Succeeded"],
  ]);
  made.before["StartPipelineExecution"] = () => void made.run("f", 0, { status: "InProgress" }, []);
  return made;
}
/** A repository whose branch main holds commit a. */
const REPOSITORY = {
  GetBranch: ({ branchName }: Record<string, unknown>) => {
    if (branchName !== "main" && branchName !== "fix") throw named("BranchDoesNotExistException");
    return { branch: { commitId: branchName === "main" ? commit("a") : SHA } };
  },
  GetCommit: ({ commitId }: Record<string, unknown>) => {
    if (commitId !== SHA && commitId !== commit("a")) throw named("CommitIdDoesNotExistException");
    return { commit: { message: "Adds a filter\n\nand more" } };
  },
  GetMergeConflicts: ({ sourceCommitSpecifier }: Record<string, unknown>) => ({
    baseCommitId: sourceCommitSpecifier === commit("a") ? commit("a") : commit("0"),
  }),
};
const LISTED = [
  `${commit("1")}\trefs/tags/v1.0`,
  `${SHA}\trefs/tags/v1.0^{}`,
  `${commit("2")}\trefs/tags/v2.0`,
  "",
].join("\n");
async function started(
  of: Cloud,
  options: Partial<ReleaseOptions> = {},
  sitting: Sitting = {},
  name = "shop",
) {
  const { desk, said, questions } = sit(of, { more: REPOSITORY, ...sitting });
  const code = await release(desk, delivery(), [name], { wait: false, yes: false, ...options });
  return { code, said, questions, input: of.inputs("StartPipelineExecution")[0] };
}
const of = (revisionValue: string) => ({
  name: "shop",
  sourceRevisions: [{ actionName: "Source", revisionType: "COMMIT_ID", revisionValue }],
});

describe("release", () => {
  it("counts the releases that Promote keeps as its record does: one that came back once, another build of a commit twice", async () => {
    const promoted = [
      ["Deploy-qa", "Deploy", "Succeeded"],
      ["Deploy-qa", "Promote", "Succeeded"],
    ] as const;
    const BUILT = "  Build makes its code: it is not among what was released lately";
    const KEPT = "  its code exists: run aaaaaaaa has released it to qa; nothing is built again";
    const rebuilt = [
      built("b")[0],
      ["Build", "Build", "Succeeded", { variables: { CODE_DIGEST: digest("d") } }],
    ] as const;
    const [b, c] = [["b", {}, built("b")] as const, ["c", {}, built("c")] as const];
    // After a, of which three releases are kept.
    for (const [line, ...later] of [
      [KEPT, b, c],
      [KEPT, b, c, ["d", { rollbackTo: "b" }, []]],
      [BUILT, b, c, ["d", {}, built("d")]],
      [BUILT, b, c, ["d", { commit: commit("b") }, rebuilt]],
    ] as const) {
      const history = cloud();
      later.forEach(([letter, written, before], at) =>
        history.run(letter, 500 - at * 100, written, [...before, ...promoted]),
      );
      assert.equal((await started(history)).said[2], line);
    }
  });

  it("starts what is on the pipeline's branch, says that it is there, and that its code exists", async () => {
    const { code, said, input } = await started(cloud());
    assert.deepEqual([code, input], [0, of(commit("a"))]);
    assert.deepEqual(said, [
      `shop: commit ${commit("a")} Adds a filter`,
      "  it is on branch main",
      "  its code exists: run aaaaaaaa has released it to qa; nothing is built again",
      `started: run ${id("f")}`,
    ]);
  });

  it("takes code for kept no longer than Promote keeps it", async () => {
    const made = cloud();
    for (const [at, letter] of ["b", "d", "e"].entries())
      made.run(letter, 800 - at, {}, [...built(letter), ["Deploy-qa", "Promote", "Succeeded"]]);
    assert.equal(
      (await started(made)).said[2],
      "  Build makes its code: it is not among what was released lately",
    );
  });

  it("asks before it starts a commit that is not on the branch; --yes answers", async () => {
    const no = cloud();
    const { code, said, questions } = await started(no, { commit: SHA }, { says: [false] });
    assert.deepEqual(
      [code, said.at(-1), questions],
      [1, "nothing was started", ["Release a commit that is not on branch main?"]],
    );
    assert.deepEqual(said.slice(1, 3), [
      "  it is NOT on branch main, which this pipeline releases",
      "  which other branches hold it is not known here: git cannot read the repository",
    ]);
    assert.ok(!no.calls.includes("StartPipelineExecution"));
    await assert.rejects(started(cloud(), { branch: "fix" }), {
      message: "Release a commit that is not on branch main? There is no terminal to ask: give --yes",
    });
    assert.deepEqual((await started(cloud(), { branch: "fix", yes: true })).input, of(SHA));
  });

  it("says where CodeCommit cannot tell, and goes on", async () => {
    const more = {
      ...REPOSITORY,
      GetMergeConflicts: () => Promise.reject(named("TipsDivergenceExceededException")),
    };
    const { said, input } = await started(cloud(), { commit: SHA }, { more });
    assert.deepEqual(
      [said[1], input],
      ["  it is too far from branch main for CodeCommit to say whether that holds it", of(SHA)],
    );
  });

  it("takes a tag for the commit that it is on, annotated or not, by git", async () => {
    const asked: string[][] = [];
    const git = (...args: string[]) => Promise.resolve(asked.push(args) > 0 ? LISTED : "");
    assert.deepEqual((await started(cloud(), { tag: "v1.0", yes: true }, { git })).input, of(SHA));
    assert.deepEqual(asked[0], [
      ...["ls-remote", "--"],
      ...["https://git-codecommit.eu-central-1.amazonaws.com/v1/repos/shop", "refs/tags/*"],
    ]);
    await assert.rejects(started(cloud(), { tag: "v1.O" }, { git }), {
      message: 'shop has no tag v1.O: did you mean "v1.0"? see git ls-remote',
    });
    const unread = () => Promise.reject(new Error("Command failed: git ls-remote\nfatal: no credentials\n"));
    await assert.rejects(started(cloud(), { tag: "v1.0" }, { git: unread }), {
      message:
        "git cannot read https://git-codecommit.eu-central-1.amazonaws.com/v1/repos/shop (fatal: no credentials): give --commit, or let git read it",
    });
  });

  it("says which other branches of CodeCommit's repository hold the commit, where git lists them", async () => {
    const names = ["main", "fix", "old", ...Array.from({ length: 20 }, (_, at) => `z${at}`)];
    const git = () => Promise.resolve(names.map((name) => `${commit("7")}\trefs/heads/${name}\n`).join(""));
    const more = {
      ...REPOSITORY,
      GetMergeConflicts: ({ destinationCommitSpecifier: branch }: Record<string, unknown>) => {
        if (branch === "old") throw named("TipsDivergenceExceededException");
        return { baseCommitId: branch === "fix" || branch === "z1" ? SHA : commit("0") };
      },
    };
    const { said } = await started(cloud(), { commit: SHA, yes: true }, { git, more });
    assert.equal(said[2], "  it is on fix, z1; 2 more branches were not looked at");
    const none = { ...more, GetMergeConflicts: () => ({ baseCommitId: commit("0") }) };
    const few = () => Promise.resolve(`${commit("7")}\trefs/heads/main\n${commit("7")}\trefs/heads/fix\n`);
    assert.equal(
      (await started(cloud(), { commit: SHA, yes: true }, { git: few, more: none })).said[2],
      "  no other branch holds it, as far as CodeCommit says",
    );
  });

  it("finds the branches of a repository on GitHub that hold a commit, by their history alone", async () => {
    const heads = `${commit("a")}\trefs/heads/main\n${SHA}\trefs/heads/fix\n`;
    const asked: string[][] = [];
    const holding: Record<string, string> = {
      [commit("a")]: "fix\nmain\n",
      [SHA]: "fix\n",
      [commit("8")]: "",
    };
    const git = (...args: string[]) => {
      asked.push(args);
      if (args[0] === "ls-remote") return Promise.resolve(args[3] === "refs/heads/*" ? heads : LISTED);
      if (args[2] !== "for-each-ref") return Promise.resolve("");
      const found = holding[args[4] ?? ""];
      return found === undefined ? Promise.reject(new Error("no such commit")) : Promise.resolve(found);
    };
    const web = (options: Partial<ReleaseOptions>, how: Sitting = { git }) =>
      started(cloud(), { yes: true, ...options }, how, "web");
    assert.deepEqual((await web({})).said[0], "web: what branch main of acme/web holds now");
    assert.deepEqual((await web({})).input, { name: "web" });
    assert.equal((await web({ branch: "main" })).said[1], "  it is the head of branch main");
    const NOT = "  it is NOT on branch main, which this pipeline releases";
    assert.deepEqual((await web({ branch: "fix" })).said.slice(1, 3), [NOT, "  it is on fix"]);
    assert.deepEqual((await web({ commit: SHA })).said.slice(1, 3), [NOT, "  it is on fix"]);
    assert.deepEqual((await web({ tag: "v1.0" })).said.slice(1, 3), [NOT, "  it is on fix"]);
    assert.equal((await web({ commit: commit("a") })).said[1], "  it is on branch main, fix");
    for (const nowhere of [commit("8"), commit("9")])
      assert.deepEqual((await web({ commit: nowhere })).said.slice(1, 3), [
        NOT,
        "  no branch of acme/web holds it: the stage Source fails where the repository has it not",
      ]);
    const { questions } = await web({ commit: SHA, yes: false }, { git, says: [false] });
    assert.deepEqual(questions, ["Release a commit that is not on branch main?"]);
    const fetched = asked.find((args) => args.includes("fetch")) ?? [];
    assert.deepEqual(fetched.slice(2), [
      ...["fetch", "--quiet", "--no-tags", "--filter=tree:0", "--"],
      ...["https://github.com/acme/web.git", "+refs/heads/*:refs/heads/*"],
    ]);
    assert.deepEqual(
      asked.find((args) => args[0] === "init"),
      ["init", "--quiet", "--bare", fetched[1]],
    );
    assert.ok(!existsSync(fetched[1] ?? ""), "the folder is left behind");
    const UNKNOWN =
      "  whether the repository has it, and on which branch, is not known here: the stage Source fails where it has not";
    assert.equal((await web({ commit: SHA }, {})).said[1], UNKNOWN);
    const other = {
      connection: "arn:aws:codeconnections:eu-central-1:444444444444:connection/given",
      repository: "acme/web",
    };
    const stacks = {
      ...STACKS,
      build: { ...STACKS.build, pipelines: [{ name: "web", prefix: "we", source: other }] },
    };
    const { desk } = sit(cloud(), { git });
    await assert.rejects(release(desk, delivery(stacks), ["web"], { wait: false, yes: false, tag: "v1.0" }), {
      message: "settings do not say on which server acme/web is: give --commit",
    });
  });

  it("follows the run, each attempt in a line, until it waits for an approval", async () => {
    const made = cloud();
    const waits = [
      () =>
        made.goesOn("f", 20, { status: "InProgress" }, [
          ["Source", "Source", "Succeeded"],
          ["Build", "Build", "InProgress"],
        ]),
      () =>
        made.goesOn("f", 20, { status: "InProgress" }, [
          ["Source", "Source", "Succeeded"],
          ["Build", "Build", "Succeeded"],
          ["Deploy-qa", "Deploy", "Succeeded"],
          ["Approve-live", "Plan", "Succeeded"],
          ["Approve-live", "Approval", "InProgress"],
        ]),
    ];
    const { code, said } = await started(made, { wait: true }, { waits });
    isScreen("follow", said);
    assert.equal(code, 0);
  });

  it("follows it as long as anything else of the run is at work beside an approval", async () => {
    const made = cloud();
    const both = (other: "InProgress" | "Failed") =>
      [
        ["Approve-live", "Plan", other],
        ["Approve-live", "Approval", "InProgress"],
      ] as const;
    const waits = [
      () => made.goesOn("f", 20, { status: "InProgress" }, both("InProgress")),
      () => made.goesOn("f", 20, { status: "Failed" }, both("Failed")),
    ];
    const { code, said } = await started(made, { wait: true }, { waits });
    assert.deepEqual([code, said.at(-1)], [1, "run ffffffff has failed"]);
  });

  for (const [status, line, expected] of [
    ["Succeeded", "run ffffffff has succeeded", 0],
    ["Failed", "run ffffffff has failed", 1],
    ["Stopped", "run ffffffff was stopped", 1],
    ["Superseded", "run ffffffff was superseded: a newer run has overtaken it", 1],
    ["Cancelled", "run ffffffff was cancelled, since the pipeline was changed: start it again", 1],
  ] as const)
    it(`ends when the run is ${status}, with exit code ${expected}; Stopping has not ended`, async () => {
      const made = cloud();
      made.logs["f-Build"] = ["error: npm ci failed"];
      const waits = [
        () => made.goesOn("f", 20, { status: "Stopping" }, []),
        () =>
          made.goesOn(
            "f",
            20,
            { status },
            status === "Failed"
              ? [["Build", "Build", "Failed", { message: "FAILED" }]]
              : [["Build", "Build", "Abandoned"]],
          ),
      ];
      const { code, said } = await started(made, { wait: true }, { waits });
      const job =
        status === "Failed"
          ? "  Build: Failed, 1 min 0 s: error: npm ci failed"
          : "  Build: Abandoned, 1 min 0 s";
      assert.deepEqual([code, said.slice(-2)], [expected, [job, line]]);
    });

  it("leaves the run where somebody interrupts, says so, and ends with 130", async () => {
    const { code, said } = await started(cloud(), { wait: true });
    assert.deepEqual(
      [code, said.slice(-2)],
      [
        130,
        [
          `run ${id("f")} goes on without you: npm run status -- shop`,
          `to stop it: aws codepipeline stop-pipeline-execution --pipeline-name shop --pipeline-execution-id ${id("f")}`,
        ],
      ],
    );
  });

  it("says which runs are under way already, and what becomes of them", async () => {
    const made = cloud().run("b", 5, { status: "InProgress" }, [["Source", "Source", "InProgress"]]);
    assert.equal(
      (await started(made)).said[3],
      "  under way already: bbbbbbbb; this one overtakes what waits between stages",
    );
  });

  it("refuses two answers at once, half a commit, what the repository has not, and who may not", async () => {
    const refused = (options: Partial<ReleaseOptions>, message: string, made = cloud(), how: Sitting = {}) =>
      assert.rejects(started(made, options, how), { message });
    await refused({ commit: SHA, tag: "v1" }, "--commit and --tag exclude each other: give one of them");
    await refused(
      { commit: "abc1234" },
      "--commit abc1234: write the commit's whole id, 40 or 64 hexadecimal digits (git rev-parse abc1234)",
    );
    await refused(
      { commit: commit("9") },
      `CodeCommit repository shop has no commit ${commit("9")}: push it first`,
    );
    await refused({ branch: "fixes" }, "CodeCommit repository shop has no branch fixes: push it first");
    const policy =
      "attach the policy operatorPolicyArn of shop to your role (pulumi stack output pipelines --stack build shows its ARN), or give --profile NAME";
    await refused({}, `you may not look at CodeCommit repository shop: ${policy}`, cloud(), {
      more: { ...REPOSITORY, GetBranch: () => Promise.reject(DENIED) },
    });
    const denied = cloud();
    denied.refused["StartPipelineExecution"] = DENIED;
    await refused({}, `you may not start pipeline shop: ${policy}`, denied);
    const full = cloud();
    full.refused["StartPipelineExecution"] = new ConcurrentPipelineExecutionsLimitExceededException({
      message: "50",
      $metadata: {},
    });
    await refused(
      {},
      "pipeline shop has as many runs under way as CodePipeline takes: wait, or stop one",
      full,
    );
  });
});
