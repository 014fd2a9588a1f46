import assert from "node:assert/strict";
import { NO_VALUE, resolve, type Scope } from "../../../../rehearsal/release/cloudformation/intrinsics";
import { Stopped } from "../../../../rehearsal/release/stopped";

const NAMES: Readonly<Record<string, unknown>> = { Name: "lamp", List: ["a", "b"], "AWS::NoValue": NO_VALUE };
const SCOPE: Scope = {
  ref: (name) => {
    if (!(name in NAMES)) throw new Error(`no ${name}`);
    return NAMES[name];
  },
  attribute: (resource, attribute) => `${resource}/${attribute}`,
  condition: (name) => name === "Yes",
  mapping: (...names) => names.join("/"),
};

describe("resolve", () => {
  const cases: readonly (readonly [string, unknown, unknown])[] = [
    ["plain values", { a: [1, true, null, "x"] }, { a: [1, true, null, "x"] }],
    ["Ref", { Ref: "Name" }, "lamp"],
    ["AWS::NoValue", { a: { Ref: "AWS::NoValue" }, b: [1, { Ref: "AWS::NoValue" }] }, { b: [1] }],
    ["Fn::GetAtt", { "Fn::GetAtt": ["R", "Arn"] }, "R/Arn"],
    ["Fn::Sub", { "Fn::Sub": "${Name}-${R.Arn}-${!Kept}" }, "lamp-R/Arn-${Kept}"],
    ["Fn::Sub with variables", { "Fn::Sub": ["${X}${Name}", { X: { Ref: "Name" } }] }, "lamplamp"],
    ["Fn::Equals, numbers as text", { "Fn::Equals": [1, "1"] }, true],
    ["Fn::Equals", { "Fn::Equals": [{ Ref: "Name" }, "other"] }, false],
    ["Fn::If", { "Fn::If": ["Yes", { Ref: "Name" }, { Ref: "Missing" }] }, "lamp"],
    ["Fn::Not", { "Fn::Not": [{ Condition: "Yes" }] }, false],
    ["Fn::And", { "Fn::And": [{ Condition: "Yes" }, { Condition: "No" }] }, false],
    ["Fn::Or", { "Fn::Or": [{ Condition: "Yes" }, { Condition: "No" }] }, true],
    ["Fn::Join", { "Fn::Join": ["-", ["a", { Ref: "Name" }]] }, "a-lamp"],
    ["Fn::Join of a list", { "Fn::Join": [",", { Ref: "List" }] }, "a,b"],
    ["Fn::Select", { "Fn::Select": [1, { Ref: "List" }] }, "b"],
    ["Fn::Split", { "Fn::Split": ["/", { "Fn::GetAtt": ["R", "Arn"] }] }, ["R", "Arn"]],
    ["Fn::FindInMap", { "Fn::FindInMap": ["M", { Ref: "Name" }, "k"] }, "M/lamp/k"],
    ["Fn::Base64", { "Fn::Base64": "x" }, "eA=="],
    [
      "a policy's own Condition",
      { Condition: { StringEquals: { a: "b" } } },
      { Condition: { StringEquals: { a: "b" } } },
    ],
  ];
  for (const [title, value, expected] of cases) {
    it(`resolves ${title}`, () => assert.deepEqual(resolve(value, SCOPE, "here"), expected));
  }

  const refused: readonly (readonly [string, unknown, string])[] = [
    [
      "a function that it does not know",
      { "Fn::ImportValue": "x" },
      "the rehearsal does not know the function Fn::ImportValue",
    ],
    ["a name that there is not", { a: [{ Ref: "Missing" }] }, "no Missing"],
    ["too few arguments", { "Fn::If": ["Yes", 1] }, 'Fn::If takes a list of 3, not ["Yes",1]'],
    ["what is no text", { "Fn::Join": ["", [{ a: 1 }]] }, 'Fn::Join takes text, not {"a":1}'],
    ["what is no condition", { "Fn::Not": ["x"] }, 'Fn::Not takes conditions, not "x"'],
    ["an index outside a list", { "Fn::Select": [2, { Ref: "List" }] }, "Fn::Select finds nothing at 2 of 2"],
  ];
  for (const [title, value, message] of refused) {
    it(`refuses ${title}, and says where`, () =>
      assert.throws(
        () => resolve(value, SCOPE, "Resources.T"),
        (error: Error) =>
          error instanceof Stopped && error.message === `template.yaml: Resources.T: ${message}`,
      ));
  }
});
