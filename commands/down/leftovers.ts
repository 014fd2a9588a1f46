/** What is still there after a teardown, by the tags that everything of ours carries. */
import {
  paginateGetResources,
  type ResourceGroupsTaggingAPIClient,
  type TagFilter,
} from "@aws-sdk/client-resource-groups-tagging-api";
import { partition, WORKLOAD_TAG } from "../../components/names";

/** Where the tagging API lists what belongs to no Region, by partition. */
const GLOBAL: Readonly<Record<string, string>> = {
  aws: "us-east-1",
  "aws-cn": "cn-north-1",
  "aws-us-gov": "us-gov-west-1",
};

/** Regions in which things of a stack in this Region can be. */
export const regionsOf = (region: string): string[] => [
  ...new Set([region, GLOBAL[partition(region)] ?? region]),
];

/** What stacks/account.ts and the change sets tag things with. */
export interface Sought {
  readonly project: string;
  readonly stacks: readonly string[];
  readonly workloads: readonly string[];
}

/** ARNs of everything that carries the tags, sorted. */
export async function findTagged(
  client: ResourceGroupsTaggingAPIClient,
  { project, stacks, workloads }: Sought,
): Promise<string[]> {
  const filters: TagFilter[][] = [
    [
      { Key: "delivery:project", Values: [project] },
      { Key: "delivery:stack", Values: [...stacks] },
    ],
    ...(workloads.length > 0 ? [[{ Key: WORKLOAD_TAG, Values: [...workloads] }]] : []),
  ];
  const arns = new Set<string>();
  for (const TagFilters of filters) {
    for await (const { ResourceTagMappingList = [] } of paginateGetResources({ client }, { TagFilters })) {
      for (const { ResourceARN } of ResourceTagMappingList)
        if (ResourceARN !== undefined) arns.add(ResourceARN);
    }
  }
  return [...arns].sort();
}

/** What can be said of one thing that is left. */
export interface Leftover {
  readonly arn: string;
  /** Whether it is meant to be there: a key that waits for its end, a table whose data are kept. */
  readonly expected: boolean;
  readonly line: string;
}

/** Judges one ARN; `options` end the commands, such as ` --region eu-west-1`. */
export function judge(arn: string, options: string): Leftover {
  const [, , service, , , resource = ""] = arn.split(":");
  if (service === "kms" && resource.startsWith("key/")) {
    const command = `aws kms describe-key --key-id ${arn}${options}`;
    return {
      arn,
      expected: true,
      line: `${arn}: a key waits 30 days for its deletion (${command} shows the date)`,
    };
  }
  if (service === "dynamodb" && resource.startsWith("table/")) {
    const on = `--table-name ${resource.replace("table/", "")}${options}`;
    const line = [
      `${arn}: kept with its data. To delete both:`,
      `aws dynamodb update-table --no-deletion-protection-enabled ${on}`,
      `aws dynamodb delete-table ${on}`,
    ].join("\n    ");
    return { arn, expected: true, line };
  }
  return { arn, expected: false, line: arn };
}
