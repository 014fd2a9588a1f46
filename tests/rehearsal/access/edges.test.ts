import assert from "node:assert/strict";
import { NotKnown } from "../../../packages/iam/src/policy/notKnown";
import { anonymous, root, service, user } from "../../../packages/iam/src/policy/principals";
import { allow, answer, type Asked, deny, OBJECT, READER, withKeys } from "../../../packages/iam/tests/asked";
import type { Values } from "../../../packages/iam/src/json";

withKeys();

const VARIABLES = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html";
const WHO_AM_I = "https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html";
const TEAM = "${aws:PrincipalTag/team}";

/** The verdict; `not known` where AWS's pages leave it open. */
function told(asked: Asked): string {
  try {
    return answer({ context: { "aws:PrincipalTag/team": undefined, "s3:prefix": "red" }, ...asked });
  } catch (error) {
    if (error instanceof NotKnown && /has no value in the request/.test(error.message)) return "not known";
    throw error;
  }
}

const all = (Statement: readonly Values[]): Asked => {
  const [identity, boundary] = Statement;
  return { ...(identity && { identity }), ...(boundary && { boundary }) };
};

describe(`access, a variable without a value (${VARIABLES})`, () => {
  const condition = (operator: string, value: unknown = TEAM, key = "s3:prefix") => ({
    Condition: { [operator]: { [key]: value } },
  });
  const rows: readonly (readonly [what: string, asked: Asked, expected: string])[] = [
    ["Allow StringEquals", all([allow(condition("StringEquals"))]), "identity"],
    ["Allow StringNotEquals", all([allow(condition("StringNotEquals"))]), "not known"],
    [
      "Allow StringNotLike, more values",
      all([allow(condition("StringNotLike", ["x", `a-${TEAM}`]))]),
      "not known",
    ],
    ["Allow StringNotEqualsIgnoreCase", all([allow(condition("StringNotEqualsIgnoreCase"))]), "not known"],
    ["Allow StringNotEqualsIfExists", all([allow(condition("StringNotEqualsIfExists"))]), "not known"],
    [
      "Allow ArnNotLike",
      all([allow(condition("ArnNotLike", `arn:aws:iam::111111111111:role/${TEAM}`, "aws:PrincipalArn"))]),
      "not known",
    ],
    [
      "Allow ForAllValues:StringNotEquals",
      all([allow(condition("ForAllValues:StringNotEquals", TEAM, "aws:TagKeys"))]),
      "not known",
    ],
    ["a default", all([allow(condition("StringNotEquals", "${aws:PrincipalTag/team, 'blue'}"))]), "allowed"],
    [
      "NotResource",
      all([{ ...allow(), Resource: undefined, NotResource: `arn:aws:s3:::${TEAM}/*` }]),
      "not known",
    ],
    ["Resource", all([allow({ Resource: `arn:aws:s3:::${TEAM}/*` })]), "identity"],
    // A statement that cannot apply for another reason is no question.
    [
      "Allow, and another condition that does not hold, before it",
      all([
        allow({
          Condition: { StringEquals: { "s3:prefix": "blue" }, StringNotEquals: { "s3:prefix": TEAM } },
        }),
      ]),
      "identity",
    ],
    [
      "the same, after it",
      all([
        allow({
          Condition: { StringNotEquals: { "s3:prefix": TEAM }, StringEquals: { "s3:prefix": "blue" } },
        }),
      ]),
      "identity",
    ],
    // A Deny counts only where something allows, and is never taken for one that does not apply.
    ["Deny without an Allow", { boundary: deny(condition("StringNotEquals")) }, "identity, boundary"],
    [
      "Deny beside an Allow",
      { identity: allow(), granted: deny({ ...condition("StringNotEquals"), Principal: "*" }) },
      "not known",
    ],
    [
      "Deny beside another Deny",
      { identity: deny(), granted: deny({ ...condition("StringNotEquals"), Principal: "*" }) },
      "explicit deny by the role, No",
    ],
    [
      "Deny StringEquals beside an Allow",
      { identity: allow(), granted: deny({ ...condition("StringEquals"), Principal: "*" }) },
      "allowed",
    ],
    // Allowed otherwise as well.
    [
      "Allow beside another Allow",
      { identity: allow(condition("StringNotEquals")), granted: allow({ Principal: "*" }) },
      "allowed",
    ],
    [
      "Allow under a boundary without one",
      { identity: allow(condition("StringNotEquals")), boundary: allow({ Resource: "arn:aws:s3:::x" }) },
      "boundary",
    ],
  ];
  for (const [what, asked, expected] of rows) {
    it(`${what}: ${expected}`, () => {
      const context = {
        "aws:PrincipalTag/team": undefined,
        "s3:prefix": "red",
        "aws:TagKeys": ["a"],
        "aws:PrincipalArn": READER.kind === "session" ? READER.roleArn : "",
      };
      const found = told({ ...asked, context, resource: OBJECT });
      assert.equal(
        found.startsWith("explicit deny by the role, No") ? "explicit deny by the role, No" : found,
        expected,
      );
    });
  }

  it("has its value, where there is one, compared as ever", () => {
    const context = { "aws:PrincipalTag/team": "red", "s3:prefix": "red" };
    assert.equal(told({ identity: allow(condition("StringNotEquals")), context }), "identity");
    assert.equal(
      told({ identity: allow(condition("StringNotEquals")), context: { ...context, "s3:prefix": "blue" } }),
      "allowed",
    );
  });
});

describe(`access, sts:GetCallerIdentity (${WHO_AM_I})`, () => {
  const asked = { action: "sts:GetCallerIdentity", resource: "*" };
  const forbidden = deny({ Action: "sts:*", Resource: "*" });
  const rows: readonly (readonly [what: string, more: Asked, expected: string])[] = [
    ["a role with no policy", {}, "allowed"],
    ["a role that is forbidden it", { identity: forbidden }, "allowed"],
    ["a role whose boundary forbids it", { boundary: forbidden }, "allowed"],
    ["a session that is limited to something else", { session: allow() }, "allowed"],
    ["a user", { principal: user("arn:aws:iam::111111111111:user/me") }, "allowed"],
    ["the root user", { principal: root("111111111111") }, "allowed"],
    ["in other letters", { action: "STS:getcalleridentity" }, "allowed"],
    ["somebody who has not signed", { principal: anonymous }, "resource"],
    ["a service, which is nobody's identity", { principal: service("events.amazonaws.com") }, "resource"],
    ["another action of the service", { action: "sts:GetAccessKeyInfo" }, "identity"],
  ];
  for (const [what, more, expected] of rows)
    it(`${what}: ${expected}`, () => assert.equal(answer({ ...asked, ...more }), expected));
});
