import assert from "node:assert/strict";
import { ResourceGroupsTaggingAPIClient } from "@aws-sdk/client-resource-groups-tagging-api";
import { allParts } from "../../../commands/delivery";
import { findTagged, judge, regionsOf } from "../../../commands/down/leftovers";
import { corners } from "../../../commands/down/searching";
import { NOWHERE, recorded } from "../recorded";
import { delivery, STACKS } from "../sample";

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
