import assert from "node:assert/strict";
import type { Rehearsed, StackRun } from "../../rehearsal/record/record";
import { broughtUp, oneStack } from "../programs";
import { environment, environments, tooling, type Values } from "./settingsSample";

const FILES = {
  tooling: tooling({ environments: environments("test@222222222222", "prod@333333333333") }),
  test: environment(),
  prod: environment({ account: "333333333333" }),
};
let up: Rehearsed;
const stack = (values: Values = {}, name = "test", earlier = up) =>
  oneStack(name, environment(values), earlier);

/** Tooling's outputs as if its pipelines were of another kind. */
const withWorkload = (workload: string) => (run: StackRun) => ({
  ...run,
  outputs: JSON.parse(
    JSON.stringify(run.outputs).replaceAll('"lambda-container"', JSON.stringify(workload)),
  ) as Values,
});

describe("environment's stack refuses, and makes nothing,", () => {
  before(async () => {
    up = (await broughtUp(FILES)).slice(0, 1);
  });

  const refuses = (title: string, run: () => Promise<StackRun>, text: string) =>
    it(title, async () => {
      const { failures, resources } = await run();
      assert.deepEqual(failures, [text]);
      assert.deepEqual(
        resources.map(({ type }) => type),
        ["pulumi:pulumi:Stack"],
      );
    });

  refuses(
    "to come before tooling",
    () => stack({}, "test", []),
    "failed to read resource #organization/delivery/tooling 'organization/delivery/tooling' [pulumi:pulumi:StackReference]: " +
      'unknown stack "organization/delivery/tooling"',
  );
  refuses(
    "to come before tooling was brought up",
    async () =>
      stack(
        {},
        "test",
        up.map((run) => ({ ...run, outputs: {} })),
      ),
    "stack organization/delivery/tooling provides nothing yet: bring it up first, with 'pulumi up --stack tooling', " +
      "then this stack again (or set 'tooling' if another stack is meant)",
  );
  refuses(
    "an environment that tooling does not know",
    () => stack({}, "qa"),
    "stack organization/delivery/tooling has no environment 'qa', only prod, test: add it to 'environments' in its settings " +
      "and run 'pulumi up --stack tooling', or set 'environment' in this stack's settings",
  );
  refuses(
    "another account",
    () => stack({ account: "333333333333" }),
    "environment 'test' is account 333333333333 in this stack's settings, but 222222222222 in those of stack " +
      "organization/delivery/tooling: correct the one that is wrong",
  );
  refuses(
    "another Region",
    () => stack({ "aws:region": "eu-central-1" }),
    "environment 'test' is in Region eu-central-1 by this stack's aws:region, but in eu-west-1 by the settings of stack " +
      "organization/delivery/tooling: set aws:region to eu-west-1 here, or environments[].region there to eu-central-1",
  );
  refuses(
    "a kind of workload that this version does not know",
    () => stack({}, "test", up.map(withWorkload("constructor"))),
    "tooling asks for workload 'constructor', which this version does not know (lambda-container, lambda-zip, lambda-zip-code, lambda-container-code, ecs-service, ecs-service-code, serverless): bring this stack " +
      "up with the same version of the program",
  );
  refuses(
    "another path",
    () => stack({ iam: { path: "/x/" } }),
    "iam.path is '/x/' in this stack's settings, but '/' in those of stack organization/delivery/tooling, which names the " +
      "roles by it: leave it out here, or make them equal",
  );
});
