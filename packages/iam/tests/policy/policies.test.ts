import assert from "node:assert/strict";
import { NotKnown } from "../../src/policy/notKnown";
import { type Attached, policy } from "../../src/policy/policies";
import { allow, answer, deny, document, documentedKeys, OBJECT, without, withKeys } from "../asked";
import type { Values } from "../../src/json";

withKeys();

const ELEMENTS = "reference_policies_elements";

const make = (content: unknown, attached: Attached = "identity") =>
  policy("p", attached, content, documentedKeys());

describe("access/policies", () => {
  it(`compares actions without case, with wildcards (${ELEMENTS}_action)`, () => {
    const may = (pattern: string, action: string) => answer({ identity: allow({ Action: pattern }), action });
    assert.equal(may("S3:getobject", "s3:GetObject"), "allowed");
    assert.equal(may("s3:Get*", "s3:GetObjectVersion"), "allowed");
    assert.equal(may("s3:Get?bject", "s3:GetObject"), "allowed");
    assert.equal(may("*", "s3:GetObject"), "allowed");
    assert.equal(may("s3:Get", "s3:GetObject"), "identity");
    assert.equal(may("s3:*", "s3tables:GetTable"), "identity");
  });

  it(`takes NotAction for everything else (${ELEMENTS}_notaction)`, () => {
    const identity = allow({ Action: undefined, NotAction: ["s3:Delete*", "iam:*"] });
    assert.equal(answer({ identity, action: "s3:GetObject" }), "allowed");
    assert.equal(answer({ identity, action: "s3:DeleteObject" }), "identity");
  });

  it(`takes NotResource for everything else (${ELEMENTS}_notresource)`, () => {
    const identity = allow({
      Resource: undefined,
      NotResource: ["arn:aws:s3:::secrets", "arn:aws:s3:::secrets/*"],
    });
    assert.equal(answer({ identity }), "allowed");
    assert.equal(answer({ identity, resource: "arn:aws:s3:::secrets/one" }), "identity");
  });

  it(`takes one statement or a list, text or data (${ELEMENTS}_statement)`, () => {
    for (const content of [document(allow()), { Version: "2012-10-17", Statement: allow() }]) {
      assert.deepEqual(
        make(JSON.stringify(content)).statements.map(({ sid, effect }) => [sid, effect]),
        [["Yes", "Allow"]],
      );
    }
  });

  it(`calls a statement without Sid by its position (${ELEMENTS}_sid)`, () => {
    assert.deepEqual(
      make(document(allow(), without(deny(), "Sid"))).statements.map(({ sid }) => sid),
      ["Yes", "statement 2"],
    );
  });

  it("lets a repository's policy leave its resource out (https://docs.aws.amazon.com/AmazonECR/latest/userguide/repository-policies.html)", () => {
    const granted = { ...without(allow({ Action: "ecr:BatchGetImage" }), "Resource"), Principal: "*" };
    const resource = "arn:aws:ecr:eu-west-1:111111111111:repository/images";
    assert.equal(
      answer({ granted, attached: "repository", action: "ecr:BatchGetImage", resource }),
      "allowed",
    );
  });

  const refused = (
    title: string,
    page: string,
    content: unknown,
    message: RegExp,
    attached: Attached = "identity",
  ) =>
    it(`refuses ${title} (${page})`, () => {
      const right = (error: unknown) => error instanceof Error && message.test(error.message);
      assert.throws(() => make(content, attached), right);
    });
  const GRAMMAR = "reference_policies_grammar";
  refused(
    "an element at the top that does not exist",
    GRAMMAR,
    { ...document(allow()), Comment: "x" },
    /^p: element Comment/,
  );
  refused(
    "a version that does not exist",
    `${ELEMENTS}_version`,
    { ...document(allow()), Version: "2020-01-01" },
    /Version "2020-01-01"/,
  );
  refused("a document without statements", GRAMMAR, document(), /no Statement/);
  refused("text that is not JSON", GRAMMAR, "{", /^p: .*JSON/);
  const statement = (title: string, page: string, content: Values, message: RegExp, attached?: Attached) =>
    refused(title, page, document(content), message, attached);
  statement(
    "an element that does not exist",
    GRAMMAR,
    allow({ Resources: "*" }),
    /^p: Yes: element Resources/,
  );
  statement("another effect", `${ELEMENTS}_effect`, allow({ Effect: "allow" }), /neither Allow nor Deny/);
  statement(
    "what is no action",
    `${ELEMENTS}_action`,
    allow({ Action: "GetObject" }),
    /GetObject is not an action/,
  );
  statement(
    "a wildcard for the service",
    `${ELEMENTS}_action`,
    allow({ Action: "s*:Get" }),
    /is not an action/,
  );
  statement("an empty list of actions", GRAMMAR, allow({ Action: [] }), /Action is empty/);
  statement("Action with NotAction", GRAMMAR, allow({ NotAction: "s3:*" }), /Action and NotAction/);
  statement("a statement without action", GRAMMAR, without(allow(), "Action"), /no Action/);
  statement("a statement without resource", GRAMMAR, without(allow(), "Resource"), /no Resource/);
  const PRINCIPAL = `${ELEMENTS}_principal`;
  statement("a principal in an identity's policy", PRINCIPAL, allow({ Principal: "*" }), /no Principal/);
  statement("no principal in a resource's policy", PRINCIPAL, allow(), /not one of Principal/, "bucket");
  statement("a resource in a trust policy", PRINCIPAL, allow({ Principal: "*" }), /no Resource/, "trust");
  const NOT = `${ELEMENTS}_notprincipal`;
  statement(
    "NotPrincipal with Allow",
    NOT,
    allow({ NotPrincipal: "*" }),
    /NotPrincipal is for Deny/,
    "bucket",
  );
  statement(
    "NotPrincipal in a trust policy",
    NOT,
    { ...without(deny(), "Resource"), NotPrincipal: "*" },
    /not for a trust/,
    "trust",
  );

  it("says in every refusal that it does not know", () => {
    assert.throws(() => make(document(allow({ Resource: OBJECT, Extra: 1 }))), NotKnown);
  });
});
