import assert from "node:assert/strict";
import { NotKnown } from "../../src/policy/notKnown";
import { resourceTest } from "../../src/policy/patterns";
import { policy } from "../../src/policy/policies";
import { allow, answer, ask, type Context, documentedKeys, OBJECT, withKeys } from "../asked";

withKeys();

const PAGE = "reference_policies_elements_resource";
const VARIABLES = "reference_policies_variables";

const fits = (pattern: string, arn: string, context: Context = {}): boolean =>
  answer({ identity: allow({ Resource: pattern }), resource: arn, context }) === "allowed";

describe("access/patterns", () => {
  it(`takes slashes for characters like any other (${PAGE}#reference_policies_elements_resource_wildcards)`, () => {
    const pattern = "arn:aws:s3:::bucket/*/test/*";
    for (const key of ["1/test/object.jpg", "1/2/test/object.jpg", "1///test///o", "/test/o", "1/test/"]) {
      assert.equal(fits(pattern, `arn:aws:s3:::bucket/${key}`), true, key);
    }
    for (const key of ["1-test/object.jpg", "test/object.jpg", "1/2/test.jpg"]) {
      assert.equal(fits(pattern, `arn:aws:s3:::bucket/${key}`), false, key);
    }
  });

  it(`keeps a wildcard within its part of the ARN, unless it ends that part (${PAGE})`, () => {
    const table = (region: string) => `arn:aws:dynamodb:${region}:111111111111:table/books`;
    assert.equal(fits(table("eu-*"), table("eu-west-1")), true);
    assert.equal(fits(table("eu-*-1"), table("eu-west-1")), true);
    assert.equal(fits(table("eu-*"), table("eu-west-1:x")), true);
    assert.equal(fits(table("eu-*-1"), table("eu-west:x-1")), false);
    assert.equal(fits(table("eu?west-1"), table("eu:west-1")), false);
    assert.equal(fits("arn:aws:dynamodb:*", table("eu-west-1")), true);
    assert.equal(fits("arn:aws:sns:*:*:a?c", "arn:aws:sns:eu-west-1:111111111111:abc"), true);
  });

  it(`compares resources with case (${PAGE})`, () => {
    assert.equal(fits("arn:aws:s3:::Bucket", "arn:aws:s3:::bucket"), false);
  });

  it(`fits an action's * to a request that knows no resource, and nothing else (${PAGE})`, () => {
    assert.equal(fits("*", "*"), true);
    assert.equal(fits("arn:aws:s3:::*", "*"), false);
  });

  it(`fills variables in, whose names ignore case (${VARIABLES}#policy-vars-using-variables)`, () => {
    const pattern = "arn:aws:s3:::bucket/${AWS:principaltag/Team}/*";
    assert.equal(fits(pattern, "arn:aws:s3:::bucket/red/x", { "aws:PrincipalTag/team": "red" }), true);
    assert.equal(fits(pattern, "arn:aws:s3:::bucket/blue/x", { "aws:PrincipalTag/team": "red" }), false);
    assert.equal(fits(pattern, "arn:aws:s3:::bucket/r.d/x", { "aws:PrincipalTag/team": "r.d" }), true);
    assert.equal(fits(pattern, "arn:aws:s3:::bucket/rad/x", { "aws:PrincipalTag/team": "r.d" }), false);
  });

  it(`takes a variable's default where the request has no value (${VARIABLES}#policy-vars-default-values)`, () => {
    const pattern = "arn:aws:s3:::bucket-${aws:PrincipalTag/team, 'company-wide'}";
    assert.equal(
      fits(pattern, "arn:aws:s3:::bucket-company-wide", { "aws:PrincipalTag/team": undefined }),
      true,
    );
    assert.equal(fits(pattern, "arn:aws:s3:::bucket-red", { "aws:PrincipalTag/team": "red" }), true);
    assert.equal(
      fits(pattern, "arn:aws:s3:::bucket-company-wide", { "aws:PrincipalTag/team": "red" }),
      false,
    );
  });

  it(`fits nothing with a variable that has no value (${VARIABLES}#policy-vars-no-value)`, () => {
    const context = { "aws:PrincipalTag/team": undefined, "s3:prefix": "red" };
    assert.equal(fits("arn:aws:s3:::${aws:PrincipalTag/team}*", "arn:aws:s3:::x", context), false);
    const when = (operator: string) =>
      answer({
        identity: allow({ Condition: { [operator]: { "s3:prefix": "${aws:PrincipalTag/team}" } } }),
        context,
      });
    assert.equal(when("StringEquals"), "identity");
    assert.equal(when("StringLike"), "identity");
  });

  it(`has variables for the special characters (${VARIABLES}#policy-vars-specialchars)`, () => {
    assert.equal(fits("arn:aws:s3:::b/${*}${?}${$}", "arn:aws:s3:::b/*?$"), true);
    assert.equal(fits("arn:aws:s3:::b/${*}${?}${$}", "arn:aws:s3:::b/abc"), false);
  });

  it("takes variables for plain text before language version 2012-10-17 (reference_policies_elements_version)", () => {
    const resource = "arn:aws:s3:::b/${aws:username}";
    const old = policy("old", "identity", { Statement: allow({ Resource: resource }) }, documentedKeys());
    const lookup = () => undefined;
    const asking = {
      principal: { kind: "anonymous" } as const,
      bounded: false,
      action: "s3:GetObject",
      lookup,
    };
    assert.equal(old.statements[0]?.applies({ ...asking, resource }), "direct");
    assert.equal(old.statements[0]?.applies({ ...asking, resource: "arn:aws:s3:::b/me" }), undefined);
  });

  const refused = (title: string, page: string, pattern: string, message: RegExp, context: Context = {}) =>
    it(`refuses ${title} (${page})`, () => {
      const right = (error: unknown) => error instanceof NotKnown && message.test(error.message);
      assert.throws(() => ask({ identity: allow({ Resource: pattern }), resource: OBJECT, context }), right);
    });
  refused("a resource that is no ARN", PAGE, "pictures/*", /neither \* nor an ARN/);
  refused("a wildcard for the service", PAGE, "arn:aws:s*:::pictures", /wildcard for the service/);
  refused(
    "a variable before the fifth colon",
    VARIABLES,
    "arn:aws:s3::${aws:PrincipalAccount}:x",
    /before the fifth colon/,
  );
  refused("a variable that names no key", VARIABLES, "arn:aws:s3:::${aws:nothing}", /names no condition key/);
  refused("a variable in another form", VARIABLES, "arn:aws:s3:::${aws:username,x}", /not in a form/);
  refused(
    "a variable that can have several values",
    VARIABLES,
    "arn:aws:s3:::${aws:TagKeys}",
    /several values/,
  );
  refused(
    "a value that holds a wildcard",
    VARIABLES,
    "arn:aws:s3:::${aws:userid}",
    /whether that is a wildcard/,
    {
      "aws:userid": "*",
    },
  );

  it("knows that a value that may be a wildcard fits nothing outside of its place", () => {
    const fits = resourceTest("arn:aws:s3:::${aws:userid}/a", "used");
    const star = () => ["*"];
    assert.equal(fits("arn:aws:s3:::pictures/b", star), false);
    assert.equal(fits("arn:aws:sns:::pictures/a", star), false);
    assert.throws(() => fits("arn:aws:s3:::pictures/a", star), NotKnown);
    assert.throws(() => fits("arn:aws:s3:::*/a", star), NotKnown);
    assert.equal(
      fits("arn:aws:s3:::pictures/a", () => ["pictures"]),
      true,
    );
  });

  it(`refuses a variable where the policy language takes none (${VARIABLES}#policy-vars-wheretouse)`, () => {
    assert.throws(() => resourceTest("arn:aws:s3:::${aws:userid}", "refused"), NotKnown);
  });
});
