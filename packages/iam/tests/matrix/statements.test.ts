import assert from "node:assert/strict";
import { catalog } from "../../src/policy/catalog";
import {
  askable,
  classes,
  conditionsOf,
  isOn,
  naming,
  marksOf,
  slicing,
  withOthers,
} from "../../src/matrix/statements";
import type { Permission } from "../../src/matrix/permission";
import { policy } from "../../src/policy/policies";
import { allow, document, documentedKeys, withKeys } from "../asked";
import type { Values } from "../../src/json";

withKeys();

const made = (...statements: Values[]) => policy("it", "identity", document(...statements), documentedKeys());
const known = () => catalog(["s3", "kms"]);
const permission = (...actions: string[]): Permission => ({
  ...{ who: "x", actions, on: [], reason: "y", at: "z" },
});

describe("Statements by action", () => {
  it("are named by what they cover, whatever the case, and by what AWS's reference lacks", async () => {
    const named = naming(withOthers(await known(), ["s3:GetObject", "s3:NewThing"]));
    const { statements } = made(
      allow({ Action: ["S3:getobject", "s3:newthing", "s3:NewThing"] }),
      allow({ Action: "s3:New*" }),
      allow({ Action: undefined, NotAction: ["s3:*"] }),
    );
    const [some, pattern, others] = statements.map((each) => [...named(each)]);
    assert.deepEqual([...new Set(some)], ["s3:GetObject", "s3:NewThing"]);
    assert.deepEqual(pattern, ["s3:NewThing"]);
    assert.ok(others?.includes("kms:Decrypt") && !others.some((each) => each.startsWith("s3:")));
  });

  it("are sliced once, and a policy keeps its place with none", async () => {
    const sliced = slicing(naming(await known()));
    const whole = made(allow({ Sid: "A" }), allow({ Sid: "B", Action: "s3:PutObject" }));
    const slice = sliced(whole, "s3:PutObject");
    assert.deepEqual(
      slice.statements.map(({ sid }) => sid),
      ["B"],
    );
    assert.equal(sliced(whole, "s3:PutObject"), slice);
    assert.deepEqual(
      [sliced(whole, "s3:ListBucket").statements, sliced(undefined, "s3:ListBucket")],
      [[], undefined],
    );
  });

  it("are about a resource whatever their conditions say", () => {
    const [one, other, itself] = [
      ...made(
        allow({ Resource: "arn:aws:s3:::a/*", Condition: { Bool: { "aws:SecureTransport": "false" } } }),
        allow({ Resource: undefined, NotResource: "arn:aws:s3:::a/*" }),
      ).statements,
      ...policy(
        "it",
        "repository",
        document({ ...allow({ Action: "ecr:PutImage", Principal: "*" }), Resource: undefined }),
        documentedKeys(),
      ).statements,
    ];
    assert.ok(one && other && itself);
    const on = (arn: string) => [one, other, itself].map((each) => isOn(each, arn, () => undefined));
    assert.deepEqual(
      [on("arn:aws:s3:::a/b"), on("arn:aws:s3:::b/b")],
      [
        [true, false, true],
        [false, true, true],
      ],
    );
    assert.deepEqual(conditionsOf(one), [["aws:SecureTransport", ["false"]]]);
    const [absent] = made(allow({ Condition: { Null: { "s3:prefix": "false" } } })).statements;
    assert.deepEqual(absent && conditionsOf(absent), [["s3:prefix", []]]);
  });
});

describe("Actions that nothing tells apart", () => {
  it("are one class, and those that nobody names are in none", async () => {
    const reference = await known();
    const named = naming(reference);
    const { statements } = made(allow({ Action: ["s3:GetObject", "s3:PutObject", "kms:Decrypt"] }));
    const found = (...permissions: Permission[]) =>
      classes(statements, named, marksOf(reference.covered("*"), permissions)).map(({ actions }) => actions);
    assert.deepEqual(found(), [["s3:GetObject", "s3:PutObject"], ["kms:Decrypt"]]);
    assert.deepEqual(
      found(permission("s3:PutObject", "s3:ListBucket"), permission("*"))
        .map((each) => each.join(" "))
        .sort(),
      ["kms:Decrypt", "s3:GetObject", "s3:ListBucket", "s3:PutObject"],
    );
    assert.deepEqual(classes([], named, marksOf(reference.covered("*"), [])), []);
  });

  it("tell actions apart by which permissions are about them, by patterns too, and not by how many", async () => {
    const all = (await known()).covered("*").filter(({ name }) => /^s3:(Get|Put|Delete)Object$/.test(name));
    const but = { ...permission("s3:*", "s3:GetObject"), except: ["s3:DeleteObject"] };
    assert.deepEqual(
      Object.fromEntries(
        marksOf(all, [permission("s3:DeleteObject"), but, permission("s3:?etObject", "s3:Nothing")]),
      ),
      { "s3:DeleteObject": "0", "s3:GetObject": "1 2", "s3:PutObject": "1" },
    );
  });

  it("are asked on things of their service, and taking roles on roles", () => {
    const role = "arn:aws:iam::1:role/a";
    assert.deepEqual(
      [
        askable("s3", "s3:GetObject", "arn:aws:s3:::a"),
        askable("s3", "s3:GetObject", role),
        askable("s3", "s3:GetObject", "*"),
      ],
      [true, false, true],
    );
    assert.deepEqual(
      ["sts:AssumeRole", "sts:GetCallerIdentity"].map((each) => [
        askable("sts", each, role),
        askable("sts", each, "*"),
      ]),
      [
        [true, false],
        [false, true],
      ],
    );
  });
});
