import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { onlyProperties, read, resources, template } from "./template";

const GIVEN = ["ImageUri", "Release", "CodeDeployRoleArn", "PermissionsBoundaryArn", "RolePath"];

describe("template.yaml", () => {
  it("fits into a CloudFormation call", () => {
    assert.ok(Buffer.byteLength(read("template.yaml")) <= 51_200);
  });

  it("takes what a pipeline gives and says where the service answers", () => {
    for (const name of [...GIVEN, "DeploymentConfig"])
      assert.equal(template.Parameters[name]?.Type, "String", name);
    assert.ok(template.Outputs.Endpoint);
  });

  it("keeps tables and versions when the stack replaces or loses them", () => {
    for (const type of ["AWS::DynamoDB::Table", "AWS::Lambda::Version"]) {
      for (const [id, { DeletionPolicy, UpdateReplacePolicy }] of resources(type)) {
        assert.deepEqual([DeletionPolicy, UpdateReplacePolicy], ["Retain", "Retain"], id);
      }
    }
  });

  it("makes a version of the function for each release, also of the same image", () => {
    assert.deepEqual(onlyProperties("AWS::Lambda::Version").Description, { Ref: "Release" });
    const { Variables } = onlyProperties("AWS::Lambda::Function").Environment as {
      Variables: Record<string, unknown>;
    };
    assert.deepEqual(Variables.RELEASE, { Ref: "Release" });
  });

  it("has alarms stop a gradual shift, and none of them hold up a roll-back", () => {
    assert.deepEqual(template.Conditions, {
      AllAtOnce: { Equals: [{ Ref: "DeploymentConfig" }, "CodeDeployDefault.LambdaAllAtOnce"] },
    });
    assert.deepEqual(onlyProperties("AWS::CodeDeploy::DeploymentGroup").AlarmConfiguration, {
      Enabled: { If: ["AllAtOnce", false, true] },
      Alarms: resources("AWS::CloudWatch::Alarm").map(([id]) => ({ Name: { Ref: id } })),
    });
  });

  it("puts every role under the path and the boundary, and names every statement", () => {
    for (const [id, { Properties }] of resources("AWS::IAM::Role")) {
      assert.deepEqual(Properties.Path, { Ref: "RolePath" }, id);
      assert.deepEqual(Properties.PermissionsBoundary, { Ref: "PermissionsBoundaryArn" }, id);
      const policies = Properties.Policies as { PolicyDocument: unknown }[];
      for (const document of [
        Properties.AssumeRolePolicyDocument,
        ...policies.map((p) => p.PolicyDocument),
      ]) {
        const sids = (document as { Statement: { Sid?: string }[] }).Statement.map(({ Sid }) => Sid);
        assert.ok(sids.every((sid) => sid !== undefined) && new Set(sids).size === sids.length, id);
      }
    }
  });
});

describe("parameters/", () => {
  it("has only parameters that the template takes and that no pipeline gives", () => {
    const files = readdirSync(join(__dirname, "../parameters"));
    assert.ok(files.length > 0);
    for (const file of files) {
      const parameters = JSON.parse(read(`parameters/${file}`)) as Record<string, unknown>[];
      for (const parameter of parameters) {
        assert.deepEqual(Object.keys(parameter), ["ParameterKey", "ParameterValue"], file);
        const { ParameterKey: key, ParameterValue: value } = parameter;
        assert.ok(
          typeof key === "string" && template.Parameters[key] && !GIVEN.includes(key),
          `${file}: ${key}`,
        );
        assert.equal(typeof value, "string", `${file}: ${key}`);
      }
    }
  });
});
