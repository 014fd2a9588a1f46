import assert from "node:assert/strict";
import { ResourceGroupsTaggingAPIClient } from "@aws-sdk/client-resource-groups-tagging-api";
import { allParts } from "../../../commands/delivery";
import { findTagged, judge, regionsOf } from "../../../commands/down/leftovers";
import { corners, searchLeftovers } from "../../../commands/down/searching";
import { fakeAws } from "../fake";
import { NOWHERE, recorded } from "../recorded";
import { delivery, STACKS, TOOLING } from "../sample";

const ON = " --region eu-central-1 --profile builder";

describe("what a teardown leaves", () => {
  it("is looked for in every account once, in the Region and where AWS lists what has none", () => {
    const parts = allParts(delivery({ ...STACKS, qa: { ...STACKS["qa"], account: "444444444444" } }));
    assert.deepEqual(
      corners(parts).map(({ account, region, options }) => [account, region, options]),
      [
        ["444444444444", "eu-central-1", ON],
        ["444444444444", "us-east-1", " --region us-east-1 --profile builder"],
        ["666666666666", "eu-central-1", " --region eu-central-1"],
        ["666666666666", "us-east-1", " --region us-east-1"],
      ],
    );
    assert.deepEqual(regionsOf("us-east-1"), ["us-east-1"]);
    assert.deepEqual(regionsOf("cn-northwest-1"), ["cn-northwest-1", "cn-north-1"]);
    assert.deepEqual(regionsOf("us-gov-east-1"), ["us-gov-east-1", "us-gov-west-1"]);
  });

  it("is looked for in tooling's account near each environment that is in another Region", () => {
    const environments = [{ name: "qa", account: "555555555555", region: "eu-west-2" }];
    const [build] = allParts(delivery({ build: { ...TOOLING, environments } }));
    assert.deepEqual(
      corners(build ? [build] : []).map(({ account, region }) => `${account} ${region}`),
      ["444444444444 eu-central-1", "444444444444 us-east-1", "444444444444 eu-west-2"],
    );
  });

  describe("is looked for", () => {
    const parts = allParts(delivery()).filter(({ stack }) => stack === "qa");
    const sought = { project: "acme", stacks: ["qa"], workloads: [] };
    const SEARCHED = "searched by tag: 555555555555 eu-central-1, 555555555555 us-east-1";
    const search = async (GetResources: () => unknown) => {
      let pauses = 0;
      const pause = () => Promise.resolve(++pauses);
      return { ...(await searchLeftovers(fakeAws({ GetResources }), parts, sought, pause)), pauses };
    };
    const topic = { ResourceARN: "arn:aws:sns:eu-central-1:555555555555:shop" };

    it("six times, since tags lag behind, and then said to be there", async () => {
      assert.deepEqual(await search(() => ({ ResourceTagMappingList: [topic] })), {
        lines: [
          `2 things are left over (${SEARCHED}; IAM roles are not listed there)`,
          ...[topic, topic].map(({ ResourceARN }) => `  ${ResourceARN}`),
        ],
        ...{ complete: false, pauses: 5 },
      });
    });

    it("no more once it is gone", async () => {
      let asked = 0;
      const found = await search(() => ({ ResourceTagMappingList: ++asked > 2 ? [] : [topic] }));
      assert.deepEqual(found, {
        lines: [`Nothing is left over (${SEARCHED}; IAM roles are not listed there)`],
        ...{ complete: true, pauses: 1 },
      });
    });

    it("and where nobody may look, nobody is told that nothing is left", async () => {
      const { lines, complete } = await search(() => {
        throw new Error("AccessDenied");
      });
      assert.deepEqual(
        [complete, ...lines],
        [
          false,
          "Nothing is left over (searched by tag: nowhere; IAM roles are not listed there)",
          "  account 555555555555, eu-central-1: not searched (AccessDenied): it takes tag:GetResources; npm run down looks again",
          "  account 555555555555, us-east-1: not searched (AccessDenied): it takes tag:GetResources; npm run down looks again",
        ],
      );
    });
  });

  it("is what carries the project's tags, or a workload's; each once, page by page", async () => {
    const page = (arns: string[], PaginationToken?: string) => ({
      ResourceTagMappingList: arns.map((ResourceARN) => ({ ResourceARN })),
      PaginationToken,
    });
    const { client, asked } = recorded(new ResourceGroupsTaggingAPIClient(NOWHERE), {
      GetResources: [page(["arn:b"], "more"), page(["arn:a"]), page(["arn:b", "arn:c"])],
    });
    const sought = { project: "acme", stacks: ["build", "qa"], workloads: ["sh--qa"] };
    assert.deepEqual(await findTagged(client, sought), ["arn:a", "arn:b", "arn:c"]);
    const filters = asked.map(([, input]) => (input as { TagFilters: unknown }).TagFilters);
    const ours = [
      { Key: "delivery:project", Values: ["acme"] },
      { Key: "delivery:stack", Values: ["build", "qa"] },
    ];
    assert.deepEqual(filters, [ours, ours, [{ Key: "delivery:workload", Values: ["sh--qa"] }]]);
  });

  it("is named as such where it is a key that waits, or a table with its data and what deletes both", () => {
    const key = "arn:aws:kms:eu-central-1:444444444444:key/1";
    assert.deepEqual(judge(key, ON), {
      arn: key,
      expected: true,
      line: `${key}: a key waits 30 days for its deletion (aws kms describe-key --key-id ${key}${ON} shows the date)`,
    });
    const table = "arn:aws:dynamodb:eu-central-1:444444444444:table/sh--qa-Products";
    assert.deepEqual(judge(table, ON), {
      arn: table,
      expected: true,
      line: [
        `${table}: kept with its data. To delete both:`,
        `    aws dynamodb update-table --no-deletion-protection-enabled --table-name sh--qa-Products${ON}`,
        `    aws dynamodb delete-table --table-name sh--qa-Products${ON}`,
      ].join("\n"),
    });
  });

  it("is left over where it is anything else, a key's alias too", () => {
    for (const arn of ["arn:aws:s3:::artifacts-1", "arn:aws:kms:eu-central-1:444444444444:alias/x"]) {
      assert.deepEqual(judge(arn, ON), { arn, expected: false, line: arn });
    }
  });
});
