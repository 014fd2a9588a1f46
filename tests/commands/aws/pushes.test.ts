import assert from "node:assert/strict";
import { Readable } from "node:stream";
import { CodePipelineClient } from "@aws-sdk/client-codepipeline";
import { connectionChecks, toolingChecks } from "../../../commands/doctor/awsChecks";
import { bringUp } from "../../../commands/up/bringUp";
import { lines } from "../../../commands/doctor/checks";
import { type Delivery, readDelivery } from "../../../commands/delivery";
import { saveAgain } from "../../../commands/aws/pushes";
import { plain } from "../../../commands/format";
import { type Answers, fake, type Fake, fakeAws, PIPELINE, resource, stateOf } from "../fake";
import { NOWHERE } from "../recorded";
import { projectFolder, STACKS, TOOLING } from "../sample";

const GITHUB = "arn:aws:codeconnections:eu-central-1:444444444444:connection/made";
const OTHER = "arn:aws:codeconnections:eu-central-1:444444444444:connection/given";
const CONNECTION = "aws:codeconnections/connection:Connection";
const PAGE =
  "open https://eu-central-1.console.aws.amazon.com/codesuite/settings/connections?region=eu-central-1 and choose Update pending connection";
const THEN =
  "then npm run doctor, or npm run up: a pipeline hears of pushes only when it is saved after that";
const MADE = new Date("2026-03-04T05:00:00Z");

interface Execution {
  readonly trigger: string;
  readonly status?: string;
  /** Whether it got the source. */
  readonly fetched?: boolean;
  readonly at?: Date;
}

/** What a pipeline was made with; one that AWS gives back with all that the API has. */
const structure = (name: string, connection: string | undefined) => ({
  name,
  roleArn: `arn:aws:iam::444444444444:role/acme-${name}-pipeline`,
  artifactStore: { type: "S3", location: "artifacts", encryptionKey: { id: "key", type: "KMS" } },
  stages: [
    {
      name: "Source",
      actions: [
        {
          name: "Source",
          actionTypeId: {
            ...{ category: "Source", owner: "AWS", version: "1" },
            provider: connection === undefined ? "CodeCommit" : "CodeStarSourceConnection",
          },
          configuration: {
            ...(connection !== undefined && { ConnectionArn: connection }),
            BranchName: "main",
          },
        },
      ],
    },
    { name: "Deploy", actions: [], onFailure: { result: "ROLLBACK" } },
  ],
  version: 1,
  executionMode: "SUPERSEDED",
  pipelineType: "V2",
  variables: [{ name: "BRANCH", defaultValue: "-" }],
  triggers: [{ providerType: "CodeStarSourceConnection", gitConfiguration: { sourceActionName: "Source" } }],
});

/** CodePipeline and CodeConnections, as far as they are asked here; what was done to which pipeline is written down. */
class Cloud {
  readonly done: string[] = [];
  readonly statuses: Record<string, string> = { [GITHUB]: "PENDING", [OTHER]: "AVAILABLE" };
  readonly pipelines: Record<string, ReturnType<typeof structure>> = {};
  readonly tags: Record<string, { key: string; value: string }[]> = {};
  readonly runs: Record<string, Execution[]> = {};
  updated = MADE;
  /** Calls that are refused, by command or by command and pipeline. */
  readonly refused: Record<string, string> = {};

  constructor(pipelines: Readonly<Record<string, string | undefined>>) {
    for (const [name, connection] of Object.entries(pipelines)) {
      this.pipelines[name] = structure(name, connection);
      this.tags[name] = [{ key: "delivery:project", value: "acme" }];
      this.runs[name] = [{ trigger: "CreatePipeline", status: "Failed" }];
    }
  }

  private answer(command: string, answer: (name: string, input: Record<string, unknown>) => unknown) {
    return (input: Record<string, unknown>) => {
      const asked = input as Readonly<Partial<Record<"name" | "pipelineName" | "resourceArn", string>>>;
      const saved = (input["pipeline"] ?? {}) as { name?: string };
      const name =
        saved.name ?? asked.name ?? asked.pipelineName ?? asked.resourceArn?.split(":").pop() ?? "";
      const refusal = this.refused[command] ?? this.refused[`${command} ${name}`];
      if (refusal !== undefined) throw new Error(refusal);
      return answer(name, input);
    };
  }

  readonly answers: Answers = {
    GetConnection: ({ ConnectionArn }) => {
      const status = this.statuses[String(ConnectionArn)];
      if (status === undefined) throw new Error("AccessDeniedException: no GetConnection\n at …");
      return { Connection: { ConnectionStatus: status } };
    },
    GetPipeline: this.answer("GetPipeline", (name) => ({
      pipeline: structuredClone(this.pipelines[name]),
      metadata: {
        pipelineArn: `arn:aws:codepipeline:eu-central-1:444444444444:${name}`,
        updated: this.updated,
      },
    })),
    ListTagsForResource: this.answer("ListTagsForResource", (name) => ({ tags: this.tags[name] })),
    // A page each, the newest first.
    ListPipelineExecutions: this.answer("ListPipelineExecutions", (name, { nextToken }) => {
      const page = Number(nextToken ?? 0);
      const {
        trigger,
        status = "Succeeded",
        fetched,
        at = MADE,
      } = this.runs[name]?.[page] ?? { trigger: "" };
      const more = page + 1 < (this.runs[name]?.length ?? 0);
      const summary = {
        ...{ pipelineExecutionId: `run-${page}`, status, trigger: { triggerType: trigger } },
        ...{ startTime: at, sourceRevisions: fetched === true ? [{ actionName: "Source" }] : [] },
      };
      return { pipelineExecutionSummaries: [summary], ...(more && { nextToken: String(page + 1) }) };
    }),
    TagResource: this.answer("TagResource", (name, { tags }) => {
      const [tag] = tags as { key: string; value: string }[];
      this.tags[name] = [
        ...(this.tags[name] ?? []).filter(({ key }) => key !== tag?.key),
        ...(tag ? [tag] : []),
      ];
    }),
    UpdatePipeline: this.answer("UpdatePipeline", (name, input) => {
      assert.deepEqual(input, { pipeline: this.pipelines[name] }, "the pipeline is not saved as it is");
      this.done.push(name);
      (this.pipelines[name] as { version: number }).version += 1;
    }),
    GetPipelineState: () => ({ stageStates: [] }),
  };
}

const tagged = (cloud: Cloud, name: string) =>
  cloud.tags[name]?.find(({ key }) => key === "delivery:connection")?.value;

const stacks = {
  ...STACKS,
  build: {
    ...TOOLING,
    pipelines: [
      { name: "shop", prefix: "sh", source: { github: "acme/shop" } },
      { name: "web", prefix: "we", source: { connection: OTHER, repository: "acme/web" } },
    ],
  },
};
const toolingState = (cloud: Cloud) =>
  stateOf("build", [
    resource("build", CONNECTION, "github", { outputs: { arn: GITHUB } }),
    ...Object.keys(cloud.pipelines).map((name) => resource("build", PIPELINE, name)),
  ]);
const delivery = (): Delivery => readDelivery(projectFolder(stacks));

async function up(cloud: Cloud, more: Partial<Parameters<typeof fake>[0]> = {}) {
  const states = { build: toolingState(cloud), qa: stateOf("qa", []), "eu-live": stateOf("eu-live", []) };
  const made = fake({ states, aws: cloud.answers, ...more });
  const code = await bringUp(made.session, delivery(), { yes: true, refresh: false });
  const said = made.said.slice(made.said.findIndex((line) => line.startsWith("All up")) + 1);
  const next = said.indexOf("Next:");
  return { code, said: next < 0 ? said : said.slice(0, next) };
}

/** What doctor says of connections and pipelines, and how many of it are wrong. */
async function doctor(cloud: Cloud) {
  const [part] = delivery().tooling;
  assert.ok(part);
  const { checks } = await connectionChecks(part, toolingState(cloud), fakeAws(cloud.answers));
  const said = checks.flatMap(lines).map(plain);
  return { said, wrong: checks.filter(({ problem }) => problem !== undefined).length };
}

const KNOWN = (name: string) => `ok     build: pushes start pipeline ${name}`;
const saved = (name: string) => [
  `build: pushes start pipeline ${name} from now on: it was saved again, since its connection is authorised`,
  `  a push starts a release; for what was pushed before: aws codepipeline start-pipeline-execution --name ${name} --region eu-central-1 --profile builder`,
];
const STILL = "not yet: it has to be saved again, since its connection is authorised";
const TRIES =
  "npm run doctor tries again. It needs codepipeline:GetPipeline, ListTagsForResource, ListPipelineExecutions, TagResource " +
  "and UpdatePipeline for the pipeline, and iam:PassRole for its role";
const authorised = (pipelines: Readonly<Record<string, string | undefined>> = { shop: GITHUB }): Cloud => {
  const cloud = new Cloud(pipelines);
  cloud.statuses[GITHUB] = "AVAILABLE";
  return cloud;
};

describe("pipelines behind a connection", () => {
  it("are not touched while nobody has authorised it: up is done, and says where, for which, and what comes then", async () => {
    const cloud = new Cloud({ shop: GITHUB, "shop--br": GITHUB, legacy: undefined });
    const pending = `is PENDING: a person has to authorise it, once, in the console; until then no push starts shop, shop--br`;
    assert.deepEqual(await up(cloud), {
      code: 0,
      said: [`build: connection ${GITHUB}: ${pending}`, `  ${PAGE}`, `  ${THEN}`],
    });
    assert.deepEqual(await doctor(cloud), {
      said: [
        `ok     build: connection ${OTHER}`,
        `failed build: connection ${GITHUB}: ${pending}`,
        ...["       fix:", PAGE, THEN, ""],
      ],
      wrong: 1,
    });
    assert.deepEqual([cloud.done, tagged(cloud, "shop")], [[], undefined]);
  });

  it("are saved again, each once, as they are, when it is authorised; those of branches and of connections given by ARN too", async () => {
    const cloud = authorised({ shop: GITHUB, "shop--br": GITHUB, web: OTHER, legacy: undefined });
    assert.deepEqual(await up(cloud), {
      code: 0,
      said: [...saved("web"), ...saved("shop"), ...saved("shop--br")],
    });
    assert.deepEqual(cloud.done, ["web", "shop", "shop--br"]);
    assert.deepEqual(
      Object.keys(cloud.pipelines).map((name) => tagged(cloud, name)),
      [GITHUB, GITHUB, OTHER, undefined],
    );
    assert.deepEqual(await up(cloud), { code: 0, said: [] });
    assert.deepEqual(await doctor(cloud), {
      said: [
        ...[`ok     build: connection ${OTHER}`, KNOWN("web")],
        ...[`ok     build: connection ${GITHUB}`, KNOWN("shop"), KNOWN("shop--br")],
      ],
      wrong: 0,
    });
    assert.equal(cloud.done.length, 3);
  });

  it("are saved by doctor as well, and by nobody after that", async () => {
    const cloud = authorised();
    const { said, wrong } = await doctor(cloud);
    assert.deepEqual([said[2], wrong], [`ok     ${saved("shop")[0]}`, 0]);
    assert.deepEqual([(await doctor(cloud)).said[2], cloud.done], [KNOWN("shop"), ["shop"]]);
    assert.deepEqual((await up(cloud)).said, []);
  });

  const shown: readonly [string, readonly Execution[]][] = [
    [
      "a push has started it, however long ago",
      [{ trigger: "StartPipelineExecution" }, { trigger: "WebhookV2" }],
    ],
    ["a push without a filter has started it", [{ trigger: "Webhook", status: "Failed" }]],
    [
      "it was made when the connection worked",
      [{ trigger: "CreatePipeline", fetched: true, status: "InProgress" }],
    ],
  ];
  for (const [why, runs] of shown) {
    it(`are left as they are where ${why}: they would lose what they can be rolled back to`, async () => {
      const cloud = authorised();
      cloud.runs["shop"] = [...runs];
      assert.deepEqual(await up(cloud), { code: 0, said: [] });
      assert.deepEqual([cloud.done, tagged(cloud, "shop")], [[], GITHUB]);
    });
  }

  it("are left, and nobody bothered, where such a pipeline may be read only", async () => {
    const cloud = authorised();
    cloud.runs["shop"] = [{ trigger: "WebhookV2" }];
    cloud.refused["TagResource"] = "AccessDenied";
    assert.deepEqual(await doctor(cloud), {
      said: [`ok     build: connection ${OTHER}`, `ok     build: connection ${GITHUB}`, KNOWN("shop")],
      wrong: 0,
    });
  });

  it("are saved all the same after runs that a person has started: these tell nothing of pushes", async () => {
    const cloud = authorised();
    cloud.runs["shop"] = [
      { trigger: "StartPipelineExecution", fetched: true },
      { trigger: "CreatePipeline" },
    ];
    await up(cloud);
    assert.deepEqual(cloud.done, ["shop"]);
  });

  for (const status of ["InProgress", "Stopping"]) {
    it(`wait for the end of a run that is ${status}, which saving would stop, and are saved after it`, async () => {
      const cloud = authorised();
      cloud.runs["shop"] = [{ trigger: "CreatePipeline" }, { trigger: "StartPipelineExecution", status }];
      const waits = `build: pushes start pipeline shop: ${STILL}, and that would stop run run-1`;
      const then = "npm run doctor, once that run has ended (it may wait for an approval)";
      assert.deepEqual(await up(cloud), { code: 0, said: [waits, `  ${then}`] });
      const { said, wrong } = await doctor(cloud);
      assert.deepEqual([said.slice(2), wrong], [[`failed ${waits}`, "       fix:", then, ""], 1]);
      assert.deepEqual([cloud.done, tagged(cloud, "shop")], [[], undefined]);
      cloud.runs["shop"] = [{ trigger: "StartPipelineExecution" }];
      await doctor(cloud);
      assert.deepEqual(cloud.done, ["shop"]);
    });
  }

  for (const failed of ["UpdatePipeline", "GetPipeline"] as const) {
    it(`are saved the next time when it stopped in between (${failed})`, async () => {
      const cloud = authorised();
      const answers = { ...cloud.answers };
      let asked = 0;
      answers[failed] = (input) => {
        asked += 1;
        if (failed === "UpdatePipeline" || asked > 1) throw new Error("ThrottlingException: Rate exceeded");
        return cloud.answers[failed]?.(input);
      };
      const first = await up(cloud, { aws: answers });
      const problem = `${STILL}, which failed: ThrottlingException: Rate exceeded`;
      assert.deepEqual(first, {
        code: 1,
        said: [`build: pushes start pipeline shop: ${problem}`, `  ${TRIES}`],
      });
      assert.deepEqual([cloud.done, tagged(cloud, "shop")], [[], "saving"]);
      assert.deepEqual((await up(cloud)).said, saved("shop"));
      assert.deepEqual([cloud.done, tagged(cloud, "shop")], [["shop"], GITHUB]);
    });
  }

  it("are saved once more when it stopped before that was written down", async () => {
    const cloud = authorised();
    cloud.tags["shop"] = [{ key: "delivery:connection", value: "saving" }];
    await up(cloud);
    await up(cloud);
    assert.deepEqual(cloud.done, ["shop"]);
  });

  it("are saved again for another connection; runs from before tell nothing of that", async () => {
    const cloud = authorised();
    cloud.tags["shop"] = [{ key: "delivery:connection", value: OTHER }];
    cloud.runs["shop"] = [{ trigger: "WebhookV2", at: MADE }];
    await up(cloud);
    assert.deepEqual([cloud.done, tagged(cloud, "shop")], [["shop"], GITHUB]);
    cloud.tags["shop"] = [{ key: "delivery:connection", value: OTHER }];
    cloud.runs["shop"] = [{ trigger: "WebhookV2", at: new Date(MADE.getTime() + 1) }];
    assert.deepEqual((await up(cloud)).said, []);
    assert.equal(cloud.done.length, 1);
  });

  it("are not saved by those who cannot write it down; the others are, and up fails", async () => {
    const cloud = authorised({ shop: GITHUB, "shop--br": GITHUB });
    cloud.refused["TagResource shop"] = "AccessDenied: no TagResource\n at …";
    assert.deepEqual(await up(cloud), {
      code: 1,
      said: [
        `build: pushes start pipeline shop: ${STILL}, which failed: AccessDenied: no TagResource`,
        `  ${TRIES}`,
        ...saved("shop--br"),
      ],
    });
    assert.deepEqual(cloud.done, ["shop--br"]);
  });

  for (const call of ["GetPipeline", "GetConnection"] as const) {
    it(`are left by those who may not look (${call}), which does not make up fail`, async () => {
      const cloud = authorised();
      if (call === "GetPipeline") cloud.refused["GetPipeline"] = "AccessDenied";
      else delete cloud.statuses[GITHUB];
      const what = call === "GetPipeline" ? "pushes start pipeline shop" : `connection ${GITHUB}`;
      const why = call === "GetPipeline" ? "AccessDenied" : "AccessDeniedException: no GetConnection";
      assert.deepEqual(await up(cloud), {
        code: 0,
        said: [`build: ${what}: cannot be looked at: ${why}`, "  ask for the right to read it"],
      });
      assert.equal((await doctor(cloud)).wrong, 1);
      assert.deepEqual(cloud.done, []);
    });
  }

  it("are left to doctor when somebody interrupts up in between", async () => {
    const cloud = authorised({ shop: GITHUB, "shop--br": GITHUB });
    const UpdatePipeline: Answers[string] = (input) => {
      made.interrupt();
      return cloud.answers["UpdatePipeline"]?.(input);
    };
    const states = { build: toolingState(cloud), qa: stateOf("qa", []), "eu-live": stateOf("eu-live", []) };
    const made: Fake = fake({ states, aws: { ...cloud.answers, UpdatePipeline } });
    assert.equal(await bringUp(made.session, delivery(), { yes: true, refresh: false }), 130);
    assert.deepEqual([cloud.done, tagged(cloud, "shop")], [["shop"], GITHUB]);
    assert.equal(made.said.at(-1), "Interrupted; npm run doctor sees to the pipelines that are left");
  });

  it("are asked for nothing where the stack is not up, or no source is behind a connection", async () => {
    const calls: string[] = [];
    const [part] = delivery().tooling;
    const [codecommit] = readDelivery(projectFolder(STACKS)).tooling;
    assert.ok(part && codecommit);
    const cloud = authorised();
    const aws = fakeAws(cloud.answers, calls);
    assert.deepEqual((await connectionChecks(part, undefined, aws)).checks, [
      { what: `build: connection ${OTHER}` },
    ]);
    const own = stateOf("build", [resource("build", PIPELINE, "shop")]);
    assert.deepEqual((await connectionChecks(codecommit, own, aws)).checks, []);
    assert.deepEqual(calls, ["GetConnection"]);
  });

  it("are not told to be released again while they wait for the connection, and are once it is authorised", async () => {
    const cloud = new Cloud({ shop: GITHUB });
    const GetPipelineState = () => ({
      stageStates: [
        {
          stageName: "Source",
          latestExecution: { status: "Failed" },
          actionStates: [{ latestExecution: { status: "Failed", errorDetails: { message: "pending" } } }],
        },
      ],
    });
    const all = async () => {
      const [part] = delivery().tooling;
      assert.ok(part);
      const aws = fakeAws({ ...cloud.answers, GetPipelineState });
      const checks = await toolingChecks(part, toolingState(cloud), aws);
      return checks.filter(({ what }) => what.startsWith("build: source of"));
    };
    assert.deepEqual(await all(), []);
    cloud.statuses[GITHUB] = "AVAILABLE";
    assert.deepEqual(await all(), [
      {
        what: "build: source of pipeline shop",
        problem: "could not be fetched by the last run: pending",
        fix: [
          "push the service to its branch or, if it is there: aws codepipeline start-pipeline-execution --name shop --region eu-central-1 --profile builder",
        ],
      },
    ]);
  });
});

/** Everything that a pipeline's structure can have, as AWS writes it. */
const rule = {
  name: "OnlyDigests",
  ruleTypeId: { category: "Rule", owner: "AWS", provider: "VariableCheck", version: "1" },
  configuration: { Variable: "#{variables.DIGEST}", Operator: "MATCHES", Value: "sha256:.*" },
  ...{ commands: ["true"], inputArtifacts: [{ name: "Source" }], roleArn: "role", region: "eu-west-1" },
  timeoutInMinutes: 5,
};
const conditions = { conditions: [{ result: "FAIL", rules: [rule] }] };
const globs = { includes: ["main"], excludes: ["old/**"] };
const WHOLE = {
  ...structure("shop", GITHUB),
  artifactStores: { "eu-central-1": { type: "S3", location: "b", encryptionKey: { id: "k", type: "KMS" } } },
  stages: [
    ...structure("shop", GITHUB).stages,
    {
      name: "Build",
      blockers: [{ name: "b", type: "Schedule" }],
      actions: [
        {
          name: "Build",
          actionTypeId: { category: "Compute", owner: "AWS", provider: "Commands", version: "1" },
          ...{ runOrder: 1, configuration: { ProjectName: "p" }, namespace: "Build", region: "eu-central-1" },
          ...{ commands: ["npm test"], roleArn: "arn", timeoutInMinutes: 60 },
          environmentVariables: [{ name: "A", value: "b", type: "PLAINTEXT" }],
          outputArtifacts: [{ name: "Out", files: ["**/*"] }],
          inputArtifacts: [{ name: "Source" }],
          outputVariables: ["DIGEST"],
        },
      ],
      onFailure: { result: "RETRY", retryConfiguration: { retryMode: "FAILED_ACTIONS" }, ...conditions },
      onSuccess: conditions,
      beforeEntry: conditions,
    },
  ],
  variables: [{ name: "BRANCH", defaultValue: "-", description: "of a run" }],
  triggers: [
    {
      providerType: "CodeStarSourceConnection",
      gitConfiguration: {
        sourceActionName: "Source",
        push: [{ branches: globs, filePaths: globs }, { tags: globs }],
        pullRequest: [{ events: ["CLOSED"], branches: globs, filePaths: globs }],
      },
    },
  ],
};

describe("a pipeline that is saved again", () => {
  it("is sent as it came, whatever it has, without its metadata", async () => {
    const sent: unknown[] = [];
    const metadata = { pipelineArn: "arn", created: 1, updated: 2 };
    const requestHandler = {
      handle: ({ headers, body }: { headers: Record<string, string>; body: Uint8Array }) => {
        sent.push([headers["x-amz-target"], JSON.parse(new TextDecoder().decode(body))]);
        const answer = JSON.stringify({ pipeline: WHOLE, metadata });
        return Promise.resolve({ response: { statusCode: 200, headers: {}, body: Readable.from([answer]) } });
      },
    };
    await saveAgain(new CodePipelineClient({ ...NOWHERE, requestHandler }), "shop");
    assert.deepEqual(sent, [
      ["CodePipeline_20150709.GetPipeline", { name: "shop" }],
      ["CodePipeline_20150709.UpdatePipeline", { pipeline: WHOLE }],
    ]);
  });
});
