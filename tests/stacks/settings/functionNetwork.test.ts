import assert from "node:assert/strict";
import {
  refuses,
  environments,
  pipeline,
  problemsOf,
  settingsOf,
  tooling,
  type Values,
} from "../settingsSample";

const network = { subnets: ["subnet-0a", "subnet-0b"], securityGroups: ["sg-0a"] };
const FORM = "allowed is a map of subnets, securityGroups";
const RULE =
  "pipelines[0].uses has functionNetwork, and it has functions in test; allowed is a map of subnets, securityGroups: " +
  "set it, or take functionNetwork out of pipelines[0].uses";
const withNetwork = (functionNetwork?: unknown, changes: Values = {}) =>
  tooling({
    environments: environments("test", "prod").map((each) =>
      functionNetwork === undefined ? each : { ...each, functionNetwork },
    ),
    pipelines: [pipeline({ uses: ["functionNetwork"], ...changes })],
  });

describe("functionNetwork", () => {
  it("is the network of functions in an environment", () => {
    const settings = settingsOf(withNetwork(network));
    assert.ok(settings.kind === "tooling");
    assert.deepEqual(
      settings.environments.map(({ functionNetwork }) => functionNetwork),
      [network, network],
    );
  });

  it("may be there for nobody, and need not be there where no pipeline uses it", () => {
    settingsOf(withNetwork(network, { uses: [] }));
    settingsOf(withNetwork(undefined, { uses: ["sqs"] }));
  });

  refuses({
    "an environment that a pipeline puts functions into a network of, and that has none": [
      () => problemsOf(withNetwork(undefined, { environments: ["test"] })),
      [`environments[0].functionNetwork: is missing; ${RULE}`],
    ],
    "one in which it puts those of its branches": [
      () =>
        problemsOf(
          tooling({
            environments: [
              ...environments("test"),
              ...environments("prod").map((each) => ({ ...each, functionNetwork: network })),
            ],
            pipelines: [
              pipeline({
                uses: ["functionNetwork"],
                environments: ["prod"],
                branches: { environment: "test", include: ["fix"] },
              }),
            ],
          }),
        ),
      [`environments[0].functionNetwork: is missing; ${RULE}`],
    ],
    "what is no network": [
      () => problemsOf(withNetwork(true)),
      ["environments[0]", "environments[1]"].map((key) => `${key}.functionNetwork: received true; ${FORM}`),
    ],
    "ids of other things, none and too many": [
      () =>
        problemsOf(
          tooling({
            environments: environments("test").map((each) => ({
              ...each,
              functionNetwork: {
                subnets: ["vpc-0a", ...Array.from({ length: 16 }, (_, i) => `subnet-${i}`)],
                securityGroups: [],
              },
            })),
          }),
        ),
      [
        'environments[0].functionNetwork.subnets[0]: received "vpc-0a"; allowed is an id such as subnet-0123456789abcdef0',
        'environments[0].functionNetwork.subnets: received ["vpc-0a","subnet-0","subnet-1","subnet-2","subnet-3","subnet-4","subnet-5","subnet-6","subnet-7","…; ' +
          "allowed is a list of ids of subnets, 1 to 16",
        "environments[0].functionNetwork.securityGroups: received []; allowed is a list of ids of security groups, 1 to 5",
      ],
    ],
    "tasks in one": [
      () =>
        problemsOf(withNetwork(network, { workload: "ecs-service" })).filter(
          (each) => !each.includes(".platform"),
        ),
      [
        'pipelines[0].uses[0]: received "functionNetwork"; tasks are in the network of their platform; ' +
          "allowed are sqs, sns, s3, secretsmanager, ssm",
      ],
    ],
  });
});
