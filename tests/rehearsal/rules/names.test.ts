import assert from "node:assert/strict";
import { ofType, type Rehearsed, type Resource } from "../../../rehearsal/record/record";
import { nameForms, uniqueNames } from "../../../rehearsal/rules/names";
import type { Folder } from "../../../rehearsal/record/stackFiles";
import { breaks, first, inputs, one, outputs, SAMPLE } from "../sample";

const LOG_GROUP = "aws:cloudwatch/logGroup:LogGroup";

const LOGS = "https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_CreateLogGroup.html";

/** What policies of repositories depend on. */
const policies = (record: Rehearsed): string[] =>
  ofType(record, "aws:ecr/repositoryPolicy:RepositoryPolicy").flatMap(({ dependsOn }) => dependsOn);

/** The sample with a layer cache, a repository without a policy. */
const CACHED: Folder = {
  ...SAMPLE,
  stacks: SAMPLE.stacks.map((stack) => ({
    ...stack,
    config: Object.fromEntries(
      Object.entries(stack.config).map(([key, value]) => [
        key,
        key.endsWith("pipelines")
          ? JSON.stringify((JSON.parse(value) as object[]).map((each) => ({ ...each, layerCache: true })))
          : value,
      ]),
    ),
  })),
};

describe("rules/names", () => {
  breaks(nameForms, "a name that is too long", (record) =>
    one(
      first(record, LOG_GROUP),
      outputs({ name: "a".repeat(513) }),
      `its name ${"a".repeat(513)} has 513 characters; 1 to 512 are allowed (${LOGS})`,
    ),
  );
  breaks(nameForms, "a character that the service refuses", (record) =>
    one(
      first(record, LOG_GROUP),
      outputs({ name: "a log" }),
      `its name a log does not match ^[.\\-_/#A-Za-z0-9]+$ (${LOGS})`,
    ),
  );
  breaks(nameForms, "a topic whose name in mails is too long", (record) =>
    one(
      first(record, "aws:sns/topic:Topic"),
      inputs({ displayName: "a".repeat(101) }),
      `its name ${"a".repeat(101)} has 101 characters; 1 to 100 are allowed (https://docs.aws.amazon.com/sns/latest/api/API_CreateTopic.html)`,
    ),
  );
  breaks(
    nameForms,
    "a repository of a remote component with capitals",
    (record) =>
      one(
        first(record, "awsx:ecr:Repository", ({ urn }) => !policies(record).includes(urn)), // else more would be found
        (resource) =>
          outputs({ repository: { ...(resource.outputs["repository"] as object), name: "Cache" } })(resource),
        `its name Cache does not match ^(?:[a-z0-9]+(?:[._-][a-z0-9]+)*\\/)*[a-z0-9]+(?:[._-][a-z0-9]+)*$ (https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_CreateRepository.html)`,
      ),
    CACHED,
  );
  breaks(uniqueNames, "two log groups of one name", (record) => {
    const taken = first(record, LOG_GROUP);
    const second = first(record, LOG_GROUP, (each) => each !== taken);
    const name = String(taken.outputs["name"]);
    return one(
      second,
      outputs({ name }),
      `its name ${name} is taken by ${taken.name} of stack ${taken.stack}`,
    );
  });
  breaks(uniqueNames, "two providers of one issuer, whatever they are called", (record) => {
    const [one, two] = ofType(record, LOG_GROUP);
    assert.ok(one && two);
    const provider = (resource: Resource): Resource => ({
      ...resource,
      type: "aws:iam/openIdConnectProvider:OpenIdConnectProvider",
      outputs: { url: "https://token.actions.githubusercontent.com" },
    });
    const found = `its name https://token.actions.githubusercontent.com is taken by ${one.name} of stack ${one.stack}`;
    return {
      changes: [
        [one, provider],
        [two, provider],
      ],
      found: [[provider(two), found]],
    };
  });
  breaks(uniqueNames, "two roles of one name, in single-account mode or not", (record) => {
    const taken = first(record, "aws:iam/role:Role");
    const second = first(record, LOG_GROUP);
    const name = String(taken.outputs["name"]);
    const role = (resource: typeof second) => ({ ...taken, urn: resource.urn, name: "second" });
    return {
      changes: [[second, role]],
      found: [[role(second), `its name ${name} is taken by ${taken.name} of stack ${taken.stack}`]],
    };
  });
});
