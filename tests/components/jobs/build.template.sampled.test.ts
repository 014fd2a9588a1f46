import assert from "node:assert/strict";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { serverless } from "../../../components/workloads/serverless";
import { build, LONG_TEMPLATE, sourceFolder } from "./inputs";
import { keep, worldOf } from "./kinds";
import { BUCKET, COMMIT_ID, emptyWorld, type World } from "./world";
import { whole } from "../../whole/sample";

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

  it("gives CloudFormation a template in the call itself, and one that is longer by its address", async () => {
    const fits = LONG_TEMPLATE.slice(0, 51_200);
    const key = `${BUCKET}/catalog/Release/${COMMIT_ID}/template.yaml`;
    for (const [text, uploaded] of [
      [fits, undefined],
      [`${fits}#`, `${fits}#`],
    ] as const) {
      const world = emptyWorld();
      const result = await build(world, {}, sourceFolder({ "app/template.yaml": text }));
      assert.equal(result.code, 0, result.output);
      assert.equal(world.objects.get(key)?.toString(), uploaded);
      assert.equal(result.calls.filter((call) => call.endsWith("validate-template")).length, 1);
    }
  });

  whole("checks the template of each environment, and hands over all of them", async () => {
    const world = worldOf(serverless);
    const compiled = JSON.parse(
      readFileSync(join(__dirname, "serverless.template.json"), "utf8").replaceAll("shop--", "catalog--"),
    ) as object;
    world.npm.does = (args) => {
      if (args[1] !== "package") return;
      const [stage = "", target = ""] = [args[args.indexOf("--stage") + 1], args.at(-1)];
      mkdirSync(target, { recursive: true });
      const text = JSON.stringify({ ...compiled, Description: stage }).replaceAll(
        "catalog--test",
        `catalog--${stage}`,
      );
      writeFileSync(join(target, "cloudformation-template-update-stack.json"), text);
      writeFileSync(join(target, "shop.zip"), "the code");
    };
    const folder = sourceFolder({ "app/parameters/prod.json": "[]" });
    rmSync(join(folder, "app/template.yaml"));
    const result = await build(world, {}, folder, serverless);
    assert.equal(result.code, 0, result.output);
    const release = join(folder, "delivery-release");
    for (const stage of ["test", "prod"]) {
      const template = readFileSync(join(release, `templates/${stage}.json`));
      assert.equal((JSON.parse(template.toString()) as { Description: string }).Description, stage);
      assert.ok(world.commands.some(([what, text]) => what === "validated" && text === template.toString()));
    }
    assert.equal(result.calls.filter((call) => call.endsWith("validate-template")).length, 2);
    assert.ok(!existsSync(join(release, "template.yaml")));
    assert.deepEqual(world.docker.ran, []);
    // What was kept is handed over as it is, and nothing is packaged.
    const later = worldOf(serverless);
    keep(later, release);
    const again = await build(later, {}, folder, serverless);
    assert.equal(again.code, 0, again.output);
    assert.deepEqual(again.exported, result.exported);
    assert.deepEqual(later.npm.ran, ["ci", "test"]);
    // The framework's service has its settings by stage: parameter files are another kind's.
    const both = sourceFolder({
      "app/parameters/prod.json": '[{"ParameterKey": "X", "ParameterValue": "1"}]',
    });
    const built = await build(world, {}, both, serverless);
    assert.equal(built.code, 0, built.output);
    assert.equal(readFileSync(join(both, "delivery-release/parameters/prod.json"), "utf8"), "[]\n");
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

  whole(
    "refuses a transform that settings don't name, and a template that is missing or too big",
    async () => {
      const sam = (): World =>
        worldWith({ template: { ...emptyWorld().template, transforms: ["AWS::Serverless-2016-10-31"] } });
      const bare = sourceFolder();
      rmSync(join(bare, "app/template.yaml"));
      const missing = await build(emptyWorld(), {}, bare);
      assert.match(missing.output, /error: app\/template.yaml is missing: it is what the pipeline deploys/);
      const [refused, permitted, big] = await Promise.all([
        build(sam(), { TRANSFORMS: "AWS::LanguageExtensions" }),
        build(sam(), { TRANSFORMS: "AWS::LanguageExtensions AWS::Serverless-2016-10-31" }),
        build(emptyWorld(), {}, sourceFolder({ "app/template.yaml": "#".repeat(1_000_001) })),
      ]);
      assert.match(
        refused.output,
        /uses transform AWS::Serverless-2016-10-31, which this pipeline doesn't permit \(permitted: AWS::LanguageExtensions\)/,
      );
      assert.match(
        big.output,
        /error: template.yaml has 1000001 bytes, CloudFormation takes 1000000: split it/,
      );
      assert.deepEqual([refused.code, permitted.code, big.code], [1, 0, 1]);
    },
  );
});
