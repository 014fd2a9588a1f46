import assert from "node:assert/strict";
import type { ToolingSettings } from "../../../stacks/settings/model";
import { FORMS } from "../../../stacks/settings/platform";
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
const PLACES =
  "allowed are whole numbers from 1 to 49951: the first of as many places among the listener's rules as 'branches.max'";
/** Pipelines of services on a platform, with these branches. */
const services = (...branches: Values[]) =>
  branches.map((each, i) =>
    pipeline({
      name: ["orders", "web", "shop"][i],
      source: { codecommit: ["orders", "web", "shop"][i] },
      workload: "ecs-service",
      environments: ["test"],
      branches: { ...good, ...each },
    }),
  );
const ofServices =
  (platform: unknown, ...branches: Values[]) =>
  () =>
    problemsOf(tooling({ environments: [{ ...two[0], platform }], pipelines: services(...branches) }));

describe("the settings of branches", () => {
  it("have defaults for all but what is meant and where it goes", () => {
    const { pipelines } = settingsOf(withBranches(good)) as ToolingSettings;
    assert.deepEqual(pipelines[0]?.branches, { ...good, expireAfterDays: 7, max: 5, priority: 1 });
  });

  it("take limits, letters of any language, and an environment that the pipeline itself does not release to", () => {
    const branches = {
      include: ["größe/*-x.y_z@1+2=3#4%5", "*/a*b"],
      environment: "test",
      expireAfterDays: 30,
      max: 50,
    };
    const { pipelines } = settingsOf(withBranches(branches, { environments: ["prod"] })) as ToolingSettings;
    assert.deepEqual(pipelines[0]?.branches, { ...branches, priority: 1 });
    assert.equal((settingsOf(tooling()) as ToolingSettings).pipelines[0]?.branches, undefined);
  });

  it("take services on a platform whose branches fill its listener, each pipeline with places of its own", () => {
    const full = services({ max: 50, priority: 49_951 }, { max: 48, priority: 51 });
    const { pipelines } = settingsOf(
      tooling({ environments: [{ ...two[0], platform: true }], pipelines: full }),
    ) as ToolingSettings;
    assert.deepEqual(
      pipelines.map(({ branches }) => branches?.priority),
      [49_951, 51],
    );
  });

  it("take the same places of two listeners", () => {
    const environments = [two[0], { name: "live", account: "444444444444" }].map((each) => ({
      ...each,
      platform: true,
    }));
    const [first, second] = services({}, { environment: "live" });
    settingsOf(tooling({ environments, pipelines: [first, { ...second, environments: ["live"] }] }));
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
        'pipelines[0].branches.expireAfter: received 3; this key is unknown: did you mean "expireAfterDays"? allowed are include, environment, expireAfterDays, priority, max',
      ],
    ],
    "a list in place of the map": [
      problems(["feature/*"]),
      [
        'pipelines[0].branches: received ["feature/*"]; allowed is a map of include, environment, expireAfterDays, priority, max',
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
    "a place in a listener that is none, or too high for as many as there may be": [
      ofServices(true, { priority: 0 }),
      [`pipelines[0].branches.priority: received 0; ${PLACES}`],
    ],
    "a place beyond the last of a listener": [
      ofServices(true, { priority: 49_952 }),
      [`pipelines[0].branches.priority: received 49952; ${PLACES}`],
    ],
    "a place in a listener for a kind that has no rules in one": [
      problems({ ...good, priority: 7 }),
      [
        "pipelines[0].branches.priority: received 7; a workload of kind lambda-container has no rules in a listener; those of ecs-service have: remove it",
      ],
    ],
    "branches of tasks where there is nothing that they could run on": [
      () =>
        problemsOf(
          tooling({
            environments: [two[0], { name: "live", account: "444444444444", platform: true }],
            pipelines: [pipeline({ workload: "ecs-service", environments: ["live"], branches: good })],
          }),
        ),
      [
        `environments[0].platform: is missing; pipelines[0].branches has stacks of kind ecs-service there, which run on one; allowed are ${FORMS}: set it, or choose another environment for them`,
      ],
    ],
    "the same places of one listener for two pipelines, each pair": [
      ofServices(true, {}, { priority: 5 }, { priority: 6 }),
      [
        "pipelines[1].branches.priority: received 5; the branches of pipelines[0] have the places 1 to 5 of the same listener, and these would have 5 to 9: give each pipeline places of its own, such as 6",
        "pipelines[2].branches.priority: received 6; the branches of pipelines[1] have the places 5 to 9 of the same listener, and these would have 6 to 10: give each pipeline places of its own, such as 10",
      ],
    ],
    "more target groups than a load balancer has": [
      ofServices(true, { max: 50 }, { max: 49, priority: 51 }),
      [
        "pipelines[1].branches.max: received 49; the branches of 2 pipelines and the services there would have 101 target groups behind the load balancer of test, and AWS takes 100: lower 'max' of some of them",
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
