import assert from "node:assert/strict";
import { withAccounts } from "./accounts";
import { ASKED } from "./asked";
import { spoilt } from "./askedOfPolicies";
import type { Values } from "./declared";
import { LIMITS, type PolicyKind } from "./policies";
import { reason } from "./reason";
import { REFUSALS } from "./refusals";
import { document, policyOfSize, role, STATEMENTS, trust, writePolicy } from "./samples";

describe("the doubled AWS refuses", () => {
  for (const [id, asked] of Object.entries(ASKED)) {
    it(`for ${id}, with the service's code and a page of documentation`, async () => {
      const refusal = await reason(asked);
      assert.equal(refusal.id, id);
      const { code, source } = REFUSALS[refusal.id];
      assert.ok(refusal.message.startsWith(`${code}: `), refusal.message);
      assert.match(source, /^https:\/\/(docs\.aws\.amazon\.com|www\.pulumi\.com)\/.+/);
    });
  }

  for (const [kind, limit] of Object.entries(LIMITS) as [PolicyKind, number][]) {
    it(`no ${kind} policy of ${limit} characters, its limit`, () =>
      withAccounts(({ own }) => writePolicy(own, kind, policyOfSize(kind, limit))));
  }

  it("inline policies of a role that are too long together", async () => {
    const half = policyOfSize("inline", LIMITS.inline / 2);
    const { id } = await reason(async ({ own }) => {
      await role(own, "job", trust("codebuild.amazonaws.com"));
      for (const name of ["one", "two", "three"]) {
        await own.make("iam/rolePolicy:RolePolicy", name, { role: "job", policy: half });
      }
    });
    assert.equal(id, "inline-size");
  });

  const wrong: readonly (readonly [string, Values])[] = [
    ["an element that is none", { Effects: "Allow" }],
    ["an action without a service", { Action: "GetObject" }],
    ["no action", { Action: undefined }],
    ["a resource that is no ARN", { Resource: "data" }],
    ["no resource", { Resource: undefined }],
    ["a principal of an identity", { Principal: "*" }],
    [
      "a condition operator that is none",
      { Condition: { StringIs: { "aws:RequestedRegion": "eu-west-1" } } },
    ],
    ["a Sid with a blank", { Sid: "read it" }],
  ];
  for (const [what, changes] of wrong) {
    it(`a policy with ${what}`, async () => {
      assert.equal((await reason(spoilt("managed", changes))).id, "managed-form");
    });
  }

  for (const [what, text] of [
    ["is no JSON", "{"],
    ["has no statement", '{"Version":"2012-10-17","Statement":[]}'],
    [
      "has a version that is none",
      JSON.stringify({ ...document(STATEMENTS.managed), Version: "2026-01-01" }),
    ],
    [
      "has one Sid twice",
      JSON.stringify(document({ ...STATEMENTS.managed, Sid: "a" }, { ...STATEMENTS.managed, Sid: "a" })),
    ],
  ] as const) {
    it(`a policy that ${what}`, async () => {
      const { id } = await reason(({ own }) => writePolicy(own, "managed", text));
      assert.equal(id, "managed-form");
    });
  }
});
