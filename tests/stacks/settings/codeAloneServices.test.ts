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
  ...{ cluster: "main", name: "quotes-${environment}", family: "quotes-${environment}", container: "app" },
  executionRole: "services/quotes-execution",
  endpoint: "https://quotes.${environment}.example.com",
};
const written = (changes: Values, names = ["test", "prod"], ...others: Values[]) =>
  tooling({
    environments: environments(...names),
    pipelines: [
      pipeline({ workload: "ecs-service-code", service: OWNED, ...changes }),
      ...others.map(pipeline),
    ],
  });
const problems = (...args: Parameters<typeof written>) => problemsOf(written(...args));
const servicesOf = (...args: Parameters<typeof written>) =>
  (settingsOf(written(...args)) as ToolingSettings).pipelines[0]?.environments.map(
    ({ ownersService }) => ownersService,
  );
const and = "; ${environment} stands for the environment's name";
const second = (changes: Values) => ({
  ...{ name: "second", workload: "ecs-service-code", source: { codecommit: "second" } },
  ...changes,
});

describe("services of ECS that other stacks own", () => {
  it("are named after their environments, and one environment may have another, by a part of it", () => {
    assert.deepEqual(
      servicesOf({
        environments: [
          "test",
          {
            name: "prod",
            service: { cluster: "live", taskRole: "task", instanceRole: "ecs/${environment}" },
          },
        ],
      }),
      [
        {
          ...{ cluster: "main", name: "quotes-test", family: "quotes-test", container: "app" },
          ...{ executionRole: "services/quotes-execution", endpoint: "https://quotes.test.example.com" },
        },
        {
          ...{ cluster: "live", name: "quotes-prod", family: "quotes-prod", container: "app" },
          ...{ executionRole: "services/quotes-execution", taskRole: "task", instanceRole: "ecs/prod" },
          endpoint: "https://quotes.prod.example.com",
        },
      ],
    );
  });

  it("may be called alike in two clusters, and share the roles of their tasks", () => {
    const other = { ...OWNED, cluster: "live", family: "others" };
    const found = servicesOf({ environments: ["test"] }, ["test"], second({ service: other }));
    assert.equal(found?.[0]?.name, "quotes-test");
  });

  refuses({
    "a pipeline that names no service": [
      () => problems({ service: undefined }),
      [
        "pipelines[0].service: is missing; ecs-service-code releases to services of ECS that other stacks own: name them, such as " +
          "{ cluster: main, name: quotes-${environment}, family: quotes-${environment}, container: app, executionRole: quotes-execution, " +
          "endpoint: https://quotes.example.com }",
      ],
    ],
    "one of which a part is not said, but for the roles of its tasks and of instances": [
      () => problems({ service: { cluster: "main", name: "quotes" }, environments: ["test"] }, ["test"]),
      ["family", "container", "executionRole", "endpoint"].map(
        (key) =>
          `pipelines[0].service.${key}: is missing; of the service of test it must be said: here, or as service.${key} of test in the ` +
          "pipeline's own list of environments",
      ),
    ],
    "forms that ECS and IAM do not take, and the ARN of a role": [
      () =>
        problems({
          service: {
            ...{ ...OWNED, cluster: "arn:aws:ecs:eu-west-1:222222222222:cluster/main", container: "the app" },
            executionRole: "arn:aws:iam::222222222222:role/quotes-execution",
          },
        }),
      [
        `pipelines[0].service.cluster: received "arn:aws:ecs:eu-west-1:222222222222:cluster/main"; allowed is the name of a cluster, letters, digits, - and _${and}`,
        `pipelines[0].service.container: received "the app"; allowed is the name of a container, letters, digits, - and _${and}`,
        'pipelines[0].service.executionRole: received "arn:aws:iam::222222222222:role/quotes-execution"; allowed is the name of a role, behind its ' +
          `path if it has one, such as services/quotes-execution, and no ARN${and}`,
      ],
    ],
    "a name that is too long in one environment": [
      () => {
        const taskRole = `${"r".repeat(60)}-\${environment}`;
        return problems({ service: { ...OWNED, taskRole }, environments: ["prod"] }, ["prod"]);
      },
      [
        `pipelines[0].service.taskRole: received "${"r".repeat(60)}-\${environment}"; in prod it is ${"r".repeat(60)}-prod, no name that ECS takes: choose a shorter one`,
      ],
    ],
    "a service, and a family, that two pipelines have in one account": [
      () => problems({ environments: ["test"] }, ["test"], second({ service: OWNED })),
      [
        'pipelines[1].service.name: received "quotes-test"; in test it is the service that pipelines[0].service has in test, in the same account: name another',
        'pipelines[1].service.family: received "quotes-test"; in test it is the family that pipelines[0].service has in test, in the same account: name another',
      ],
    ],
    "names that begin like a stack of a pipeline's own": [
      () =>
        problems(
          { service: { ...OWNED, name: "second--api", family: "quotes" }, environments: ["test"] },
          ["test"],
          { name: "second", workload: "lambda-zip", source: { codecommit: "second" } },
        ),
      [
        'pipelines[0].service.name: received "second--api"; pipelines[1] has resources that begin so, and releases to them by change sets: name a service that another stack owns',
      ],
    ],
    "what speaks of templates, and a function": [
      () =>
        problems(
          {
            template: "template.yaml",
            function: { name: "quotes", endpoint: "https://quotes.example.com" },
            environments: ["test"],
          },
          ["test"],
        ),
      [
        'pipelines[0].template: received "template.yaml"; ecs-service-code releases code alone, to services of ECS that other stacks own, and has no template: remove this key',
        'pipelines[0].function: received {"name":"quotes","endpoint":"https://quotes.example.com"}; ecs-service-code releases to services of ECS; functions of others are ' +
          "for workload lambda-zip-code, lambda-container-code: remove this key",
      ],
    ],
    "one of a pipeline that has stacks of its own, and of one that releases to functions": [
      () => [
        ...problems({ workload: "ecs-service", service: { cluster: "main" }, environments: ["test"] }, [
          "test",
        ]).filter((each) => each.includes(".service")),
        ...problems(
          {
            workload: "lambda-container-code",
            function: { name: "quotes", endpoint: "https://quotes.example.com" },
            service: undefined,
            environments: [{ name: "test", service: { cluster: "main" } }],
          },
          ["test"],
        ),
      ],
      [
        'pipelines[0].service: received {"cluster":"main"}; ecs-service has stacks of its own; services of ECS of others are for workload ecs-service-code: remove this key',
        'pipelines[0].environments[0].service: received {"cluster":"main"}; lambda-container-code releases to functions; services of ECS of others are for workload ' +
          "ecs-service-code: remove this key",
      ],
    ],
  });
});
