import assert from "node:assert/strict";
import { USE_NAMES } from "../../../components/uses/list";
import { usable } from "../../../components/uses/using";
import { type WorkloadKind, WORKLOADS } from "../../../components/workloads/list";
import { pipeline, problemsOf, refuses, settingsOf, tooling, type Values } from "../settingsSample";

const WORDS =
  "allowed are lower-case words (letters and digits, a letter first) joined by single hyphens: choose another";
const inTooling = (changes: Values) => problemsOf(tooling(changes));
const inPipeline = (changes: Values) => inTooling({ pipelines: [pipeline(changes)] });

describe("the shape of a pipeline", () => {
  refuses({
    "one without name and source": [
      () => inTooling({ pipelines: [{}] }),
      [
        `pipelines[0].name: is missing; ${WORDS} name`,
        "pipelines[0].source: is missing; allowed is a map that names codecommit, or github, or connection and repository",
      ],
    ],
    "a prefix of another form": [
      () => inPipeline({ prefix: "Cat" }),
      [`pipelines[0].prefix: received "Cat"; ${WORDS} prefix`],
    ],
    "a name of more than 100 characters": [
      () => inPipeline({ name: "a".repeat(101), prefix: "a" }),
      [
        `pipelines[0].name: received "${"a".repeat(98)}…; nothing that is made of it can have more than 100 characters: choose a much shorter name`,
      ],
    ],
    "an unknown key, with the nearest": [
      () => inPipeline({ environment: "test" }),
      [
        'pipelines[0].environment: received "test"; this key is unknown: did you mean "environments"? allowed are name, prefix, workload, uses, permissions, function, service, directory, template, source, environments, executionMode, staleApprovals, computeType, shortJobs, scanThreshold, keepReleases, layerCache, chats, platform, branches, transforms',
      ],
    ],
    "unknown keys that are near to none, without a guess": [
      () => inPipeline({ buildspec: "b.yml", secrets: [], slack: {} }),
      ['buildspec: received "b.yml"', "secrets: received []", "slack: received {}"].map(
        (each) =>
          `pipelines[0].${each}; this key is unknown: allowed are name, prefix, workload, uses, permissions, function, service, directory, template, source, environments, executionMode, staleApprovals, computeType, shortJobs, scanThreshold, keepReleases, layerCache, chats, platform, branches, transforms`,
      ),
    ],
    "an empty list of environments": [
      () => inPipeline({ environments: [] }),
      [
        "pipelines[0].environments: received []; allowed is a list of environments (names, or lists of names to release side by side), at least one",
      ],
    ],
    "an environment named twice": [
      () => inPipeline({ environments: ["test", "test"] }),
      ['pipelines[0].environments: received ["test","test"]; an entry is there twice: remove one'],
    ],
    "an environment's name that is a number": [
      () => inPipeline({ environments: [1] }),
      ["pipelines[0].environments[0]: received 1; allowed is the name of an environment"],
    ],
    "PARALLEL, with the reason": [
      () => inPipeline({ executionMode: "PARALLEL" }),
      [
        'pipelines[0].executionMode: received "PARALLEL"; PARALLEL forbids CodePipeline to roll back a failed stage; allowed are SUPERSEDED, QUEUED',
      ],
    ],
    "words that AWS does not have": [
      () =>
        inPipeline({
          workload: "lambda",
          executionMode: "queued",
          computeType: "BUILD_GENERAL1_HUGE",
          scanThreshold: 7,
          keepReleases: 51,
          layerCache: "yes",
          platform: "linux/arm",
          transforms: ["Serverless"],
        }),
      [
        'pipelines[0].workload: received "lambda"; did you mean "lambda-zip"? allowed are lambda-container, lambda-zip, lambda-zip-code, lambda-container-code, ecs-service, ecs-service-code, serverless',
        'pipelines[0].executionMode: received "queued"; did you mean "QUEUED"? allowed are SUPERSEDED, QUEUED',
        'pipelines[0].computeType: received "BUILD_GENERAL1_HUGE"; did you mean "BUILD_GENERAL1_LARGE"? allowed are BUILD_GENERAL1_SMALL, BUILD_GENERAL1_MEDIUM, BUILD_GENERAL1_LARGE, BUILD_GENERAL1_XLARGE, BUILD_GENERAL1_2XLARGE',
        "pipelines[0].scanThreshold: received 7; allowed are CRITICAL, HIGH, MEDIUM, LOW, INFORMATIONAL, UNDEFINED, NONE",
        "pipelines[0].keepReleases: received 51; allowed are whole numbers from 1 to 50",
        'pipelines[0].layerCache: received "yes"; allowed are true and false',
        'pipelines[0].platform: received "linux/arm"; did you mean "linux/arm64"? allowed are linux/amd64, linux/arm64',
        'pipelines[0].transforms[0]: received "Serverless"; allowed is a transform of AWS\'s own, such as AWS::Serverless-2016-10-31',
      ],
    ],
  });
  for (const keepReleases of [0, -1, 2.5, "5", null, true])
    it(`refuses to keep ${JSON.stringify(keepReleases)} releases`, () =>
      assert.deepEqual(inPipeline({ keepReleases }), [
        `pipelines[0].keepReleases: received ${JSON.stringify(keepReleases)}; allowed are whole numbers from 1 to 50`,
      ]));
  for (const [workload, nearest] of [
    ["lamda-container", "lambda-container"],
    ["zip", "lambda-zip"],
    ["ecs", "ecs-service"],
    ["severless", "serverless"],
  ])
    it(`refuses the workload ${workload}, and names ${nearest}`, () =>
      assert.deepEqual(inPipeline({ workload }), [
        `pipelines[0].workload: received "${workload}"; did you mean "${nearest}"? allowed are lambda-container, lambda-zip, lambda-zip-code, lambda-container-code, ecs-service, ecs-service-code, serverless`,
      ]));

  for (const [use, nearest] of [
    ["sqss", "sqs"],
    ["SQS", "sqs"],
  ])
    it(`refuses that a service uses ${use}, and names ${nearest}`, () =>
      assert.deepEqual(inPipeline({ uses: ["sqs", use] }), [
        `pipelines[0].uses[1]: received "${use}"; did you mean "${nearest}"? allowed are ${USE_NAMES.join(", ")}`,
      ]));
  it("refuses services that are no list, and one twice", () => {
    assert.deepEqual(inPipeline({ uses: "sqs" }), [
      'pipelines[0].uses: received "sqs"; allowed is a list of AWS services',
    ]);
    assert.deepEqual(inPipeline({ uses: ["sqs", "sqs"] }), [
      'pipelines[0].uses: received ["sqs","sqs"]; an entry is there twice: remove one',
    ]);
  });

  const read = (changes: Values) => {
    const settings = settingsOf(
      tooling({
        environments: [
          {
            name: "test",
            account: "222222222222",
            platform: true,
            functionNetwork: { subnets: ["subnet-0a", "subnet-0b"], securityGroups: ["sg-0a"] },
          },
        ],
        pipelines: [pipeline(changes)],
      }),
    );
    return settings.kind === "tooling" ? settings.pipelines[0] : undefined;
  };
  for (const workload of ["lambda-container", "lambda-zip", "ecs-service", "serverless"])
    it(`takes the workload ${workload}`, () => assert.equal(read({ workload })?.workload, workload));
  for (const workload of ["lambda-container", "lambda-zip", "ecs-service", "serverless"])
    it(`takes every service that the workload ${workload} can use, and none by default`, () => {
      const uses = usable(WORKLOADS[workload as WorkloadKind]);
      assert.deepEqual(read({ workload, uses })?.uses, uses);
      assert.deepEqual(read({ workload })?.uses, []);
    });
  it("keeps five releases of an environment and no layers by default, and takes 1 and 50", () => {
    const { keepReleases, layerCache } = read({}) ?? {};
    assert.deepEqual([keepReleases, layerCache], [5, false]);
    for (const each of [1, 50]) assert.equal(read({ keepReleases: each })?.keepReleases, each);
  });
  it("is of functions in containers by default, with template.yaml in its folder", () => {
    const { workload, directory, template } = read({}) ?? {};
    assert.deepEqual(
      { workload, directory, template },
      { workload: "lambda-container", directory: ".", template: "template.yaml" },
    );
  });

  const BELOW = "allowed is a file below 'directory'";
  for (const template of [
    "/template.yaml",
    "../t.yaml",
    "a/../../t.yaml",
    "..",
    "-t.yaml",
    "my t.yaml",
    "",
    "a\\t",
  ])
    it(`refuses the template ${JSON.stringify(template)}`, () =>
      assert.deepEqual(inPipeline({ template }), [
        `pipelines[0].template: received ${JSON.stringify(template)}; ${BELOW}, relative to it, without .. and white space`,
      ]));
  for (const template of ["aws/", "./", ".", "aws/."])
    it(`refuses the folder ${template} as a template`, () =>
      assert.deepEqual(inPipeline({ template }), [
        `pipelines[0].template: received "${template}"; ${BELOW}: this is a folder`,
      ]));
  for (const [template, normal] of [
    ["template.yaml", "template.yaml"],
    ["./aws//catalog.yml", "aws/catalog.yml"],
    [".deploy/x..y.yaml", ".deploy/x..y.yaml"],
  ])
    it(`takes the template ${template}`, () => assert.equal(read({ template })?.template, normal));
  for (const template of ["template.yaml", "aws/template.yaml"])
    it(`refuses the template ${template} where the framework makes the templates`, () =>
      assert.deepEqual(inPipeline({ workload: "serverless", template }), [
        `pipelines[0].template: received "${template}"; serverless makes its templates by 'npm run package': remove this key`,
      ]));

  for (const directory of ["/app", "../app", "a/../../b", "..", "-app", "my app", "", "a\\b"])
    it(`refuses the directory ${JSON.stringify(directory)}`, () =>
      assert.deepEqual(inPipeline({ directory }), [
        `pipelines[0].directory: received ${JSON.stringify(directory)}; allowed is a folder of the source, relative to its root, without .. and white space`,
      ]));
  for (const [directory, normal] of [
    [".", "."],
    ["./", "."],
    ["app/", "app"],
    ["./a//b", "a/b"],
    [".github/x..y", ".github/x..y"],
  ])
    it(`takes the directory ${directory}`, () => {
      const settings = settingsOf(tooling({ pipelines: [pipeline({ directory })] }));
      assert.equal(settings.kind === "tooling" && settings.pipelines[0]?.directory, normal);
    });
});
