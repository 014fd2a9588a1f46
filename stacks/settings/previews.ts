/** The settings of previews in pull requests, which every kind of stack has. */
import { AS_OF, regionOf } from "../../components/regions";
import { isMap, line } from "./problems";
import { byLooks, list, object, oneOf, text, told } from "./schemas";
import { repositoryName } from "./source";

const OWNER = "[A-Za-z0-9][A-Za-z0-9_-]*";
/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html */
const BUCKET =
  String.raw`(?!xn--|sthree-|amzn-s3-demo-|[^/?]*\.\.|\d+(\.\d+){3}(?![^/?]))` +
  String.raw`[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](?<!-s3alias|--ol-s3|\.mrap|--x-s3|--table-s3)`;
export const state = object({
  url: text(
    new RegExp(String.raw`^s3://${BUCKET}(/[\w./-]*)?(\?[^\s#]*)?$`),
    "allowed is the URL of an S3 backend, s3://<bucket> or s3://<bucket>/<folder>, as pulumi login takes it, " +
      "and a bucket's name that S3 takes: 3 to 63 of a-z, 0-9, . and -, a letter or digit first and last, no two dots in a row, " +
      "no IP address, no beginning or end that S3 reserves, such as xn-- or -s3alias",
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

const github = object(
  {
    repository: text(
      new RegExp(String.raw`^(${OWNER}/[\w.-]+|${OWNER}@\d+/[\w.-]+@\d+)$`),
      "allowed is owner/name as GitHub spells it or, for a repository made since July 2026, owner@id/name@id",
    )
      .describe("GitHub repository whose pull requests are previewed; one made since July 2026 needs the ids")
      .register(told, { allowed: "`owner/name` or `owner@id/name@id`", unset: "one of the two" }),
    provider: oneOf(["create", "existing"])
      .default("create")
      .describe(
        "An account has one OIDC provider for GitHub: one stack makes it, others in the account say `existing`",
      ),
    state: state
      .exactOptional()
      .describe("State that previews read with this stack's role")
      .register(told, { unset: "none; required with codecommit" }),
  },
  { reasons: { codecommit: "repository names one on GitHub: remove one of the two" } },
);
const onlyGithub = "only previews on GitHub have this key: remove it, or name the repository on GitHub alone";
const codecommit = object(
  {
    codecommit: repositoryName
      .describe(
        "CodeCommit repository in tooling's account whose pull requests are previewed by a job of tooling's",
      )
      .register(told, { allowed: "name of a repository", unset: "one of the two" }),
    // A token of Pulumi Cloud's would be in the hands of the pull request's own code, and writes state as well.
    state: state.describe("State that previews read with this stack's role"),
  },
  { reasons: { repository: onlyGithub, provider: onlyGithub } },
);

/** Which of the two follows from the keys; without codecommit it is GitHub. */
export const previews = byLooks<typeof github | typeof codecommit>([github, codecommit], (value) =>
  isMap(value) && value["codecommit"] !== undefined && value["repository"] === undefined
    ? codecommit
    : github,
)
  .exactOptional()
  .describe(
    "Previews in pull requests: { repository: owner/name, provider: create or existing, state } on GitHub, { codecommit: name, state: { url, keys: [] } }",
  );

/** Repositories that CodeCommit has not in this Region. */
export const previewRegionProblems = (
  written: Readonly<Record<string, unknown>>,
  name: string | undefined,
): string[] => {
  const own = isMap(written["previews"]) ? written["previews"]["codecommit"] : undefined;
  if (own === undefined || name === undefined) return [];
  return (regionOf(name)?.services ?? []).includes("codecommit")
    ? []
    : [
        line(
          "previews.codecommit",
          own,
          `CodeCommit was not in ${name} on ${AS_OF}: keep the program in a repository on GitHub, or choose another Region`,
        ),
      ];
};

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
