import { environments, pipeline, problemsOf, refuses, settingsOf, tooling } from "./settingsSample";

const LENGTH =
  "24 are allowed, since CloudFormation cuts longer names of stacks when it names what is in them";

describe("the rules for names that are made from settings", () => {
  refuses({
    "a workload's name of more than 24 characters, with the room there is": [
      () => problemsOf(tooling({ pipelines: [pipeline({ name: "product-catalog-shop" })] })),
      [
        `pipelines[0].name: received "product-catalog-shop"; product-catalog-shop--test has 26 characters, and ${LENGTH}: set pipelines[0].prefix to at most 18 characters`,
      ],
    ],
    "the longest of them, by the prefix that is set": [
      () =>
        problemsOf(
          tooling({
            environments: environments("test", "production"),
            pipelines: [pipeline({ prefix: "prefix-of-13c" })],
          }),
        ),
      [
        `pipelines[0].prefix: received "prefix-of-13c"; prefix-of-13c--production has 25 characters, and ${LENGTH}: set pipelines[0].prefix to at most 12 characters`,
      ],
    ],
    "the names of the bucket's own folders": [
      () =>
        problemsOf(
          tooling({
            pipelines: [
              pipeline({ name: "releases" }),
              pipeline({ name: "kept", prefix: "k", source: { codecommit: "other" } }),
            ],
          }),
        ),
      [
        'pipelines[0].name: received "releases"; releases and kept are folders of the artifact bucket: choose another name',
        'pipelines[1].name: received "kept"; releases and kept are folders of the artifact bucket: choose another name',
      ],
    ],
    "an environment's name that leaves no room for a prefix": [
      () => problemsOf(tooling({ environments: environments("production-in-europe-1a") })),
      [
        `pipelines[0].name: received "catalog"; catalog--production-in-europe-1a has 32 characters, and ${LENGTH}: choose a shorter name than production-in-europe-1a`,
      ],
    ],
    "a role's name of more than 64 characters": [
      () => problemsOf(tooling(), "tooling", "p".repeat(39)),
      [
        `pipelines[0].name: received "catalog"; its role ${"p".repeat(39)}-catalog--test-release-job has 65 characters, and IAM allows 64: choose a shorter prefix, environment or project`,
      ],
    ],
    "a workload whose permissions would match the project's own roles": [
      () => problemsOf(tooling(), "tooling", "catalog--test-tools"),
      [
        'pipelines[0].name: received "catalog"; permissions of its workload go by catalog--test-, and the project\'s role catalog--test-tools-catalog-pipeline begins so: set another prefix',
      ],
    ],
    "a project's name that CodeBuild does not take": [
      () => problemsOf(tooling(), "tooling", "my.shop"),
      [
        'name: received "my.shop"; allowed are letters, digits, - and _, since CodeBuild projects begin with it: rename the project in Pulumi.yaml',
      ],
    ],
  });
  it("take exactly 24 and 64 characters", () => {
    settingsOf(tooling({ pipelines: [pipeline({ name: "prefix-of-18-chars" })] }));
    settingsOf(tooling(), "tooling", "p".repeat(38));
  });
  refuses({
    "no workload for an environment that there is not, or whose own name is wrong": [
      () =>
        problemsOf(
          tooling({
            environments: environments("Production-in-europe"),
            pipelines: [pipeline({ environments: ["Production-in-europe", "production-in-america"] })],
          }),
        ),
      [
        'environments[0].name: received "Production-in-europe"; allowed are lower-case words (letters and digits, a letter first) joined by single hyphens, at most 100 characters: choose another name',
        'pipelines[0].environments[1]: received "production-in-america"; did you mean "Production-in-europe"? allowed are "Production-in-europe"',
      ],
    ],
  });
  it("measure a workload only in the environments that its pipeline has", () => {
    const own = pipeline({ name: "prefix-of-18-chars", environments: ["test"] });
    settingsOf(tooling({ environments: environments("test", "production"), pipelines: [own] }));
  });
});
