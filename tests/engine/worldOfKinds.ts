import assert from "node:assert/strict";
import { run } from "./stack";
import { assertCreatedOnce, assertFine, assertNothingChanges, emptyWorld, takeDown, up } from "./worlds";
import type { World } from "./world";

export const TOOLING = "111111111111";
/** In the order of promotion. */
export const ACCOUNTS = { test: "222222222222", stage: "444444444444", prod: "333333333333" };
export const ENVIRONMENTS = Object.keys(ACCOUNTS);
const CONNECTION = `arn:aws:codeconnections:eu-west-1:${TOOLING}:connection/01234567-89ab-cdef-0123-456789abcdef`;

const existing = (account: string) => ({
  vpc: "vpc-0123456789abcdef0",
  subnets: ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"],
  cluster: "apps",
  listener: `arn:aws:elasticloadbalancing:eu-west-1:${account}:listener/app/front/0123456789abcdef/0123456789abcdef`,
  securityGroup: "sg-0123456789abcdef0",
  endpoint: "https://shop.example.com",
});

/** Runs the service's own steps in a network of the account. */
export const RUNNER = {
  vpc: {
    vpcId: "vpc-0123456789abcdef0",
    subnets: ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"],
    securityGroupIds: ["sg-0123456789abcdef0"],
  },
  steps: ["beforeDeploy", "afterDeploy", "verify"],
};

const PIPELINES = [
  {
    name: "catalog",
    source: { codecommit: "catalog" },
    environments: [["test", "stage"], "prod"],
    branches: { include: ["feature/*", "fix"], environment: "test", expireAfterDays: 3, max: 2 },
  },
  {
    name: "zip",
    workload: "lambda-zip",
    template: "lambda-zip/template.yaml",
    source: { connection: CONNECTION, repository: "acme/shop", branch: "trunk", paths: ["app/**"] },
    environments: ["test", { name: "prod", approval: false, verify: false }],
    branches: { include: ["*/x*"], environment: "stage" },
  },
  {
    name: "web",
    workload: "ecs-service",
    template: "ecs-service/template.yaml",
    source: { codecommit: "web" },
    environments: [["test", "stage"]],
    branches: { include: ["fix/*"], environment: "test", priority: 21, max: 4 },
  },
  {
    name: "jobs",
    workload: "serverless",
    source: { github: "acme/jobs" },
    environments: ["stage", "prod"],
    branches: { include: ["feature/*"], environment: "test" },
  },
  // From a file of the tests, which mocharc.yaml loads.
  { name: "lamps", workload: "lambda-direct", source: { codecommit: "lamps" }, environments: ["prod"] },
];

/** Every kind of workload over one store; a platform that is built, and one that is there; waves, branches, readers and runners. */
export function worldOfKinds(accounts: Readonly<Record<string, string>>): World {
  const world = emptyWorld();
  const readers = [`arn:aws:iam::${TOOLING}:role/people/on-call`];
  const more: Readonly<Record<string, object>> = {
    test: { platform: { natGateways: "one-per-zone" }, readers },
    stage: { platform: existing(accounts["stage"] ?? ""), verify: false, readers },
    prod: { approval: { emails: ["release@example.com"], timeoutDays: 60 }, runner: RUNNER },
  };
  world.set("tooling", {
    environments: ENVIRONMENTS.map((name) => ({ name, account: accounts[name], ...more[name] })),
    pipelines: PIPELINES,
    artifactRoles: [`arn:aws:iam::${TOOLING}:role/auditor`],
  });
  for (const name of ENVIRONMENTS) {
    world.set(name, { "aws:region": "eu-west-1", kind: "environment", account: accounts[name] });
  }
  return world;
}

/** A preview from nothing makes nothing. */
async function preview(world: World, stacks: readonly string[]): Promise<void> {
  const before = world.now;
  for (const stack of stacks) {
    const ran = await run(world, stack, "preview");
    assertFine(ran);
    assert.deepEqual(Object.keys(ran.changes), ["create"]);
  }
  assert.deepEqual(world.writes(before), []);
}

async function refresh(world: World, stacks: readonly string[]): Promise<void> {
  for (const stack of stacks) {
    const ran = await run(world, stack, "refresh");
    assertFine(ran);
    assert.deepEqual(ran.changes, {});
  }
}

/** Each stack is previewed from nothing, and comes up once; then nothing changes. */
export async function live(world: World, environments: readonly string[] = ENVIRONMENTS): Promise<void> {
  const stacks = ["tooling", ...environments];
  await preview(world, ["tooling"]);
  await up(world, "tooling");
  await preview(world, environments);
  await Promise.all(environments.map((stack) => up(world, stack)));
  assertCreatedOnce(world);
  await assertNothingChanges(world, stacks);
  await refresh(world, stacks);
}

/** Full as they are, they go, and the key waits for its end. */
export async function goAgain(world: World, environments: readonly string[] = ENVIRONMENTS): Promise<void> {
  world.fill();
  for (const stack of [...environments, "tooling"]) await takeDown(world, stack);
  assert.deepEqual(world.inventory(), [`${TOOLING} aws:kms/key:Key artifacts`]);
}
