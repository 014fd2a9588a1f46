import assert from "node:assert/strict";
import { status } from "../../../commands/pipelines/status";
import { realAws } from "../../../commands/aws/clients";
import { age } from "../../../commands/pipelines/screen";
import { wrapped } from "../../../rehearsal/record/wrapped";
import { NOWHERE } from "../recorded";
import { ago, Cloud, commit, delivery, DENIED, digest, id, isScreen, NOW, sit, STACKS } from "./cloud";

const built = (letter: string) =>
  [
    ["Source", "Source", "Succeeded", { variables: { CommitId: commit(letter) } }],
    ["Build", "Build", "Succeeded", { variables: { CODE_DIGEST: digest(letter) } }],
  ] as const;
const deployed = (environment: string) =>
  [
    [`Deploy-${environment}`, "Deploy", "Succeeded"],
    [`Deploy-${environment}`, "Verify", "Succeeded"],
    [`Deploy-${environment}`, "Promote", "Succeeded"],
  ] as const;
const approved = [
  ["Approve-live", "Plan", "Succeeded"],
  ["Approve-live", "Approval", "Succeeded"],
] as const;
const waiting = [
  ["Approve-live", "Plan", "Succeeded"],
  ["Approve-live", "Approval", "InProgress"],
] as const;
const NONE = { watch: false, json: false, branches: false };

/** Everything at once: a released run, one that waits for an approval, one behind it, one that failed, one that builds. */
const busy = (): Cloud => {
  const cloud = new Cloud()
    .run("a", 9000, { subject: "First release" }, [
      ...built("a"),
      ...deployed("qa"),
      ...approved,
      ...deployed("live"),
    ])
    .run(
      "b",
      3000,
      { status: "InProgress", subject: "Adds a filter by price and by size, and a page that explains both" },
      [...built("b"), ...deployed("qa"), ...waiting],
    )
    .run(
      "c",
      300,
      { status: "InProgress", subject: '{"ProviderType":"GitHub","CommitMessage":"Sorts\\n\\nby name"}' },
      [...built("c"), ...deployed("qa")],
    )
    .run("d", 100, { status: "Failed", subject: "Breaks\u001b[2J a test" }, [
      built("d")[0],
      ["Build", "Build", "Failed", { message: "Build terminated with state: FAILED" }],
    ])
    .run("e", 3, { status: "InProgress", subject: "Mends it" }, [
      built("e")[0],
      ["Build", "Build", "InProgress"],
    ]);
  cloud.logs["d-Build"] = [
    "[Container] runs",
    "error: first",
    "error: npm test failed in app: 2 of 31 tests; see the lines above",
    "[Container] ends",
  ];
  return cloud;
};
const shown = async (
  cloud: Cloud,
  names: string[] = ["shop"],
  columns = 120,
  options = NONE,
): Promise<string[]> => {
  const { desk, said } = sit(cloud, { columns });
  assert.equal(await status(desk, delivery(), names, options), 0);
  return said;
};

describe("status", () => {
  for (const columns of [80, 120])
    it(`shows a busy pipeline on ${columns} columns, in two calls of CodePipeline`, async () => {
      const cloud = busy();
      const said = await shown(cloud, ["shop"], columns);
      isScreen(`busy-${columns}`, said);
      assert.deepEqual(
        said.filter((line) => line.length > columns),
        [],
      );
      assert.deepEqual(cloud.calls, ["ListPipelineExecutions", "ListActionExecutions", "GetLogEvents"]);
    });

  it("says where the clean-up job ends what is stale, to people and to programs", async () => {
    const [shop, ...others] = STACKS.build.pipelines;
    const stops = delivery({
      ...STACKS,
      build: { ...STACKS.build, pipelines: [{ ...shop, staleApprovals: "stop" }, ...others] },
    });
    const { desk, said } = sit(busy(), { columns: 120 });
    assert.equal(await status(desk, stops, ["shop"], NONE), 0);
    assert.ok(
      said.includes(
        "  stale    newer runs wait behind that approval (cccccccc): the clean-up job stops its run, which takes a minute",
      ),
      said.join("\n"),
    );
    const { desk: other, said: written } = sit(busy());
    assert.equal(await status(other, stops, [], { ...NONE, json: true }), 0);
    const { pipelines } = JSON.parse(written.join("\n")) as { pipelines: { endsStaleApprovals: boolean }[] };
    assert.deepEqual(
      pipelines.map(({ endsStaleApprovals }) => endsStaleApprovals),
      [true, false],
    );
  });

  it("shows all pipelines one below the other", async () => {
    isScreen("all-80", await shown(busy(), [], 80));
  });

  for (const [what, state, line] of [
    [
      "Failed",
      { status: "Failed", summary: "a condition failed" },
      "failed   run bbbbbbbb, 1 h ago: bbbbbbbb: a condition failed",
    ],
    [
      "Stopped",
      { status: "Stopped", stopped: "wrong commit" },
      "stopped  run bbbbbbbb, 1 h ago: bbbbbbbb: wrong commit",
    ],
    ["Cancelled", { status: "Cancelled" }, "cancelled  run bbbbbbbb, 1 h ago: bbbbbbbb"],
    ["Superseded", { status: "Superseded" }, undefined],
    ["Succeeded", { status: "Succeeded" }, undefined],
    [
      "InProgress",
      { status: "InProgress" },
      "queued   run bbbbbbbb waits for stage Deploy-qa, 1 h: bbbbbbbb",
    ],
    ["Stopping", { status: "Stopping" }, "queued   run bbbbbbbb waits for stage Deploy-qa, 1 h: bbbbbbbb"],
  ] as const)
    it(`tells of a run that is ${what}`, async () => {
      const cloud = new Cloud()
        .run("a", 9000, {}, [...built("a"), ...deployed("qa"), ...approved, ...deployed("live")])
        .run("b", 102, state, built("b"));
      const said = await shown(cloud);
      assert.deepEqual(said.slice(4), line === undefined ? [] : [`  ${line}`]);
    });

  it("tells of an action that was abandoned with who stopped it", async () => {
    const cloud = new Cloud().run("b", 60, { status: "Stopped", stopped: "a typo" }, [
      ...built("b"),
      ["Deploy-qa", "Deploy", "Abandoned"],
    ]);
    assert.equal(
      (await shown(cloud)).at(-1),
      "  stopped  run bbbbbbbb in Deploy-qa/Deploy, 57 min ago: bbbbbbbb: a typo",
    );
  });

  it("takes what was released since for the end of a failure", async () => {
    const cloud = new Cloud()
      .run("a", 90, { status: "Failed" }, [["Source", "Source", "Failed", { message: "no branch" }]])
      .run("b", 60, {}, [...built("b"), ...deployed("qa"), ...approved, ...deployed("live")]);
    assert.equal((await shown(cloud)).length, 4);
  });

  it("shows the commit and code that a roll-back has brought back, and asks for what the newest page lacks", async () => {
    const cloud = new Cloud()
      .run("a", 9000, { subject: "Good" }, [
        ...built("a"),
        ...deployed("qa"),
        ...approved,
        ...deployed("live"),
      ])
      .run("b", 3000, { status: "Failed" }, [
        ...built("b"),
        ...deployed("qa"),
        ...approved,
        ["Deploy-live", "Deploy", "Succeeded"],
        ["Deploy-live", "Verify", "Failed"],
      ])
      .run("c", 2000, { rollbackTo: "a" }, deployed("live"));
    const [, , , live] = await shown(cloud);
    assert.equal(live, "  live         aaaaaaaa  1 d     cccccccc  aaaaaaaaaaaa  Good");
  });

  it("finds what an environment runs though 100 newer actions hide it, by CodePipeline's own filter", async () => {
    const cloud = new Cloud().run("a", 90_000, { subject: "Old" }, [
      ...built("a"),
      ...deployed("qa"),
      ...approved,
      ...deployed("live"),
    ]);
    for (let n = 0; n < 34; n++) cloud.run("b", 1000 - n * 10, { status: "Superseded" }, deployed("qa"));
    cloud.succeeded["Deploy-live"] = ["a"];
    const said = await shown(cloud);
    assert.equal(said[3], "  live         aaaaaaaa  62 d    aaaaaaaa  aaaaaaaaaaaa  Old");
    assert.deepEqual(cloud.calls, [
      ...["ListPipelineExecutions", "ListActionExecutions"],
      ...["ListActionExecutions", "ListPipelineExecutions", "ListActionExecutions"],
    ]);
  });

  it("says so where tests have not passed on what is deployed, and where nothing is known", async () => {
    // What was verified there before says nothing of it.
    const cloud = new Cloud()
      .run("0", 300, { subject: "Old" }, [...built("0"), ...deployed("qa")])
      .run("a", 30, { status: "InProgress", subject: "New" }, [
        ...built("a"),
        ["Deploy-qa", "Deploy", "Succeeded"],
        ["Deploy-qa", "Verify", "InProgress"],
      ]);
    assert.deepEqual((await shown(cloud)).slice(2), [
      "  qa           aaaaaaaa  27 min  aaaaaaaa  aaaaaaaaaaaa  (not verified) New",
      "  live         nothing that CodePipeline remembers",
      "  runs     run aaaaaaaa is in Deploy-qa/Verify, 27 min: aaaaaaaa New",
    ]);
  });

  it("writes JSON with its version, and moments that programs read", async () => {
    const said = await shown(busy(), ["shop"], 120, { ...NONE, json: true });
    const { version, at, pipelines } = JSON.parse(said.join("\n")) as {
      version: number;
      at: string;
      pipelines: { environments: unknown[]; underWay: unknown[] }[];
    };
    assert.deepEqual([version, at, pipelines.length], [1, NOW.toISOString(), 1]);
    assert.deepEqual(pipelines[0]?.environments[1], {
      ...{ environment: "live", approvers: ["ops@example.com"] },
      deployed: {
        ...{ run: id("a"), commit: commit("a"), subject: "First release", digest: digest("a") },
        ...{ since: ago(8992).toISOString(), promoted: true },
      },
    });
    assert.deepEqual(pipelines[0]?.underWay[2], {
      ...{
        run: id("b"),
        commit: commit("b"),
        digest: digest("b"),
        stage: "Approve-live",
        action: "Approval",
      },
      subject: "Adds a filter by price and by size, and a page that explains both",
      ...{ since: ago(2994).toISOString(), stale: [id("c")] },
      approval: { environment: "live", until: new Date(ago(2994).getTime() + 7 * 86_400_000).toISOString() },
    });
  });

  it("watches until somebody interrupts", async () => {
    const cloud = new Cloud();
    const { desk, said } = sit(cloud, {
      waits: [() => void cloud.run("a", 5, { status: "InProgress" }, [["Source", "Source", "InProgress"]])],
    });
    assert.equal(await status(desk, delivery(), ["shop"], { ...NONE, watch: true }), 0);
    assert.equal(said.filter((line) => line.startsWith("shop ")).length, 2);
    assert.equal(said.at(-1), "  runs     run aaaaaaaa is in Source/Source, 5 min: aaaaaaaa");
    await assert.rejects(status(desk, delivery(), [], { ...NONE, watch: true, json: true }), {
      message: "--watch and --json exclude each other: one is for people, one for programs",
    });
  });

  it("shows branches that were deployed lately, each with its newest release", async () => {
    const stacks = {
      ...STACKS,
      build: {
        ...STACKS.build,
        pipelines: [
          { ...STACKS.build.pipelines[0], branches: { include: ["features/*"], environment: "qa" } },
        ],
      },
    };
    const branch = (label: string) => [
      [
        "Register",
        "Register",
        "Succeeded",
        { variables: { BRANCH_LABEL: label, BRANCH_HASH: "01234567" } },
      ] as const,
      ["Build", "Build", "Succeeded", { variables: { CODE_DIGEST: digest("b") } }] as const,
      ["Deploy", "Deploy", "Succeeded"] as const,
    ];
    const cloud = new Cloud()
      .run("a", 60, { subject: "Old" }, branch("features/x"))
      .run("b", 30, { subject: "New" }, branch("features/x"));
    const { desk, said } = sit(cloud);
    await status(desk, delivery(stacks), [], { ...NONE, branches: true });
    assert.deepEqual(said.slice(-1), ["  features/x  bbbbbbbb  27 min  bbbbbbbb  bbbbbbbbbbbb  New"]);
    assert.ok(cloud.inputs("ListActionExecutions").some(({ pipelineName }) => pipelineName === "sh--br"));
  });

  it("says with exit code 1 that no pipeline is up yet, and how to bring it up", async () => {
    const cloud = new Cloud();
    const { PipelineNotFoundException } = await import("@aws-sdk/client-codepipeline");
    cloud.refused["ListPipelineExecutions"] = new PipelineNotFoundException({
      message: "none",
      $metadata: {},
    });
    const { desk, said } = sit(cloud);
    assert.equal(await status(desk, delivery(), ["shop"], NONE), 1);
    assert.deepEqual(said, ["shop  codecommit shop, main", "  missing  it is not up yet: npm run up"]);
  });

  it("refuses names that are not there with the nearest, another account's credentials, and those who may not look", async () => {
    const { desk } = sit(new Cloud());
    await assert.rejects(status(desk, delivery(), ["shp"], NONE), {
      message: 'there is no pipeline shp: did you mean "shop"? allowed are shop, web',
    });
    const other = { ...desk, aws: { ...desk.aws, account: () => Promise.resolve("999999999999") } };
    await assert.rejects(
      status(other, delivery(), ["shop"], NONE),
      /build: its credentials are of account 999999999999/,
    );
    const cloud = new Cloud();
    cloud.refused["ListActionExecutions"] = DENIED;
    await assert.rejects(status(sit(cloud).desk, delivery(), ["shop"], NONE), {
      message:
        "you may not look at pipeline shop: attach the policy operatorPolicyArn of shop to your role " +
        "(pulumi stack output pipelines --stack build shows its ARN), or give --profile NAME",
    });
  });

  it("asks by --profile alone, and takes none of the roles that the stack's own credentials take", async () => {
    const assumeRoles = [{ roleArn: "arn:aws:iam::444444444444:role/up" }];
    const stacks = delivery({ ...STACKS, build: { ...STACKS.build, "aws:assumeRoles": assumeRoles } });
    const { desk } = sit(new Cloud());
    const asked: unknown[] = [];
    const account: typeof desk.aws.account = ({ profile, assumeRoles: roles, account: id }) => {
      asked.push([profile, roles]);
      return Promise.resolve(id);
    };
    const one = { ...desk, aws: { ...desk.aws, account } };
    for (const more of [{}, { profile: "mine" }]) await status(one, stacks, ["shop"], { ...NONE, ...more });
    assert.deepEqual(asked, [
      ["builder", assumeRoles],
      ["mine", []],
    ]);
  });

  it("says that a job's log may not be read, and shows CodePipeline's own reason then", async () => {
    const cloud = busy();
    cloud.refused["GetLogEvents"] = DENIED;
    assert.match(
      (await shown(cloud)).join(" "),
      /Build terminated with state: FAILED \(its +log may not be read with these rights\)$/,
    );
  });

  it("asks CodePipeline and CloudWatch Logs with patience", async () => {
    for (const client of [realAws.codePipeline(NOWHERE), realAws.logs(NOWHERE)]) {
      const mode = client.config.retryMode;
      assert.deepEqual(
        [typeof mode === "function" ? await mode() : mode, await client.config.maxAttempts()],
        ["adaptive", 10],
      );
    }
  });

  it("counts whole units, and wraps at words", () => {
    assert.deepEqual(
      [0, 0.5, 1, 59, 60, 1439, 1440].map((minutes) => age(ago(minutes), NOW)),
      ["0 s", "30 s", "1 min", "59 min", "1 h", "23 h", "1 d"],
    );
    assert.deepEqual(wrapped("  a bb ccc", 6, "    "), ["  a bb", "    ccc"]);
    assert.deepEqual(wrapped("aaaaaaaaaa b", 6, "  "), ["aaaaaaaaaa", "  b"]);
  });
});
