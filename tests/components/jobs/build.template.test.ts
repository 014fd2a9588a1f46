import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { build, sourceFolder } from "./inputs";
import { emptyWorld, type World } from "./world";

const worldWith = (changes: Partial<World>): World => ({ ...emptyWorld(), ...changes });

describe("job build: template and parameters", () => {
  it("names every problem of template and parameters at once, by file and key", async () => {
    const world = emptyWorld();
    world.template.parameters = [
      { ParameterKey: "ImageUri" },
      { ParameterKey: "DeploymentConfig" },
      { ParameterKey: "CodeDeployRoleArn" },
      { ParameterKey: "RolePath" },
      { ParameterKey: "TableName" },
      { ParameterKey: "Level", DefaultValue: "" },
    ];
    const test = [
      { ParameterKey: "ImageUri", ParameterValue: "x" },
      { ParameterKey: "Wrong", ParameterValue: "x" },
      { ParameterKey: "Level", ParameterValue: 1 },
      { ParameterKey: "TableName", ParameterValue: "a" },
      { ParameterKey: "TableName", ParameterValue: "b" },
    ];
    const folder = sourceFolder({
      "app/parameters/test.json": JSON.stringify(test),
      "app/parameters/prod.json": "{}",
    });
    const result = await build(world, {}, folder);
    assert.equal(result.code, 1);
    assert.deepEqual(result.output.split("error: ")[1]?.trim().split("\n"), [
      "template and parameters can't be deployed:",
      'app/parameters/prod.json: must be a list of {"ParameterKey": ..., "ParameterValue": ...}',
      'app/parameters/test.json: "TableName" is set twice: keep one',
      "app/parameters/test.json: ImageUri is given by the pipeline: remove it",
      "app/parameters/test.json: parameter DeploymentConfig has no default in template.yaml: set it",
      'app/parameters/test.json: template.yaml declares no parameter "Wrong": remove it, or declare it',
      'app/parameters/test.json: {"ParameterKey":"Level","ParameterValue":1} must have exactly ParameterKey and ParameterValue, both strings',
      "template.yaml: declare parameter PermissionsBoundaryArn as a String: the pipeline gives it",
      "template.yaml: declare parameter Release as a String: the pipeline gives it",
    ]);
    assert.deepEqual(world.docker.ran, []);
  });

  it("asks for parameters that have no default, and refuses what is not JSON", async () => {
    const world = emptyWorld();
    world.template.parameters.push({ ParameterKey: "TableName" });
    const results = await Promise.all([
      build(world),
      build(emptyWorld(), {}, sourceFolder({ "app/parameters/test.json": "[" })),
    ]);
    assert.match(
      results[0]?.output ?? "",
      /app\/parameters\/test.json: parameter TableName has no default in template.yaml: set it/,
    );
    assert.match(results[1]?.output ?? "", /error: app\/parameters\/test.json is not JSON: correct it/);
    assert.deepEqual(
      results.map((result) => result.code),
      [1, 1],
    );
  });

  it("refuses a transform that settings don't name, and a template that is missing or too big", async () => {
    const sam = (): World =>
      worldWith({ template: { ...emptyWorld().template, transforms: ["AWS::Serverless-2016-10-31"] } });
    const bare = sourceFolder();
    rmSync(join(bare, "app/template.yaml"));
    const missing = await build(emptyWorld(), {}, bare);
    assert.match(missing.output, /error: app\/template.yaml is missing: it is what the pipeline deploys/);
    const [refused, permitted, big] = await Promise.all([
      build(sam(), { TRANSFORMS: "AWS::LanguageExtensions" }),
      build(sam(), { TRANSFORMS: "AWS::LanguageExtensions AWS::Serverless-2016-10-31" }),
      build(emptyWorld(), {}, sourceFolder({ "app/template.yaml": "#".repeat(1_048_577) })),
    ]);
    assert.match(
      refused.output,
      /uses transform AWS::Serverless-2016-10-31, which this pipeline doesn't permit \(permitted: AWS::LanguageExtensions\)/,
    );
    assert.match(
      big.output,
      /error: template.yaml has 1048577 bytes, CloudFormation takes 1048576: split it/,
    );
    assert.deepEqual([refused.code, permitted.code, big.code], [1, 0, 1]);
  });
});
