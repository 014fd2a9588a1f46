import assert from "node:assert/strict";
import { holds, variants } from "../../src/matrix/requests";
import { NotKnown } from "../../src/policy/notKnown";
import { service } from "../../src/policy/principals";
import { documentedKeys, READER, withKeys } from "../asked";

withKeys();

const tried = (...conditions: (readonly [string, readonly string[]])[]) =>
  variants(new Map([["s3:prefix", ["kept/a/*", "other/*"]]]), documentedKeys())(READER, conditions);

describe("The requests that a question stands for", () => {
  it("is one where no condition has a say", () => assert.deepEqual(tried(), [{}]));

  it("have each key absent, as written, just missed, as others have it, and otherwise", () => {
    assert.deepEqual(
      tried(["s3:prefix", ["kept/b/*"]]).map((each) => each["s3:prefix"]),
      [undefined, "kept/b/1", "kept/bx/1", "kept/a/1", "other/1", "others"],
    );
  });

  it("have a star alone as itself, which it covers in either meaning, and another", () =>
    assert.deepEqual(
      tried(["lambda:Principal", ["*"]]).map((each) => each["lambda:Principal"]),
      [undefined, "*", "x1", "others"],
    ));

  it("have every combination of several keys, whatever their case", () => {
    const all = tried(
      ["aws:securetransport", ["false"]],
      ["Aws:SecureTransport", ["false"]],
      ["kms:ViaService", ["s3"]],
    );
    assert.deepEqual(all.length, 2 * 4);
    assert.deepEqual(all[0], { "aws:SecureTransport": "true" });
    assert.deepEqual(all.at(-1), { "aws:SecureTransport": "false", "kms:ViaService": "others" });
  });

  it("give ARNs where ARNs are compared", () => {
    assert.deepEqual(
      tried(["lambda:SourceFunctionArn", ["arn:aws:lambda:eu-west-1:1:function:a-*"]]).map(
        (each) => each["lambda:SourceFunctionArn"],
      ),
      [
        undefined,
        "arn:aws:lambda:eu-west-1:1:function:a-1",
        "arn:aws:lambda:eu-west-1:1:function:ax-1",
        "arn:aws:others:::others",
      ],
    );
  });

  it("leave alone what follows from who asks for what", () => {
    assert.deepEqual(tried(["aws:PrincipalArn", ["a"]], ["aws:SourceArn", ["b"]]), [{}]);
    const asked = variants(new Map(), documentedKeys())(service("s3.amazonaws.com"), [
      ["aws:SourceArn", ["arn:aws:s3:::b"]],
    ]);
    assert.deepEqual(
      asked.map((each) => each["aws:SourceArn"]),
      [undefined, "arn:aws:s3:::b", "arn:aws:s3:::bx", "arn:aws:others:::others"],
    );
  });

  it("refuse keys that do not exist, or cannot be tried, and too many of them", () => {
    assert.throws(
      () => tried(["s3:prefixx", ["a"]]),
      new NotKnown("condition key s3:prefixx does not exist"),
    );
    assert.throws(
      () => tried(["aws:CurrentTime", ["2026-01-01"]]),
      new NotKnown("the access matrix does not know how to try keys of type Date"),
    );
    const many = Array.from({ length: 145 }, (_, index) => `v${index}`);
    assert.throws(
      () => tried(["s3:prefix", many], ["s3:delimiter", many]),
      new NotKnown("there are too many conditions on one question: s3:prefix, s3:delimiter"),
    );
  });
});

describe("A permission's condition", () => {
  const wanted = { key: "s3:prefix", values: ["a/*", "b"] };
  const held = (more: object) =>
    [{}, { "S3:Prefix": "a/1" }, { "s3:prefix": "c" }].map((each) => holds({ ...wanted, ...more }, each));
  it("takes wildcards for characters where it is literal", () => {
    const star = { key: "lambda:Principal", values: ["*"] };
    const principals = ["*", "444444444444"].map((each) => ({ "lambda:Principal": each }));
    assert.deepEqual(
      principals.map((each) => holds(star, each)),
      [true, true],
    );
    assert.deepEqual(
      principals.map((each) => holds({ ...star, literal: true }, each)),
      [true, false],
    );
  });
  it("wants one of its values", () => assert.deepEqual(held({}), [false, true, false]));
  it("can want it, or nothing", () => assert.deepEqual(held({ ifThere: true }), [true, true, false]));
  it("can want none", () => assert.deepEqual(held({ absent: true, values: [] }), [true, false, false]));
  it("wants all values of a key that has several", () => {
    const keys = { ...wanted, key: "aws:TagKeys", values: ["branch"] };
    assert.deepEqual(
      [["branch"], ["branch", "others"], ["others"]].map((each) => holds(keys, { "aws:TagKeys": each })),
      [true, false, false],
    );
  });
  it("can want another", () => assert.deepEqual(held({ otherThan: true }), [false, false, true]));
});
