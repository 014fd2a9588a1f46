/** Each of the five documents, by its own settings: its pipelines release to all that it names, and its branches come and go. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import program from "../../../index";
import { ROOT } from "../../../rehearsal/bringUp/commandLine";
import { bringUp } from "../../../rehearsal/bringUp/bringUp";
import { ofType, type Rehearsed, type Resource } from "../../../rehearsal/record/record";
import { type DocumentName, DOCUMENTS, settingsOf } from "../../documents";
import { OUT } from "../system/folders";
import { installOsls } from "../system/osls";
import type { Tree } from "../system/repository";
import { live, recorded, stackOf as stackNamed } from "../system/state";
import { WHOLE } from "../whole";
import { branchesOf, RELEASED as BRANCH_RELEASED, stackOf } from "./branches";
import { type Scenario, scenario, scenarios } from "./scenario";
import { version } from "./service";

interface Release {
  readonly pipeline: string;
  readonly branch: string;
  readonly tree: Tree;
  /** Where it is asked, and what a run's release answers there. */
  readonly path: string;
  readonly answer: (stack: string, run: string) => string;
  /** Account of each stack, in the order of the environments. */
  readonly stacks: Readonly<Record<string, string>>;
  /** Those that a person approves. */
  readonly approved: readonly string[];
  /** A feature's branch, and the account that it gets. */
  readonly feature?: readonly [branch: string, account: string];
}

const PYTHON = "tests/fixtures/services/my-serverless-api";
const inPython = (name: string): string => readFileSync(join(ROOT, PYTHON, name), "utf8");
/** As it is, but osls is the machine's, and nothing in a container reaches the internet: its verification is asked for below. */
const python: Tree = Object.fromEntries(
  Object.entries({
    ...Object.fromEntries(["serverless.yml", "tests.py", "handler.py"].map((name) => [name, inPython(name)])),
    "package.json": JSON.stringify({
      ...(JSON.parse(inPython("package.json")) as object),
      devDependencies: {},
    }),
    "delivery.yaml": `${inPython("delivery.yaml").replace("tests.py verify", "tests.py unit")}install: ["true"]\n`,
  }).map(([name, text]) => [`${PYTHON}/${name}`, text]),
);
const NODE = {
  ...{ branch: "main", tree: version(1), path: "/product/find/1" },
  answer: () => "200 version 1",
};
/** qa's own name leads to the balancer that is there. */
const ADDRESSES: Readonly<Record<string, string>> = {
  "https://qa.example.com": "http://shared.eu-west-1.elb.amazonaws.com",
};

const RELEASES: Readonly<Record<DocumentName, readonly Release[]>> = {
  "cicd-lambda-container": [
    {
      ...{ pipeline: "lambda-container-app", ...NODE, approved: ["prod"] },
      stacks: { "app--test": "222222222222", "app--prod": "333333333333" },
      feature: ["feature/a", "222222222222"],
    },
  ],
  "ecs-lambda": ["web", "functions"].map((pipeline) => ({
    ...{ pipeline, ...NODE, approved: ["qa", "prod"] },
    stacks: {
      [`${pipeline}--dev`]: "222222222222",
      [`${pipeline}--qa`]: "444444444444",
      [`${pipeline}--prod`]: "333333333333",
    },
  })),
  "serverless-api": [
    {
      ...{ pipeline: "my-serverless-api", branch: "master", tree: python, approved: [] },
      path: "/hello",
      answer: (stack, run) =>
        `200 {"message": "Go Serverless! Your function executed successfully!", "stage": "${stack.replace(/^.*--/, "")}", "release": "${run}"}`,
      stacks: { "products--target": "222222222222" },
    },
  ],
  "github-features": [
    {
      ...{ pipeline: "hello-world", ...NODE, approved: ["test", "prod"] },
      stacks: {
        "hello-world--dev": "222222222222",
        "hello-world--test": "444444444444",
        "hello-world--prod": "333333333333",
      },
      feature: ["features/a", "222222222222"],
    },
  ],
  "mono-multi-account": ["catalog", "jobs"].map((pipeline) => ({
    ...{ pipeline, ...NODE, approved: ["production"] },
    stacks: {
      [`${pipeline}--dev`]: "222222222222",
      [`${pipeline}--staging`]: "222222222222",
      [`${pipeline}--production`]: "777777777777",
    },
  })),
};

/** A push, as the pipeline's repository tells of it. */
const pushed = (it: Scenario, branch: string, tree: Tree): ReturnType<Scenario["push"]> =>
  /:codecommit:/.test(it.system.repositoryOf(it.name).arn)
    ? it.push(tree, branch)
    : it.pushBehindConnection(tree, branch);

/** What a stack's service says at the address that its stack has. */
async function answered(it: Scenario, account: string, stack: string, { path }: Release): Promise<string> {
  const found = await stackNamed(it.system, account, stack);
  const endpoint = found?.Outputs?.find(({ OutputKey }) => OutputKey === "Endpoint")?.OutputValue ?? "none";
  const { status, body } = await it.system.aws.get(`${ADDRESSES[endpoint] ?? endpoint}${path}`);
  return `${status} ${body}`;
}

async function released(it: Scenario, release: Release): Promise<void> {
  const { pipeline, branch, tree, stacks, approved, feature } = release;
  const run = await pushed(it, branch, tree);
  for (const environment of approved) {
    assert.equal(run.status, "InProgress", `${environment} is asked for`);
    await it.decide("Approved", environment);
  }
  assert.equal(run.status, "Succeeded", pipeline);
  const promoted: string[] = [];
  for (const [stack, account] of Object.entries(stacks)) {
    assert.equal(await live(it.system, account, stack), `CREATE_COMPLETE ${run.id}`, stack);
    assert.equal(await answered(it, account, stack, release), release.answer(stack, run.id));
    const [kept] = await recorded(it.system, pipeline, stack.replace(/^.*--/, ""));
    if (kept?.run === run.id) promoted.push(stack);
  }
  assert.deepEqual(promoted, Object.keys(stacks));
  if (!feature) return;
  const [of, account] = feature;
  const [prefix = ""] = Object.keys(stacks)[0]?.split("--") ?? [];
  const named = it.of(prefix);
  const first = await pushed(it.of(branchesOf(named)), of, tree);
  assert.deepEqual(it.attempts(first), BRANCH_RELEASED);
  assert.equal(await live(it.system, account, stackOf(named, first)), `CREATE_COMPLETE ${first.id}`);
}

/** The cluster and the balancer of qa, which somebody else's stack has: as dev's own are, under the names that the settings give. */
function withQasPlatform(record: Rehearsed): Rehearsed {
  const [run] = record.filter(({ stack }) => stack === "dev");
  assert.ok(run);
  const account = "444444444444";
  const balancer = `arn:aws:elasticloadbalancing:eu-west-1:${account}:loadbalancer/app/shared/0123456789abcdef`;
  const named: Readonly<Record<string, Partial<Resource>>> = {
    "aws:ecs/cluster:Cluster": { outputs: { name: "shared" } },
    "aws:lb/loadBalancer:LoadBalancer": {
      outputs: { name: "shared", arn: balancer, dnsName: "shared.eu-west-1.elb.amazonaws.com" },
    },
    "aws:lb/listener:Listener": {
      inputs: { loadBalancerArn: balancer, port: 443 },
      outputs: { arn: `${balancer.replace(":loadbalancer/", ":listener/")}/0123456789abcdef` },
    },
  };
  const resources = ofType([run], ...Object.keys(named)).map((each) => ({
    ...each,
    ...named[each.type],
    account,
  }));
  assert.equal(resources.length, 3);
  return [...record, { ...run, stack: "shared", account, resources }];
}

scenarios("the documents of docs/coming-from.md", () => {
  if (!WHOLE) return;
  for (const name of DOCUMENTS)
    it(`${name}: every pipeline releases to all of its environments, each approval asked, and to a branch where it has any`, async () => {
      installOsls(OUT);
      const { runs, findings } = await bringUp(settingsOf(name), { program });
      assert.deepEqual(findings, []);
      const record = name === "ecs-lambda" ? withQasPlatform(runs) : runs;
      await scenario(`document ${name}`, record, async (it) => {
        for (const release of RELEASES[name]) await released(it.of(release.pipeline), release);
      });
    });
});
