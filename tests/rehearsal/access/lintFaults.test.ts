import assert from "node:assert/strict";
import { lint } from "../../../rehearsal/access/lint/lint";
import { exceptionFor } from "./lint/exceptions";
import { fitsForm } from "../../../packages/iam/src/policy/overlap";
import { statement, unbroken } from "../sample";
import { changed, one, same } from "./models";
import type { Values } from "../../../packages/iam/src/json";

const INLINE = "aws:iam/rolePolicy:RolePolicy";
const BUCKET = "aws:s3/bucketPolicy:BucketPolicy";
const TRUST = "aws:iam/role:Role";

const GOOD = { Sid: "Extra", Effect: "Allow", Action: ["s3:ListBucket"], Resource: ["arn:aws:s3:::b"] };

/** What the lint says of one more statement in a policy of the sample, by check and message. */
async function faults(extra: Values, type = INLINE): Promise<string[]> {
  const { runs } = await unbroken();
  const target = one(runs, type);
  const change = statement({ ...GOOD, ...extra }, type === TRUST ? "assumeRolePolicy" : "policy");
  const { findings } = await lint(changed(runs, (each) => (each.urn === target.urn ? change(each) : each)));
  // Keys that are not used have a test of their own.
  const others = findings.filter((each) => each.check !== "limit" && !exceptionFor(each));
  return others.map(({ check, message }) => `${check}: ${message}`);
}

const found = (title: string, extra: Values, expected: readonly string[], type?: string) =>
  it(`finds ${title}`, async () => assert.deepEqual(await faults(extra, type), expected));
const inline = (check: string, message: string) => [`${check}: inline policy, Extra: ${message}`];

describe("access/lint, seeded faults", () => {
  it("finds nothing wrong with a good statement", async () => assert.deepEqual(await faults({}), []));

  found(
    "an action that does not exist",
    { Action: "s3:ListBuket" },
    inline("action", "there is no action s3:ListBuket").concat(
      inline("resource", "AWS asks for none of its actions on arn:aws:s3:::b"),
    ),
  );
  found(
    "a pattern that covers no action",
    { Action: ["s3:ListBucket", "s3:Eat*"] },
    inline("action", "there is no action s3:Eat*"),
  );
  found(
    "a service that does not exist",
    { Action: ["s3:ListBucket", "s4:Get"] },
    inline("action", "there is no action s4:Get"),
  );
  found(
    "an action on a resource of another kind",
    { Action: ["s3:ListBucket", "s3:GetObject"] },
    inline("resource", "AWS asks for s3:GetObject on none of arn:aws:s3:::b"),
  );
  found(
    "a resource that none of the actions is about",
    { Resource: ["arn:aws:s3:::b", "arn:aws:sqs:eu-west-1:111111111111:q"] },
    inline("resource", "AWS asks for none of its actions on arn:aws:sqs:eu-west-1:111111111111:q"),
  );
  found("an ARN for an action that knows no resource", { Action: "s3:ListAllMyBuckets" }, [
    ...inline("resource", "AWS asks for s3:ListAllMyBuckets on none of arn:aws:s3:::b"),
    ...inline("resource", "AWS asks for none of its actions on arn:aws:s3:::b"),
  ]);
  found(
    "a condition key that the action does not come with",
    { Condition: { StringEquals: { "s3:VersionId": "1" } } },
    inline("key", "s3:ListBucket does not come with s3:VersionId"),
  );
  found(
    "a tag that the request does not carry",
    { Condition: { StringEquals: { "aws:RequestTag/a": "b" } } },
    inline("key", "s3:ListBucket does not come with aws:RequestTag/a"),
  );
  found(
    "a comparison that does not suit the key",
    { Condition: { Bool: { "s3:prefix": "true" } } },
    inline("operator", "Bool does not compare s3:prefix, which is String"),
  );
  found("an operator that does not exist", { Condition: { StringIs: { "s3:prefix": "a" } } }, [
    "form: inline policy: Extra: condition operator StringIs does not exist",
  ]);
  found("a condition key that does not exist", { Condition: { StringEquals: { "s3:prefx": "a" } } }, [
    "form: inline policy: Extra: condition key s3:prefx does not exist",
  ]);
  found("a Sid that stands twice", { Sid: "WriteLog" }, [
    'sid: inline policy: Sid "WriteLog" is not letters and digits, or stands twice',
  ]);
  found("a Sid with a space", { Sid: "Write log" }, [
    'sid: inline policy: Sid "Write log" is not letters and digits, or stands twice',
  ]);
  const malformed = "form: bucket policy: Extra: ";
  found(
    "a principal in a form that AWS does not take",
    { Principal: { AWS: "arn:aws:iam::111111111111:role/*" } },
    [
      `${malformed}principal arn:aws:iam::111111111111:role/* is in no form that is known: an account, a role, a session, a user or *`,
    ],
    BUCKET,
  );
  found(
    "a service that is none",
    { Principal: { Service: "codebuild" } },
    [`${malformed}codebuild is not a service principal`],
    BUCKET,
  );
  found(
    "a resource in a trust",
    { Action: "sts:AssumeRole", Principal: { AWS: "*" } },
    ["form: trust policy: Extra: a trust policy has no Resource"],
    TRUST,
  );

  it("takes the keys of every action that a pattern covers", async () => {
    const listed = await faults({
      Action: "s3:List*",
      Resource: "*",
      Condition: { StringEquals: { "s3:prefix": "a" } },
    });
    assert.ok(listed.includes("key: inline policy, Extra: s3:ListAllMyBuckets does not come with s3:prefix"));
    assert.ok(!listed.some((each) => each.includes("s3:ListBucket does not")));
  });

  it("stops at a type of resource that may carry a policy unseen", async () => {
    const { runs } = await unbroken();
    await assert.rejects(
      lint(changed(runs, same, { type: "aws:kinesis/stream:Stream" })),
      /may carry a policy/,
    );
  });
});

describe("access/overlap", () => {
  const fits: readonly (readonly [resource: string, form: string, fits: boolean])[] = [
    ["arn:aws:s3:::b/*", "arn:${Partition}:s3:::${BucketName}/${ObjectName}", true],
    ["arn:aws:s3:::b", "arn:${Partition}:s3:::${BucketName}/${ObjectName}", false],
    ["arn:aws:s3:::b*", "arn:${Partition}:s3:::${BucketName}/${ObjectName}", true],
    ["arn:aws:iam::1:role/a-*", "arn:${Partition}:iam::${Account}:role/${RoleName}", true],
    ["arn:aws:iam::1:user/a", "arn:${Partition}:iam::${Account}:role/${RoleName}", false],
    ["arn:aws:iam::1:ro?e/a", "arn:${Partition}:iam::${Account}:role/${RoleName}", true],
    ["arn:aws:s3:::*", "arn:${Partition}:iam::${Account}:role/${RoleName}", false],
    [
      "arn:aws:logs:r:1:log-group:/a/*",
      "arn:${Partition}:logs:${Region}:${Account}:log-group:${G}:log-stream:${S}",
      true,
    ],
    [
      "arn:aws:logs:r:1:log-group:a",
      "arn:${Partition}:logs:${Region}:${Account}:log-group:${G}:log-stream:${S}",
      false,
    ],
    ["arn:aws:iam::*", "arn:${Partition}:iam::${Account}:role/${RoleName}", true],
    ["arn:aws:s3:::${aws:PrincipalTag/a}/x", "arn:${Partition}:s3:::${BucketName}/${ObjectName}", true],
    ["bucket", "arn:${Partition}:s3:::${BucketName}", false],
  ];
  for (const [resource, form, expected] of fits) {
    it(`says that ${resource} ${expected ? "can be" : "is never"} ${form}`, () =>
      assert.equal(fitsForm(resource, form), expected));
  }
});
