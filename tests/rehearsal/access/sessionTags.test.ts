import assert from "node:assert/strict";
import { decide, type Question } from "../../../packages/iam/src/evaluate/decide";
import { type Attached, policy } from "../../../packages/iam/src/policy/policies";
import { session, withRoleTags } from "../../../packages/iam/src/policy/principals";
import { allow, deny, document, documentedKeys, withKeys } from "../../../packages/iam/tests/asked";
import type { Values } from "../../../packages/iam/src/json";
import type { AccessModel, Role } from "../../../packages/iam/src/model";

withKeys();

const roleArn = (name: string) => `arn:aws:iam::111111111111:role/${name}`;
const stack = (branch: string) => `arn:aws:cloudformation:eu-west-1:111111111111:stack/cat-${branch}/1`;
const OWN = {
  Action: "cloudformation:DeleteStack",
  Resource: "arn:aws:cloudformation:eu-west-1:111111111111:stack/cat-${aws:PrincipalTag/branch}/*",
};
const DELETE = { action: "cloudformation:DeleteStack", resource: stack("a") };

/** A model of one role that somebody takes, and of somebody. */
function modelOf(
  identity: readonly Values[],
  trust: readonly Values[] = [],
  more: Partial<Role> = {},
): AccessModel {
  const made = (name: string, attached: Attached, statements: readonly Values[]) =>
    policy(name, attached, document(...statements), documentedKeys());
  const role = (name: string, own: readonly Values[], trusted: readonly Values[]): Role => ({
    arn: roleArn(name),
    account: "111111111111",
    trust:
      trusted.length > 0
        ? made(`trust of ${name}`, "trust", trusted)
        : { name: "", attached: "trust", statements: [] },
    identity: own.length > 0 ? [made(`policy of ${name}`, "identity", own)] : [],
    boundary: undefined,
  });
  const all = [{ ...role("taken", identity, trust), ...more }, role("taker", [], [])];
  return {
    ...{ accounts: new Map([["111111111111", ["tooling"]]]), guarded: new Map(), managed: new Map() },
    roles: new Map(all.map((each) => [each.arn, each])),
    keys: documentedKeys(),
  };
}

const verdict = (model: AccessModel, question: Question): string => decide(model, question).verdict;
const as = (tags?: Record<string, string>) => session(roleArn("taken"), "now", tags);

describe("access, tags of sessions", () => {
  it("stand for a variable in a resource, which without the tag matches nothing", () => {
    const model = modelOf([allow(OWN)]);
    const answers = [
      as({ branch: "a" }),
      as({ branch: "b" }),
      as({ Branch: "a" }),
      as({ other: "a" }),
      as(),
    ].map((principal) => verdict(model, { ...DELETE, principal }));
    assert.deepEqual(answers, ["allowed", "denied", "allowed", "denied", "denied"]);
  });

  it("are a condition key, and a variable in a condition's value, which without the tag is equal to nothing", () => {
    const key = modelOf([
      allow({ ...OWN, Resource: "*", Condition: { StringEquals: { "aws:PrincipalTag/branch": "a" } } }),
    ]);
    assert.deepEqual(
      [as({ branch: "a" }), as({ branch: "b" }), as()].map((principal) =>
        verdict(key, { ...DELETE, principal }),
      ),
      ["allowed", "denied", "denied"],
    );
    const other = { StringNotEquals: { "aws:RequestTag/branch": "${aws:PrincipalTag/branch}" } };
    const Action = "iam:CreateRole";
    const value = modelOf([
      allow({ Action, Resource: "*" }),
      deny({ Action, Resource: "*", Condition: other }),
    ]);
    const create = (branch: string | undefined, tags?: Record<string, string>) =>
      verdict(value, {
        principal: as(tags),
        action: Action,
        resource: roleArn("new"),
        ...(branch === undefined
          ? { absent: ["aws:RequestTag/branch"] }
          : { context: { "aws:RequestTag/branch": branch } }),
      });
    assert.deepEqual(
      [create("a", { branch: "a" }), create("b", { branch: "a" }), create(undefined, { branch: "a" })],
      ["allowed", "denied", "denied"],
    );
    // Whether such a refusal refuses anything then, AWS's pages leave open.
    assert.throws(() => create("a"), /aws:PrincipalTag\/branch\} has no value in the request/);
  });

  it("are the role's too, unless the session has another value", () => {
    const model = modelOf([allow(OWN)], [], { tags: { branch: "a", team: "x" } });
    assert.deepEqual(
      [as(), as({ branch: "b" })].map((principal) => verdict(model, { ...DELETE, principal })),
      ["allowed", "denied"],
    );
    assert.deepEqual(
      withRoleTags(as({ Branch: "b" }), { branch: "a", team: "x" }),
      as({ team: "x", Branch: "b" }),
    );
  });

  it("are not the request's to say", () =>
    assert.throws(
      () =>
        verdict(modelOf([allow(OWN)]), {
          ...DELETE,
          principal: as(),
          context: { "aws:PrincipalTag/branch": "a" },
        }),
      {
        message:
          "condition key aws:PrincipalTag/branch follows from who asks for what; a request cannot say it",
      },
    ));
});

describe("access, roles that are taken with tags", () => {
  const conditions = {
    StringLike: { "aws:RequestTag/branch": "?" },
    "ForAllValues:StringEquals": { "aws:TagKeys": ["branch"] },
  };
  const trusting = (Action: readonly string[]): Values => ({
    Sid: "Taken",
    Effect: "Allow",
    Principal: { AWS: roleArn("taker") },
    Action,
    Condition: conditions,
  });
  const take = (Action: readonly string[], more: Partial<Question>) =>
    verdict(modelOf([], [trusting(Action)]), {
      principal: session(roleArn("taker"), "now"),
      action: "sts:AssumeRole",
      resource: roleArn("taken"),
      ...more,
    });
  const BOTH = ["sts:AssumeRole", "sts:TagSession"];
  const FOR_A = { context: { "aws:RequestTag/branch": "a" } };

  it("need the permission to tag sessions beside that to take the role", () => {
    assert.deepEqual(
      [take(BOTH, FOR_A), take(["sts:AssumeRole"], FOR_A), take(["sts:TagSession"], FOR_A)],
      ["allowed", "denied", "denied"],
    );
  });

  it("are asked with the keys of all their tags", () => {
    const tags = (...names: string[]) => ({
      context: Object.fromEntries(names.map((name) => [`aws:RequestTag/${name}`, "a"])),
    });
    assert.deepEqual(
      [tags("branch"), tags("branch", "team"), tags("team"), tags("Branch")].map((each) =>
        take(BOTH, { ...each, absent: "others" }),
      ),
      ["allowed", "denied", "denied", "denied"],
    );
    assert.equal(take(BOTH, { absent: "others" }), "denied");
    assert.throws(() => take(BOTH, { context: { "aws:RequestTag/branch": "a", "aws:TagKeys": ["team"] } }), {
      message: "the request has a tag branch, and says team for aws:TagKeys",
    });
  });
});
