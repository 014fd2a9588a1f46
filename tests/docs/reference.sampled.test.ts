import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { descriptions, FILES, fileOf, stackFileSchema } from "../../scripts/settingsReference";
import { CASES } from "../stacks/together.cases";
import { declared, type Values } from "../stacks/settingsSample";
import { sampled } from "../whole/sample";
import { ROOT, textOf } from "./pages";

const SAMPLES = { tooling: "tooling", test: "environment", prod: "environment" } as const;
const validators = {
  tooling: z.fromJSONSchema(stackFileSchema("tooling")),
  environment: z.fromJSONSchema(stackFileSchema("environment")),
};
const takes = (kind: keyof typeof validators, config: Values): boolean =>
  validators[kind].safeParse({ config }).success;

describe("what is written from the settings' schemas", () => {
  it("is as the schemas are: else run npm run docs:settings", async () => {
    // The page says what the schemas say, and takes longest to format.
    for (const path of sampled(FILES, (each) => each !== "docs/settings.md"))
      assert.equal(textOf(path), await fileOf(path), path);
  });

  it("describes every key of Pulumi.yaml", () => {
    const said = Object.entries(declared).map(([key, { description }]) => [key, description]);
    assert.deepEqual(Object.fromEntries(said), descriptions());
  });

  it("is named in the first line of the sample's files", () => {
    for (const [stack, kind] of Object.entries(SAMPLES)) {
      const [first] = readFileSync(join(ROOT, `Pulumi.${stack}.yaml`), "utf8").split("\n");
      assert.equal(first, `# yaml-language-server: $schema=docs/schemas/${kind}.json`);
    }
  });

  for (const [title, { files: stacks }] of Object.entries(CASES))
    it(`takes the stack files of ${title}`, () => {
      for (const config of Object.values(stacks)) {
        const kind = config["kind"] === "tooling" ? "tooling" : "environment";
        assert.deepEqual(validators[kind].safeParse({ config }).error?.issues ?? [], []);
      }
    });

  it("refuses what the program refuses of a key by itself", () => {
    const { tooling: sample } = CASES["the sample"]?.files ?? {};
    assert.ok(sample !== undefined && takes("tooling", sample));
    const [environment] = sample["environments"] as Values[];
    const [pipeline] = sample["pipelines"] as Values[];
    const wrong: Readonly<Record<string, Values>> = {
      "an unknown key": { enviroments: [] },
      "a key of aws: that is not passed on": { "aws:x": "y" },
      "a key of the other kind": { tooling: "a/b/c" },
      "the other kind": { kind: "environment" },
      "an account without quotes": { account: 111111111111 },
      "no pipeline": { pipelines: [] },
      "days that CloudWatch has not": { logRetentionInDays: 31 },
      "an unknown key of an environment": { environments: [{ ...environment, zone: "eu-west-1" }] },
      "an approval that is too long": { environments: [{ ...environment, approval: { timeoutDays: 61 } }] },
      "a threshold that there is not": { pipelines: [{ ...pipeline, scanThreshold: "SEVERE" }] },
      "a source of two kinds": {
        pipelines: [{ ...pipeline, source: { codecommit: "catalog", github: "acme/catalog" } }],
      },
      "a platform of two kinds": {
        environments: [{ ...environment, platform: { cidr: "10.0.0.0/16", vpc: "vpc-1" } }],
      },
    };
    for (const [title, changes] of Object.entries(wrong))
      assert.equal(takes("tooling", { ...sample, ...changes }), false, title);
  });

  it("takes numbers and booleans as pulumi config set writes them, and keys of other packages", () => {
    const { tooling: sample = {} } = CASES["the sample"]?.files ?? {};
    const changes = { logRetentionInDays: "30", deletable: "true", "random:seed": 1, "delivery:image": "x" };
    assert.ok(takes("tooling", { ...sample, ...changes }));
    assert.ok(!takes("tooling", { ...sample, deletable: "yes" }));
  });
});
