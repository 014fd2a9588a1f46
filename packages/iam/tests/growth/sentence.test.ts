import assert from "node:assert/strict";
import { compare } from "../../src/growth/compare";
import { sentenceOf } from "../../src/growth/sentence";
import { modelOf, type Written } from "../../src/documents";
import type { Values } from "../../src/json";
import { allow, deny, document } from "../asked";

const READER = "arn:aws:iam::111111111111:role/reader";
const BUCKET = "arn:aws:s3:::pictures";
const service = {
  Sid: "Trust",
  Effect: "Allow",
  Action: "sts:AssumeRole",
  Principal: { Service: "ec2.amazonaws.com" },
};

/** What is said of a role's policy in two states. */
async function said(before: readonly Values[], after: readonly Values[]): Promise<string[]> {
  const role = (statements: readonly Values[]): Written => ({
    roles: { [READER]: { trust: document(service), inline: document(...statements) } },
  });
  return spoken(role(before), role(after));
}

async function spoken(before: Written, after: Written): Promise<string[]> {
  const changes = await compare(await modelOf(before), await modelOf(after));
  return changes.map((each) => `${each.grows ? "more" : "less"}: ${sentenceOf(each)}`);
}

/** What is said of a trust, or of a bucket's policy, in two states. */
const ofTrust = (before: Values, after: Values) =>
  spoken(
    { roles: { [READER]: { trust: document(before) } } },
    { roles: { [READER]: { trust: document(after) } } },
  );
const ofBucket = (before: Values, after: Values) => {
  const bucket = (statement: Values): Written => ({
    resources: { [BUCKET]: { account: "111111111111", attached: "bucket", policy: document(statement) } },
  });
  return spoken(bucket(before), bucket(after));
};

const list = (more: Values = {}): Values => allow({ Resource: `${BUCKET}/*`, ...more });
const tls = { Condition: { Bool: { "aws:SecureTransport": "true" } } };
const tagged = (operator: string, ...values: string[]) => ({
  Condition: { [operator]: { "aws:PrincipalTag/team": values } },
});

describe("Rights that grow and shrink, in sentences", () => {
  const on = `on ${BUCKET}/*`;

  it("say an action, a resource, a condition that came or went", async () => {
    assert.deepEqual(await said([list()], [list({ Action: ["s3:GetObject", "s3:PutObject"] })]), [
      `more: role reader may now s3:PutObject ${on}`,
    ]);
    assert.deepEqual(await said([list({ Action: ["s3:GetObject", "s3:PutObject"] })], [list()]), [
      `less: role reader may no longer s3:PutObject ${on}`,
    ]);
    assert.deepEqual(await said([list()], [list({ Resource: "*" })]), [
      "more: role reader may now s3:GetObject on *",
    ]);
    assert.deepEqual(await said([list(tls)], [list()]), [
      `more: role reader may now s3:GetObject ${on}, before only when aws:SecureTransport is true`,
    ]);
    assert.deepEqual(await said([list()], [list(tls)]), [
      `less: role reader may no longer s3:GetObject ${on}, from now on only when aws:SecureTransport is true`,
    ]);
  });

  it("say nothing of other Sids, other orders, and the same rights written otherwise", async () => {
    const same: [Values[], Values[]][] = [
      [[list()], [list({ Sid: "Other" })]],
      [
        [list(), { Sid: "A", Effect: "Deny", NotAction: ["s3:GetObject", "s3:PutObject"], Resource: "*" }],
        [{ Sid: "B", Effect: "Deny", NotAction: ["s3:PutObject", "s3:GetObject"], Resource: "*" }, list()],
      ],
      [
        [list(), deny()],
        [deny(), list()],
      ],
      [
        [list({ Action: ["s3:GetObject", "s3:PutObject"] })],
        [list({ Action: "s3:PutObject" }), list({ Sid: "B" })],
      ],
      [
        [list({ Action: ["s3:GetObjectAcl", "s3:GetObject"] })],
        [list({ Action: ["S3:getobject", "s3:GetObjectAc?"] })],
      ],
      [[list(), list({ Sid: "B", Resource: `${BUCKET}/2026/*` })], [list()]],
      [
        [list(tagged("StringEquals", "red", "blue"))],
        [list(tagged("StringEquals", "red")), list({ Sid: "B", ...tagged("StringLike", "blue") })],
      ],
      [[list(), deny({ Resource: `${BUCKET}/*` })], [deny({ Resource: `${BUCKET}/*` })].concat([list(tls)])],
    ];
    for (const [before, after] of same.slice(0, -1))
      assert.deepEqual([await said(before, after), await said(after, before)], [[], []]);
    const [before, after] = same.at(-1) ?? [[], []];
    assert.deepEqual(await said(after, before), []); // what is denied is not given
  });

  it("say which values of a condition came, and how another operator widens it", async () => {
    assert.deepEqual(
      await said([list(tagged("StringEquals", "red"))], [list(tagged("StringEquals", "red", "blue"))]),
      [
        `more: role reader may now s3:GetObject ${on}, when aws:PrincipalTag/team is blue, before only when aws:PrincipalTag/team is red`,
      ],
    );
    assert.deepEqual(await said([list(tagged("StringEquals", "red"))], [list(tagged("StringLike", "r*"))]), [
      `more: role reader may now s3:GetObject ${on}, when aws:PrincipalTag/team is like r*, before only when aws:PrincipalTag/team is red`,
    ]);
    assert.deepEqual(
      await said([list(tagged("StringEquals", "red"))], [list(tagged("StringEqualsIfExists", "red"))]),
      [
        `more: role reader may now s3:GetObject ${on}, when aws:PrincipalTag/team is red, if it is there, before only when aws:PrincipalTag/team is red`,
      ],
    );
    assert.deepEqual(
      await said([list(tagged("StringNotEquals", "red", "blue"))], [list(tagged("StringNotEquals", "red"))]),
      [
        `more: role reader may now s3:GetObject ${on}, when aws:PrincipalTag/team is not red, before only when aws:PrincipalTag/team is not red or blue`,
      ],
    );
  });

  it("say perhaps where the texts do not tell", async () => {
    const [compared] = await said(
      [list(tagged("StringEquals", "red"))],
      [list(tagged("StringEqualsIgnoreCase", "red"))],
    );
    assert.match(
      compared ?? "",
      /^more: perhaps role reader may now .* \(its condition on aws:PrincipalTag\/team compares in another way\)$/,
    );
    const variable = "${aws:PrincipalTag/team}";
    const [named] = await said([list()], [list({ Resource: `${BUCKET}/${variable}` })]);
    assert.equal(named, `less: role reader may no longer s3:GetObject ${on}`);
    const [turned] = await said(
      [list({ Resource: `${BUCKET}/red` })],
      [list({ Resource: `${BUCKET}/${variable}` })],
    );
    assert.match(
      turned ?? "",
      /^more: perhaps role reader may now .* \(a variable of the policy stands for a name that is known with the request\)$/,
    );
    const odd = "arn:aws:dynamodb:eu-west-1:111111111111:table/pictures";
    const [unknown] = await said(
      [list()],
      [list(), list({ Sid: "B", Action: "s3:ListBucket", Resource: odd })],
    );
    assert.equal(
      unknown,
      `more: perhaps role reader may now s3:ListBucket on ${odd} (AWS's reference does not have the action on such a resource)`,
    );
    const but = { Sid: "Not", Effect: "Allow", NotAction: "s3:GetObject", Resource: "*" };
    assert.deepEqual(await said([list()], [list(), but]), [
      "more: perhaps role reader may now all but s3:GetObject on * (NotAction is not compared)",
    ]);
  });

  it("say what is denied, and what no longer is, as one change with what was allowed", async () => {
    assert.deepEqual(await said([list()], [list(), deny()]), [
      "less: role reader is now denied s3:GetObject on arn:aws:s3:::pictures/holiday.jpg",
    ]);
    assert.deepEqual(await said([list(), deny()], [list()]), [
      "more: role reader is no longer denied s3:GetObject on arn:aws:s3:::pictures/holiday.jpg",
    ]);
    assert.deepEqual(await said([list()], [list({ Effect: "Deny" })]), [
      `less: role reader is now denied s3:GetObject ${on}`,
    ]);
    assert.deepEqual(await said([list({ Effect: "Deny" })], [list()]), [
      `more: role reader may now s3:GetObject ${on}`,
    ]);
  });

  it("say who may take a role, and who is let in by a resource's policy", async () => {
    const pinned = {
      ...{ Principal: { AWS: "arn:aws:iam::222222222222:root" } },
      Condition: { ArnLike: { "aws:PrincipalArn": "arn:aws:iam::222222222222:role/deploy" } },
    };
    assert.deepEqual(await ofTrust(service, { ...service, ...pinned }), [
      "more: account 222222222222 may now sts:AssumeRole on role reader, when aws:PrincipalArn is arn:aws:iam::222222222222:role/deploy",
      "less: service ec2.amazonaws.com may no longer sts:AssumeRole on role reader",
    ]);
    const stranger = { Principal: { AWS: ["arn:aws:iam::999999999999:role/other"] } };
    assert.deepEqual(await ofBucket(list(stranger), list({ Principal: "*" })), [
      `more: by the bucket policy of ${BUCKET}, anybody may now s3:GetObject ${on}`,
    ]);
  });

  it("say which boundary limits a role", async () => {
    const limit = "arn:aws:iam::111111111111:policy/limit";
    const bounded = (boundary?: string): Written => ({
      managed: { [limit]: document(allow({ Resource: "*" })) },
      roles: { [READER]: { trust: document(service), ...(boundary !== undefined && { boundary }) } },
    });
    assert.deepEqual(await spoken(bounded(limit), bounded()), [
      "more: role reader is no longer limited by boundary limit",
    ]);
    assert.deepEqual(await spoken(bounded(), bounded(limit)), [
      "less: role reader is now limited by boundary limit",
    ]);
    assert.deepEqual(await spoken(bounded(limit), bounded("arn:aws:iam::111111111111:policy/other")), [
      "more: perhaps role reader is now limited by boundary other instead of limit (two boundaries are not compared)",
    ]);
  });
});
