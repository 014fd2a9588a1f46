/** The settings of previews in pull requests, which every kind of stack has. */
import type { PreviewState } from "./model";
import { line, list, object, oneOf, text } from "./problems";

const OWNER = "[A-Za-z0-9][A-Za-z0-9_-]*";
const state = object({
  url: text(
    /^s3:\/\/[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](\/[\w./-]*)?(\?[^\s#]*)?$/,
    "allowed is the URL of an S3 backend, s3://<bucket> or s3://<bucket>/<folder>, as pulumi login takes it",
  ),
  keys: list(
    text(
      /^arn:aws[\w-]*:kms:[a-z0-9-]+:\d{12}:key\/[\w-]+$/,
      "allowed is the ARN of a KMS key, arn:aws:kms:<region>:<account>:key/<id>; an alias gives no permission",
    ),
    [0, Infinity],
    "ARNs of KMS keys",
  ).default([]),
}).transform(({ url, keys }): PreviewState => {
  const [bucket = "", ...folders] = url.replace(/^s3:\/\/|\?.*$/g, "").split("/");
  const folder = folders.filter((each) => each !== "" && each !== ".").join("/");
  return { url, bucket, ...(folder !== "" && { folder }), keys };
});

export const previews = object({
  repository: text(
    new RegExp(String.raw`^(${OWNER}/[\w.-]+|${OWNER}@\d+/[\w.-]+@\d+)$`),
    "allowed is owner/name as GitHub spells it or, for a repository made since July 2026, owner@id/name@id",
  ),
  provider: oneOf(["create", "existing"]).default("create"),
  state: state.exactOptional(),
});

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
