import assert from "node:assert/strict";
import {
  environment,
  environments,
  pipeline,
  problemsOf,
  refuses,
  settingsOf,
  tooling,
  type Values,
} from "../settingsSample";

const PERMISSIONS =
  "which has the same account, and permissions go by what names begin with: choose another name or another account";

const withEnvironments = (...names: string[]) =>
  problemsOf(tooling({ environments: environments(...names) }));
const withPipelines = (...pipelines: Values[]) =>
  problemsOf(
    tooling({ environments: environments("test", "prod"), pipelines: pipelines.map((one) => pipeline(one)) }),
  );
const existing = (codecommit: string) => ({ codecommit, create: false });
const many = (count: number, approval: boolean) =>
  Array.from({ length: count }, (_, i) => ({ name: `e${i}`, account: "222222222222", approval }));

describe("the rules between environments", () => {
  refuses({
    "a name that another has": [
      () => withEnvironments("test", "prod", "test"),
      ['environments[2].name: received "test"; environments[0] has this name: choose another'],
    ],
    "a name that begins like another's in the same account": [
      () => withEnvironments("prod-eu@222222222222", "prod@222222222222", "prod-us@333333333333"),
      [`environments[0].name: received "prod-eu"; it begins like prod, ${PERMISSIONS}`],
    ],
    "such names in tooling's account": [
      () => withEnvironments("a@111111111111", "a-b@111111111111"),
      [`environments[1].name: received "a-b"; it begins like a, ${PERMISSIONS}`],
    ],
  });
  it("take names that begin alike without a hyphen, or in two accounts", () => {
    const names = ["prod", "prod-eu", "production@222222222222"];
    settingsOf(tooling({ environments: environments(...names) }));
  });
});

describe("the rules between pipelines", () => {
  refuses({
    "a name that another has, once": [
      () => withPipelines({ source: existing("a") }, { source: existing("a") }),
      ['pipelines[1].name: received "catalog"; pipelines[0] has this name: choose another'],
    ],
    "a prefix that another has": [
      () => withPipelines({ prefix: "web", source: existing("a") }, { name: "web" }),
      ['pipelines[1].name: received "web"; pipelines[0] has this prefix: set another as pipelines[1].prefix'],
    ],
    "a prefix that is set to another's name": [
      () => withPipelines({ source: existing("a") }, { name: "web", prefix: "catalog" }),
      [
        'pipelines[1].prefix: received "catalog"; pipelines[0] has this prefix: set another as pipelines[1].prefix',
      ],
    ],
    "names whose first 20 characters agree": [
      () =>
        withPipelines(
          { name: "product-catalog-shop-eu", prefix: "eu", source: existing("a") },
          { name: "product-catalog-shop-us", prefix: "us" },
        ),
      [
        'pipelines[1].name: received "product-catalog-shop-us"; it has its first 20 characters in common with pipelines[0], and CodePipeline would put the artifacts of both under product-catalog-shop: choose a name that differs earlier',
      ],
    ],
    "two that create one repository": [
      () => withPipelines({}, { name: "web" }),
      [
        'pipelines[1].source.codecommit: received "catalog"; pipelines[0] creates this repository: set create: false here',
      ],
    ],
    "environments that there are not, each with the nearest": [
      () => withPipelines({ environments: ["tset", "prod", "production"] }),
      [
        'pipelines[0].environments[0]: received "tset"; did you mean "test"? allowed are "test","prod"',
        'pipelines[0].environments[2]: received "production"; did you mean "prod"? allowed are "test","prod"',
      ],
    ],
  });
  it("take one repository that one pipeline creates, names that differ in the 20th character, and a name that is another's end", () => {
    const pipelines = [
      pipeline({ name: "product-catalog-shoe", prefix: "shoe" }),
      pipeline({ name: "product-catalog-shop", prefix: "shop", source: existing("catalog") }),
      pipeline({ name: "catalog-web", source: existing("catalog") }),
      pipeline({ name: "web", source: existing("catalog") }),
    ];
    settingsOf(tooling({ pipelines }));
  });
});

describe("the rule for the number of stages", () => {
  const names = JSON.stringify(many(49, false).map(({ name }) => name)).slice(0, 99);
  const text = (count: number) =>
    `with Source, Build, and a stage for each approval the pipeline has ${count} stages, and CodePipeline allows 50: divide the environments among several pipelines`;
  refuses({
    "49 environments": [
      () => problemsOf(tooling({ environments: many(49, false) })),
      [`pipelines[0].environments: received ${names}…; ${text(51)}`],
    ],
    "25 environments with approval": [
      () => problemsOf(tooling({ environments: many(25, true) })),
      [`pipelines[0].environments: received ${names}…; ${text(52)}`],
    ],
  });
  it("takes 48 environments without approval, or 24 with", () => {
    settingsOf(tooling({ environments: many(48, false) }));
    settingsOf(tooling({ environments: many(24, true) }));
  });
});

describe("jobs that are short", () => {
  const of = (changes: Values) =>
    problemsOf(tooling({ environments: environments("test"), pipelines: [pipeline(changes)] }));
  const HOURS =
    "a service of ECS may take hours until its tasks are steady, and Deploy waits for that: remove it";
  refuses({
    "a Deploy that waits for tasks of ECS": [
      () => of({ workload: "ecs-service", shortJobs: ["verify", "deploy"] }).slice(0, 1),
      [`pipelines[0].shortJobs[1]: received "deploy"; ${HOURS}`],
    ],
    "a Deploy that waits for tasks of another stack's service": [
      () =>
        of({ workload: "ecs-service-code", shortJobs: ["deploy"] }).filter((each) =>
          each.includes("shortJobs"),
        ),
      [`pipelines[0].shortJobs[0]: received "deploy"; ${HOURS}`],
    ],
    "a Verify on another platform": [
      () => of({ platform: "linux/arm64", shortJobs: ["deploy", "verify"] }),
      [
        'pipelines[0].shortJobs[1]: received "verify"; Verify runs on the code\'s platform, and is short on linux/amd64 alone: remove it',
      ],
    ],
    "a job that none is": [
      () => of({ shortJobs: ["build", "verfiy"] }),
      [
        'pipelines[0].shortJobs[0]: received "build"; allowed are plan, deploy, verify',
        'pipelines[0].shortJobs[1]: received "verfiy"; did you mean "verify"? allowed are plan, deploy, verify',
      ],
    ],
  });
  it("are taken of functions, and of branches and waves alike", () => {
    const read = settingsOf(
      tooling({
        environments: environments("test"),
        pipelines: [pipeline({ shortJobs: ["deploy", "verify"] })],
      }),
    );
    assert.deepEqual(read.kind === "tooling" && read.pipelines[0]?.shortJobs, ["deploy", "verify"]);
  });
});

describe("several problems", () => {
  refuses({
    "everything at once: no problem of one setting hides one of another": [
      () =>
        problemsOf(
          tooling({
            account: "1",
            kind: "tooling",
            environments: [
              { name: "Test", account: "222222222222" },
              { name: "prod", account: 333333333333 },
              7,
              { name: "prod", account: "333333333333", approval: { timeoutDays: 90 } },
            ],
            pipelines: [
              pipeline({ environments: ["Test", "prd"], source: { codecommit: "catalog", branch: "a b" } }),
              pipeline({ platform: "arm" }),
              "web",
            ],
          }),
        ),
      [
        'account: received "1"; allowed is an account id of 12 digits: write it in quotes',
        'environments[0].name: received "Test"; allowed are lower-case words (letters and digits, a letter first) joined by single hyphens: choose another name',
        "environments[1].account: received 333333333333; allowed is an account id of 12 digits: write it in quotes",
        "environments[2]: received 7; allowed is a map of name, account, region, approval, verify, readers, platform, functionNetwork, runner",
        "environments[3].approval.timeoutDays: received 90; allowed are whole days from 1 to 60",
        'pipelines[0].source.branch: received "a b"; allowed is the name of one branch, at most 255 characters, without patterns',
        'pipelines[1].platform: received "arm"; did you mean "linux/arm64"? allowed are linux/amd64, linux/arm64',
        'pipelines[2]: received "web"; allowed is a map of name, prefix, workload, uses, permissions, function, service, directory, template, source, environments, executionMode, staleApprovals, computeType, shortJobs, scanThreshold, keepReleases, layerCache, chats, platform, branches, transforms',
        'environments[3].name: received "prod"; environments[1] has this name: choose another',
        'pipelines[1].name: received "catalog"; pipelines[0] has this name: choose another',
        'pipelines[0].environments[1]: received "prd"; did you mean "prod"? allowed are "Test","prod"',
        'pipelines[1].source.codecommit: received "catalog"; pipelines[0] creates this repository: set create: false here',
      ],
    ],
    "what pipelines say only if there are environments": [
      () => problemsOf(tooling({ environments: [], pipelines: [pipeline({ environments: ["test"] })] })),
      [
        "environments: is missing; allowed is a list of environments, { name, account, … }, in the order of promotion",
      ],
    ],
    "the rules of tooling in an undecided stack, but not in an environment's": [
      () => problemsOf({ ...environment(), ...tooling({ kind: "", pipelines: [pipeline(), pipeline()] }) }),
      [
        "kind: is missing; allowed are tooling, environment",
        'pipelines[1].name: received "catalog"; pipelines[0] has this name: choose another',
        'pipelines[1].source.codecommit: received "catalog"; pipelines[0] creates this repository: set create: false here',
      ],
    ],
  });
});
