/** The process that the engine starts as its `awsx` plugin: the components of it that the program uses. */
import type * as pulumi from "@pulumi/pulumi";
import { output } from "@pulumi/pulumi/output";
import { ComponentResource } from "@pulumi/pulumi/resource";
import type { ConstructResult } from "@pulumi/pulumi/provider";
import { main } from "@pulumi/pulumi/provider/server";
import { refuseUnknown, Resource } from "./resource";
import { Vpc } from "./vpc";

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

/** Inputs of the component that it hands on as they are. */
const PASSED_ON = [
  "forceDelete",
  "imageScanningConfiguration",
  "imageTagMutability",
  "imageTagMutabilityExclusionFilters",
  "name",
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
    refuseUnknown(inputs, PASSED_ON, "main.ts");
    const child = name.toLowerCase();
    const outputs = ["name", "arn", "registryId", "repositoryUrl", "tagsAll"];
    const repository = new Resource("aws:ecr/repository:Repository", child, inputs, outputs, this);
    // Whether there is one is plain, as in awsx's schema: a component can't wait for it.
    const limits = (lifecyclePolicy as { skip?: boolean }).skip
      ? undefined
      : new Resource(
          "aws:ecr/lifecyclePolicy:LifecyclePolicy",
          child,
          {
            repository: repository.name,
            policy: output(lifecyclePolicy as pulumi.Input<{ rules: Rule[] }>).apply(({ rules }) =>
              lifecycle(rules),
            ),
          },
          ["registryId"],
          this,
        );
    this.outputs = { repository, lifecyclePolicy: limits, url: repository.repositoryUrl };
    this.registerOutputs({ repository, lifecyclePolicy: limits });
  }
}

const COMPONENTS = new Map<string, typeof Repository | typeof Vpc>([
  ["awsx:ecr:Repository", Repository],
  ["awsx:ec2:Vpc", Vpc],
]);

const construct = (
  name: string,
  type: string,
  inputs: pulumi.Inputs,
  opts: pulumi.ComponentResourceOptions,
): Promise<ConstructResult> => {
  const Component = COMPONENTS.get(type);
  if (!Component) {
    throw new Error(`the doubled awsx does not know component ${type}: add it to tests/engine/awsx/main.ts`);
  }
  const { urn, outputs } = new Component(name, inputs, opts);
  return Promise.resolve({ urn, state: outputs });
};

void main({ version: process.env["PLUGIN_VERSION"] ?? "", construct }, process.argv.slice(2));
