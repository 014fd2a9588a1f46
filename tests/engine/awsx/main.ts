/** The process that the engine starts as its `awsx` plugin: the one component of it that the program uses. */
import type * as pulumi from "@pulumi/pulumi";
import { output } from "@pulumi/pulumi/output";
import { ComponentResource, CustomResource } from "@pulumi/pulumi/resource";
import type { ConstructResult } from "@pulumi/pulumi/provider";
import { main } from "@pulumi/pulumi/provider/server";

interface Rule {
  readonly description?: string;
  readonly tagStatus: "any" | "tagged" | "untagged";
  readonly tagPrefixList?: string[];
  readonly maximumNumberOfImages?: number;
  readonly maximumAgeLimit?: number;
}

/** Rules in awsx's own words, as ECR's; awsx numbers them in their order and puts the one for any image last. */
export function lifecycle(rules: readonly Rule[]): string {
  const ordered = [...rules].sort((a, b) => Number(a.tagStatus === "any") - Number(b.tagStatus === "any"));
  return JSON.stringify({
    rules: ordered.map(({ description, tagStatus, tagPrefixList, ...limit }, index) => ({
      rulePriority: index + 1,
      description,
      selection: {
        tagStatus,
        tagPrefixList,
        ...(limit.maximumNumberOfImages === undefined
          ? { countType: "sinceImagePushed", countNumber: limit.maximumAgeLimit, countUnit: "days" }
          : { countType: "imageCountMoreThan", countNumber: limit.maximumNumberOfImages }),
      },
      action: { type: "expire" },
    })),
  });
}

/** Any resource of the aws plugin, without @pulumi/aws: that takes longer to load than all else here. */
class Resource extends CustomResource {
  declare readonly name: pulumi.Output<string>;
  declare readonly repositoryUrl: pulumi.Output<string>;

  constructor(
    type: string,
    name: string,
    inputs: pulumi.Inputs,
    outputs: readonly string[],
    parent: pulumi.Resource,
  ) {
    const properties = Object.fromEntries(outputs.map((key) => [key, undefined]));
    super(type, name, { ...properties, ...inputs }, { parent });
  }
}

/** Inputs of the component that it hands on as they are. */
const PASSED_ON = [
  "forceDelete",
  "imageScanningConfiguration",
  "imageTagMutability",
  "imageTagMutabilityExclusionFilters",
];

/** https://github.com/pulumi/pulumi-awsx/blob/v3.9.0/awsx/ecr/repository.ts */
class Repository extends ComponentResource {
  readonly outputs: pulumi.Inputs;

  constructor(
    name: string,
    { lifecyclePolicy, ...inputs }: pulumi.Inputs,
    opts: pulumi.ComponentResourceOptions,
  ) {
    super("awsx:ecr:Repository", name, {}, opts);
    const unknown = Object.keys(inputs).filter((key) => !PASSED_ON.includes(key));
    if (unknown.length > 0)
      throw new Error(
        `the doubled awsx does not know ${unknown.join(", ")}: add it to tests/engine/awsx/main.ts`,
      );
    const child = name.toLowerCase();
    const outputs = ["name", "arn", "registryId", "repositoryUrl", "tagsAll"];
    const repository = new Resource("aws:ecr/repository:Repository", child, inputs, outputs, this);
    const policy = output(lifecyclePolicy as pulumi.Input<{ rules: Rule[] }>).apply(({ rules }) =>
      lifecycle(rules),
    );
    const limits = new Resource(
      "aws:ecr/lifecyclePolicy:LifecyclePolicy",
      child,
      { repository: repository.name, policy },
      ["registryId"],
      this,
    );
    this.outputs = { repository, lifecyclePolicy: limits, url: repository.repositoryUrl };
    this.registerOutputs({ repository, lifecyclePolicy: limits });
  }
}

const construct = (
  name: string,
  type: string,
  inputs: pulumi.Inputs,
  opts: pulumi.ComponentResourceOptions,
): Promise<ConstructResult> => {
  if (type !== "awsx:ecr:Repository") {
    throw new Error(`the doubled awsx does not know component ${type}: add it to tests/engine/awsx/main.ts`);
  }
  const { urn, outputs } = new Repository(name, inputs, opts);
  return Promise.resolve({ urn, state: outputs });
};

void main({ version: process.env["PLUGIN_VERSION"] ?? "", construct }, process.argv.slice(2));
