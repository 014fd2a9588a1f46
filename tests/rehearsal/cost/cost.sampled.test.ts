import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { folderWith } from "../../folders";
import { map } from "../../../packages/iam/src/json";
import { run, shown } from "../../../rehearsal/cost/command";
import { type Cost, costOf, type Line, monthApart, monthOf } from "../../../rehearsal/cost/cost";
import { BRANCH_AT_REST } from "../../../rehearsal/cost/branches";
import { COMMANDS } from "../../../rehearsal/cost/durations";
import { type Peer, PEERS, peerSeconds } from "../../../rehearsal/cost/peers";
import { BUILD_MINUTE, type Price, PRICES } from "../../../rehearsal/cost/prices";
import type { Rehearsed, Resource } from "../../../rehearsal/record/record";
import { upOf } from "../../stacks/together.cases";
import { unbroken } from "../sample";
import { whole } from "../../whole/sample";

const HINT = "; npm run cost -- --help shows the options";
const SCREEN = `US dollars, by the prices of us-east-1 of 2026-11-26, without free tiers

A month in which nothing is released
  KMS keys: 1                                                            1.00
  total                                                                  1.00

One release; AWS charges each minute that has begun
  catalog: 6 minutes from commit to the end, without people
    minutes of actions: 10                                               0.02
    minutes of CodeBuild, LINUX_CONTAINER BUILD_GENERAL1_SMALL: 2        0.01
    minutes of CodeBuild, LINUX_LAMBDA_CONTAINER BUILD_LAMBDA_2GB: 7     0.04
    total                                                                0.07

Seconds from commit to the last environment, without people; what this project
takes of the others' (docs/cost.md), by their pages of 2026-11-26
  catalog, environments: 2
    this project                                                 292
    SAM, function of an image                                    420     0.70
    the same, with the tests that it has as comments             535     0.55
    function in a zip, by the CLI; one file, no test             120     2.43
    Serverless Framework, no test                                240     1.22
    Serverless Framework, with unit tests                        300     0.97
    CDK Pipelines, as shipped, no test                           285     1.02

A month with 20 releases of each pipeline
  with these settings                                                    2.30
  with a key, a bucket and a pipeline of type V1 for each service        2.20

Not counted
  what the service itself uses: requests, tables, tasks, logs
  what is kept of releases: 0.1 a GB and month in ECR, 0.023 in S3
  what is copied to another Region: 0.02 a GB, and the same as here there
  logs of jobs: 0.5 a GB; requests to KMS, S3 and SNS; scans by Amazon Inspector
  users of CodeCommit; failed and repeated runs`;

const quantities = (lines: readonly Line[]): Record<string, number> =>
  Object.fromEntries(lines.map(({ what, quantity }) => [what, quantity]));
const changed = (record: Rehearsed, change: (resource: Resource) => Resource): Rehearsed =>
  record.map((stack) => ({ ...stack, resources: stack.resources.map(change) }));

describe("npm run cost", () => {
  it("says what the sample costs at rest, for a release and in a month, in 80 columns", async () => {
    assert.deepEqual(await run([]), { code: 0, stdout: SCREEN, stderr: "" });
    assert.ok(SCREEN.split("\n").every(({ length }) => length <= 80));
  });

  it("writes the same as data", async () => {
    const file = join(folderWith({}), "cost.json");
    const { code, stdout } = await run(["--releases", "0", "--json", file]);
    const { runs } = await unbroken();
    const cost = costOf(runs);
    assert.equal(code, 0);
    assert.match(stdout, /\nA month with 0 releases of each pipeline\n/);
    assert.deepEqual(JSON.parse(readFileSync(file, "utf8")), {
      version: 1,
      date: "2026-11-26",
      region: "us-east-1",
      ...JSON.parse(JSON.stringify(cost)),
      month: { releases: 0, usd: 1, apart: 1 },
    });
  });

  it("counts the network of a platform that is built: gateways by zone, an address for each of them", async () => {
    const record = await upOf("containers on a platform that is built, and on one that is there");
    const rest = (strategy: string) =>
      quantities(
        costOf(
          changed(record, (resource) =>
            resource.type === "awsx:ec2:Vpc"
              ? { ...resource, inputs: { ...resource.inputs, natGateways: { strategy } } }
              : resource,
          ),
        ).atRest,
      );
    const balancer = "load balancers, without what passes them";
    const [keys, zones] = [{ "KMS keys": 1 }, 2];
    assert.deepEqual(rest("Single"), {
      ...keys,
      "NAT gateways": 1,
      [balancer]: 1,
      "public IPv4 addresses": 1 + zones,
    });
    assert.deepEqual(rest("OnePerAz"), {
      ...keys,
      "NAT gateways": zones,
      [balancer]: 1,
      "public IPv4 addresses": 2 * zones,
    });
  });

  it("adds up stages, and what comes after each other in one; what runs side by side takes as long as the longest", async () => {
    const { releases } = costOf(await upOf("waves, and environments that one pipeline changes"));
    // mail: source 10, build 113; deploy two 83.5, verify one 56 beside the other's promotion, promotion 12; deploy 83.5, promotion 12
    assert.deepEqual(
      releases.map(({ pipeline, seconds, lines }) => [pipeline, seconds, lines[0]?.quantity]),
      [
        ["mail", 370, 13],
        ["catalog", 604, 20],
      ],
    );
    // Less what comes after the last deployment: promotion 12; verification 56 and promotion 12.
    assert.deepEqual(
      releases.map(({ environments, deployedSeconds }) => [environments, deployedSeconds]),
      [
        [3, 358],
        [4, 536],
      ],
    );
  });

  it("says what it is that short jobs start sooner, which docs/cost.md has too", async () => {
    const { runs } = await unbroken();
    const container = { type: "LINUX_CONTAINER", computeType: "BUILD_GENERAL1_SMALL" };
    const without = changed(runs, (resource) =>
      /-(plan-job|release-job|verify)$/.test(resource.name) &&
      resource.type === "aws:codebuild/project:Project"
        ? {
            ...resource,
            inputs: {
              ...resource.inputs,
              environment: { ...map(resource.inputs["environment"]), ...container },
            },
          }
        : resource,
    );
    const deployed = [runs, without].map((each) => costOf(each).releases[0]?.deployedSeconds);
    // Two Deploys, Verify and Plan, each 25 sooner.
    assert.deepEqual(deployed, [292, 392]);
    const page = readFileSync(join(__dirname, "../../../docs/cost.md"), "utf8");
    for (const seconds of deployed)
      assert.match(page, new RegExp(`^[|] this project.* [|] ${seconds} +[|]`, "m"));
  });

  it("counts what runs inside an environment beside the job that waits for it, which takes as long and longer", async () => {
    const record = await upOf("a VPC");
    const [release] = costOf(record).releases;
    const without = costOf(
      record.map((stack) => ({
        ...stack,
        resources: stack.resources.filter(({ name }) => name !== "catalog--prod-runner"),
      })),
    ).releases[0];
    const built = "minutes of CodeBuild, LINUX_CONTAINER BUILD_GENERAL1_SMALL";
    const of = (each = release) => [each?.seconds, quantities(each?.lines ?? [])[built]];
    // Verify in prod: 60 seconds in tooling; with a minute more until the runner starts 120, and of these 90 in the runner.
    assert.deepEqual(of(), [Number(of(without)[0]) + 60, Number(of(without)[1]) + 1 + 2]);
  });

  it("says how long others take: what they do once, and what they do for each environment", () => {
    const peer: Peer = { name: "a", once: { Source: 10, Build: 100 }, each: { Prepare: 5, Deploy: 20 } };
    assert.deepEqual(
      [1, 3].map((environments) => peerSeconds(peer, environments)),
      [135, 185],
    );
    assert.equal(new Set(PEERS.map(({ name }) => name)).size, PEERS.length);
  });

  it("says what has no price, and what takes a time that nobody knows, and counts neither", async () => {
    const { runs } = await unbroken();
    const sized = changed(runs, (resource) =>
      resource.type === "aws:codebuild/project:Project"
        ? {
            ...resource,
            inputs: {
              ...resource.inputs,
              environment: { ...map(resource.inputs["environment"]), computeType: "BUILD_GENERAL1_2XLARGE" },
            },
          }
        : resource,
    );
    const cost = costOf(sized);
    assert.deepEqual(
      cost.notPriced,
      ["LINUX_CONTAINER", "LINUX_LAMBDA_CONTAINER"].map(
        (type) => `a minute of CodeBuild, ${type} BUILD_GENERAL1_2XLARGE`,
      ),
    );
    assert.deepEqual(quantities(cost.releases[0]?.lines ?? []), { "minutes of actions": 10 });
    assert.match(
      shown(cost, 1),
      /\n {2}a minute of CodeBuild, LINUX_LAMBDA_CONTAINER BUILD_GENERAL1_2XLARGE$/,
    );
    const renamed = changed(runs, (resource) =>
      resource.type === "aws:codepipeline/pipeline:Pipeline"
        ? {
            ...resource,
            inputs: JSON.parse(
              JSON.stringify(resource.inputs).replace('"name":"Verify"', '"name":"Other"'),
            ) as Resource["inputs"],
          }
        : resource,
    );
    assert.deepEqual(costOf(renamed).notPriced, ["action Other: its duration is not known"]);
  });

  whole(
    "says what the environment of a branch costs at rest, by its kind, as the sample's templates have it",
    async () => {
      const titles = [
        "branches of a repository in CodeCommit, and behind a connection",
        "every kind of workload over one store",
      ];
      const costs: Cost[] = [];
      for (const title of titles) costs.push(costOf(await upOf(title)));
      const branches = costs.flatMap((each) => each.branches);
      const price = ({ usd, what, quantity }: Line) => [what, quantity, Number(usd.toFixed(4))];
      const alarms = ["alarms", 2, 0.2];
      assert.deepEqual(
        branches.map(({ workload, lines }) => [workload, lines.map(price)]).sort(),
        [
          [
            "ecs-service",
            [alarms, ["vCPU of tasks on Fargate", 0.25, 7.3876], ["GB of tasks on Fargate", 0.5, 1.6224]],
          ],
          ["lambda-container", [alarms]],
          ["lambda-zip", [alarms]],
          ["serverless", []],
        ].sort(),
      );
      const text = costs.map((each) => shown(each, 1)).join("\n");
      assert.match(text, /\n {2}\S+--br, serverless: nothing at rest\n/);
      assert.match(text, /\n {2}\S+--br, ecs-service\n {4}alarms: 2 +0[.]20\n.*\n.*\n {4}total +9[.]21\n/);
      assert.deepEqual(
        costs
          .flatMap((each) => shown({ ...each, releases: [] }, 1).split("\n"))
          .filter(({ length }) => length > 80),
        [],
      );
    },
  );

  it("counts of a branch's environment what the sample's templates say", () => {
    const sample = (file: string): string => readFileSync(join(__dirname, "../../../app", file), "utf8");
    const templates = {
      "lambda-container": "template.yaml",
      "lambda-zip": "lambda-zip/template.yaml",
      "ecs-service": "ecs-service/template.yaml",
      serverless: "serverless/serverless.yml",
    };
    assert.deepEqual(Object.keys(BRANCH_AT_REST).sort(), Object.keys(templates).sort());
    const sized = (text: string, name: string): number =>
      Number(new RegExp(`^ +${name}: "(\\d+)"$`, "m").exec(text)?.[1] ?? 0) / 1024;
    const tasks = /"DesiredCount", "ParameterValue": "(\d+)"/.exec(
      sample("ecs-service/parameters/test.json"),
    )?.[1];
    for (const [kind, file] of Object.entries(templates)) {
      const text = sample(file);
      const rest = BRANCH_AT_REST[kind] ?? [];
      const quantity = (of: Price) => rest.find(([, , price]) => price === of)?.[1] ?? 0;
      assert.equal(quantity(PRICES.alarm), text.match(/AWS::CloudWatch::Alarm$/gm)?.length ?? 0, kind);
      assert.equal(quantity(PRICES.fargateCpu), sized(text, "Cpu") * Number(tasks), kind);
      assert.equal(quantity(PRICES.fargateMemory), sized(text, "Memory") * Number(tasks), kind);
    }
  });

  it("adds up months: a key for all, or a key and a pipeline for each", () => {
    const release = {
      pipeline: "a",
      lines: [],
      usd: 0.5,
      buildUsd: 0.25,
      seconds: 60,
      deployedSeconds: 60,
      environments: 1,
      peers: {},
    };
    const cost: Cost = {
      atRest: [
        { what: "KMS keys", quantity: 1, price: PRICES.key, usd: 1 },
        { what: "NAT gateways", quantity: 1, price: PRICES.natGateway, usd: 32 },
      ],
      branches: [],
      releases: [release, { ...release, pipeline: "b" }],
      notPriced: [],
    };
    assert.deepEqual(
      [0, 4].map((each) => [monthOf(cost, each), monthApart(cost, each)]),
      [
        [33, 34],
        [37, 38],
      ],
    );
  });

  whole(
    "knows the duration and the price of what waves, branches and every kind of workload register",
    async () => {
      const titles = [
        "waves, and environments that one pipeline changes",
        "branches of a repository in CodeCommit, and behind a connection",
        "every kind of workload over one store",
      ];
      const unknown: string[] = [];
      for (const title of titles) {
        const { releases, notPriced } = costOf(await upOf(title));
        assert.ok(releases.length > 1, title);
        unknown.push(...notPriced);
      }
      assert.deepEqual(unknown, []);
      assert.deepEqual(
        [
          Object.keys(COMMANDS).length > 0,
          Object.values({ ...PRICES, ...BUILD_MINUTE }).every(({ usd }) => usd > 0),
        ],
        [true, true],
      );
    },
  );

  it("refuses in one line what is no number, and an option that is none", async () => {
    const refused = async (...args: string[]) => {
      const { code, stdout, stderr } = await run(args);
      assert.deepEqual([code, stdout], [2, ""]);
      return stderr;
    };
    assert.equal(await refused("--releases", "-1.5"), `Option '--releases' argument is ambiguous${HINT}`);
    assert.equal(
      await refused("--releases=many"),
      `--releases many: allowed is a whole number from 0 to 99999${HINT}`,
    );
    assert.equal(
      await refused("--relases", "3"),
      `there is no option --relases; the nearest is --releases${HINT}`,
    );
    assert.equal(
      (await run(["--help"])).stdout.split("\n")[0],
      "npm run cost -- [options]: what the settings cost on AWS, without AWS",
    );
  });
});
