import { policyDocuments } from "../../../rehearsal/aws/policyDocuments";
import { inlinePolicySizes, policySizes } from "../../../rehearsal/rules/sizes";
import { breaks, first, one, statement } from "../sample";
import type { Values } from "../../../packages/iam/src/json";

const SERVICE = { Principal: { Service: "s3.amazonaws.com" } };

/** A statement that makes a document longer by exactly this many characters. */
function filler(characters: number, rest: Values): Values {
  const empty = JSON.stringify({ Sid: "", ...rest }).length + 1; // and the comma before it
  return { Sid: "F".repeat(characters - empty), ...rest };
}

const tooLarge = (kind: string, type: string, limit: number, rest: Values, property = "policy"): void =>
  breaks(policySizes, `a ${kind} policy one character above ${limit}`, (record) => {
    const holder = first(record, type, ({ inputs }) => inputs[property] !== undefined);
    const written = policyDocuments(record).find(({ resource }) => resource === holder);
    const { content } = written ?? {};
    const extra = filler(limit + 1 - JSON.stringify(content).length, { Effect: "Deny", ...rest });
    return one(
      holder,
      statement(extra, property),
      `its ${kind} policy has ${limit + 1} characters of at most ${limit}`,
    );
  });

describe("rules/sizes", () => {
  const onAll = { Action: "s3:GetObject", Resource: "*" };
  tooLarge("bucket", "aws:s3/bucketPolicy:BucketPolicy", 20_480, { ...SERVICE, ...onAll });
  tooLarge("key", "aws:kms/key:Key", 32_768, { ...SERVICE, ...onAll });
  tooLarge("repository", "aws:ecr/repositoryPolicy:RepositoryPolicy", 10_240, {
    ...SERVICE,
    Action: "ecr:GetImage",
  });
  tooLarge("trust", "aws:iam/role:Role", 2048, { ...SERVICE, Action: "sts:AssumeRole" }, "assumeRolePolicy");
  tooLarge("managed", "aws:iam/policy:Policy", 6144, onAll);

  breaks(inlinePolicySizes, "inline policies that are too large together", (record) => {
    const role = first(record, "aws:iam/role:Role");
    const own = policyDocuments(record).filter(
      ({ kind, resource: { stack, inputs } }) =>
        kind === "inline" && stack === role.stack && inputs["role"] === role.outputs["name"],
    );
    const size = own.reduce((sum, { content }) => sum + JSON.stringify(content).length, 0);
    const extra = filler(10_241 - size, { Effect: "Deny", ...onAll });
    const [holder] = own;
    if (!holder) throw new Error("the first role has no inline policy");
    return {
      changes: [[holder.resource, statement(extra)]],
      found: [[role, `its ${own.length} inline policies have 10241 characters of at most 10240`]],
    };
  });
});
