import { emptyWorld } from "./worlds";
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
  },
  { name: "jobs", workload: "serverless", source: { github: "acme/jobs" }, environments: ["stage", "prod"] },
  // From a file of the tests, which mocharc.yaml loads.
  { name: "lamps", workload: "lambda-direct", source: { codecommit: "lamps" }, environments: ["prod"] },
];

/** Every kind of workload over one store; a platform that is built, and one that is there; waves, branches and readers. */
export function worldOfKinds(accounts: Readonly<Record<string, string>>): World {
  const world = emptyWorld();
  const readers = [`arn:aws:iam::${TOOLING}:role/people/on-call`];
  const more: Readonly<Record<string, object>> = {
    test: { platform: { natGateways: "one-per-zone" }, readers },
    stage: { platform: existing(accounts["stage"] ?? ""), verify: false, readers },
    prod: { approval: { emails: ["release@example.com"], timeoutDays: 60 } },
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
