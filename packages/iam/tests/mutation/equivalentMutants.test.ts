import assert from "node:assert/strict";
import { type Catalog, catalog } from "../../src/policy/catalog";
import { equivalenceOf } from "../../src/mutation/equivalentMutants";
import type { Equivalence } from "../../src/mutation/known";
import { type Forms, formsOf } from "../../src/mutation/forms";
import { type MutatorName, mutants } from "../../src/mutation/mutators";
import { type Attached, policy } from "../../src/policy/policies";
import { allow, deny, document, documentedKeys, without, withKeys } from "../asked";
import type { Values } from "../../src/json";
import { roleWith } from "../../src/matrix/subjects";
import type { AccessModel } from "../../src/model";

withKeys();

const BUCKET = "arn:aws:s3:::pictures";
const OURS = "arn:aws:s3:::ours";
const ACCOUNT = "arn:aws:iam::111111111111:root";

/** One account with one bucket, and these roles. */
const estate = (roles: AccessModel["roles"] = new Map()): AccessModel => ({
  accounts: new Map([["111111111111", ["pictures"]]]),
  roles,
  guarded: new Map([[OURS, { arn: OURS, account: "111111111111", attached: "bucket", policy: undefined }]]),
  managed: new Map(),
  keys: documentedKeys(),
});

let known: Catalog;
let forms: Forms;
before(async () => {
  known = await catalog(["cloudformation", "codedeploy", "s3", "sns", "sts"]);
  forms = await formsOf(known.covered("*"));
});

/** What the mutants of one mutator are excused as, in a policy of these statements. */
const excuses = (mutator: MutatorName, attached: Attached, ...statements: readonly Values[]) =>
  excusesOn(BUCKET, mutator, attached, ...statements);

function excusesOn(
  owner: string,
  mutator: MutatorName,
  attached: Attached,
  ...statements: readonly Values[]
): (Equivalence | undefined)[] {
  const content = document(...statements);
  const about = { owner, policy: policy("tried", attached, content, documentedKeys()) };
  return mutants(content, { stranger: "arn:aws:iam::999999999999:root" })
    .filter((each) => each.mutator === mutator)
    .map((each) => equivalenceOf(about, each, { model: estate(), catalog: known, forms }));
}

describe("Equivalent mutants", () => {
  it("excuses what another statement says as well, and nothing else", () => {
    const [one, two] = [allow({ Sid: "One" }), allow({ Sid: "Two", Action: "s3:*" })];
    assert.deepEqual(excuses("delete statement", "identity", one, two), ["redundant", undefined]);
    assert.deepEqual(excuses("delete statement", "identity", one), [undefined]);
    const limited = { ...two, Condition: { StringEquals: { "aws:PrincipalAccount": "111111111111" } } };
    assert.deepEqual(excuses("delete statement", "identity", one, limited), [undefined, undefined]);
    assert.deepEqual(excuses("action to svc:*", "identity", one, two), ["redundant"]);
    assert.deepEqual(excuses("delete action", "identity", allow({ Action: ["s3:GetObject", "s3:Get*"] })), [
      "redundant",
      undefined,
    ]);
  });

  it("never excuses an effect that is flipped", () => {
    const [one, two] = [allow({ Sid: "One" }), allow({ Sid: "Two" })];
    assert.deepEqual(excuses("flip effect", "identity", one, two), [undefined, undefined]);
    assert.deepEqual(excuses("flip effect", "identity", deny()), [undefined]);
  });

  it("excuses IfExists for a key that all who are named always have", () => {
    const trusted = (Principal: Values, key = "aws:PrincipalArn", operator = "ArnEquals") =>
      excuses(
        "operator to IfExists",
        "trust",
        without(
          allow({ Principal, Action: "sts:AssumeRole", Condition: { [operator]: { [key]: ACCOUNT } } }),
          "Resource",
        ),
      );
    assert.deepEqual(trusted({ AWS: ACCOUNT }), ["key always there"]);
    assert.deepEqual(trusted({ AWS: "arn:aws:iam::111111111111:role/a" }), ["key always there"]);
    assert.deepEqual(trusted({ AWS: "*" }), [undefined]); // anonymous requests have none
    assert.deepEqual(trusted({ AWS: ACCOUNT, Service: "ec2.amazonaws.com" }), [undefined]);
    assert.deepEqual(trusted({ AWS: ACCOUNT }, "aws:SourceArn"), [undefined]);
    assert.deepEqual(trusted({ AWS: ACCOUNT }, "aws:SourceArn", "ArnNotEquals"), ["redundant"]);
  });

  it("excuses a stranger under a condition that only requests of services meet", () => {
    const from = (Condition: Values) =>
      excuses(
        "principal and a stranger",
        "trust",
        without(
          allow({ Principal: { Service: "ec2.amazonaws.com" }, Action: "sts:AssumeRole", Condition }),
          "Resource",
        ),
      );
    assert.deepEqual(from({ ArnLike: { "aws:SourceArn": ACCOUNT } }), ["key never there"]);
    assert.deepEqual(from({ ArnLikeIfExists: { "aws:SourceArn": ACCOUNT } }), [undefined]);
    assert.deepEqual(from({ ArnNotLike: { "aws:SourceArn": ACCOUNT } }), [undefined]);
    assert.deepEqual(from({ ArnLike: { "aws:PrincipalArn": ACCOUNT } }), [undefined]);
  });

  it("excuses more resources in the policy of a resource, which is asked about no other", () => {
    const put = (Resource: unknown) => allow({ Principal: "*", Action: "s3:PutObject", Resource });
    const wider = (attached: Attached, statement: Values) => excuses("resource to *", attached, statement);
    assert.deepEqual(wider("bucket", put(`${BUCKET}/*`)), ["own resource"]);
    assert.deepEqual(wider("bucket", put(`${BUCKET}/a/*`)), [undefined]);
    assert.deepEqual(wider("bucket", { ...put(`${BUCKET}/*`), Action: "s3:*" }), [undefined]);
    assert.deepEqual(wider("identity", without(put(`${BUCKET}/*`), "Principal")), [undefined]);
  });

  describe("of a bucket of account 111111111111", () => {
    const role = (account: string) => `arn:aws:iam::${account}:role/a`;
    const root = (account: string) => `arn:aws:iam::${account}:root`;
    const read = (account: string, ...roles: readonly string[]) =>
      allow({
        Principal: { AWS: root(account) },
        Resource: `${OURS}/*`,
        ...(roles.length > 0 && { Condition: { ArnEquals: { "aws:PrincipalArn": roles } } }),
      });
    const wider = (mutator: MutatorName, statement: Values, attached: Attached = "bucket") =>
      excusesOn(OURS, mutator, attached, statement);

    it("excuses principals that a condition on the principal's ARN leaves out again", () => {
      const [abroad, both] = [
        read("222222222222", role("222222222222")),
        read("222222222222", role("222222222222"), role("111111111111")),
      ];
      assert.deepEqual(wider("principal and a stranger", abroad), ["accounts of the condition"]);
      assert.deepEqual(wider("principal to *", abroad), ["accounts of the condition"]);
      assert.deepEqual(wider("principal and a stranger", both), ["accounts of the condition"]);
      assert.deepEqual(wider("principal to *", both), [undefined]); // lets the own account's in by itself
      assert.deepEqual(wider("principal and a stranger", read("222222222222")), [undefined]);
      assert.deepEqual(wider("principal and a stranger", read("222222222222", role("999999999999"))), [
        undefined,
      ]);
    });

    it("excuses what its own account is given, but for keys, Deny and others", () => {
      const own = read("111111111111", role("111111111111"));
      assert.deepEqual(wider("delete condition", own), ["own account"]);
      assert.deepEqual(wider("action to svc:*", own), ["own account"]);
      assert.deepEqual(wider("delete condition", own, "key"), [undefined]);
      assert.deepEqual(wider("delete condition", { ...own, Effect: "Deny" }), [undefined]);
      assert.deepEqual(wider("delete condition", read("222222222222", role("222222222222"))), [undefined]);
    });
  });

  it("excuses more resources where AWS asks for the action on none of them", () => {
    const [arn, further] = ["arn:aws:codedeploy:eu-west-1:111111111111:", "deploymentconfig:*"];
    const wider = (Action: string, Resource = `${arn}${further}`) =>
      excuses("resource's last part to *", "identity", allow({ Action, Resource }));
    assert.deepEqual(wider("codedeploy:GetDeploymentConfig"), ["asked on nothing else"]);
    assert.deepEqual(wider("codedeploy:GetDeploymentConfig", `${arn}deploymentconfig:mine`), [undefined]);
    assert.deepEqual(wider("codedeploy:Get*"), [undefined]); // deployment groups as well
    assert.deepEqual(wider("codedeploy:NoSuchAction"), [undefined]);
  });

  it("excuses more actions that AWS asks for on nothing that is named", () => {
    const arn = "arn:aws:cloudformation:eu-west-1:";
    const wider = (Resource: string) =>
      excuses("action to svc:*", "identity", allow({ Action: "cloudformation:CreateChangeSet", Resource }));
    assert.deepEqual(wider(`${arn}aws:transform/Include`), ["asked on nothing else"]);
    assert.deepEqual(wider(`${arn}111111111111:stack/mine/*`), [undefined]);
  });

  it("takes the resource's account for a key that is always there, and its absence for another text", () => {
    const own = allow({ Condition: { StringEquals: { "aws:ResourceAccount": "111111111111" } } });
    assert.deepEqual(excuses("operator to IfExists", "identity", own), ["key always there"]);
    assert.deepEqual(excuses("delete condition", "identity", own), [undefined]);
  });

  it("excuses a Deny by what it refuses", () => {
    const tls = deny({
      Principal: "*",
      Action: "s3:*",
      Resource: [BUCKET, `${BUCKET}/*`],
      Condition: { Bool: { "aws:SecureTransport": "false" } },
    });
    assert.deepEqual(excuses("operator to IfExists", "bucket", tls), ["key always there"]);
    assert.deepEqual(excuses("resource to *", "bucket", tls), ["own resource"]);
    assert.deepEqual(excuses("delete resource", "bucket", tls), [undefined, undefined]);
    assert.deepEqual(excuses("delete condition", "bucket", tls), [undefined]);
  });
});

describe("Equivalent mutants of a role with two policies", () => {
  const made = (name: string, ...statements: readonly Values[]) =>
    policy(name, "identity", document(...statements), documentedKeys());
  const roleArn = "arn:aws:iam::111111111111:role/two";

  /** What is made of the first policy without its action s3:PutObject, beside another one. */
  const withoutPut = (...other: readonly Values[]): Equivalence | undefined => {
    const both = allow({ Action: ["s3:GetObject", "s3:PutObject"] });
    const [own, beside] = [made("own", both), made("beside", ...other)];
    const role = roleWith(roleArn, [own, beside]);
    const content = document(both);
    const mutant = mutants(content, { stranger: ACCOUNT }).find(({ name }) =>
      name.endsWith("without action s3:PutObject"),
    );
    assert.ok(mutant);
    const model = estate(new Map([[roleArn, role]]));
    return equivalenceOf({ owner: roleArn, policy: own }, mutant, { model, catalog: known, forms });
  };

  it("are redundant where the other policy says the same, or denies what is lost", () => {
    const put = { Action: "s3:PutObject" };
    const conditional = { ...put, Condition: { Bool: { "aws:SecureTransport": "true" } } };
    assert.deepEqual(
      [allow(put), deny(put), allow({ Action: "s3:DeleteObject" }), deny(conditional)].map((each) =>
        withoutPut(each),
      ),
      ["redundant elsewhere", "redundant elsewhere", undefined, undefined],
    );
  });
});
