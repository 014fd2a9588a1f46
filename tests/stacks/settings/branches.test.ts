import assert from "node:assert/strict";
import type { ToolingSettings } from "../../../stacks/settings/model";
import {
  CONNECTION,
  environments,
  pipeline,
  problemsOf,
  refuses,
  settingsOf,
  tooling,
  type Values,
} from "../settingsSample";

const two = environments("test", "prod").map((each) =>
  each.name === "prod" ? { ...each, approval: true } : each,
);
const withBranches = (branches: unknown, changes: Values = {}, others: Values = {}) =>
  tooling({ environments: two, ...others, pipelines: [pipeline({ branches, ...changes })] });
const problems =
  (branches: unknown, changes: Values = {}, others: Values = {}) =>
  () =>
    problemsOf(withBranches(branches, changes, others));
const good = { include: ["feature/*"], environment: "test" };
const PATTERN =
  "allowed is the name of a branch in which * stands for any characters, such as feature/*: " +
  "letters, digits, and . _ / @ + = # % -, without ** and other patterns, at most 100 characters";
const NO_BRANCH_KIND = "allowed are lambda-container, lambda-zip, serverless: remove 'branches'";

describe("the settings of branches", () => {
  it("have defaults for all but what is meant and where it goes", () => {
    const { pipelines } = settingsOf(withBranches(good)) as ToolingSettings;
    assert.deepEqual(pipelines[0]?.branches, { ...good, expireAfterDays: 7, max: 5 });
  });

  it("take limits, letters of any language, and an environment that the pipeline itself does not release to", () => {
    const branches = {
      include: ["größe/*-x.y_z@1+2=3#4%5", "*/a*b"],
      environment: "test",
      expireAfterDays: 30,
      max: 50,
    };
    const { pipelines } = settingsOf(withBranches(branches, { environments: ["prod"] })) as ToolingSettings;
    assert.deepEqual(pipelines[0]?.branches, branches);
    assert.equal((settingsOf(tooling()) as ToolingSettings).pipelines[0]?.branches, undefined);
  });

  it("take an environment whose approval the pipeline leaves out", () => {
    const environments = [{ name: "prod", approval: false }];
    settingsOf(withBranches({ ...good, environment: "prod" }, { environments }));
  });

  refuses({
    "a cap of 0, an expiry of 0, and what is above their limits": [
      problems({ ...good, expireAfterDays: 0, max: 0 }),
      [
        "pipelines[0].branches.expireAfterDays: received 0; allowed are whole days from 1 to 30: every branch's stack is removed some day",
        "pipelines[0].branches.max: received 0; allowed are whole numbers from 1 to 50: remove 'branches' if no branch may have a stack",
      ],
    ],
    "halves, and more than the limits": [
      problems({ ...good, expireAfterDays: 31, max: 1.5 }),
      [
        "pipelines[0].branches.expireAfterDays: received 31; allowed are whole days from 1 to 30: every branch's stack is removed some day",
        "pipelines[0].branches.max: received 1.5; allowed are whole numbers from 1 to 50: remove 'branches' if no branch may have a stack",
      ],
    ],
    "patterns that EventBridge, triggers and our job would read differently": [
      problems({
        ...good,
        include: ["feature/**", "fix-{a,b}", "x?", "[ab]", "a b", "", "!(x)", '"', "a\\b"],
      }),
      [
        ...["feature/**", "fix-{a,b}", "x?", "[ab]", "a b", "", "!(x)", '"', "a\\b"].map(
          (written, i) =>
            `pipelines[0].branches.include[${i}]: received ${JSON.stringify(written)}; ${PATTERN}`,
        ),
        'pipelines[0].branches.include: received ["feature/**","fix-{a,b}","x?","[ab]","a b","","!(x)","\\"","a\\\\b"]; allowed is a list of patterns of branches, 1 to 8',
      ],
    ],
    "a pattern that is longer than triggers and rules have room for": [
      problems({ ...good, include: ["a".repeat(100), "a".repeat(101)] }),
      [`pipelines[0].branches.include[1]: received "${"a".repeat(98)}…; ${PATTERN}`],
    ],
    "no pattern, and no environment": [
      problems({ include: [] }),
      [
        "pipelines[0].branches.include: received []; allowed is a list of patterns of branches, 1 to 8",
        "pipelines[0].branches.environment: is missing; allowed is the name of an environment",
      ],
    ],
    "an unknown key": [
      problems({ ...good, expireAfter: 3 }),
      [
        'pipelines[0].branches.expireAfter: received 3; this key is unknown: did you mean "expireAfterDays"? allowed are include, environment, expireAfterDays, max',
      ],
    ],
    "a list in place of the map": [
      problems(["feature/*"]),
      [
        'pipelines[0].branches: received ["feature/*"]; allowed is a map of include, environment, expireAfterDays, max',
      ],
    ],
    "patterns that mean the main branch, each of them": [
      problems({ ...good, include: ["m*n", "feature/*", "main", "*"] }),
      ["m*n", "main", "*"].map(
        (written) =>
          `pipelines[0].branches.include[${["m*n", "feature/*", "main", "*"].indexOf(written)}]: received "${written}"; ` +
          "it means main too, which the pipeline itself releases: choose a pattern for other branches only",
      ),
    ],
    "a pattern that means the branch that the source names, dots and signs taken as they are": [
      problems(
        { ...good, include: ["release/1.*", "release/1x*"] },
        { source: { connection: CONNECTION, repository: "a/b", branch: "release/1.x+y" } },
      ),
      [
        'pipelines[0].branches.include[0]: received "release/1.*"; it means release/1.x+y too, which the pipeline itself releases: choose a pattern for other branches only',
      ],
    ],
    "an environment that there is not, with the nearest": [
      problems({ ...good, environment: "tset" }),
      ['pipelines[0].branches.environment: received "tset"; did you mean "test"? allowed are "test"'],
    ],
    "an environment that asks for approval": [
      problems({ ...good, environment: "prod" }),
      [
        'pipelines[0].branches.environment: received "prod"; it asks for approval, and what is pushed to a branch is deployed without one; allowed are "test": choose or add another',
      ],
    ],
    "one that asks for approval in this pipeline, where none is left": [
      problems(good, { environments: [{ name: "test", approval: true }] }),
      [
        'pipelines[0].branches.environment: received "test"; it asks for approval, and what is pushed to a branch is deployed without one; allowed are none of those listed: choose or add another',
      ],
    ],
    "kinds whose branches can't be kept apart, with the reason": [
      () =>
        problemsOf(
          tooling({
            environments: [{ ...two[0], platform: true }],
            pipelines: [pipeline({ branches: good, workload: "ecs-service" })],
          }),
        ),
      [
        `pipelines[0].workload: received "ecs-service"; branches of this kind have no environments: ECS ties no role to one service, so that a branch's tasks could take what another's may do; ${NO_BRANCH_KIND}`,
      ],
    ],
    "a prefix of more than 11 characters, since a branch's stack has 13 of its own": [
      problems(good, { name: "product-shop", environments: ["test"] }),
      [
        'pipelines[0].name: received "product-shop"; product-shop--br-0a1b2c3d has 25 characters, and 24 are allowed, since CloudFormation cuts longer names of stacks when it names what is in them: set pipelines[0].prefix to at most 11 characters',
      ],
    ],
    "a project whose roles a branch's permissions would match": [
      () => problemsOf(withBranches(good), "tooling", "catalog--br-x"),
      [
        'pipelines[0].name: received "catalog"; permissions of its workload go by catalog--br-, and the project\'s role catalog--br-x-catalog--br-pipeline begins so: set another prefix',
      ],
    ],
    "an environment that is called like a branch's stack": [
      () => problemsOf(tooling({ environments: environments("br-test") })),
      [
        'environments[0].name: received "br-test"; names of branches\' stacks begin with br-: choose another name',
      ],
    ],
    "everything that is wrong at once": [
      problems({ include: ["main"], environment: "nowhere", max: 51 }),
      [
        "pipelines[0].branches.max: received 51; allowed are whole numbers from 1 to 50: remove 'branches' if no branch may have a stack",
        'pipelines[0].branches.include[0]: received "main"; it means main too, which the pipeline itself releases: choose a pattern for other branches only',
        'pipelines[0].branches.environment: received "nowhere"; allowed are "test"',
      ],
    ],
  });

  it("take a prefix of 11 characters", () => {
    settingsOf(withBranches(good, { name: "product-shop", prefix: "product-sho" }));
  });
});
