import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readAny } from "../../../commands/permissions/reading";
import { Refusal } from "../../../commands/refusal";
import { emptyFolder } from "../../folders";
import { QUEUE, read, sam } from "./read";

const refusal = (message: string) => (error: unknown) => {
  assert.ok(error instanceof Refusal, String(error));
  assert.equal(error.message, message);
  return true;
};
const many = <T>(count: number, value: T): Record<string, T> =>
  Object.fromEntries(Array.from({ length: count }, (_, i) => [`N${i}`, value]));

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
    "no template": ["a: 1", "template.yaml: Resources is not what CloudFormation takes: it is missing"],
    "an empty file": [
      "",
      "template.yaml: it is not what CloudFormation takes: Invalid input: expected object, received null",
    ],
    "no resources": [
      "Resources: {}",
      "template.yaml: has no resources, so it is no template that CloudFormation takes",
    ],
    "a type that is a word alone": [
      "Resources: { A: { Type: constructor } }",
      'template.yaml: Resources.A.Type is not what CloudFormation takes: Invalid string: must include "::"',
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

  describe("with SAM's types", () => {
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
