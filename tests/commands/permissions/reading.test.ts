import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { needsOf } from "../../../commands/permissions/needs";
import { readAny } from "../../../commands/permissions/reading";
import { Refusal } from "../../../commands/refusal";
import type { UseName } from "../../../components/uses/list";
import { using } from "../../../components/uses/using";
import { lambdaContainer } from "../../../components/workloads/lambdaContainer";
import { IMAGE, refusals } from "../../components/jobs/judging";
import { SITE } from "../../components/workloads/site";
import { emptyFolder } from "../../folders";

const ROOT = join(__dirname, "../../..");

const SAM = "AWS::Serverless-2016-10-31";

/** A file with this content, read by the name template.yaml. */
function read(content: string, name = "template.yaml") {
  const path = join(emptyFolder(), "file");
  writeFileSync(path, content);
  return readAny(path, name);
}
const refusal = (message: string) => (error: unknown) => {
  assert.ok(error instanceof Refusal, String(error));
  assert.equal(error.message, message);
  return true;
};
const QUEUE = { Type: "AWS::SQS::Queue" };
const many = <T>(count: number, value: T): Record<string, T> =>
  Object.fromEntries(Array.from({ length: count }, (_, i) => [`N${i}`, value]));

/** Whether this machine expands SAM. */
const translates = spawnSync("python3", ["-c", "import samtranslator"]).status === 0;

describe("a template that is read for what it needs", () => {
  it("is YAML with short forms, or JSON", () => {
    const yaml = read(
      "Resources:\n  A: { Type: AWS::SNS::Topic, Properties: { X: !GetAtt B.Arn, Y: !If [C, 1, 2] } }\n",
    );
    const json = read(
      '{"Resources":{"A":{"Type":"AWS::SNS::Topic","Properties":{"X":{"Fn::GetAtt":["B","Arn"]},"Y":{"Fn::If":["C",1,2]}}}}}',
    );
    assert.deepEqual(yaml, json);
    assert.deepEqual(yaml.resources, [
      {
        id: "A",
        type: "AWS::SNS::Topic",
        properties: { X: { "Fn::GetAtt": ["B", "Arn"] }, Y: { "Fn::If": ["C", 1, 2] } },
      },
    ]);
    assert.deepEqual([yaml.transforms, yaml.notCovered, yaml.framework], [[], [], false]);
  });

  it("is template.yaml of a folder", () => {
    const folder = emptyFolder();
    assert.throws(
      () => readAny(folder, "svc"),
      refusal("svc: is a folder without a template.yaml: name the file"),
    );
    writeFileSync(join(folder, "template.yaml"), "Resources: { A: { Type: AWS::SQS::Queue } }");
    assert.deepEqual(
      readAny(folder, "svc").resources.map(({ id }) => id),
      ["A"],
    );
  });

  it("has as much as CloudFormation takes, and no more", () => {
    const full = {
      Resources: many(500, QUEUE),
      Parameters: many(200, { Type: "String" }),
      Outputs: many(200, { Value: 1 }),
      Mappings: many(200, { A: { B: 1 } }),
    };
    assert.equal(read(JSON.stringify(full)).resources.length, 500);
    const over = {
      Resources: many(501, QUEUE),
      Parameters: many(201, { Type: "String" }),
      Outputs: many(201, { Value: 1 }),
      Mappings: many(201, { A: { B: 1 } }),
    };
    assert.throws(
      () => read(JSON.stringify(over)),
      refusal(
        ["501 Resources, CloudFormation takes 500", "201 Parameters, CloudFormation takes 200"]
          .concat("201 Outputs, CloudFormation takes 200", "201 Mappings, CloudFormation takes 200")
          .map((each) => `template.yaml: has ${each}: split it into several`)
          .join("\n"),
      ),
    );
  });

  it("has a megabyte at most", () => {
    const text = JSON.stringify({ Description: "", Resources: { A: QUEUE } });
    const sized = (size: number) => text.replace('""', `"${"x".repeat(size - text.length)}"`);
    assert.equal(read(sized(1_000_000)).resources.length, 1);
    assert.throws(
      () => read(sized(1_000_001)),
      refusal("template.yaml: has 1000001 bytes, CloudFormation takes 1000000: split it into several"),
    );
  });

  const REFUSED: Readonly<Record<string, [string, string]>> = {
    "no YAML": [
      "Resources: [",
      "template.yaml:1: Flow sequence in block collection must be sufficiently indented and end with a ]",
    ],
    "no template": [
      "a: 1",
      "template.yaml: Resources is not what CloudFormation takes: Invalid input: expected record, received undefined",
    ],
    "an empty file": [
      "",
      "template.yaml: it is not what CloudFormation takes: Invalid input: expected object, received null",
    ],
    "no resources": [
      "Resources: {}",
      "template.yaml: has no resources, so it is no template that CloudFormation takes",
    ],
    "a hostile name": [
      '{"Resources":{"A\\u001b[2J\\u202e":{"Type":"AWS::SQS::Queue"}}}',
      'template.yaml: has the resource "A\\u001b[2J ": its name may have up to 255 letters and digits alone',
    ],
    loops: [
      "Transform: AWS::LanguageExtensions\nResources: { 'Fn::ForEach::Topics': [T, [a], {}] }",
      "template.yaml: has loops (Fn::ForEach), which are not expanded here: give what CloudFormation makes of it (aws cloudformation get-template --template-stage Processed)",
    ],
    "levels without end": [
      JSON.stringify({ Resources: { A: { ...QUEUE, Properties: { X: "@" } } } }).replace(
        '"@"',
        `${"[".repeat(300)}${"]".repeat(300)}`,
      ),
      "template.yaml: is nested too deeply, or refers to itself: write it with fewer levels",
    ],
    "levels that overflow": [
      "[".repeat(20_000),
      "template.yaml: is nested too deeply, or refers to itself: write it with fewer levels",
    ],
    "a value within itself": [
      "Resources:\n  A: { Type: AWS::SQS::Queue, Properties: &a { X: *a } }",
      "template.yaml: is nested too deeply, or refers to itself: write it with fewer levels",
    ],
    "aliases of aliases": [
      `X0: &x0 [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]\n${Array.from(
        { length: 9 },
        (_, i) => `X${i + 1}: &x${i + 1} [${Array(10).fill(`*x${i}`).join(", ")}]`,
      ).join("\n")}\nResources: { A: { Type: AWS::SQS::Queue } }`,
      "template.yaml: its aliases stand for more than 500000 values",
    ],
  };
  for (const [title, [content, message]] of Object.entries(REFUSED))
    it(`is not ${title}, in one line`, () => {
      assert.throws(() => read(content), refusal(message));
    });

  it("is there, and named without moving a cursor", () => {
    assert.throws(
      () => readAny("/nowhere/at/all", "a\u001b[2J\u009bb\nc"),
      refusal("a [2J b c: is not there: name a CloudFormation template"),
    );
    const folder = emptyFolder();
    mkdirSync(join(folder, "template.yaml"));
    assert.throws(
      () => readAny(folder, "svc"),
      refusal("svc: is a folder without a template.yaml: name the file"),
    );
  });

  it("is not covered where CloudFormation alone expands it", () => {
    const { notCovered, transforms, resources } = read(
      'Transform: [Mine, AWS::LanguageExtensions, { Name: AWS::Include }]\nResources: { A: { Type: AWS::SQS::Queue, Properties: { "Fn::Transform": { Name: Other } } } }',
    );
    assert.deepEqual(
      notCovered,
      ["Mine", "AWS::Include", "Fn::Transform"].map(
        (each) => `template.yaml: not covered: what ${each} makes of it, which CloudFormation alone expands`,
      ),
    );
    assert.deepEqual(transforms, ["Mine", "AWS::LanguageExtensions", "AWS::Include"]);
    assert.equal(resources.length, 1);
  });

  const sam = (properties: object, more: object = {}) =>
    JSON.stringify({
      Transform: SAM,
      Globals: { Function: { CodeUri: "src/" } },
      Resources: {
        Work: QUEUE,
        Worker: {
          Type: "AWS::Serverless::Function",
          Properties: {
            Handler: "app.handler",
            Runtime: "python3.12",
            Events: { Work: { Type: "SQS", Properties: { Queue: { "Fn::GetAtt": ["Work", "Arn"] } } } },
            ...properties,
          },
        },
        ...more,
      },
    });

  describe("with SAM's types", () => {
    // .ci/run installs it, for a run of this file.
    if (translates) {
      it("is expanded where python3 has aws-sam-translator, code beside it and all", () => {
        const { resources, notCovered, transforms } = read(
          sam({}, { Image: { Type: "AWS::Serverless::Function", Properties: { PackageType: "Image" } } }),
        );
        assert.deepEqual([notCovered, transforms], [[], [SAM]]);
        assert.deepEqual(resources.map(({ id, type }) => `${id} ${type}`).sort(), [
          "Image AWS::Lambda::Function",
          "ImageRole AWS::IAM::Role",
          "Work AWS::SQS::Queue",
          "Worker AWS::Lambda::Function",
          "WorkerRole AWS::IAM::Role",
          "WorkerWork AWS::Lambda::EventSourceMapping",
        ]);
      });

      const APP = "tests/fixtures/services/lambda-container-app/template.yaml";
      const app = (change = (written: string) => written) => {
        const written = change(readFileSync(join(ROOT, APP), "utf8"));
        const { Parameters, Outputs } = parse(
          written.replaceAll(/!GetAtt (\S+)\.(\w+)/g, '{ "Fn::GetAtt": [$1, $2] }'),
          {
            logLevel: "silent",
          },
        ) as Record<string, unknown>;
        const { resources } = read(written);
        return {
          resources,
          template: { Parameters, Outputs, Resources: Object.fromEntries(resources.map(made)) as object },
        };
      };
      const made = ({ id, type, properties }: ReturnType<typeof read>["resources"][number]) => [
        id,
        { Type: type, Properties: properties },
      ];
      /** What Plan refuses of it, as a container image with these services. */
      const judged = (template: unknown, ...uses: UseName[]) =>
        refusals([
          {
            ...{ template, set: { Changes: [] }, rules: using(lambdaContainer, uses).template },
            parameters: { ImageUri: IMAGE, Release: "run", RolePath: "/" },
          },
        ]);

      it("is released as it is, as a function of an image that SAM makes", async () => {
        const { resources, template } = app();
        assert.deepEqual(resources.map(({ id, type }) => `${id} ${type}`).sort(), [
          "Api AWS::ApiGatewayV2::Api",
          "App AWS::Lambda::Function",
          "AppAliaslive AWS::Lambda::Alias",
          "AppDeploymentGroup AWS::CodeDeploy::DeploymentGroup",
          "AppRole AWS::IAM::Role",
          "AppVersion4010c57984 AWS::Lambda::Version",
          "Hello AWS::ApiGatewayV2::Route",
          "Integration AWS::ApiGatewayV2::Integration",
          "LetApi AWS::Lambda::Permission",
          "Logs AWS::Logs::LogGroup",
          "ServerlessDeploymentApplication AWS::CodeDeploy::Application",
          "Stage AWS::ApiGatewayV2::Stage",
        ]);
        assert.deepEqual(needsOf("lambda-container", SITE, resources), {
          ...{ needs: [], strangers: [] },
          unread: [
            "AppRole (AWS::IAM::Role) asks by AWSLambdaBasicExecutionRole for logs:CreateLogGroup, which no service gives: the boundary takes it away",
          ],
        });
        assert.deepEqual(await judged(template), [[]]);
      });

      it("is refused by Plan with another image than the release's", async () => {
        const { template } = app((written) =>
          written.replace("ImageUri: !Ref ImageUri", "ImageUri: others@sha256:1"),
        );
        assert.deepEqual(await judged(template), [
          [
            `App (AWS::Lambda::Function) runs code that is not of this release ({"ImageUri":"others@sha256:1"}): Code must be {ImageUri: ${IMAGE}} and nothing else`,
          ],
        ]);
      });

      it("is refused by Plan with an API of SAM's own, which has its methods in a Body", async () => {
        const { template } = app((written) =>
          written.replace(
            "      AutoPublishAlias: live",
            "      Events: { Old: { Type: Api, Properties: { Path: /old, Method: get } } }\n      AutoPublishAlias: live",
          ),
        );
        const [lines = []] = await judged(template, "restapi");
        assert.ok(
          lines.some((line) =>
            line.startsWith("ServerlessRestApi (AWS::ApiGateway::RestApi) has Body, which "),
          ),
          lines.join("\n"),
        );
      });

      it("is refused with what SAM says of it", () => {
        assert.throws(
          () => read(sam({ Events: { A: { Type: "Nothing", Properties: {} } } })),
          (error) =>
            error instanceof Refusal &&
            /^template\.yaml: SAM refuses it: [^\n]*Worker[^\n]*$/.test(error.message),
        );
      });
    }

    it("is not covered where it hasn't, but for the other types", () => {
      const path = process.env["PATH"];
      process.env["PATH"] = emptyFolder();
      try {
        const { resources, notCovered } = read(sam({}));
        assert.deepEqual(
          resources.map(({ id }) => id),
          ["Work"],
        );
        assert.deepEqual(notCovered, [
          "template.yaml: not covered: Worker (AWS::Serverless::Function), since python3 finds no aws-sam-translator here (pip install aws-sam-translator)",
        ]);
      } finally {
        process.env["PATH"] = path;
      }
    });
  });
});
