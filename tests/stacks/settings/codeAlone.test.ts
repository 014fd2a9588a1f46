import assert from "node:assert/strict";
import {
  environments,
  pipeline,
  problemsOf,
  refuses,
  settingsOf,
  tooling,
  type Values,
} from "../settingsSample";
import type { ToolingSettings } from "../../../stacks/settings/model";

const OWNED = {
  name: "quotes-${environment}",
  runtime: "nodejs22.x",
  endpoint: "https://quotes.${environment}.example.com",
};
const written = (changes: Values, names = ["test", "prod"], ...others: Values[]) =>
  tooling({
    environments: environments(...names),
    pipelines: [
      pipeline({ workload: "lambda-zip-code", function: OWNED, ...changes }),
      ...others.map(pipeline),
    ],
  });
const problems = (...args: Parameters<typeof written>) => problemsOf(written(...args));
const functionsOf = (...args: Parameters<typeof written>) =>
  (settingsOf(written(...args)) as ToolingSettings).pipelines[0]?.environments.map(
    ({ ownersFunction }) => ownersFunction,
  );
const INSTEAD =
  "lambda-zip-code releases code alone, to functions that other stacks own, and has no template: remove this key";
const THEIRS =
  "lambda-zip has functions of its own; those of others are for workload lambda-zip-code, lambda-container-code: remove this key";
const IMAGE = { name: "quotes-${environment}", endpoint: "https://quotes.example.com" };
const images = (changes: Values) => ({ workload: "lambda-container-code", function: IMAGE, ...changes });

describe("functions that other stacks own", () => {
  it("are named after their environments, and one environment may have another, by a part of it", () => {
    assert.deepEqual(
      functionsOf({
        environments: ["test", { name: "prod", function: { name: "Quotes", alias: "current" } }],
      }),
      [
        {
          alias: "live",
          name: "quotes-test",
          runtime: "nodejs22.x",
          endpoint: "https://quotes.test.example.com",
        },
        {
          alias: "current",
          name: "Quotes",
          runtime: "nodejs22.x",
          endpoint: "https://quotes.prod.example.com",
        },
      ],
    );
    assert.deepEqual(functionsOf({}), functionsOf({ environments: ["test", "prod"] }));
  });

  it("have no runtime in the settings where their code is an image", () => {
    assert.deepEqual(functionsOf(images({}), ["test"]), [
      { alias: "live", name: "quotes-test", endpoint: "https://quotes.example.com" },
    ]);
  });

  it("are none of a pipeline that has a stack of its own", () => {
    const { pipelines } = settingsOf(tooling({})) as ToolingSettings;
    assert.ok(pipelines[0]?.environments.every((each) => !("ownersFunction" in each)));
  });

  refuses({
    "a pipeline that names none": [
      () => problems({ function: undefined }),
      [
        "pipelines[0].function: is missing; lambda-zip-code releases to functions that other stacks own: name them, such as " +
          "{ name: quotes-${environment}, runtime: nodejs22.x, endpoint: https://quotes.example.com }",
      ],
    ],
    "one of which something is not said, of an environment": [
      () =>
        problems({
          function: { name: "quotes", endpoint: "https://a.example.com" },
          environments: ["test", { name: "prod", function: { runtime: "java21" } }],
        }),
      [
        "pipelines[0].function.runtime: is missing; of the function of test it must be said: here, or as function.runtime of test " +
          "in the pipeline's own list of environments",
      ],
    ],
    "a runtime of images, for all environments or for one": [
      () =>
        problems(
          images({
            function: { ...IMAGE, runtime: "nodejs22.x" },
            environments: ["test", { name: "prod", function: { runtime: "java21" } }],
          }),
        ),
      ["function", "environments[1].function"].map(
        (key, at) =>
          `pipelines[0].${key}.runtime: received "${["nodejs22.x", "java21"][at] ?? ""}"; lambda-container-code releases images, which have ` +
          "their own runtime: remove this key",
      ),
    ],
    "a pipeline of images that names no function": [
      () => problems(images({ function: undefined })),
      [
        "pipelines[0].function: is missing; lambda-container-code releases to functions that other stacks own: name them, such as " +
          "{ name: quotes-${environment}, endpoint: https://quotes.example.com }",
      ],
    ],
    "forms that Lambda does not take": [
      () =>
        problems({
          function: { name: "a b", alias: "7", runtime: "Node", endpoint: "http://a.example.com/" },
        }),
      [
        'pipelines[0].function.name: received "a b"; allowed is the name of a function, letters, digits, - and _; ${environment} stands ' +
          "for the environment's name",
        'pipelines[0].function.alias: received "7"; allowed is the name of an alias, letters, digits, - and _, not digits alone; ' +
          "${environment} stands for the environment's name",
        'pipelines[0].function.runtime: received "Node"; allowed is a runtime as Lambda calls it, such as nodejs22.x; ${environment} ' +
          "stands for the environment's name",
        'pipelines[0].function.endpoint: received "http://a.example.com/"; allowed is an https URL without a slash at its end; ' +
          "${environment} stands for the environment's name",
      ],
    ],
    "a name that is too long once the environment's is in it": [
      () => problems({ function: { ...OWNED, name: `${"q".repeat(60)}-\${environment}` } }, ["test"]),
      [
        `pipelines[0].function.name: received "${"q".repeat(60)}-\${environment}"; in test it is ${"q".repeat(60)}-test, no name that Lambda takes: choose a shorter one`,
      ],
    ],
    "one function twice in an account": [
      () => problems({ function: { ...OWNED, name: "quotes" } }, ["test@222222222222", "prod@222222222222"]),
      [
        'pipelines[0].function.name: received "quotes"; in prod it is the function that pipelines[0].function has in test, in the ' +
          "same account: name another",
      ],
    ],
    "one function of two pipelines": [
      () =>
        problems({}, ["test"], {
          name: "two",
          source: { codecommit: "two" },
          workload: "lambda-zip-code",
          function: OWNED,
        }),
      [
        'pipelines[1].function.name: received "quotes-test"; in test it is the function that pipelines[0].function has in test, in ' +
          "the same account: name another",
      ],
    ],
    "a function of a stack that a pipeline deploys": [
      () =>
        problems({ function: { ...OWNED, name: "web--test-Api" } }, ["test"], {
          ...{ name: "web", source: { codecommit: "web" } },
        }),
      [
        'pipelines[0].function.name: received "web--test-Api"; pipelines[1] has functions that begin so, and releases to them by change ' +
          "sets: name a function that another stack owns",
      ],
    ],
    "what speaks of a template, or of stacks of its own": [
      () =>
        problems({
          ...{ template: "template.yaml", uses: ["sqs"], transforms: ["AWS::Serverless-2016-10-31"] },
          branches: { environment: "test", include: ["feature/*"] },
        }),
      [
        `pipelines[0].template: received "template.yaml"; ${INSTEAD}`,
        `pipelines[0].uses: received ["sqs"]; ${INSTEAD}`,
        `pipelines[0].transforms: received ["AWS::Serverless-2016-10-31"]; ${INSTEAD}`,
        `pipelines[0].branches: received {"environment":"test","include":["feature/*"]}; ${INSTEAD}`,
      ],
    ],
    "functions of a pipeline that has its own, for all environments or for one": [
      () =>
        problems({
          workload: "lambda-zip",
          function: { name: "a" },
          environments: ["test", { name: "prod", function: { name: "b" } }],
        }),
      [
        `pipelines[0].function: received {"name":"a"}; ${THEIRS}`,
        `pipelines[0].environments[1].function: received {"name":"b"}; ${THEIRS}`,
      ],
    ],
  });

  it("may be called alike in two accounts", () => {
    assert.equal(functionsOf({ function: { ...OWNED, name: "quotes" } })?.length, 2);
  });
});
