/** A pipeline's source: exactly one of a CodeCommit repository, a connection, and a repository on GitHub. */
import { z } from "zod";
import { isMap } from "./problems";
import { byLooks, flag, list, object, oneOf, text, told } from "./schemas";

const glob = text(/^.+$/s, "allowed is a glob pattern of 1 to 255 characters", 255);
const globs = (min: number) => list(glob, [min, 8], "glob patterns");
const EVENTS = ["OPEN", "UPDATED", "CLOSED"] as const;
// What `git check-ref-format` takes, without braces, which a trigger would read as a pattern.
const branch = text(
  /^(?![/.-])(?!.*(\.\.|\/\/|\/\.|@\{|\.lock(\/|$)|[/.]$))[^\s\p{Cc}~^:?*[\]{}\\]+$/u,
  "allowed is the name of one branch, at most 255 characters, without patterns",
  255,
)
  .default("main")
  .describe("Branch whose pushes start a release; for other branches see `branches`")
  .register(told, { allowed: "name of one branch" });
const KINDS = ["codecommit", "connection", "github"] as const;
const onlyConnected =
  "only github and connection have this key: remove it, or name one of them as the source";
const onlyCreated = "only a CodeCommit repository can be created: remove this key";
export const repositoryName = text(
  /^(?!.*\.git$)[\w.-]{1,100}$/,
  "allowed is the name of a CodeCommit repository: letters, digits, and . _ -, at most 100 characters, not ending in .git",
);
const codecommit = object(
  {
    codecommit: repositoryName
      .describe("CodeCommit repository in tooling's account")
      .register(told, { allowed: "name of a repository", unset: "one of the three" }),
    branch,
    create: flag().default(true).describe("Make the CodeCommit repository"),
  },
  {
    reasons: {
      repository: onlyConnected,
      paths: onlyConnected,
      tags: onlyConnected,
      pullRequests: onlyConnected,
    },
  },
);
/** What starts a pipeline whose source is behind a connection. */
const started = {
  branch,
  paths: globs(0)
    .default([])
    .describe(
      "Only changes to these files start a release, but for a branch's first push. Not for CodeCommit",
    )
    .register(told, {
      allowed: "list of up to 8 globs",
      unset: "all files",
      source: "CodePipeline takes 8 in a filter",
    }),
  tags: globs(0)
    .default([])
    .describe("Pushed tags that start a release too. Not for CodeCommit")
    .register(told, {
      allowed: "list of up to 8 globs",
      unset: "none",
      source: "CodePipeline takes 8 in a filter",
    }),
  pullRequests: object({
    branches: globs(1)
      .describe("Branches that the pull requests are into")
      .register(told, { allowed: "list of 1 to 8 globs", source: "CodePipeline takes 8 in a filter" }),
    events: list(oneOf(EVENTS), [1, 3], `events of a pull request: ${EVENTS.join(", ")}`)
      .default(["CLOSED"])
      .describe("What must happen to a pull request"),
  })
    .exactOptional()
    .describe(
      "Pull requests that start a release. They release the code of whoever may open one. Not for CodeCommit",
    ),
};
const connection = object(
  {
    connection: text(
      /^arn:aws[\w-]*:(codeconnections|codestar-connections):[a-z0-9-]+:\d{12}:connection\/[\w-]+$/,
      "allowed is the ARN of a connection, arn:aws:codeconnections:<region>:<account>:connection/<id>: copy it from the console",
    )
      .describe(
        "CodeConnections connection (GitHub, GitLab, Bitbucket …) that exists and that a person has authorised; of another account, if that shares it by AWS RAM",
      )
      .register(told, { allowed: "ARN of a connection", unset: "one of the three" }),
    repository: text(
      /^[\w.~-]+(\/[\w.~-]+)+$/,
      "allowed is owner/name, as the provider spells it (a GitLab group may have further parts)",
    )
      .describe("Repository behind the connection, as the provider spells it")
      .register(told, { allowed: "`owner/name`", unset: "required with a connection" }),
    ...started,
  },
  { reasons: { create: onlyCreated } },
);
const github = object(
  {
    github: text(
      /^[A-Za-z0-9][\w-]*\/(?!.*\.git$)[\w.-]+$/,
      "allowed is owner/name, as GitHub spells it, without its address and .git",
    )
      .describe(
        "Repository on GitHub. The stack makes one connection for all of these, which a person authorises once",
      )
      .register(told, { allowed: "`owner/name`", unset: "one of the three" }),
    ...started,
  },
  {
    reasons: {
      create: onlyCreated,
      repository: "github is the repository already: remove this key",
    },
  },
);
/** A source that names several kinds or none is never right, but the rest of it is checked all the same. */
const undecidedSource = object(
  { ...codecommit.shape, ...connection.shape, ...github.shape },
  { allowed: "allowed is a map that names codecommit, or github, or connection and repository" },
)
  .partial()
  .refine(() => false, {
    error: `allowed is one of ${KINDS.join(", ")}: name one`,
    when: ({ value }) => isMap(value),
  })
  .transform(() => z.NEVER);
const sources = {
  codecommit: codecommit.transform(({ codecommit: repository, ...others }) => ({
    kind: "codecommit" as const,
    repository,
    ...others,
  })),
  connection: connection.transform((value) => ({ kind: "connection" as const, ...value })),
  github: github.transform(({ github: repository, ...others }) => ({
    kind: "github" as const,
    repository,
    ...others,
  })),
};
type AnySource = (typeof sources)[keyof typeof sources] | typeof undecidedSource;

/** The kind of source follows from its keys. */
export const source = byLooks<AnySource>(Object.values(sources), (value) => {
  const [kind, ...others] = KINDS.filter((key) => isMap(value) && value[key] !== undefined);
  return kind === undefined || others.length > 0 ? undecidedSource : sources[kind];
}).describe("Where the service's source is; the key that names it says of which kind it is");
