import assert from "node:assert/strict";
import { root, service, session } from "../../../packages/iam/src/policy/principals";
import {
  allow,
  answer,
  type Asked,
  deny,
  READER,
  ROLE,
  without,
  withKeys,
} from "../../../packages/iam/tests/asked";
import type { Values } from "../../../packages/iam/src/json";

withKeys();

const ACROSS = "reference_policies_evaluation-logic-cross-account";
const OTHER = "222222222222";
const [MINE, THEIRS] = [{ AWS: "111111111111" }, { AWS: OTHER }];

describe("access/evaluate, across accounts", () => {
  const across = (asked: Asked) => answer({ ...asked, account: OTHER });
  const SESSION = "arn:aws:sts::111111111111:assumed-role/reader/now";

  it(`needs the identity's policy and the resource's, whomever that names (${ACROSS})`, () => {
    for (const named of [MINE, { AWS: ROLE }, { AWS: SESSION }, "*"]) {
      const granted = allow({ Principal: named });
      assert.equal(across({ granted }), "identity");
      assert.equal(across({ granted, identity: allow() }), "allowed");
      assert.equal(
        across({ granted, identity: allow(), boundary: allow({ Action: "s3:PutObject" }) }),
        "boundary",
      );
      assert.equal(
        across({ granted, identity: allow(), session: allow({ Action: "s3:PutObject" }) }),
        "session",
      );
    }
    assert.equal(across({ identity: allow() }), "resource");
    assert.equal(across({ identity: allow(), granted: allow({ Principal: THEIRS }) }), "resource");
    assert.equal(across({}), "identity, resource");
  });

  it(`lets a deny on either side win (${ACROSS})`, () => {
    const granted = allow({ Principal: MINE });
    assert.equal(across({ granted, identity: deny() }), "explicit deny by the role, No");
    assert.equal(
      across({ granted: deny({ Principal: MINE }), identity: allow() }),
      "explicit deny by the resource, No",
    );
  });

  it(`asks a root user of another account for the resource's policy (${ACROSS})`, () => {
    assert.equal(across({ principal: root("111111111111") }), "resource");
    assert.equal(across({ principal: root("111111111111"), granted: allow({ Principal: MINE }) }), "allowed");
  });
});

describe("access/evaluate, roles that are assumed", () => {
  const PAGE = "https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html";
  const target = (account: string) => `arn:aws:iam::${account}:role/deploy`;
  const trust = (named: unknown): Values => ({
    ...without(allow(), "Resource"),
    Action: "sts:AssumeRole",
    Principal: named,
  });
  const assume = (account: string, named: unknown, more: Asked = {}) =>
    answer({
      action: "sts:AssumeRole",
      resource: target(account),
      account,
      attached: "trust",
      granted: trust(named),
      ...more,
    });
  const may = { identity: allow({ Action: "sts:AssumeRole", Resource: "*" }) };

  it(`needs, in one account, a trust that names the role, or its account and an identity's policy (${PAGE})`, () => {
    assert.equal(assume("111111111111", { AWS: ROLE }), "allowed");
    assert.equal(assume("111111111111", MINE), "identity");
    assert.equal(assume("111111111111", MINE, may), "allowed");
    assert.equal(assume("111111111111", THEIRS, may), "resource");
    assert.equal(assume("111111111111", { AWS: ROLE }, { boundary: allow() }), "boundary");
  });

  it(`needs, across accounts, both (${PAGE})`, () => {
    assert.equal(assume(OTHER, MINE), "identity");
    assert.equal(assume(OTHER, { AWS: ROLE }), "identity");
    assert.equal(assume(OTHER, MINE, may), "allowed");
    assert.equal(assume(OTHER, { AWS: ROLE }, may), "allowed");
    assert.equal(assume(OTHER, THEIRS, may), "resource");
  });

  it("lets a role take itself only where its trust says so (https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_update-role-trust-policy.html)", () => {
    const self = (named: unknown) =>
      assume("111111111111", named, { principal: READER, resource: ROLE, ...may });
    assert.equal(self({ Service: "lambda.amazonaws.com" }), "resource");
    assert.equal(self({ AWS: ROLE }), "allowed");
  });

  it(`lets a service take a role that trusts it (reference_policies_elements_principal#principal-services)`, () => {
    const by = (name: string) =>
      assume(OTHER, { Service: "codebuild.amazonaws.com" }, { principal: service(name) });
    assert.equal(by("codebuild.amazonaws.com"), "allowed");
    assert.equal(by("lambda.amazonaws.com"), "resource");
  });

  it(`lets no root user take a role (${PAGE})`, () => {
    const principal = root("111111111111");
    for (const named of [MINE, "*"]) assert.equal(assume("111111111111", named, { principal }), "identity");
    assert.equal(assume(OTHER, MINE, { principal }), "identity");
  });
});

describe("access/evaluate, keys", () => {
  const PAGE = "https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html";
  const resource = "arn:aws:kms:eu-west-1:111111111111:key/0";
  const decrypt = { Action: "kms:Decrypt", Resource: "*" };
  const use = (named: unknown, more: Asked = {}) =>
    answer({
      action: "kms:Decrypt",
      resource,
      attached: "key",
      granted: allow({ ...decrypt, Principal: named }),
      ...more,
    });
  const may = { identity: allow(decrypt) };

  it(`makes identity policies count only where the key's policy delegates to the account (${PAGE})`, () => {
    assert.equal(use(THEIRS, may), "resource");
    assert.equal(use(MINE, may), "allowed");
    assert.equal(use(MINE), "identity");
    assert.equal(
      use(MINE, {
        identity: allow(decrypt),
        granted: allow({ Principal: MINE, Action: "kms:Encrypt", Resource: "*" }),
      }),
      "resource",
    );
  });

  it(`lets a role that the key's policy names use it (${PAGE})`, () => {
    assert.equal(use({ AWS: ROLE }), "allowed");
    assert.equal(use({ AWS: ROLE }, { boundary: allow() }), "boundary");
  });

  it(`needs both sides across accounts (https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-modifying-external-accounts.html)`, () => {
    const principal = session(`arn:aws:iam::${OTHER}:role/deploy`, "now");
    assert.equal(use(THEIRS, { principal }), "identity");
    assert.equal(use(THEIRS, { principal, ...may }), "allowed");
    assert.equal(use(MINE, { principal, ...may }), "resource");
  });

  it(`binds root users too (${PAGE}#key-policy-default-allow-root-enable-iam)`, () => {
    assert.equal(use(MINE, { principal: root("111111111111") }), "allowed");
    assert.equal(use({ AWS: ROLE }, { principal: root("111111111111") }), "resource");
  });
});

describe("access/evaluate, roles that are passed", () => {
  const PAGE = "id_roles_use_passrole";
  const pass = (account: string) => {
    const resource = `arn:aws:iam::${account}:role/execution`;
    const Condition = { StringEquals: { "iam:PassedToService": "cloudformation.amazonaws.com" } };
    const identity = allow({ Action: "iam:PassRole", Resource: "*", Condition });
    const context = { "iam:PassedToService": "cloudformation.amazonaws.com" };
    return answer({ action: "iam:PassRole", resource, account, identity, context });
  };

  it(`passes a role within its account, whomever that trusts, and never to another (${PAGE})`, () => {
    assert.equal(pass("111111111111"), "allowed");
    assert.equal(pass(OTHER), "resource");
  });
});
