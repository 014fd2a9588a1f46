import assert from "node:assert/strict";
import { addOptions, environmentOf, pipelineOf } from "../../../commands/stackFiles/addOptions";

/** An option without a value is a switch. */
const valuesOf = (options: Readonly<Record<string, string | true>>) =>
  addOptions(
    Object.entries(options).map(([name, value]) => (value === true ? `--${name}` : `--${name}=${value}`)),
  ).values;

describe("the options of npm run add", () => {
  it("are each what is added of an environment", () => {
    const options = {
      ...{ account: "444444444444", before: "prod", profile: "staging", region: "us-east-1" },
      ...({ approval: true, email: "ops@example.com" } as const),
    };
    assert.deepEqual(environmentOf("qa", "444444444444", valuesOf(options)), {
      ...{ name: "qa", account: "444444444444", before: "prod", profile: "staging", region: "us-east-1" },
      approval: ["ops@example.com"],
    });
    assert.deepEqual(environmentOf("qa", "444444444444", valuesOf({ approval: true })).approval, []);
    assert.deepEqual(environmentOf("qa", "444444444444", valuesOf({})), {
      name: "qa",
      account: "444444444444",
    });
  });

  it("are each what is added of a pipeline, which needs a source", () => {
    const kind = { workload: "lambda-zip", directory: "service", template: "stack.yaml" };
    const connection = "arn:aws:codestar-connections:eu-west-1:111111111111:connection/a";
    for (const [options, source] of [
      [{ codecommit: "shop" }, { codecommit: "shop" }],
      [
        { github: "acme/shop", branch: "trunk" },
        { github: "acme/shop", branch: "trunk" },
      ],
      [
        { connection, repository: "acme/shop" },
        { connection, repository: "acme/shop" },
      ],
    ] as const)
      assert.deepEqual(pipelineOf("shop", valuesOf({ ...options, ...kind })), {
        ...{ name: "shop", source },
        ...kind,
      });
    assert.throws(() => pipelineOf("shop", valuesOf(kind)), {
      message: "name the source: --codecommit, --github, or --connection with --repository",
    });
  });
});
