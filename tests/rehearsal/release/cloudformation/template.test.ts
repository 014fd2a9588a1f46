import assert from "node:assert/strict";
import { readTemplate } from "../../../../rehearsal/release/cloudformation/template";
import { Stopped } from "../../../../rehearsal/release/stopped";

const table = (properties: string): string =>
  `Resources:\n  T:\n    Type: AWS::X::Y\n    Properties: ${properties}\n`;
const properties = (text: string) => readTemplate(table(text)).Resources["T"]?.Properties;
const refusal = (text: string): string => {
  try {
    readTemplate(text);
  } catch (error) {
    assert.ok(error instanceof Stopped);
    return error.message;
  }
  return assert.fail("it was taken");
};

describe("readTemplate", () => {
  it("turns short functions into long ones, nested, in lists and through anchors", () => {
    assert.deepEqual(properties('{ A: !Ref X, B: !GetAtt X.Y.Z, C: !GetAtt [X, Y], D: !Sub "${X}" }'), {
      A: { Ref: "X" },
      B: { "Fn::GetAtt": ["X", "Y.Z"] },
      C: { "Fn::GetAtt": ["X", "Y"] },
      D: { "Fn::Sub": "${X}" },
    });
    assert.deepEqual(properties("{ A: !If [C, &a !Ref X, !Join ['', [a, *a]]], B: !Condition C }"), {
      A: { "Fn::If": ["C", { Ref: "X" }, { "Fn::Join": ["", ["a", { Ref: "X" }]] }] },
      B: { Condition: "C" },
    });
  });

  it("reads JSON too", () => {
    assert.deepEqual(readTemplate('{"Resources": {"T": {"Type": "A::B::C"}}}').Resources, {
      T: { Type: "A::B::C", Properties: {} },
    });
  });

  it("refuses what does not parse, with its line, and a tag that CloudFormation does not know", () => {
    assert.equal(
      refusal("Resources:\n  T: [1"),
      "template.yaml:2: Flow sequence in block collection must be sufficiently indented and end with a ]",
    );
    assert.equal(refusal(table("{ A: !Reff X }")), "template.yaml:4: Unresolved tag: !Reff");
    assert.equal(refusal("Resources: {}\nResources: {}"), "template.yaml:2: Map keys must be unique");
  });

  it("refuses what is YAML and no template", () => {
    assert.match(refusal(""), /^template\.yaml: it is not what CloudFormation takes: /);
    assert.match(refusal("Parameters: {}"), /^template\.yaml: Resources is not what CloudFormation takes: /);
    assert.match(
      refusal("Resources: { T: {} }"),
      /^template\.yaml: Resources\.T\.Type is not what CloudFormation takes: /,
    );
  });
});
