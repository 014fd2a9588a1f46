import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { jq } from "./tools";

const FILTER = join(__dirname, "../../../components/jobs/scripts/serverless.jq");
const SHA = "e6".repeat(32);
const BUCKET = { Ref: "ServerlessDeploymentBucket" };

type Properties = Record<string, unknown>;
interface Template {
  Parameters?: Record<string, { Type: string; Description?: string }>;
  Resources: Record<string, { Type: string; Properties: Properties; DependsOn?: unknown }>;
  Outputs: Record<string, { Description?: string; Value: unknown; Export?: unknown }>;
}

/** What osls 4.3.1 compiled of a function behind an HTTP API, after a test has changed it. */
function compiled(change: (template: Template) => void = () => undefined): Template {
  const template = JSON.parse(readFileSync(join(__dirname, "serverless.template.json"), "utf8")) as Template;
  change(template);
  return template;
}

const properties = (template: Template, id: string): Properties => {
  const resource = template.Resources[id];
  assert.ok(resource, id);
  return resource.Properties;
};

async function made(template: unknown): Promise<{ problems: string[]; template: Template }> {
  const sums = `${SHA}  shop.zip\n${"07".repeat(32)}  other.zip`;
  const args = ["--arg", "sums", sums, "--arg", "stack", "shop--test", "-f", FILTER];
  const answer = await jq({ command: "jq", args, cwd: "/", env: {} }, () =>
    Promise.resolve(JSON.stringify(template)),
  );
  assert.equal(answer.code, 0, answer.err);
  return JSON.parse(answer.out) as { problems: string[]; template: Template };
}

const refused = async (change: (template: Template) => void): Promise<string[]> =>
  (await made(compiled(change))).problems;
const add =
  (id: string, Type: string, Properties: Properties = {}) =>
  (template: Template): void =>
    void (template.Resources[id] = { Type, Properties });

describe("serverless.jq", () => {
  it("takes the code from the release, drops osls's own bucket and declares what the pipeline gives", async () => {
    const expected = compiled((template) => {
      for (const id of ["ServerlessDeploymentBucket", "ServerlessDeploymentBucketPolicy"])
        assert.ok(delete template.Resources[id]);
      assert.ok(delete template.Outputs["ServerlessDeploymentBucketName"]);
      for (const output of Object.values(template.Outputs)) assert.ok(delete output.Export);
      properties(template, "HelloLambdaFunction")["Code"] = {
        S3Bucket: { Ref: "CodeBucket" },
        S3Key: { "Fn::Sub": `\${CodePrefix}${SHA}.zip` },
      };
      const names = ["CodeBucket", "CodePrefix", "Release", "PermissionsBoundaryArn", "RolePath"];
      template.Parameters = Object.fromEntries(names.map((name) => [name, { Type: "String" }]));
      const { Description, Value } = template.Outputs["HttpApiUrl"] ?? assert.fail("no HttpApiUrl");
      template.Outputs["Endpoint"] = { ...(Description !== undefined && { Description }), Value };
    });
    assert.deepEqual(await made(compiled()), { problems: [], template: expected });
  });

  it("takes layers from the release, and leaves code that is written in the template", async () => {
    const Content = { S3Bucket: BUCKET, S3Key: "serverless/shop/test/1/other.zip" };
    const { problems, template } = await made(
      compiled((template) => {
        add("Layer", "AWS::Lambda::LayerVersion", { Content })(template);
        add("Inline", "AWS::Lambda::Function", { Code: { ZipFile: "exports.h = 1" } })(template);
      }),
    );
    assert.deepEqual(problems, []);
    assert.deepEqual(properties(template, "Layer")["Content"], {
      S3Bucket: { Ref: "CodeBucket" },
      S3Key: { "Fn::Sub": `\${CodePrefix}${"07".repeat(32)}.zip` },
    });
    assert.deepEqual(properties(template, "Inline")["Code"], { ZipFile: "exports.h = 1" });
  });

  it("prefers the service's own output Endpoint, then the HTTP API, then the REST API", async () => {
    const own = { Value: "https://example.com" };
    const rest = { Value: "https://rest", Export: { Name: "sls-shop-test-ServiceEndpoint" } };
    const [first, last] = await Promise.all([
      made(compiled(({ Outputs }) => Object.assign(Outputs, { Endpoint: own, ServiceEndpoint: rest }))),
      made(
        compiled(({ Outputs }) => {
          delete Outputs["HttpApiUrl"];
          Outputs["ServiceEndpoint"] = rest;
        }),
      ),
    ]);
    assert.deepEqual(first.template.Outputs["Endpoint"], own);
    assert.deepEqual(last.template.Outputs["Endpoint"], { Value: "https://rest" });
    assert.deepEqual([...first.problems, ...last.problems], []);
  });

  it("keeps the parameters that the service declares itself, but refuses another type", async () => {
    const Release = { Type: "String", Description: "the run" };
    const declared = await made(compiled((template) => (template.Parameters = { Release })));
    assert.deepEqual(declared.template.Parameters?.["Release"], Release);
    assert.deepEqual(await refused((template) => (template.Parameters = { RolePath: { Type: "Number" } })), [
      "parameter RolePath has type Number, but must be a String: the pipeline gives it",
    ]);
  });

  it("refuses code that Build doesn't have", async () => {
    const code = (Code: unknown) => (template: Template) =>
      (properties(template, "HelloLambdaFunction")["Code"] = Code);
    const problems = await Promise.all([
      refused(code({ ImageUri: "111111111111.dkr.ecr.eu-west-1.amazonaws.com/x@sha256:0" })),
      refused(code({ S3Bucket: BUCKET, S3Key: "serverless/shop/test/1/custom-resources.zip" })),
      refused(code({ S3Bucket: "my-bucket", S3Key: "serverless/shop/test/1/shop.zip" })),
      refused(code({ S3Bucket: BUCKET, S3Key: "serverless/shop/test/1/made-before.zip" })),
      refused(code({ S3Bucket: { Ref: "Elsewhere" }, S3Key: { Ref: "Key" } })),
    ]);
    assert.deepEqual(
      problems.map((lines) => lines.map((line) => line.replace("HelloLambdaFunction (AWS::Lambda::Function) ", ""))),
      [
        ["is an image, which this pipeline doesn't build: give it a handler"],
        ["is a helper of osls's own, whose role has no boundary: do without the event of something 'existing' that needs it"],
        ['takes its code from bucket "my-bucket": leave out provider.deploymentBucket, the pipeline has its own'],
        ["takes its code from made-before.zip, which is not in the package folder: have osls make the zip, by package.patterns"],
        ['takes its code from bucket {"Ref":"Elsewhere"}: leave out provider.deploymentBucket, the pipeline has its own'],
      ],
    ); // prettier-ignore
  });

  it("refuses nested stacks, and whatever needs osls's own bucket", async () => {
    assert.deepEqual(await refused(add("Nested", "AWS::CloudFormation::Stack")), [
      "Nested (AWS::CloudFormation::Stack) is a nested stack, whose template is not delivered: put its resources here",
    ]);
    assert.deepEqual(
      await refused((template) => {
        add("Reader", "AWS::S3::BucketPolicy", { Bucket: BUCKET })(template);
        template.Outputs["Place"] = { Value: { "Fn::Sub": "s3://${ServerlessDeploymentBucket}/x" } };
      }),
      ["Reader", "Place"].map(
        (id) =>
          `${id} refers to ServerlessDeploymentBucket, which is not made: the pipeline has its own bucket`,
      ),
    );
  });

  it("refuses what the environment would deny: roles without boundary and path, other names than the stack's", async () => {
    const boundary = { PermissionsBoundary: { Ref: "PermissionsBoundaryArn" } };
    const roles = await Promise.all([
      refused(add("Bare", "AWS::IAM::Role")),
      refused(add("Bare", "AWS::IAM::Role", { ...boundary, Path: "/" })),
    ]);
    const role =
      "Bare (AWS::IAM::Role) must have Path: !Ref RolePath and PermissionsBoundary: !Ref PermissionsBoundaryArn";
    assert.deepEqual(roles, [[role], [role]]); // prettier-ignore
    const name = (FunctionName: unknown) => (template: Template) =>
      (properties(template, "HelloLambdaFunction")["FunctionName"] = FunctionName);
    assert.deepEqual(await refused(name("shop--test2-hello")), [
      "HelloLambdaFunction (AWS::Lambda::Function) is named shop--test2-hello, which must begin with shop--test-: " +
        "name it ${param:stackName}-...",
    ]);
    assert.deepEqual(await refused(name({ "Fn::Sub": "${AWS::StackName}-hello" })), []);
    assert.deepEqual(await refused(name(undefined)), []);
  });

  it("refuses a service without an endpoint, also one without outputs", async () => {
    const none =
      "there is no output Endpoint, HttpApiUrl or ServiceEndpoint, which the next steps ask for: add resources.Outputs.Endpoint";
    assert.deepEqual(await refused(({ Outputs }) => void delete Outputs["HttpApiUrl"]), [none]);
    const bare: Partial<Template> = compiled();
    delete bare.Outputs;
    assert.deepEqual((await made(bare)).problems, [none]);
    // Of two addresses that everybody may call, the service says which it is. One that is signed is none.
    const url = (AuthType: string) => ({ Type: "AWS::Lambda::Url", Properties: { AuthType } });
    const urls = (...types: string[]) =>
      refused(({ Resources, Outputs }) => {
        delete Outputs["HttpApiUrl"];
        types.forEach((type, index) => Object.assign(Resources, { [`Url${index}`]: url(type) }));
      });
    assert.deepEqual(await urls("AWS_IAM"), [none]);
    assert.deepEqual(await urls("NONE", "NONE"), [none]);
    assert.deepEqual(await urls("NONE", "AWS_IAM"), []);
  });
});
