import assert from "node:assert/strict";
import { NotKnown } from "../../src/policy/notKnown";
import { anonymous, root, service, user } from "../../src/policy/principals";
import { allow, answer, ask, type Asked, deny, READER, ROLE, withKeys } from "../asked";

withKeys();

const LOGIC = "reference_policies_evaluation-logic_policy-eval-denyallow";
const BASICS = "reference_policies_evaluation-logic_policy-eval-basics";
const BOUNDARIES = "access_policies_boundaries";

const to = (principal: unknown, more = {}) => allow({ Principal: principal, ...more });
const SESSION = "arn:aws:sts::111111111111:assumed-role/reader/now";
const ACCOUNT = { AWS: "arn:aws:iam::111111111111:root" };

describe("access/evaluate, one account", () => {
  it(`denies what nothing allows (${LOGIC})`, () => {
    assert.deepEqual(ask({}), { verdict: "denied", by: [], missing: ["identity"] });
  });

  it(`allows what an identity's policy allows, and names the statement (${BASICS})`, () => {
    const by = [{ policy: "the role", sid: "Yes", effect: "Allow" }];
    assert.deepEqual(ask({ identity: allow() }), { verdict: "allowed", by, missing: [] });
  });

  it(`allows what the resource's policy alone allows (${BASICS})`, () => {
    const by = [{ policy: "the resource", sid: "Yes", effect: "Allow" }];
    assert.deepEqual(ask({ granted: to({ AWS: ROLE }) }), { verdict: "allowed", by, missing: [] });
  });

  it(`lets a deny win, wherever it stands (${LOGIC})`, () => {
    const open: Asked = { identity: allow(), boundary: allow(), session: allow(), granted: to("*") };
    const denies: Asked[] = [
      { identity: deny() },
      { boundary: deny() },
      { session: deny() },
      { granted: deny({ Principal: "*" }) },
    ];
    const names = ["the role", "the boundary", "the session", "the resource"];
    assert.equal(answer(open), "allowed");
    denies.forEach((each, index) => {
      const policy = names[index] ?? "";
      assert.deepEqual(ask({ ...open, ...each }), {
        verdict: "denied",
        by: [{ policy, sid: "No", effect: "Deny" }],
        missing: [`explicit deny by ${policy}, No`],
      });
    });
  });

  it(`limits an identity's policies by its boundary and session policy (${BOUNDARIES})`, () => {
    const other = allow({ Action: "s3:PutObject" });
    assert.equal(answer({ identity: allow(), boundary: other }), "boundary");
    assert.equal(answer({ identity: allow(), session: other }), "session");
    assert.equal(answer({ identity: allow(), boundary: other, session: other }), "boundary, session");
    assert.equal(answer({ identity: other, boundary: allow() }), "identity");
    assert.equal(answer({ identity: allow(), boundary: allow(), session: allow() }), "allowed");
  });

  it(`limits by boundary and session what a resource's policy grants a role, not what it grants a session or everyone (${LOGIC})`, () => {
    const other = allow({ Action: "s3:PutObject" });
    for (const limits of [{ boundary: other }, { session: other }]) {
      assert.equal(answer({ ...limits, granted: to({ AWS: ROLE }) }), Object.keys(limits).join());
      assert.equal(answer({ ...limits, granted: to({ AWS: SESSION }) }), "allowed");
      assert.equal(answer({ ...limits, granted: to("*") }), "allowed");
    }
  });

  it("leaves to identity policies what a resource's policy grants their account (reference_policies_elements_principal#principal-accounts)", () => {
    for (const principal of [ACCOUNT, { AWS: "111111111111" }]) {
      assert.equal(answer({ granted: to(principal) }), "identity");
      assert.equal(answer({ granted: to(principal), identity: allow() }), "allowed");
      assert.equal(
        answer({ granted: { ...to(principal), Effect: "Deny", Sid: "No" }, identity: allow() }),
        "explicit deny by the resource, No",
      );
    }
  });

  it(`bounds a user not by its boundary where the resource's policy names the user (${LOGIC})`, () => {
    const ann = user("arn:aws:iam::111111111111:user/ann");
    const boundary = allow({ Action: "s3:PutObject" });
    assert.equal(
      answer({ principal: ann, boundary, granted: to({ AWS: "arn:aws:iam::111111111111:user/ann" }) }),
      "allowed",
    );
    assert.equal(
      answer({ principal: ann, boundary, granted: to({ AWS: "arn:aws:iam::111111111111:user/bob" }) }),
      "identity, boundary",
    );
  });

  it(`lets a root user do all in its account that no policy denies (${LOGIC})`, () => {
    assert.equal(answer({ principal: root("111111111111") }), "allowed");
    assert.equal(
      answer({ principal: root("111111111111"), granted: deny({ Principal: "*" }) }),
      "explicit deny by the resource, No",
    );
  });

  it("lets services and strangers do what the resource's policy grants them (reference_policies_elements_principal#principal-services)", () => {
    const [logs, lambda] = [service("logging.s3.amazonaws.com"), service("lambda.amazonaws.com")];
    const granted = to({ Service: "logging.s3.amazonaws.com" });
    assert.equal(answer({ principal: logs, granted }), "allowed");
    assert.equal(answer({ principal: lambda, granted }), "resource");
    assert.equal(answer({ principal: anonymous, granted }), "resource");
    assert.equal(answer({ granted }), "identity");
    for (const everyone of ["*", { AWS: "*" }])
      assert.equal(answer({ principal: anonymous, granted: to(everyone) }), "allowed");
    assert.equal(answer({ principal: anonymous, granted: to(ACCOUNT) }), "resource");
  });

  it("spares with NotPrincipal who is named with its account, and nobody with a boundary (reference_policies_elements_notprincipal)", () => {
    const granted = (...named: string[]) => ({ ...deny(), NotPrincipal: { AWS: named } });
    const asked = (...named: string[]): Asked => ({ identity: allow(), granted: granted(...named) });
    const denied = "explicit deny by the resource, No";
    assert.equal(answer(asked("111111111111", ROLE)), "allowed");
    assert.equal(answer(asked("222222222222")), denied);
    assert.equal(answer({ ...asked("111111111111", ROLE), boundary: allow() }), denied);
    for (const part of [ROLE, "111111111111"])
      assert.throws(() => answer(asked(part)), /does not say whether that exempts/);
    assert.equal(answer({ principal: root("111111111111"), granted: granted("111111111111") }), "allowed");
  });

  it("refuses principals in forms that are not modelled (reference_policies_elements_principal)", () => {
    const forms = [
      { Federated: "accounts.google.com" },
      { CanonicalUser: "79a5" },
      { AWS: "AROAEXAMPLE" },
      { Service: "*" },
    ];
    for (const form of [
      ...forms,
      { AWS: "arn:aws:iam::111111111111:role/*" },
      "arn:aws:iam::1:root",
      {},
      { AWS: [1] },
    ]) {
      assert.throws(() => ask({ granted: to(form) }), NotKnown, JSON.stringify(form));
    }
  });

  it("looks at a condition only where all else fits, so that a key is asked for only where it counts", () => {
    const Condition = { StringEquals: { "s3:prefix": "a" } };
    assert.equal(answer({ identity: allow({ Condition, Action: "s3:PutObject" }) }), "identity");
    assert.throws(() => answer({ identity: allow({ Condition }) }), /says nothing of s3:prefix/);
  });

  it("refuses a question that its documents do not answer", () => {
    assert.throws(
      () => ask({ principal: service("lambda.amazonaws.com"), identity: allow() }),
      /a service has no policies/,
    );
    assert.throws(() => ask({ principal: READER, action: "s3:Get*" }), /s3:Get\* is not one action/);
    const key = "arn:aws:kms:eu-west-1:111111111111:key/1";
    assert.throws(() => ask({ action: "kms:Decrypt", resource: key }), /needs the key policy/);
    assert.throws(() => ask({ action: "sts:AssumeRole", resource: ROLE }), /needs the trust policy/);
  });
});
