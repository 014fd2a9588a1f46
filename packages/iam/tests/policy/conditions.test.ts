import assert from "node:assert/strict";
import { holds, PAGE, prefix, refused, table } from "../conditionTables";
import { withKeys } from "../asked";

withKeys();

describe("access/conditions", () => {
  table("lets …IfExists hold when the key is absent", `${PAGE}#Conditions_IfExists`, "s3:prefix", [
    ["StringEqualsIfExists", "home", undefined, true],
    ["StringEqualsIfExists", "home", "away", false],
    ["StringNotEqualsIfExists", "home", undefined, true],
    ["StringNotEqualsIfExists", "home", "home", false],
    ["StringLikeIfExists", "h*", "home", true],
  ]);
  table("tells with Null whether a key is there", `${PAGE}#Conditions_Null`, "s3:prefix", [
    ["Null", "true", undefined, true],
    ["Null", "true", "home", false],
    ["Null", "false", "home", true],
    ["Null", false, undefined, false],
  ]);
  const SETS = "reference_policies_condition-single-vs-multi-valued-context-keys";
  table("compares sets of values", SETS, "aws:TagKeys", [
    ["ForAllValues:StringEquals", ["environment", "cost-center"], ["environment"], true],
    ["ForAllValues:StringEquals", ["environment", "cost-center"], ["environment", "cost-center"], true],
    ["ForAllValues:StringEquals", ["environment", "cost-center"], ["environment", "dept"], false],
    ["ForAllValues:StringEquals", ["environment"], undefined, true],
    ["ForAllValues:StringEquals", ["environment"], [], true],
    ["ForAnyValue:StringEquals", ["environment", "cost-center"], ["environment", "dept"], true],
    ["ForAnyValue:StringEquals", ["environment", "cost-center"], ["dept"], false],
    ["ForAnyValue:StringEquals", ["environment"], undefined, false],
    ["ForAllValues:StringNotEquals", ["a", "b"], ["c", "d"], true],
    ["ForAllValues:StringNotEquals", ["a", "b"], ["a", "d"], false],
    ["ForAnyValue:StringNotEquals", ["a", "b"], ["a", "d"], true],
    ["ForAnyValue:StringNotEquals", ["a", "b"], ["a", "b"], false],
    ["ForAnyValue:StringNotEquals", ["a", "b"], undefined, false],
    ["ForAnyValue:StringLikeIfExists", ["a*"], undefined, true],
  ]);
  const MULTIPLE = "reference_policies_condition-logic-multiple-context-keys-or-values";
  table("joins values by OR, and by NOR when negated", MULTIPLE, "s3:prefix", [
    ["StringEquals", ["a", "b"], "b", true],
    ["StringNotEquals", ["a", "b"], "b", false],
    ["StringNotEquals", ["a", "b"], "c", true],
  ]);
  it(`joins operators and keys by AND (${MULTIPLE})`, () => {
    const both = {
      StringEquals: { "s3:prefix": "a", "s3:delimiter": "/" },
      Bool: { "aws:SecureTransport": "true" },
    };
    const context = { "s3:prefix": "a", "s3:delimiter": "/", "aws:SecureTransport": "true" };
    assert.equal(holds(both, context), "match");
    for (const key of Object.keys(context))
      assert.equal(holds(both, { ...context, [key]: "false" }), "no match", key);
  });
  it(`ignores case in keys (reference_policies_elements_condition)`, () => {
    assert.equal(holds({ StringEquals: { "S3:Prefix": "a" } }, { "s3:prefix": "a" }), "match");
  });
  refused(
    "refuses an operator that does not exist",
    PAGE,
    prefix("StringMatches"),
    {},
    /operator StringMatches does not exist/,
  );
  refused(
    "refuses IfExists on Null",
    `${PAGE}#Conditions_IfExists`,
    prefix("NullIfExists", "true"),
    {},
    /NullIfExists does not exist/,
  );
  refused(
    "refuses sets of numbers, which no page describes",
    PAGE,
    prefix("ForAnyValue:NumericEquals", "1"),
    {},
    /takes no ForAnyValue/,
  );
  refused(
    "refuses a key that does not exist",
    "reference_policies_condition-keys",
    { StringEquals: { "s3:prefiks": "a" } },
    {},
    /key s3:prefiks does not exist/,
  );
  refused(
    "refuses a key with several values without a set operator",
    SETS,
    { StringEquals: { "aws:TagKeys": "a" } },
    {},
    /needs ForAllValues: or ForAnyValue:/,
  );
  refused(
    "refuses several values of the request where one is compared",
    SETS,
    prefix("StringEquals"),
    { "s3:prefix": ["a", "b"] },
    /compares one/,
  );
  refused(
    "refuses a Null that is neither true nor false",
    `${PAGE}#Conditions_Null`,
    prefix("Null", "maybe"),
    {},
    /one true or false/,
  );
  refused("refuses an empty list of values", PAGE, prefix("StringEquals", []), {}, /has no value/);
  refused(
    "refuses a key that the request does not speak of",
    PAGE,
    prefix("StringEquals"),
    {},
    /says nothing of s3:prefix/,
  );
});
