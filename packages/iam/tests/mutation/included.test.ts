import assert from "node:assert/strict";
import { type Catalog, catalog } from "../../src/policy/catalog";
import { included, type Known, patternCovers } from "../../src/mutation/included";
import { allow, deny, without } from "../asked";
import type { Values } from "../../src/json";

const BUCKET = "arn:aws:s3:::pictures";

let known: Catalog;
before(async () => {
  known = await catalog(["s3", "sns"]);
});

interface Asked {
  readonly always?: readonly string[];
  readonly never?: readonly string[];
  readonly own?: readonly string[];
}

const isIncluded = (
  statement: Values,
  others: readonly Values[],
  { always = [], never = [], own }: Asked = {},
): boolean => {
  const has = (_: string | undefined, key: string) =>
    always.includes(key) || (never.includes(key) ? false : undefined);
  const facts: Known = { has, catalog: known, ...(own && { own }) };
  return included(statement, others, facts);
};

describe("mutation/included", () => {
  it("knows when a pattern covers another, and not when in doubt", () => {
    const covered: readonly (readonly [string, string])[] = [
      ["*", "arn:aws:s3:::a/${aws:username}"],
      ["arn:aws:s3:::a/*", "arn:aws:s3:::a/b/*"],
      ["arn:aws:s3:::a/*", "arn:aws:s3:::a/${aws:username}/*"],
      ["arn:aws:iam::1:role/*-job", "arn:aws:iam::1:role/a-*-job"],
      ["a?c", "abc"],
    ];
    const not: readonly (readonly [string, string])[] = [
      ["arn:aws:s3:::a/b/*", "arn:aws:s3:::a/*"],
      ["arn:aws:iam::*:role/a", "arn:aws:iam::1:x:role/a"],
      ["a?c", "a*c"],
      ["a.c", "abc"],
    ];
    for (const [wide, narrow] of covered)
      assert.equal(patternCovers(wide, narrow), true, `${wide} ${narrow}`);
    for (const [wide, narrow] of not) assert.equal(patternCovers(wide, narrow), false, `${wide} ${narrow}`);
  });

  it("finds each action, resource and principal in some other statement", () => {
    const two = allow({ Action: ["s3:GetObject", "s3:PutObject"], Resource: [`${BUCKET}/a`, `${BUCKET}/b`] });
    const get = allow({ Action: "s3:Get*", Resource: `${BUCKET}/*` });
    const put = allow({ Action: "s3:putobject", Resource: [`${BUCKET}/b`, `${BUCKET}/a`] });
    assert.equal(isIncluded(two, [get, put]), true);
    assert.equal(isIncluded(two, [get]), false);
    assert.equal(isIncluded(two, [get, { ...put, Resource: `${BUCKET}/b` }]), false);
    assert.equal(isIncluded(two, [get, { ...put, Effect: "Deny" }]), false);
    const named = (Principal: unknown) => allow({ Principal });
    const account = "arn:aws:iam::111111111111:root";
    assert.equal(isIncluded(named({ AWS: account }), [named("*")]), true);
    assert.equal(isIncluded(named({ AWS: account }), [named({ AWS: ["222222222222", account] })]), true);
    assert.equal(isIncluded(named("*"), [named({ AWS: account })]), false);
    assert.equal(isIncluded(named({ Service: "ec2.amazonaws.com" }), [named({ AWS: account })]), false);
  });

  it("asks for no condition that the statement does not have itself", () => {
    const on = (Condition: Values) => allow({ Condition });
    const prefix = on({ StringLike: { "s3:prefix": ["a/*", "b/*"] } });
    const cases: readonly (readonly [boolean, Values, Values])[] = [
      [true, prefix, without(prefix, "Condition")],
      [false, without(prefix, "Condition"), prefix],
      [true, on({ StringLike: { "S3:Prefix": "a/*" } }), prefix],
      [false, prefix, on({ StringLike: { "s3:prefix": "a/*" } })],
      [true, on({ StringEquals: { "s3:prefix": "a/*" } }), prefix],
      [false, on({ StringLike: { "s3:prefix": "a/*" } }), on({ StringEquals: { "s3:prefix": "a/*" } })],
      [true, on({ StringLike: { "s3:prefix": "a" } }), on({ StringEquals: { "s3:prefix": "a" } })],
      [true, on({ StringLike: { "s3:prefix": "a/b*" } }), prefix],
      [
        false,
        on({ StringEqualsIgnoreCase: { "s3:prefix": "a" } }),
        on({ StringEquals: { "s3:prefix": "a" } }),
      ],
      [true, on({ StringEquals: { "s3:prefix": "a" } }), on({ Null: { "s3:prefix": "false" } })],
      [false, on({ StringEqualsIfExists: { "s3:prefix": "a" } }), on({ Null: { "s3:prefix": "false" } })],
      [false, on({ StringNotEquals: { "s3:prefix": "a" } }), on({ Null: { "s3:prefix": "false" } })],
      [true, on({ StringNotLike: { "s3:prefix": "a*" } }), on({ StringNotEquals: { "s3:prefix": "ab" } })],
      [true, prefix, on({ StringLikeIfExists: { "s3:prefix": ["a/*", "b/*"] } })],
      [false, on({ StringLikeIfExists: { "s3:prefix": "a/*" } }), prefix],
      [
        true,
        on({ StringNotLikeIfExists: { "s3:prefix": "a" } }),
        on({ StringNotLike: { "s3:prefix": "a" } }),
      ],
      [true, on({ StringNotLike: { "s3:prefix": ["a", "b"] } }), on({ StringNotLike: { "s3:prefix": "a" } })],
      [
        false,
        on({ StringNotLike: { "s3:prefix": "a" } }),
        on({ StringNotLike: { "s3:prefix": ["a", "b"] } }),
      ],
      [false, on({ Null: { "s3:prefix": "true" } }), on({ Null: { "s3:prefix": "false" } })],
    ];
    for (const [expected, narrow, wide] of cases) {
      assert.equal(isIncluded(narrow, [wide]), expected, JSON.stringify([narrow, wide]));
    }
  });

  it("takes IfExists for nothing where the key is always there", () => {
    const tls = (operator: string) => deny({ Condition: { [operator]: { "aws:SecureTransport": "false" } } });
    assert.equal(isIncluded(tls("BoolIfExists"), [tls("Bool")]), false);
    assert.equal(isIncluded(tls("BoolIfExists"), [tls("Bool")], { always: ["aws:securetransport"] }), true);
    assert.equal(isIncluded(tls("BoolIfExists"), [tls("Bool")], { always: ["aws:principalarn"] }), false);
  });

  it("takes what asks for a key that is never there for nothing", () => {
    const from = (operator: string) => allow({ Condition: { [operator]: { "aws:SourceAccount": "1" } } });
    const never = ["aws:sourceaccount"];
    assert.equal(isIncluded(from("StringEquals"), []), false);
    assert.equal(isIncluded(from("StringEquals"), [], { never }), true);
    assert.equal(isIncluded(from("StringEqualsIfExists"), [], { never }), false);
    assert.equal(isIncluded(from("StringNotEquals"), [], { never }), false);
    assert.equal(
      isIncluded(allow({ Condition: { Null: { "aws:SourceAccount": "true" } } }), [], { never }),
      false,
    );
  });

  it("takes the resource of a policy for what the policy is asked on", () => {
    const own = [BUCKET, `${BUCKET}/*`];
    const everywhere = (Action: string) => allow({ Action, Resource: "*" });
    const objects = (Action: string) => allow({ Action, Resource: `${BUCKET}/*` });
    assert.equal(isIncluded(everywhere("s3:PutObject"), [objects("s3:PutObject")]), false);
    assert.equal(isIncluded(everywhere("s3:PutObject"), [objects("s3:PutObject")], { own }), true);
    assert.equal(isIncluded(everywhere("s3:*"), [objects("s3:*")], { own }), false); // the bucket itself
    assert.equal(isIncluded(everywhere("s3:*"), [allow({ Action: "s3:*", Resource: own })], { own }), true);
    const part = allow({ Action: "s3:PutObject", Resource: `${BUCKET}/a/*` });
    assert.equal(isIncluded(everywhere("s3:PutObject"), [part], { own }), false);
  });
});
