/** The pipelines of branches, beside those that release. */
import type * as pulumi from "@pulumi/pulumi";
import { BranchPipeline, type BranchPipelineArgs } from "../components/branches/branchPipeline";
import { ImageRepository } from "../components/store/imageRepository";
import { branchPipeline } from "../components/names";
import { branchPullers } from "./grants";
import type { Pipeline, ToolingSettings } from "./settings/model";

/** Days that an image outlives the branch that it was built for: an older commit may be deployed again. */
const GRACE_IN_DAYS = 30;

/** What a pipeline uses, and its branches too. */
type Shared = Pick<BranchPipelineArgs, "source" | "workload" | "store" | "site">;

/** Makes the pipeline of a pipeline's branches, where it has them; returns the ARN of its repository, if any, by its name. */
export function branches(
  settings: ToolingSettings,
  pipeline: Pipeline,
  shared: Shared,
  opts: pulumi.ComponentResourceOptions,
  kept: pulumi.ComponentResourceOptions,
): Record<string, pulumi.Output<string>> {
  const { scope, environments, deletable } = settings;
  const { id, branches } = pipeline;
  const released = pipeline.environments.find(({ name }) => name === branches?.environment);
  const environment = released ?? environments.find(({ name }) => name === branches?.environment);
  if (branches === undefined || environment === undefined) return {};
  const name = `${id.name}--br`;
  const images =
    shared.workload.packaging === "image"
      ? new ImageRepository(
          `${id.name}.br`, // ECR takes no double hyphen
          {
            pullers: branchPullers(settings, pipeline),
            expirationInDays: branches.expireAfterDays + GRACE_IN_DAYS,
            deletable,
          },
          kept,
        )
      : undefined;
  new BranchPipeline(
    name,
    { ...pipeline, ...branches, ...shared, scope, pipeline: id, environment, images, deletable },
    opts,
  );
  return images ? { [branchPipeline(id).name]: images.arn } : {};
}
