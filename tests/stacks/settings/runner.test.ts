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

const vpc = { vpcId: "vpc-0a", subnets: ["subnet-0a", "subnet-0b"], securityGroupIds: ["sg-0a"] };
const withRunner = (runner: unknown, changes: Values = {}) =>
  tooling({ environments: environments("test").map((each) => ({ ...each, runner })), ...changes });
const of = (runner: unknown) => () => problemsOf(withRunner(runner));

describe("runner", () => {
  it("runs Verify inside the environment, unless it says otherwise", () => {
    const settings = settingsOf(withRunner({ vpc }));
    assert.ok(settings.kind === "tooling");
    assert.deepEqual(settings.environments[0]?.runner, { vpc, steps: ["verify"] });
    assert.deepEqual(settings.pipelines[0]?.environments[0].runner, { vpc, steps: ["verify"] });
  });

  it("may be in the one account", () => {
    settingsOf(
      tooling({
        environments: environments("test@111111111111").map((each) => ({ ...each, runner: { vpc } })),
      }),
    );
  });

  refuses({
    "one without its network": [
      of({}),
      ["environments[0].runner.vpc: is missing; allowed is a map of vpcId, subnets, securityGroupIds"],
    ],
    "what is no runner": [
      of(true),
      ["environments[0].runner: received true; allowed is a map of vpc, steps"],
    ],
    "a network by itself": [
      of(vpc),
      [
        "environments[0].runner.vpc: is missing; allowed is a map of vpcId, subnets, securityGroupIds",
        'environments[0].runner.securityGroupIds: received ["sg-0a"]; this key is unknown: allowed are vpc, steps',
        'environments[0].runner.subnets: received ["subnet-0a","subnet-0b"]; this key is unknown: allowed are vpc, steps',
        'environments[0].runner.vpcId: received "vpc-0a"; this key is unknown: did you mean "vpc"? allowed are vpc, steps',
      ],
    ],
    "a network without groups, with ids of other things, and with a subnet twice": [
      of({ vpc: { vpcId: "subnet-1", subnets: ["subnet-1", "subnet-1"], securityGroupIds: [] } }),
      [
        'environments[0].runner.vpc.vpcId: received "subnet-1"; allowed is an id such as vpc-0123456789abcdef0',
        'environments[0].runner.vpc.subnets: received ["subnet-1","subnet-1"]; an entry is there twice: remove one',
        "environments[0].runner.vpc.securityGroupIds: received []; allowed is a list of ids of security groups, 1 to 5",
      ],
    ],
    "steps that it has not": [
      of({ vpc, steps: ["build"] }),
      ['environments[0].runner.steps[0]: received "build"; allowed are beforeDeploy, afterDeploy, verify'],
    ],
    "no step": [
      of({ vpc, steps: [] }),
      ["environments[0].runner.steps: received []; allowed is a list of steps, 1 to 3"],
    ],
    "one that nothing is verified in": [
      () =>
        problemsOf(
          tooling({
            environments: environments("test", "prod").map((each) => ({
              ...each,
              verify: false,
              runner: { vpc },
            })),
            pipelines: [pipeline({ environments: ["test", { name: "prod", verify: true }] })],
          }),
        ),
      [
        'environments[0].runner: received {"vpc":{"vpcId":"vpc-0a","subnets":["subnet-0a","subnet-0b"],"securityGroupIds":["sg-0a"]}}; ' +
          "its only step is verify, and no pipeline verifies in test: remove the runner, or let a pipeline verify there",
      ],
    ],
  });
});
