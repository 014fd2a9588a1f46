import assert from "node:assert/strict";
import {
  added,
  given,
  releaseFolder,
  requireDeclared,
  resolved,
} from "../../../../rehearsal/access/estate/deployedParameters";
import { type Environment, inventoryOf } from "../../../../rehearsal/record/inventory";
import { NotKnown } from "../../../../packages/iam/src/policy/notKnown";
import { Stopped } from "../../../../rehearsal/release/stopped";
import { readTemplate } from "../../../../rehearsal/release/cloudformation/template";
import { upOf } from "../../../stacks/together.cases";

const ZIP = "functions in zips, in two accounts";
const CONTAINERS = "containers on a platform that is built, and on one that is there";

const PROD = { environment: "prod", account: "333333333333", file: "app/template.yaml" };

async function targetOf(title: string, environment: string): Promise<Environment> {
  const all = inventoryOf(await upOf(title)).flatMap(({ environments }) => environments);
  const found = all.find(({ name }) => name === environment);
  return found ?? assert.fail(`no job deploys to ${environment}`);
}

describe("access/deployedParameters", () => {
  it("fills in what the pipeline gives a template, as change-set.sh does", async () => {
    const target = await targetOf(ZIP, "test");
    const files = "releases/zip/222222222222/test/00000000-0000-4000-8000-000000000000/";
    assert.equal(releaseFolder(target), files);
    assert.deepEqual(given(target), {
      CodeBucket: target.variables["ARTIFACT_BUCKET"],
      CodeKey: `${files}code/${"0".repeat(64)}.zip`,
      CodeSha256: `${"A".repeat(43)}=`,
      Release: "00000000-0000-4000-8000-000000000000",
      CodeDeployRoleArn: "arn:aws:iam::222222222222:role/delivery-zip--test-codedeploy",
      PermissionsBoundaryArn: "arn:aws:iam::222222222222:policy/delivery-zip--test-boundary",
      RolePath: "/",
    });
    const image = given(await targetOf(CONTAINERS, "prod"))["ImageUri"] ?? "";
    assert.match(image, /^111111111111\.dkr\.ecr\.eu-west-1\.amazonaws\.com\/web-[0-9a-f]{7}@sha256:0{64}$/);
  });

  it("refuses a placeholder that it does not know", async () => {
    const target = await targetOf(ZIP, "test");
    const variables = { ...target.variables, PARAMETERS: JSON.stringify({ A: "<moon>" }) };
    assert.throws(
      () => given({ ...target, variables }),
      (error) => error instanceof NotKnown && /puts <moon> into a parameter/.test(error.message),
    );
  });

  it("names the branch, its place and its roles where the job puts them in", async () => {
    const target = await targetOf(ZIP, "test");
    const own = { PARAMETERS: '{"BasePath":"/<stack>","Place":"<priority>"}' };
    const Role = { Type: "AWS::IAM::Role", Properties: { RoleName: "<stack>-task" } };
    const variables = {
      ...target.variables,
      ...own,
      STACK_NAME: "zip--br-0a1b2c3d",
      ADDED: JSON.stringify({ Role }),
    };
    assert.deepEqual(given({ ...target, variables }), { BasePath: "/zip--br-0a1b2c3d", Place: "1" });
    assert.deepEqual(added({ ...target, variables }), {
      Role: { ...Role, Properties: { RoleName: "zip--br-0a1b2c3d-task" } },
    });
    assert.deepEqual(added(target), {});
  });

  it("stops at a template that does not declare what its branches are given", () => {
    const template = readTemplate("Parameters: { Size: { Type: Number } }\nResources: {}\n");
    requireDeclared("web", template, { Size: "1" });
    assert.throws(
      () => requireDeclared("web", template, { Size: "1", BasePath: "/x", ListenerRulePriority: "7" }),
      (error) =>
        error instanceof Stopped &&
        error.message ===
          "the template of web has no parameter BasePath, ListenerRulePriority, which its branches are given",
    );
  });

  it("looks up parameters of SSM's types in what the stacks publish, and says which", async () => {
    const record = await upOf(CONTAINERS);
    const template = readTemplate(`
Parameters:
  Cluster: { Type: AWS::SSM::Parameter::Value<String> }
  Subnets: { Type: AWS::SSM::Parameter::Value<List<String>> }
  Plain: { Type: Number, Default: 3 }
  Own: { Type: String, Default: x }
Resources: { A: { Type: AWS::DynamoDB::Table } }`);
    const pipelines = {
      Cluster: "/delivery/prod/platform/cluster",
      Subnets: "/delivery/prod/platform/subnet-ids",
      NotDeclared: "",
    };
    const made = resolved(record, PROD, template, { Own: "y" }, pipelines);
    assert.deepEqual(made.values, {
      Cluster: "apps",
      Subnets: "subnet-0123456789abcdef0,subnet-0123456789abcdef1",
      Plain: "3",
      Own: "y",
    });
    assert.deepEqual(
      Object.values(made.template.Parameters).map(({ Type }) => Type),
      ["String", "List<String>", "Number", "String"],
    );
    assert.deepEqual(made.read, ["/delivery/prod/platform/cluster", "/delivery/prod/platform/subnet-ids"]);
    assert.throws(
      () =>
        resolved(record, { ...PROD, environment: "test", account: "222222222222" }, template, {}, pipelines),
      new NotKnown(
        "app/template.yaml: parameter Cluster is the SSM parameter /delivery/prod/platform/cluster of account 222222222222, which no stack makes",
      ),
    );
    assert.throws(
      () => resolved(record, PROD, template, {}, {}),
      (error) => {
        assert.ok(error instanceof Stopped);
        assert.deepEqual(
          [error.message, error.next],
          [
            "app/template.yaml: parameter Cluster has no value in prod: the pipeline gives none",
            "give it a Default there, or a value in app/parameters/prod.json; if the template is one of another kind, " +
              "set the workload of the pipeline to that, or its template to another file",
          ],
        );
        return true;
      },
    );
  });
});
