import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { FOLDERS, onlyProperties, read, resources, template } from "./template";

const TEXT = "String";
const STORED_TEXT = "AWS::SSM::Parameter::Value<String>";
const FUNCTION = { Release: TEXT, CodeDeployRoleArn: TEXT, PermissionsBoundaryArn: TEXT, RolePath: TEXT };

/** What the pipeline gives to the template in each folder, with the types that it must have. */
const GIVEN: Record<string, Record<string, string>> = {
  [FOLDERS.container]: { ImageUri: TEXT, ...FUNCTION },
  [FOLDERS.zip]: { CodeBucket: TEXT, CodeKey: TEXT, CodeSha256: TEXT, ...FUNCTION },
  [FOLDERS.ecs]: {
    ImageUri: TEXT,
    Release: TEXT,
    TaskRoleArn: TEXT,
    TaskExecutionRoleArn: TEXT,
    Cluster: STORED_TEXT,
    VpcId: STORED_TEXT,
    SubnetIds: "AWS::SSM::Parameter::Value<List<String>>",
    TaskSecurityGroupId: STORED_TEXT,
    ListenerArn: STORED_TEXT,
    EndpointUrl: STORED_TEXT,
  },
};

const container = template(FOLDERS.container);

for (const [folder, given] of Object.entries(GIVEN)) {
  const { Parameters, Resources, Outputs } = template(folder);

  describe(join(folder, "template.yaml"), () => {
    it("fits into a CloudFormation call", () => {
      assert.ok(Buffer.byteLength(read(`${folder}/template.yaml`)) <= 51_200);
    });

    it("takes what a pipeline gives, has a default for all else, and says where the service answers", () => {
      const types = Object.entries(Parameters)
        .filter(([name, { Default }]) => Default === undefined || name === "RolePath")
        .map(([name, { Type }]) => [name, Type]);
      assert.deepEqual(Object.fromEntries(types), given);
      assert.deepEqual(Object.keys(Outputs), ["Endpoint"]);
    });

    it("declares the table as every way does, and keeps it when the stack replaces or loses it", () => {
      const { Products } = Resources;
      assert.deepEqual(Products, container.Resources.Products);
      assert.equal(Products?.Type, "AWS::DynamoDB::Table");
      assert.deepEqual([Products.DeletionPolicy, Products.UpdateReplacePolicy], ["Retain", "Retain"]);
      assert.equal(Products.Properties.DeletionProtectionEnabled, true);
    });
  });

  describe(join(folder, "parameters/"), () => {
    it("has only parameters that the template takes and that no pipeline gives", () => {
      const files = readdirSync(join(__dirname, "..", folder, "parameters"));
      assert.deepEqual(files.sort(), ["prod.json", "test.json"]);
      for (const file of files) {
        const parameters = JSON.parse(read(`${folder}/parameters/${file}`)) as Record<string, unknown>[];
        assert.ok(parameters.length > 0, file);
        for (const parameter of parameters) {
          assert.deepEqual(Object.keys(parameter), ["ParameterKey", "ParameterValue"], file);
          const { ParameterKey: key, ParameterValue: value } = parameter;
          assert.ok(typeof key === "string" && Parameters[key] && !given[key], `${file}: ${key}`);
          assert.equal(typeof value, "string", `${file}: ${key}`);
        }
      }
    });
  });
}

describe("template.yaml", () => {
  it("keeps versions when the stack replaces or loses them", () => {
    for (const [id, { DeletionPolicy, UpdateReplacePolicy }] of resources(
      container,
      "AWS::Lambda::Version",
    )) {
      assert.deepEqual([DeletionPolicy, UpdateReplacePolicy], ["Retain", "Retain"], id);
    }
  });

  it("makes a version of the function for each release, also of the same image", () => {
    assert.deepEqual(onlyProperties(container, "AWS::Lambda::Version").Description, { Ref: "Release" });
    const { Variables } = onlyProperties(container, "AWS::Lambda::Function").Environment as {
      Variables: Record<string, unknown>;
    };
    assert.deepEqual(Variables.RELEASE, { Ref: "Release" });
    assert.deepEqual(Variables.TABLE_NAME, { Ref: "Products" });
  });

  it("has alarms stop a gradual shift, and none of them hold up a roll-back", () => {
    assert.deepEqual(container.Conditions, {
      AllAtOnce: { Equals: [{ Ref: "DeploymentConfig" }, "CodeDeployDefault.LambdaAllAtOnce"] },
    });
    assert.deepEqual(onlyProperties(container, "AWS::CodeDeploy::DeploymentGroup").AlarmConfiguration, {
      Enabled: { If: ["AllAtOnce", false, true] },
      Alarms: resources(container, "AWS::CloudWatch::Alarm").map(([id]) => ({ Name: { Ref: id } })),
    });
  });

  it("puts every role under the path and the boundary, and names every statement", () => {
    for (const [id, { Properties }] of resources(container, "AWS::IAM::Role")) {
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

describe("lambda-zip/template.yaml", () => {
  it("is template.yaml but for where the code comes from, and Lambda publishes no other code", () => {
    const expected = structuredClone(container) as unknown as Record<string, Record<string, unknown>>;
    const { ImageUri: _image, ...parameters } = container.Parameters;
    const { Function: code, Version: version } = container.Resources;
    const { PackageType: _type, Code: _code, ...properties } = code?.Properties ?? {};
    const zip = template(FOLDERS.zip);
    const { CodeBucket, CodeKey, CodeSha256 } = zip.Parameters;
    Object.assign(expected, {
      Description: zip.Description,
      Parameters: { CodeBucket, CodeKey, CodeSha256, ...parameters },
    });
    Object.assign(expected.Resources ?? {}, {
      Function: {
        ...code,
        Properties: {
          ...properties,
          PackageType: "Zip",
          Code: { S3Bucket: { Ref: "CodeBucket" }, S3Key: { Ref: "CodeKey" } },
          Runtime: "nodejs22.x",
          Handler: "index.handler",
        },
      },
      Version: { ...version, Properties: { ...version?.Properties, CodeSha256: { Ref: "CodeSha256" } } },
    });
    assert.deepEqual(zip, expected);
  });

  it("has the settings of template.yaml for each environment", () => {
    for (const file of readdirSync(join(__dirname, "../parameters"))) {
      assert.equal(read(`lambda-zip/parameters/${file}`), read(`parameters/${file}`), file);
    }
  });
});
