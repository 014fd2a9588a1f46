/** The pipelines of branches, beside those that release. */
import type * as pulumi from "@pulumi/pulumi";
import { BranchPipeline, type BranchPipelineArgs } from "../components/branches/branchPipeline";
import { BRANCH_GRACE_IN_DAYS, BRANCHES, branchPipeline as idOf } from "../components/names";
import { ImageRepository } from "../components/store/imageRepository";
import { branchPullers } from "./grants";
import type { Pipeline, ToolingSettings } from "./settings/model";

/** What a pipeline uses, and its branches too. */
type Shared = Pick<BranchPipelineArgs, "source" | "workload" | "store" | "jobDefaults">;

/** Makes the pipeline of a pipeline's branches, where it has them; returns its name, and where its images are. */
export function branchPipeline(
  settings: ToolingSettings,
  pipeline: Pipeline,
  { source, workload, store, jobDefaults }: Shared,
  opts: pulumi.ComponentResourceOptions,
  protectedOpts: pulumi.ComponentResourceOptions,
): { readonly name: string; readonly images: ImageRepository | undefined } | undefined {
  const { scope, deletable } = settings;
  const { id, branches } = pipeline;
  if (branches === undefined) return undefined;
  // As the pipeline itself releases to it, if it does.
  const place = [...pipeline.environments, ...settings.environments].find(
    ({ name }) => name === branches.environment,
  );
  if (place === undefined)
    throw new Error(`there is no environment ${branches.environment}: settings refuse that`);
  const images =
    workload.packaging === "image"
      ? new ImageRepository(
          `${id.name}.${BRANCHES}`, // ECR takes no double hyphen
          {
            pullers: branchPullers(settings, pipeline),
            expirationInDays: branches.expireAfterDays + BRANCH_GRACE_IN_DAYS,
            deletable,
          },
          protectedOpts,
        )
      : undefined;
  new BranchPipeline(
    `${id.name}--${BRANCHES}`,
    {
      scope,
      pipeline: id,
      source,
      include: branches.include,
      environment: {
        name: place.name,
        account: place.account,
        verify: place.verify,
        functionNetwork: place.functionNetwork,
      },
      expireAfterDays: branches.expireAfterDays,
      maxBranches: branches.max,
      firstPriority: branches.priority,
      workload,
      directory: pipeline.directory,
      template: pipeline.template,
      transforms: pipeline.transforms,
      platform: pipeline.platform,
      computeType: pipeline.computeType,
      scanThreshold: pipeline.scanThreshold,
      store,
      images,
      jobDefaults,
      deletable,
    },
    opts,
  );
  return { name: idOf(id).name, images };
}
