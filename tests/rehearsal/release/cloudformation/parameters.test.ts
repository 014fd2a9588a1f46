import assert from "node:assert/strict";
import { emptyFolder, write } from "../../../folders";
import { parameterValues, readParameterFile } from "../../../../rehearsal/release/cloudformation/parameters";
import { readTemplate } from "../../../../rehearsal/release/cloudformation/template";
import { GIVEN, refusal as message, TEMPLATE } from "../sampleTemplate";

describe("parameters", () => {
  const template = readTemplate(
    TEMPLATE.replace(
      "Parameters:",
      "Parameters:\n  Level: { Type: String, AllowedValues: [LOW, HIGH] }\n  Days: { Type: Number, Default: 1, AllowedPattern: '[0-9]' }",
    ),
  );

  it("come from the pipeline, then the environment's file, then the template", () => {
    assert.deepEqual(parameterValues(template, "stage", { Level: "LOW", DeploymentConfig: "x" }, GIVEN), {
      ...{ ...GIVEN, Level: "LOW", Days: "1", DeploymentConfig: "x" },
    });
  });

  it("are refused all at once", () => {
    assert.equal(
      message(() => parameterValues(template, "stage", { Days: "12", Release: "x", Other: "y" }, GIVEN)),
      [
        "template and parameters can't be deployed to stage",
        "parameters/stage.json: Release is given by the pipeline: remove it",
        "parameters/stage.json: template.yaml declares no parameter Other: remove it, or declare it",
        "parameters/stage.json: parameter Level has no default in template.yaml: set it",
        'parameter Days is "12"; template.yaml allows [0-9]',
      ].join("\n"),
    );
    assert.equal(
      message(() => parameterValues(template, "stage", { Level: "MIDDLE" }, GIVEN)),
      'template and parameters can\'t be deployed to stage\nparameter Level is "MIDDLE"; template.yaml allows LOW, HIGH',
    );
  });

  it("are read from CloudFormation's own form and no other", () => {
    const folder = emptyFolder();
    const parameter = { ParameterKey: "a", ParameterValue: "1" };
    write(folder, {
      "good.json": JSON.stringify([parameter]),
      "broken.json": "[",
      "map.json": '{"a": "1"}',
      "twice.json": JSON.stringify([parameter, parameter]),
    });
    assert.deepEqual(
      [readParameterFile(folder, "good"), readParameterFile(folder, "none")],
      [{ a: "1" }, {}],
    );
    assert.match(
      message(() => readParameterFile(folder, "broken")),
      /^parameters\/broken\.json: is not JSON: /,
    );
    assert.match(
      message(() => readParameterFile(folder, "map")),
      /^parameters\/map\.json: must be a list of /,
    );
    assert.equal(
      message(() => readParameterFile(folder, "twice")),
      "parameters/twice.json: a is set twice: keep one",
    );
  });
});
