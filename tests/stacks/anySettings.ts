/** Settings of whole projects that nobody would write by hand: every option with every other, and names that mean something elsewhere. */
import fc from "fast-check";
import { USE_NAMES } from "../../components/uses/list";
import { usable } from "../../components/uses/using";
import { WORKLOADS, type WorkloadKind } from "../../components/workloads/list";
import { codeAlone, type Workload } from "../../components/workloads/workload";
import { RUNNER_STEPS, SHORT_JOBS } from "../../components/stage";
import { all, type Case } from "./together.case";
import type { Values } from "./settingsSample";

/** Regions that have all that settings may ask for, but for the last of each, which have no connections. */
const REGIONS = {
  aws: ["eu-west-1", "us-east-1", "ap-southeast-1", "eu-central-1"],
  "aws-cn": ["cn-north-1", "cn-northwest-1"],
  "aws-us-gov": ["us-gov-west-1", "us-gov-east-1"],
} as const;
/** Words that are names of jobs, roles, stages and folders, and names that begin others. */
const ENVIRONMENTS = [
  ...["a", "b", "test", "prod", "build", "verify", "deploy", "preview", "pipeline", "plan-job", "runner"],
  ...["readonly", "release", "live", "kept", "cleanup", "x-long-env-n", "constructors", "main", "promote"],
];
const PIPELINES = [
  ...["api", "api-2", "api-prod", "a", "a-b", "cat", "build", "deploy", "releases-x", "delivery", "kept-x"],
  ...["pull-requests", "chat-x", "test-x", "self-x", "preview", "long-name-of-a-svc"],
];
const TOOLING = "111111111111";
const ACCOUNTS = [
  [TOOLING],
  ["222222222222"],
  [TOOLING, "222222222222"],
  ["222222222222", "333333333333", "444444444444", TOOLING],
];
const STATE = { url: "s3://acme-state/below?region=eu-west-1", keys: [] };

/** What a sample is drawn with. */
class Draw {
  constructor(private readonly draw: fc.GeneratorValue) {}
  one<T>(...from: readonly T[]): T {
    return this.draw(fc.constantFrom<T[]>, ...from);
  }
  /** In so many of a hundred. */
  often(percent: number): boolean {
    return this.draw(fc.nat, 99) < percent;
  }
  some<T>(from: readonly T[], percent: number): T[] {
    return from.filter(() => this.often(percent));
  }
  /** One or more of them, up to so many. */
  few<T>(from: readonly T[], max: number): T[] {
    return this.draw(fc.shuffledSubarray<T>, [...from], { minLength: 1, maxLength: max });
  }
  /** A key, in so many of a hundred. */
  key(percent: number, values: () => Values): Values {
    return this.often(percent) ? values() : {};
  }
}

const ids = (kind: string) => [`${kind}-0123456789abcdef0`, `${kind}-0123456789abcdef1`];

function platform(draw: Draw, partition: string, region: string, account: string): unknown {
  const here = (service: string, what: string) => `arn:${partition}:${service}:${region}:${account}:${what}`;
  return draw.one<unknown>(
    true,
    { cidr: "172.16.0.0/24", natGateways: "one-per-zone" },
    { certificateArn: here("acm", "certificate/0123"), domain: "shop.example.com" },
    {
      ...{ vpc: "vpc-0123456789abcdef0", subnets: ids("subnet"), cluster: "apps" },
      listener: here("elasticloadbalancing", "listener/app/front/0123456789abcdef/0123456789abcdef"),
      ...{ securityGroup: "sg-0123456789abcdef0", endpoint: "https://shop.example.com" },
    },
  );
}

const network = { vpcId: "vpc-9", subnets: ids("subnet"), securityGroupIds: ids("sg") };

function environmentOf(draw: Draw, name: string, partition: keyof typeof REGIONS, home: string): Values {
  const account = draw.one(...draw.one(...ACCOUNTS));
  const region = draw.often(30) ? draw.one<string>(...REGIONS[partition]) : home;
  return {
    ...{ name, account },
    ...(region !== home && { region }),
    ...draw.key(35, () => ({
      approval: draw.one<unknown>(true, { emails: ["a+b@example.com"], timeoutDays: 60 }),
    })),
    ...draw.key(20, () => ({ verify: false })),
    ...draw.key(20, () => ({ readers: [`arn:${partition}:iam::999999999999:role/people/on-call`] })),
    // Most kinds need none of these, and leave them be.
    ...draw.key(90, () => ({ platform: platform(draw, partition, region, account) })),
    ...draw.key(90, () => ({ functionNetwork: { subnets: ids("subnet"), securityGroups: ids("sg") } })),
    ...draw.key(30, () => ({ runner: { vpc: network, steps: draw.few(RUNNER_STEPS, 3) } })),
  };
}

/** What another stack owns, and a pipeline of code alone releases to. */
function owners(draw: Draw, pipeline: string, { codeAlone: kind, packaging }: Workload): Values {
  const own = { name: `${pipeline}-of-\${environment}`, endpoint: "https://${environment}.example.com" };
  if (kind === undefined) return {};
  if (kind === "function")
    return { function: { ...own, ...(packaging !== "image" && { runtime: "nodejs22.x" }) } };
  const roles = {
    executionRole: draw.one("execution", "path/execution"),
    ...draw.key(50, () => ({ taskRole: "task" })),
    ...draw.key(50, () => ({ instanceRole: "instance" })),
  };
  return { service: { ...own, ...roles, cluster: "main", container: "app", family: own.name } };
}

/** Beside a CodeCommit repository, which every Region here has, what only some have. */
const source = (draw: Draw, partition: string, region: string, repository: string): Values =>
  partition === "aws"
    ? draw.one<Values>(
        { codecommit: repository },
        { codecommit: repository, create: false, branch: "release/1.0" },
        {
          github: `acme/${repository}`,
          paths: ["app/**"],
          tags: ["v*"],
          pullRequests: { branches: ["main"] },
        },
        {
          connection: `arn:aws:codeconnections:${region}:${draw.one(TOOLING, "999999999999")}:connection/0123`,
          repository: `acme/${repository}`,
        },
      )
    : { codecommit: repository };

/** What a pipeline releases to, where that isn't all of them in their order. */
const released = (draw: Draw, names: readonly string[]): unknown[] =>
  draw.often(40)
    ? [draw.few(names, names.length)].map((wave) => (wave.length > 1 ? wave : wave[0]))
    : draw
        .few(names, names.length)
        .map((name) =>
          draw.one<unknown>(name, { name, approval: draw.often(50) }, { name, verify: draw.often(50) }),
        );

function pipelineOf(
  draw: Draw,
  name: string,
  at: number,
  { environments, source: from }: { readonly environments: readonly Values[]; readonly source: Values },
): Values {
  const workload = draw.one(...(Object.keys(WORKLOADS) as WorkloadKind[]));
  const kind: Workload = WORKLOADS[workload];
  const arm = draw.often(30);
  const short = SHORT_JOBS.filter(
    (job) => !(job === "deploy" && workload.startsWith("ecs")) && !(job === "verify" && arm),
  );
  const names = environments.map((each) => String(each["name"]));
  const free = environments.filter((each) => each["approval"] === undefined);
  const [able, host] = [codeAlone(kind) ? [] : usable(kind), draw.one(...free, undefined)];
  return {
    ...{ name, workload, source: from },
    ...(name.length > 8 && { prefix: `p${at}` }),
    ...owners(draw, name, kind),
    ...draw.key(40, () => ({ environments: released(draw, names) })),
    ...draw.key(able.length > 0 ? 50 : 0, () => ({
      uses: draw.some(
        USE_NAMES.filter((use) => able.includes(use)),
        draw.one(15, 40, 100),
      ),
    })),
    ...draw.key(20, () => ({ executionMode: "QUEUED" })),
    ...draw.key(40, () => ({ shortJobs: draw.some(short, 60) })),
    ...(arm && { platform: "linux/arm64" }),
    ...draw.key(30, () => ({ layerCache: true })),
    ...draw.key(20, () => ({
      scanThreshold: "NONE",
      keepReleases: 1,
      computeType: "BUILD_GENERAL1_2XLARGE",
    })),
    ...draw.key(30, () => (codeAlone(kind) ? {} : { transforms: ["AWS::Serverless-2016-10-31"] })),
    ...(host &&
      !codeAlone(kind) && {
        branches: {
          ...{ include: draw.one(["feature/*"], ["*-x", "fix", "x/*/é"]), environment: host["name"] },
          ...(workload === "ecs-service" && { priority: 1 + 50 * at }),
        },
      }),
  };
}

/** Stack files, most of which are accepted. */
export const anySettings: fc.Arbitrary<Case> = fc.gen().map((generate): Case => {
  const draw = new Draw(generate);
  const partition = draw.one<keyof typeof REGIONS>("aws", "aws", "aws-cn", "aws-us-gov");
  const region = draw.one<string>(...REGIONS[partition]);
  const environments = draw.few(ENVIRONMENTS, 4).map((name) => environmentOf(draw, name, partition, region));
  const near = environments.flatMap((each) => (each["region"] === undefined ? [] : [each["region"]]));
  const far = REGIONS[partition].filter((each) => each !== region && !near.includes(each));
  const pipelines = draw
    .few(PIPELINES, 3)
    .map((name, at) =>
      pipelineOf(draw, name, at, { environments, source: source(draw, partition, region, `code-${at}`) }),
    );
  const chats = partition === "aws" && draw.often(20);
  const previews = draw.key(20, () => ({
    previews: draw.one<Values>(
      { repository: "acme/platform", provider: "existing" },
      { codecommit: "platform", state: STATE },
    ),
  }));
  const settings: Values = {
    ...{ "aws:region": region, kind: "tooling", account: TOOLING, environments },
    pipelines: pipelines.map((each) => ({ ...each, ...(chats && { chats: ["x"] }) })),
    ...(chats && { chats: [{ name: "x", slack: { workspaceId: "T07EA123LEP", channelId: "C07EZ1ABC23" } }] }),
    ...draw.key(20, () => ({ vpc: network })),
    ...draw.key(20, () => ({ image: "docker.io/acme/ci@sha256:" + "a".repeat(64) })),
    ...draw.key(20, () => ({ artifactRoles: [`arn:${partition}:iam::999999999999:role/auditor`] })),
    ...(far.length > 0 ? draw.key(20, () => ({ replication: { region: draw.one(...far) } })) : {}),
    ...draw.key(25, () => ({
      iam: { path: "/x.y-z_1/b/", ...draw.key(50, () => ({ permissionsBoundary: "org" })) },
    })),
    ...draw.key(20, () => ({ deletable: true })),
    ...draw.key(20, () => ({
      selfUpdate: {
        source: { codecommit: "platform" },
        state: STATE,
        role: "ops/up",
        emails: ["a@example.com"],
      },
    })),
    ...draw.key(20, () => ({ "aws:defaultTags": { tags: { "Cost Center": "a b é" } } })),
    ...previews,
  };
  return all(settings, previews);
});
