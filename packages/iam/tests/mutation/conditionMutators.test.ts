import assert from "node:assert/strict";
import { anyName } from "../../src/mutation/conditionMutators";
import type { MutatorName } from "../../src/mutation/mutators";
import { allow, without } from "../asked";
import { madeBy } from "./made";
import type { Values } from "../../src/json";

describe("mutation/conditionMutators", () => {
  it("takes conditions and their values away, key by key", () => {
    const Condition = {
      StringLike: { "s3:prefix": ["a/*", "b/*"], "aws:username": "me" },
      Null: { "aws:TagKeys": "true" },
    };
    const changed = (...mutators: MutatorName[]) =>
      madeBy(allow({ Condition }), ...mutators).map(([, direction, name, statement]) => [
        direction,
        name,
        statement?.["Condition"],
      ]);
    const { StringLike, Null } = {
      StringLike: { "s3:prefix": ["a/*", "b/*"], "aws:username": ["me"] },
      Null: { "aws:TagKeys": ["true"] },
    };
    assert.deepEqual(changed("delete condition", "delete condition value"), [
      [
        "widening",
        "Yes: without condition StringLike s3:prefix",
        { StringLike: { "aws:username": ["me"] }, Null },
      ],
      [
        "widening",
        "Yes: without condition StringLike aws:username",
        { StringLike: { "s3:prefix": ["a/*", "b/*"] }, Null },
      ],
      ["widening", "Yes: without condition Null aws:TagKeys", { StringLike }],
      [
        "narrowing",
        "Yes: StringLike s3:prefix without a/*",
        { StringLike: { ...StringLike, "s3:prefix": ["b/*"] }, Null },
      ],
      [
        "narrowing",
        "Yes: StringLike s3:prefix without b/*",
        { StringLike: { ...StringLike, "s3:prefix": ["a/*"] }, Null },
      ],
    ]);
    const only = allow({ Condition: { Bool: { "aws:SecureTransport": "true" } } });
    assert.deepEqual(madeBy(only, "delete condition")[0]?.[3], without(only, "Condition"));
  });

  it("puts any name of the account for a value, and an operator that takes it", () => {
    const role = "arn:aws:iam::111111111111:role/reader";
    const Condition = { StringNotEquals: { "aws:PrincipalArn": role }, ArnEquals: { "aws:SourceArn": role } };
    const changed = madeBy(allow({ Condition }), "condition value to any name");
    assert.deepEqual(
      changed.map(([, direction, , statement]) => [direction, statement?.["Condition"]]),
      [
        [
          "narrowing", // fits less where the operator is negated
          {
            StringNotLike: { "aws:PrincipalArn": ["arn:aws:iam::111111111111:role/*"] },
            ArnEquals: { "aws:SourceArn": [role] },
          },
        ],
        [
          "widening",
          {
            StringNotEquals: { "aws:PrincipalArn": [role] },
            ArnEquals: { "aws:SourceArn": ["arn:aws:iam::111111111111:role/*"] },
          },
        ],
      ],
    );
    const plain = allow({
      Condition: { Bool: { "aws:SecureTransport": "true" }, StringLike: { "s3:prefix": "*" } },
    });
    assert.deepEqual(madeBy(plain, "condition value to any name"), []);
  });

  it("knows which operators differ with IfExists, and as Equals or Like", () => {
    const operators = (Condition: Values) =>
      madeBy(allow({ Condition }), "operator to IfExists", "operator Equals and Like").map(
        ([mutator, direction, , statement]) => [
          mutator.split(" ").at(-1),
          direction,
          ...Object.keys(statement?.["Condition"] as object),
        ],
      );
    assert.deepEqual(operators({ StringLike: { "s3:prefix": "a/*" } }), [
      ["IfExists", "widening", "StringLikeIfExists"],
      ["Like", "narrowing", "StringEquals"],
    ]);
    assert.deepEqual(operators({ StringNotEquals: { "s3:prefix": "a?" } }), [
      ["IfExists", "widening", "StringNotEqualsIfExists"],
      ["Like", "narrowing", "StringNotLike"],
    ]);
    assert.deepEqual(operators({ StringNotLike: { "s3:prefix": "a?" } })[1], [
      "Like",
      "widening",
      "StringNotEquals",
    ]);
    assert.deepEqual(operators({ StringEquals: { "s3:prefix": "a" }, Null: { "s3:prefix": "false" } }), [
      ["IfExists", "widening", "StringEqualsIfExists", "Null"],
    ]);
    assert.deepEqual(operators({ BoolIfExists: { "aws:SecureTransport": "true" } }), []);
    assert.deepEqual(operators({ ArnEquals: { "aws:SourceArn": "arn:aws:s3:::*" } }), [
      ["IfExists", "widening", "ArnEqualsIfExists"],
    ]);
  });

  it("takes the name in a condition's value for any of the account", () => {
    const cases: readonly (readonly [string, string])[] = [
      ["arn:aws:iam::111111111111:role/path/reader", "arn:aws:iam::111111111111:role/*"],
      [
        "arn:aws:lambda:eu-west-1:111111111111:function:a-*",
        "arn:aws:lambda:eu-west-1:111111111111:function:*",
      ],
      [
        "arn:aws:codepipeline:eu-west-1:111111111111:catalog",
        "arn:aws:codepipeline:eu-west-1:111111111111:*",
      ],
      ["arn:aws:s3:::bucket", "arn:aws:s3:::*"],
      ["lambda.amazonaws.com", "*"],
      ["*", "*"],
    ];
    for (const [value, wider] of cases) assert.equal(anyName(value), wider);
  });
});
