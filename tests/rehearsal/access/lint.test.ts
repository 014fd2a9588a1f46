import assert from "node:assert/strict";
import { lint, type Linted, type LintFinding } from "../../../rehearsal/access/lint";
import { exceptionFor, EXCEPTIONS } from "../../../rehearsal/access/lintExceptions";
import { broughtUp } from "../../programs";
import {
  CONNECTION,
  environment,
  environments,
  pipeline,
  stackFile,
  tooling,
} from "../../stacks/settingsSample";

/** A tooling stack's settings with those of the environments that it lists. */
function settings(changes: Parameters<typeof tooling>[0] = {}, own: Parameters<typeof environment>[0] = {}) {
  const values = tooling(changes);
  const listed = values["environments"] as { name: string; account: string }[];
  const stacks = listed.map(({ name, account }) => [name, environment({ account, ...own })] as const);
  return { tooling: values, ...Object.fromEntries(stacks) };
}

const many = Array.from({ length: 12 }, (_, index) => `e${index}`);
const connection = { connection: CONNECTION, repository: "org/repo", branch: "main", tags: ["v*"] };
const STATE_KEY = "arn:aws:kms:eu-west-1:111111111111:key/01234567-89ab-cdef-0123-456789abcdef";
const VPC = {
  vpcId: "vpc-0123456789abcdef0",
  subnets: ["subnet-0123456789abcdef0"],
  securityGroupIds: ["sg-0123456789abcdef0"],
};

const SETTINGS: Readonly<Record<string, Parameters<typeof broughtUp>[0]>> = {
  "the sample": { tooling: stackFile("tooling"), test: stackFile("test"), prod: stackFile("prod") },
  "many environments and pipelines": settings({
    environments: environments(...many).map((each, index) => (index % 2 ? { ...each, approval: {} } : each)),
    pipelines: [
      pipeline(),
      pipeline({ name: "orders-and-returns", prefix: "orders", source: { codecommit: "o" } }),
    ],
  }),
  "a connection as source": settings({ pipelines: [pipeline({ source: connection })] }),
  "jobs in a VPC": settings({ vpc: VPC }),
  "a path and a boundary": settings({ iam: { path: "/team/", permissionsBoundary: "most" } }),
  "one account for all": settings({ environments: [{ name: "test", account: "111111111111" }] }),
  "previews in pull requests, and sources on GitHub": settings(
    {
      previews: { repository: "org/repo", state: { url: "s3://state", keys: [STATE_KEY] } },
      pipelines: [pipeline({ source: { github: "org/repo" } })],
    },
    { previews: { repository: "org/repo" } },
  ),
  "every kind of workload": settings({
    environments: [{ name: "test", account: "222222222222", platform: true }],
    pipelines: ["lambda-zip", "ecs-service", "serverless"].map((workload) =>
      pipeline({ name: workload.slice(0, 6), workload, source: { codecommit: workload } }),
    ),
  }),
  transforms: settings({ pipelines: [pipeline({ transforms: ["AWS::Serverless-2016-10-31"] })] }),
  China: settings({ "aws:region": "cn-north-1" }, { "aws:region": "cn-north-1" }),
};

const shown = ({ stack, resource, message }: LintFinding): string => `${stack}: ${resource}: ${message}`;

describe("access/lint", () => {
  const linted = new Map<string, Linted>();
  before(async () => {
    for (const [name, files] of Object.entries(SETTINGS))
      linted.set(name, await lint(await broughtUp(files)));
  });
  const of = (name: string): Linted => linted.get(name) ?? assert.fail(`${name} was not read`);

  for (const name of Object.keys(SETTINGS)) {
    it(`finds nothing but named exceptions in any document of ${name}`, () => {
      const { findings, examined } = of(name);
      assert.ok(examined.documents >= 30 && examined.statements >= 100, JSON.stringify(examined));
      assert.deepEqual(findings.filter((each) => !exceptionFor(each)).map(shown), []);
    });
  }

  it("has no exception that none of these settings needs", () => {
    const all = Object.keys(SETTINGS).flatMap((name) => of(name).findings);
    const used = new Set(all.map((finding) => exceptionFor(finding)));
    assert.deepEqual(
      EXCEPTIONS.filter((each) => !used.has(each)).map(({ reason }) => reason),
      [],
    );
  });
});
