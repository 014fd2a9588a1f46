/** The shape of a pipeline's source: exactly one of a CodeCommit repository, a connection, and a repository on GitHub. */
import { z } from "zod";
import type { Source } from "./model";
import { byLooks, isMap, list, object, oneOf, text } from "./problems";

const pattern = text(/^.+$/s, "allowed is a glob pattern of 1 to 255 characters", 255);
const patterns = (min: number) => list(pattern, [min, 8], "glob patterns");
// What `git check-ref-format` takes, without braces, which a trigger would read as a pattern.
const branch = text(
  /^(?![/.-])(?!.*(\.\.|\/\/|\/\.|@\{|\.lock(\/|$)|[/.]$))[^\s\p{Cc}~^:?*[\]{}\\]+$/u,
  "allowed is the name of one branch, at most 255 characters, without patterns",
  255,
).default("main");
const KINDS = ["codecommit", "connection", "github"] as const;
const onlyConnected =
  "only github and connection have this key: remove it, or name one of them as the source";
const onlyCreated = "only a CodeCommit repository can be created: remove this key";
const codecommit = object(
  {
    codecommit: text(
      /^(?!.*\.git$)[\w.-]{1,100}$/,
      "allowed is the name of a CodeCommit repository: letters, digits, and . _ -, at most 100 characters, not ending in .git",
    ),
    branch,
    create: z.boolean("allowed are true and false").default(true),
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
  paths: patterns(0).default([]),
  tags: patterns(0).default([]),
  pullRequests: object({
    branches: patterns(1),
    events: list(
      oneOf(["OPEN", "UPDATED", "CLOSED"]),
      [1, 3],
      "events of a pull request: OPEN, UPDATED, CLOSED",
    ).default(["CLOSED"]),
  }).exactOptional(),
};
const connection = object(
  {
    connection: text(
      /^arn:aws[\w-]*:(codeconnections|codestar-connections):[a-z0-9-]+:\d{12}:connection\/[\w-]+$/,
      "allowed is the ARN of a connection, arn:aws:codeconnections:<region>:<account>:connection/<id>: copy it from the console",
    ),
    repository: text(
      /^[\w.~-]+(\/[\w.~-]+)+$/,
      "allowed is owner/name, as the provider spells it (a GitLab group may have further parts)",
    ),
    ...started,
  },
  { reasons: { create: onlyCreated } },
);
const github = object(
  {
    github: text(
      /^[A-Za-z0-9][\w-]*\/(?!.*\.git$)[\w.-]+$/,
      "allowed is owner/name, as GitHub spells it, without its address and .git",
    ),
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

/** The kind of source follows from its keys. */
export const source = byLooks((value): z.ZodType<Source> => {
  const [kind, ...others] = KINDS.filter((key) => isMap(value) && value[key] !== undefined);
  return kind === undefined || others.length > 0 ? undecidedSource : sources[kind];
});
