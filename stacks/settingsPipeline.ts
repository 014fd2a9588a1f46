/** The shape of one pipeline's settings. */
import { posix } from "node:path";
import { z } from "zod";
import { WORKLOADS, type WorkloadKind } from "../components/workloads/list";
import type { Source } from "./settings";
import { isMap, list, object, oneOf, text } from "./settingsProblems";
import { pipelineName, prefix } from "./settingsNames";

const workloads = Object.keys(WORKLOADS) as WorkloadKind[];
const pattern = text(/^.+$/s, "allowed is a glob pattern of 1 to 255 characters", 255);
const patterns = (min: number) => list(pattern, [min, 8], "glob patterns");
// What `git check-ref-format` takes, without braces, which a trigger would read as a pattern.
const branch = text(
  /^(?![/.-])(?!.*(\.\.|\/\/|\/\.|@\{|\.lock(\/|$)|[/.]$))[^\s\p{Cc}~^:?*[\]{}\\]+$/u,
  "allowed is the name of one branch, at most 255 characters, without patterns",
  255,
).default("main");
const onlyConnection = "only a source with a connection has this key: remove it, or name a connection";
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
      repository: onlyConnection,
      paths: onlyConnection,
      tags: onlyConnection,
      pullRequests: onlyConnection,
    },
  },
);
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
  },
  { reasons: { create: "only a CodeCommit repository can be created: remove this key" } },
);
/** A source that names both or neither is never right, but the rest of it is checked all the same. */
const undecidedSource = object(
  { ...codecommit.shape, ...connection.shape },
  { allowed: "allowed is a map that names codecommit, or connection and repository" },
)
  .partial()
  .refine(() => false, {
    error: "allowed is one of codecommit and connection: name one",
    when: ({ value }) => isMap(value),
  })
  .transform(() => z.NEVER);
const codecommitSource = codecommit.transform(({ codecommit: repository, ...others }) => ({
  kind: "codecommit" as const,
  repository,
  ...others,
}));
const connectionSource = connection.transform((value) => ({ kind: "connection" as const, ...value }));

/** The kind of source follows from its keys. A union would report what it lacks of every kind. */
const source = z.unknown().transform((value, context): Source => {
  const has = (key: string) => isMap(value) && value[key] !== undefined;
  const decided = has("codecommit") ? codecommitSource : connectionSource;
  const schema: z.ZodType<Source> = has("codecommit") === has("connection") ? undecidedSource : decided;
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  for (const issue of result.error.issues)
    context.issues.push({ ...issue, input: value } as z.core.$ZodRawIssue);
  return z.NEVER;
});

const names = list(z.string("allowed is the name of an environment"), [1, Infinity], "names of environments");
const PARALLEL = "PARALLEL forbids CodePipeline to roll back a failed stage; ";
const computeTypes = ["SMALL", "MEDIUM", "LARGE", "XLARGE", "2XLARGE"].map(
  (size) => `BUILD_GENERAL1_${size}`,
);
const directory = text(
  /^(?![-/])(?!.*(^|\/)\.\.(\/|$))[\w.@+/-]+$/,
  "allowed is a folder of the source, relative to its root, without .. and white space",
).transform((path) => posix.normalize(path).replace(/(?<=.)\/$/, ""));

/** As written; settingsReader.ts resolves `prefix` and `environments`. */
export const pipeline = object({
  name: pipelineName,
  prefix: prefix.exactOptional(),
  workload: oneOf(workloads).default("lambda-container"),
  directory: directory.default("."),
  source,
  environments: names.exactOptional(),
  executionMode: oneOf(["SUPERSEDED", "QUEUED"], { PARALLEL }).default("SUPERSEDED"),
  computeType: oneOf(computeTypes).default("BUILD_GENERAL1_SMALL"),
  scanThreshold: oneOf(["CRITICAL", "HIGH", "MEDIUM", "LOW", "INFORMATIONAL", "UNDEFINED", "NONE"]).default(
    "CRITICAL",
  ),
  platform: oneOf(["linux/amd64", "linux/arm64"]).default("linux/amd64"),
  transforms: list(
    text(/^AWS::[A-Za-z0-9-]+$/, "allowed is a transform of AWS's own, such as AWS::Serverless-2016-10-31"),
    [0, Infinity],
    "transforms",
  ).default([]),
});
