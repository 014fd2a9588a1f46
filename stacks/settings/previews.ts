/** The settings of previews in pull requests, which every kind of stack has. */
import { line } from "./problems";
import { list, object, oneOf, text, told } from "./schemas";

const OWNER = "[A-Za-z0-9][A-Za-z0-9_-]*";
const state = object({
  url: text(
    /^s3:\/\/[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](\/[\w./-]*)?(\?[^\s#]*)?$/,
    "allowed is the URL of an S3 backend, s3://<bucket> or s3://<bucket>/<folder>, as pulumi login takes it",
  )
    .describe("S3 backend that previews read with this stack's role")
    .register(told, { allowed: "`s3://bucket` or `s3://bucket/folder`" }),
  keys: list(
    text(
      /^arn:aws[\w-]*:kms:[a-z0-9-]+:\d{12}:key\/[\w-]+$/,
      "allowed is the ARN of a KMS key, arn:aws:kms:<region>:<account>:key/<id>; an alias gives no permission",
    ),
    [0, Infinity],
    "ARNs of KMS keys",
  )
    .default([])
    .describe("KMS keys of the secrets provider and of the bucket")
    .register(told, { allowed: "list of ARNs of KMS keys" }),
}).transform(({ url, keys }) => {
  const [bucket = "", ...folders] = url.replace(/^s3:\/\/|\?.*$/g, "").split("/");
  const folder = folders.filter((each) => each !== "" && each !== ".").join("/");
  return { url, bucket, ...(folder !== "" && { folder }), keys };
});

export const previews = object({
  repository: text(
    new RegExp(String.raw`^(${OWNER}/[\w.-]+|${OWNER}@\d+/[\w.-]+@\d+)$`),
    "allowed is owner/name as GitHub spells it or, for a repository made since July 2026, owner@id/name@id",
  )
    .describe("GitHub repository whose pull requests are previewed; one made since July 2026 needs the ids")
    .register(told, { allowed: "`owner/name` or `owner@id/name@id`" }),
  provider: oneOf(["create", "existing"])
    .default("create")
    .describe(
      "An account has one OIDC provider for GitHub: one stack makes it, others in the account say `existing`",
    ),
  state: state.exactOptional().describe("State that previews read with this stack's role"),
})
  .exactOptional()
  .describe(
    "Previews in pull requests on GitHub: { repository: owner/name, provider: create or existing, state: { url, keys: [] } }",
  );

/** Previews take a role by themselves, and it may take no other. */
export const previewProblems = (
  written: Readonly<Record<string, unknown>>,
  aws: Readonly<Record<string, unknown>>,
): string[] =>
  written["previews"] === undefined || aws["assumeRoles"] === undefined
    ? []
    : [
        line(
          "aws:assumeRoles",
          aws["assumeRoles"],
          "the role of previews takes no other role: set aws:profile instead (a profile can take roles), or remove previews",
        ),
      ];
