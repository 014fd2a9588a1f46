/** Settings of whole projects: what must hold of the sample must hold of each of these. */
import type { Rehearsed } from "../../rehearsal/record/record";
import { broughtUp } from "../programs";
import { CONNECTION, environments, pipeline, stackFile, tooling } from "./settingsSample";
import { all, approval, type Case, codecommit } from "./together.case";
import { KINDS } from "./together.kinds";

const fromConnection = { connection: CONNECTION, repository: "acme/shop", branch: "trunk" };
const previews = { repository: "acme/platform" };
const STATE_KEY = "arn:aws:kms:eu-west-1:999999999999:key/01234567-89ab-cdef-0123-456789abcdef";
const state = { url: "s3://acme-state/delivery?region=eu-west-1", keys: [STATE_KEY] };
const chats = [
  { name: "releases", slack: { workspaceId: "T07EA123LEP", channelId: "C07EZ1ABC23" } },
  {
    name: "on-call",
    teams: {
      tenantId: "11111111-2222-3333-4444-555555555555",
      teamId: "66666666-7777-8888-9999-000000000000",
      channelId: "19%3a0123456789abcdef%40thread.tacv2",
    },
  },
];
const runner = {
  vpc: { vpcId: "vpc-9", subnets: ["subnet-8", "subnet-9"], securityGroupIds: ["sg-8", "sg-9"] },
};
const names = ["dev", "test", "qa", "demo", "stage", "prod-eu", "prod-us"];

export const CASES: Readonly<Record<string, Case>> = {
  "the sample": {
    files: { tooling: stackFile("tooling"), test: stackFile("test"), prod: stackFile("prod") },
  },
  "seven environments and three pipelines": all(
    tooling({
      environments: environments(...names).map((each, i) => ({ ...each, ...(i > 3 && { approval }) })),
      pipelines: [
        codecommit("catalog"),
        codecommit("a-very-long-name-of-a-service", { prefix: "long" }),
        codecommit("mail", { environments: ["prod-us", "dev"] }),
      ],
    }),
  ),
  "one environment": all(tooling()),
  "an approval in the only environment": all(
    tooling({ environments: [{ name: "prod", account: "222222222222", approval: true }] }),
  ),
  // Chats are told of one pipeline with approvals, and of one without. Stale approvals are ended where there are some.
  "waves, and environments that one pipeline changes": all(
    tooling({
      environments: environments("dev", "qa-a", "qa-b", "prod").map((each) =>
        each.name === "prod" ? { ...each, approval } : { ...each, verify: each.name !== "dev" },
      ),
      pipelines: [
        codecommit("catalog", {
          environments: ["dev", [{ name: "qa-a", approval: true }, "qa-b"], "prod"],
          chats: ["releases", "on-call"],
          staleApprovals: "stop",
        }),
        codecommit("mail", {
          environments: [["qa-b", "dev"], { name: "prod", approval: false, verify: false }],
          chats: ["releases"],
        }),
      ],
      chats,
    }),
  ),
  "single-account mode": all(
    tooling({ environments: environments("test@111111111111", "prod@111111111111") }),
  ),
  "two environments in one account": all(
    tooling({
      environments: environments("test@222222222222", "qa@222222222222", "prod@333333333333"),
      pipelines: [codecommit("catalog"), codecommit("mail")],
    }),
  ),
  ...KINDS,
  "readers of environments, and roles that artifacts are for": all(
    tooling({
      environments: environments("test", "prod").map((each) => ({
        ...each,
        readers: ["arn:aws:iam::444444444444:role/people/on-call"],
      })),
      artifactRoles: ["arn:aws:iam::111111111111:role/auditor"],
    }),
  ),
  // A Region takes images, files and the records of both.
  "kept releases and images in another Region": all(
    tooling({
      environments: environments("test", "prod").map((each) =>
        each.name === "prod" ? { ...each, approval } : each,
      ),
      pipelines: [codecommit("catalog"), codecommit("mail", { workload: "lambda-zip" })],
      replication: { region: "eu-central-1" },
    }),
  ),
  "another Region whose replica is for some roles, below a path": all(
    tooling({
      artifactRoles: ["arn:aws:iam::111111111111:role/auditor"],
      iam: { path: "/delivery/", permissionsBoundary: "org" },
      replication: { region: "eu-west-2" },
    }),
  ),
  "a path and a boundary": all(
    tooling({
      environments: environments("test", "prod"),
      iam: { path: "/delivery/", permissionsBoundary: "org" },
    }),
  ),
  // That of the jobs, and one that the runner inside an environment is in.
  "a VPC": all(
    tooling({
      vpc: { vpcId: "vpc-1", subnets: ["subnet-1", "subnet-2"], securityGroupIds: ["sg-1"] },
      environments: environments("test", "prod").map((each) =>
        each.name === "prod" ? { ...each, approval, runner } : each,
      ),
    }),
  ),
  "runners inside environments, of files and images, in the one account": all(
    tooling({
      environments: environments("test@111111111111", "prod@111111111111").map((each) => ({
        ...each,
        runner:
          each.name === "prod" ? { ...runner, steps: ["beforeDeploy", "afterDeploy", "verify"] } : runner,
      })),
      pipelines: [
        codecommit("catalog"),
        codecommit("mail", { workload: "lambda-zip", platform: "linux/arm64" }),
      ],
      artifactRoles: ["arn:aws:iam::111111111111:role/auditor"],
    }),
  ),
  "a connection with paths, tags and pull requests": all(
    tooling({
      pipelines: [
        pipeline({
          source: {
            ...fromConnection,
            paths: ["app/**"],
            tags: ["v*"],
            pullRequests: { branches: ["trunk"] },
          },
          transforms: ["AWS::Serverless-2016-10-31"],
          platform: "linux/arm64",
        }),
      ],
    }),
  ),
  "previews in pull requests, and sources on GitHub": all(
    tooling({
      environments: environments("test", "prod"),
      pipelines: [
        pipeline({ source: { github: "acme/shop", branch: "trunk", paths: ["app/**"] } }),
        pipeline({ name: "mail", source: { github: "acme/mail" } }),
      ],
      previews,
    }),
    { previews },
  ),
  "previews that read state": all(
    tooling({ environments: environments("test", "prod"), previews: { ...previews, state } }),
    { previews: { ...previews, state: { url: "s3://acme-state" } } },
  ),
  "previews of pull requests in CodeCommit": all(
    tooling({
      environments: environments("test", "own@111111111111", "prod"),
      iam: { path: "/delivery/", permissionsBoundary: "org" },
      previews: { codecommit: "platform", state },
    }),
    { previews: { codecommit: "platform", state } },
  ),
  "a pipeline that brings the stacks up": all(
    tooling({
      environments: environments("test", "own@111111111111", "prod"),
      iam: { path: "/delivery/", permissionsBoundary: "org" },
      selfUpdate: { source: { codecommit: "platform" }, state, role: "ops/platform-up", ...approval },
    }),
  ),
  // Two of them in one account, one of these with a runner; what is built for each environment is built for its Region.
  "environments in three Regions": all(
    tooling({
      environments: environments("test", "us@333333333333", "asia@333333333333").map((each) =>
        each.name === "test"
          ? each
          : each.name === "us"
            ? { ...each, region: "us-east-1", approval, runner }
            : { ...each, region: "ap-southeast-1" },
      ),
      pipelines: [
        codecommit("catalog", { workload: "lambda-zip" }),
        codecommit("jobs", { workload: "serverless", environments: ["asia", "test"] }),
      ],
    }),
  ),
  // Functions, tasks, and a function that another stack owns: each pulls in its own Region.
  "images in three Regions": all(
    tooling({
      environments: environments("test", "us@333333333333", "asia@333333333333").map((each) =>
        each.name === "test"
          ? each
          : each.name === "us"
            ? { ...each, region: "us-east-1", approval }
            : { ...each, region: "ap-southeast-1", platform: true },
      ),
      pipelines: [
        codecommit("catalog", { layerCache: true }),
        codecommit("web", {
          workload: "ecs-service",
          template: "ecs-service/template.yaml",
          environments: ["asia"],
        }),
        codecommit("checkout", {
          workload: "lambda-container-code",
          function: {
            name: "checkout-${environment}",
            endpoint: "https://checkout.${environment}.example.com",
          },
          environments: ["test", "us"],
        }),
        codecommit("rates", {
          workload: "ecs-service-code",
          service: {
            ...{ cluster: "main", name: "rates", family: "rates", container: "app" },
            ...{ executionRole: "rates-execution", endpoint: "https://rates.example.com" },
          },
          environments: ["us"],
        }),
      ],
    }),
  ),
  // Of every kind that has branches: beside an environment there, and one in yet another Region.
  "branches in another Region": all(
    tooling({
      environments: environments("test", "dev@333333333333", "us@333333333333", "asia@333333333333").map(
        (each) =>
          each.name === "test"
            ? each
            : each.name === "dev"
              ? { ...each, region: "us-east-1", platform: true }
              : each.name === "us"
                ? { ...each, region: "us-east-1", approval }
                : { ...each, region: "ap-southeast-1" },
      ),
      pipelines: [
        codecommit("catalog", { environments: ["test", "us", "asia"] }),
        codecommit("mail", { workload: "lambda-zip", environments: ["us"] }),
        codecommit("jobs", { workload: "serverless", environments: ["test"] }),
        codecommit("web", {
          workload: "ecs-service",
          template: "ecs-service/template.yaml",
          environments: ["dev"],
        }),
      ].map((each) => ({ ...each, branches: { include: ["feature/*"], environment: "dev" } })),
    }),
  ),
  "another project, Region and partition": {
    ...all(tooling({ "aws:region": "us-gov-west-1", environments: environments("test", "prod") }), {
      "aws:region": "us-gov-west-1",
    }),
    project: "Ship_it",
  },
  "names that are each other's beginnings": all(
    tooling({
      environments: environments("a", "a-b"),
      pipelines: [codecommit("cat"), codecommit("cat-build"), codecommit("cat-a"), codecommit("cat-cleanup")],
    }),
  ),
  // Jobs that have nothing to do are not there, and whoever reads their logs and artifacts does not name them.
  "nothing that tooling verifies, below the project's own name, in Regions of which none is tooling's": all(
    tooling({
      environments: environments("test@222222222222", "prod@222222222222").map((each) =>
        each.name === "test"
          ? { ...each, region: "eu-central-1", verify: false, platform: true }
          : { ...each, region: "us-east-1", runner, platform: true },
      ),
      pipelines: [
        codecommit("delivery", {
          workload: "ecs-service",
          template: "ecs-service/template.yaml",
          branches: { include: ["fix"], environment: "test" },
        }),
        codecommit("rates", {
          workload: "ecs-service-code",
          service: {
            ...{
              cluster: "main",
              name: "rates-${environment}",
              family: "rates-${environment}",
              container: "app",
            },
            ...{ executionRole: "rates-execution", endpoint: "https://rates.example.com" },
          },
        }),
      ],
      artifactRoles: ["arn:aws:iam::111111111111:role/auditor"],
      selfUpdate: { source: { github: "acme/platform" }, state, role: "ops/up" },
    }),
  ),
  deletable: all(tooling({ deletable: true, environments: environments("test", "prod") }), {
    deletable: true,
  }),
  "branches of a repository in CodeCommit, and behind a connection": all(
    tooling({
      environments: environments("dev", "test", "prod").map((each) =>
        each.name === "prod" ? { ...each, approval } : each,
      ),
      pipelines: [
        codecommit("catalog", {
          layerCache: true,
          branches: { include: ["feature/*", "fix"], environment: "dev", max: 3 },
        }),
        pipeline({
          name: "a-very-long-name-of-a-service",
          prefix: "long",
          workload: "lambda-zip",
          source: fromConnection,
          environments: ["test", "prod"],
          branches: { include: ["*/x*"], environment: "dev", expireAfterDays: 30 },
        }),
        codecommit("jobs", {
          workload: "serverless",
          environments: ["test"],
          branches: { include: ["feature/*"], environment: "dev" },
        }),
      ],
    }),
  ),
};

const SAMPLE = ["waves, and environments that one pipeline changes", "another project, Region and partition"];
/** Whether `npm test` has the evaluator answer all questions about a case, which takes long. */
export const isSampled = (title: string): boolean => SAMPLE.includes(title);

/** The stacks of a case. */
export function upOf(title: string): Promise<Rehearsed> {
  const { files, project } = CASES[title] ?? { files: {} };
  return broughtUp(files, project);
}
