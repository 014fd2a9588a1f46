import assert from "node:assert/strict";
import { mutants } from "../../src/mutation/mutators";
import { NotKnown } from "../../src/policy/notKnown";
import { allow, deny, OBJECT, without } from "../asked";
import { made, madeBy, OUTSIDE } from "./made";
import type { Values } from "../../src/json";
import { anyLastPart } from "../../src/mutation/mutant";

const shape = (statement: Values) => made(statement).map(([mutator, direction]) => [mutator, direction]);

describe("mutation/mutators", () => {
  it("makes every mutant of a small statement, each in one place", () => {
    const two = allow({ Action: ["s3:GetObject", "s3:PutObject"], Resource: [OBJECT] });
    assert.deepEqual(made(two), [
      ["delete statement", "narrowing", "Yes: without the statement", undefined],
      [
        "delete action",
        "narrowing",
        "Yes: without action s3:GetObject",
        { ...two, Action: ["s3:PutObject"] },
      ],
      [
        "delete action",
        "narrowing",
        "Yes: without action s3:PutObject",
        { ...two, Action: ["s3:GetObject"] },
      ],
      ["action to svc:*", "widening", "Yes: action s3:*", { ...two, Action: ["s3:*"] }],
      ["resource to *", "widening", "Yes: resource *", { ...two, Resource: "*" }],
      [
        "resource's last part to *",
        "widening",
        `Yes: resource ${OBJECT} as arn:aws:s3:::pictures/*`,
        { ...two, Resource: ["arn:aws:s3:::pictures/*"] },
      ],
      ["flip effect", "narrowing", "Yes: as Deny", { ...two, Effect: "Deny" }],
    ]);
  });

  it("turns the directions round for a Deny", () => {
    assert.deepEqual(shape(deny({ Condition: { Bool: { "aws:SecureTransport": "false" } } })), [
      ["delete statement", "widening"],
      ["delete condition", "narrowing"],
      ["action to svc:*", "narrowing"],
      ["resource to *", "narrowing"],
      ["resource's last part to *", "narrowing"],
      ["operator to IfExists", "narrowing"],
      ["flip effect", "widening"],
    ]);
  });

  it("leaves alone what cannot be wider", () => {
    assert.deepEqual(shape(allow({ Action: "s3:*", Resource: "*" })), [
      ["delete statement", "narrowing"],
      ["flip effect", "narrowing"],
    ]);
    assert.deepEqual(
      madeBy(allow({ Action: ["s3:GetObject", "kms:Decrypt"] }), "action to svc:*").map(([, , name]) => name),
      ["Yes: action s3:*", "Yes: action kms:*"],
    );
  });

  it("changes one statement and keeps the others and their order", () => {
    const [first, second] = [allow({ Sid: "One" }), allow({ Sid: "Two", Resource: "*" })];
    const all = mutants({ Version: "2012-10-17", Id: "x", Statement: [first, second] }, OUTSIDE);
    const gone = all.filter(({ mutator }) => mutator === "delete statement");
    assert.deepEqual(
      gone.map(({ index, document: changed }) => [index, changed]),
      [
        [0, { Version: "2012-10-17", Id: "x", Statement: [second] }],
        [1, { Version: "2012-10-17", Id: "x", Statement: [first] }],
      ],
    );
    const wide = all.find(({ mutator }) => mutator === "resource to *");
    assert.deepEqual(wide?.document["Statement"], [{ ...first, Resource: "*" }, second]);
  });

  it("lets everyone, a stranger and another service in, and leaves somebody out", () => {
    const own = "arn:aws:iam::111111111111:root";
    const principals = (Principal: unknown) =>
      made(allow({ Principal }))
        .filter(([mutator]) => mutator.includes("principal"))
        .map(([mutator, direction, , statement]) => [mutator, direction, statement?.["Principal"]]);
    assert.deepEqual(principals({ AWS: own, Service: "ec2.amazonaws.com" }), [
      ["delete principal", "narrowing", { Service: ["ec2.amazonaws.com"] }],
      ["delete principal", "narrowing", { AWS: [own] }],
      ["principal to *", "widening", "*"],
      [
        "principal and a stranger",
        "widening",
        { AWS: [own, OUTSIDE.stranger], Service: ["ec2.amazonaws.com"] },
      ],
      [
        "principal and another service",
        "widening",
        { AWS: [own], Service: ["ec2.amazonaws.com", "lambda.amazonaws.com"] },
      ],
    ]);
    assert.deepEqual(principals({ AWS: [own, OUTSIDE.stranger] }), [
      ["delete principal", "narrowing", { AWS: [OUTSIDE.stranger] }],
      ["delete principal", "narrowing", { AWS: [own] }],
      ["principal to *", "widening", "*"],
    ]);
    assert.deepEqual(principals({ AWS: "*" }), []);
  });

  it("refuses a document with elements whose changes are not worked out", () => {
    const negated = { ...without(allow(), "Action"), NotAction: "s3:GetObject" };
    assert.throws(
      () => made(negated),
      (error) =>
        error instanceof NotKnown &&
        error.message === "Yes: how NotAction is to be changed is not worked out",
    );
  });
});

describe("mutation: wider names", () => {
  it("takes the last part of a resource for any", () => {
    const cases: readonly (readonly [string, string])[] = [
      ["arn:aws:iam::111111111111:role/path/reader", "arn:aws:iam::111111111111:role/path/*"],
      ["arn:aws:s3:::bucket", "arn:aws:s3:::*"],
      ["arn:aws:s3:::bucket/*", "arn:aws:s3:::*"],
      ["arn:aws:s3:::bucket/a/b/*", "arn:aws:s3:::bucket/a/*"],
      ["arn:aws:s3:::bucket/a/${aws:PrincipalAccount}/*", "arn:aws:s3:::bucket/a/*"],
      ["arn:aws:s3:::bucket/${aws:username}", "arn:aws:s3:::bucket/*"],
      [
        "arn:aws:lambda:eu-west-1:111111111111:function:catalog-*",
        "arn:aws:lambda:eu-west-1:111111111111:function:*",
      ],
      ["arn:aws:apigateway:eu-west-1::/apis/*", "arn:aws:apigateway:eu-west-1::/*"],
    ];
    for (const [resource, wider] of cases) assert.equal(anyLastPart(resource), wider);
  });
});
