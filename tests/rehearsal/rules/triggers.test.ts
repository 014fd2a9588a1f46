import { actionsOf } from "../../../rehearsal/record/pipelines";
import type { Rehearsed, Resource } from "../../../rehearsal/record/record";
import { triggers } from "../../../rehearsal/rules/triggers";
import { action, breaks, first, inputs, one } from "../sample";
import type { Values } from "../../../packages/iam/src/json";

const pipeline = (record: Rehearsed): Resource => first(record, "aws:codepipeline/pipeline:Pipeline");
const source = (record: Rehearsed): string => actionsOf(pipeline(record))[0]?.name ?? "";
const CONNECTION = "CodeStarSourceConnection";

const trigger = (record: Rehearsed, git: Values, providerType = CONNECTION): Values => ({
  providerType,
  gitConfiguration: {
    sourceActionName: source(record),
    pushes: [{ branches: { includes: ["main"] } }],
    ...git,
  },
});
/** The sample's source as a connection: only that may have triggers. */
const connected = action(
  ({ category }) => category === "Source",
  (each) => ({
    ...each,
    provider: CONNECTION,
    configuration: {
      ConnectionArn: "arn:aws:codeconnections:eu-west-1:111111111111:connection/1",
      FullRepositoryId: "org/repo",
      BranchName: "main",
      DetectChanges: "false",
    },
  }),
);

const broken = (title: string, git: Values, ...problems: string[]): void =>
  breaks(triggers, title, (record) => ({
    changes: [[pipeline(record), (each) => inputs({ triggers: [trigger(record, git)] })(connected(each))]],
    found: problems.map((problem) => [pipeline(record), `trigger: ${problem}`] as const),
  }));

describe("rules/triggers", () => {
  breaks(triggers, "a trigger on CodeCommit", (record) =>
    one(
      pipeline(record),
      inputs({ triggers: [trigger(record, {})] }),
      `trigger: source action ${source(record)} is of CodeCommit: only connections have triggers`,
    ),
  );
  breaks(triggers, "a trigger of another provider", (record) =>
    one(
      pipeline(record),
      (each) => inputs({ triggers: [trigger(record, {}, "Connection")] })(connected(each)),
      `trigger: providerType Connection is not ${CONNECTION}`,
    ),
  );
  breaks(triggers, "two triggers of one source", (record) =>
    one(
      pipeline(record),
      (each) => inputs({ triggers: [trigger(record, {}), trigger(record, {})] })(connected(each)),
      "trigger: a source action has two triggers",
    ),
  );
  broken("nothing is found for branch, paths, tags and pull requests in entries of their own", {
    pushes: [
      { branches: { includes: ["main"] }, filePaths: { includes: ["app/**"] } },
      { tags: { includes: ["v*"] } },
    ],
    pullRequests: [{ branches: { includes: ["main"] }, events: ["CLOSED"] }],
  });
  broken(
    "a source that does not exist",
    { sourceActionName: "Nothing" },
    "source action Nothing is missing: only connections have triggers",
  );
  broken(
    "tags and branches in one entry",
    { pushes: [{ branches: { includes: ["main"] }, tags: { includes: ["v*"] } }] },
    "tags and branches are in one entry; write one entry for each",
  );
  broken(
    "paths without a branch",
    { pushes: [{ filePaths: { includes: ["a"] } }] },
    "filePaths stand without branches",
  );
  broken(
    "four entries",
    { pushes: Array.from({ length: 4 }, () => ({ branches: { includes: ["main"] } })) },
    "it has 4 pushes of at most 3",
  );
  broken(
    "nine patterns",
    { pushes: [{ branches: { excludes: Array.from({ length: 9 }, (_, index) => `b${index}`) } }] },
    "branches.excludes has 9 patterns of at most 8",
  );
  broken(
    "a pattern of 256 characters",
    { pushes: [{ branches: { includes: ["a".repeat(256)] } }] },
    "a pattern of branches.includes is not 1 to 255 characters",
  );
  broken(
    "an event that does not exist",
    { pullRequests: [{ branches: { includes: ["main"] }, events: ["MERGED"] }] },
    "MERGED is not one of OPEN, UPDATED, CLOSED",
  );
});
