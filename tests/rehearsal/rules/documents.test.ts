import { documents } from "../../../rehearsal/rules/documents";
import { policyDocuments } from "../../../rehearsal/aws/policyDocuments";
import type { Rehearsed } from "../../../rehearsal/record/record";
import { breaks, document, first, one, statement } from "../sample";
import type { Values } from "../../../packages/iam/src/json";

const INLINE = "aws:iam/rolePolicy:RolePolicy";
const BUCKET = "aws:s3/bucketPolicy:BucketPolicy";
const inline = (record: Rehearsed) => first(record, INLINE);
const GOOD = { Sid: "Extra", Effect: "Allow", Action: ["s3:ListBucket"], Resource: ["*"] };

/** One more statement in an inline policy, which is wrong in one way. */
const broken = (title: string, wrong: Values, problem: string): void =>
  breaks(documents, title, (record) => {
    const extra = Object.fromEntries(
      Object.entries({ ...GOOD, ...wrong }).filter(([, value]) => value !== undefined),
    );
    return one(
      inline(record),
      statement(extra),
      `statement ${String(extra["Sid"])} of its inline policy: ${problem}`,
    );
  });

describe("rules/documents", () => {
  breaks(documents, "a document without its version", (record) =>
    one(
      inline(record),
      document((content) => ({ ...content, Version: "2008-10-17" })),
      "its inline policy has no Version 2012-10-17",
    ),
  );
  breaks(documents, "a document that is not JSON", (record) => {
    const topicOrKey = first(record, "aws:kms/key:Key");
    return one(
      topicOrKey,
      (resource) => ({ ...resource, inputs: { ...resource.inputs, policy: "{" } }),
      "its key policy is not a JSON object",
    );
  });
  breaks(documents, "a document without statements", (record) =>
    one(
      first(record, BUCKET),
      document((content) => ({ ...content, Statement: [] })),
      "its bucket policy has no statement",
    ),
  );
  breaks(documents, "a Sid that stands twice", (record) => {
    const policy = inline(record);
    const [{ statements } = { statements: [] }] = policyDocuments(record).filter(
      ({ resource }) => resource === policy,
    );
    const sid = String(statements[0]?.["Sid"]);
    return one(policy, statement({ ...GOOD, Sid: sid }), `its inline policy has Sid ${sid} more than once`);
  });
  broken("a Sid with a hyphen", { Sid: "Ex-tra" }, "Sid Ex-tra is not letters and digits");
  broken("a missing Sid", { Sid: undefined }, "Sid undefined is not letters and digits");
  broken("another effect", { Effect: "Permit" }, "Effect is Permit, not Allow or Deny");
  broken("no action", { Action: undefined }, "it has not one of Action and NotAction");
  broken("an action without its service", { Action: ["ListBucket"] }, "ListBucket is not an action");
  broken("an empty list of resources", { Resource: [] }, "Resource is an empty list");
  broken(
    "an empty list in a condition",
    { Condition: { StringEquals: { "aws:ResourceAccount": [] } } },
    "Condition.StringEquals.aws:ResourceAccount is an empty list",
  );
  broken("an empty condition", { Condition: { StringEquals: {} } }, "Condition.StringEquals is empty");
  broken("no resource", { Resource: undefined }, "it has not one of Resource and NotResource");
  broken("an element that does not exist", { Resources: ["*"] }, "Resources is no element of a statement");
  broken(
    "a principal in an identity's policy",
    { Principal: { Service: "s3.amazonaws.com" } },
    "a policy of an identity has no Principal",
  );
  breaks(documents, "a bucket policy without a principal", (record) =>
    one(
      first(record, BUCKET),
      statement(GOOD),
      "statement Extra of its bucket policy: a policy of a resource needs a Principal",
    ),
  );
  breaks(documents, "a trust with a resource", (record) =>
    one(
      first(record, "aws:iam/role:Role"),
      statement(
        { ...GOOD, Effect: "Deny", Action: "sts:AssumeRole", Principal: { Service: "s3.amazonaws.com" } },
        "assumeRolePolicy",
      ),
      "statement Extra of its trust policy: a trust policy has no Resource",
    ),
  );
});
