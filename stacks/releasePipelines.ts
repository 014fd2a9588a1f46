/** The pipelines that release, each with its images. */
import type * as pulumi from "@pulumi/pulumi";
import { DeliveryPipeline, type DeliveryPipelineArgs } from "../components/pipeline/deliveryPipeline";
import type { PipelineEnvironment } from "../components/stage";
import { ImageRepository } from "../components/store/imageRepository";
import type { Workload } from "../components/workloads/workload";
import { pullers } from "./grants";
import type { Pipeline, ReleasedEnvironment, ToolingSettings } from "./settings/model";
import { type ImagesNear, imagesNear, type Providers, storesOf, type StoresNear } from "./stores";

/** What tooling has made for all pipelines, and what it knows of this one. */
type Shared = Pick<DeliveryPipelineArgs, "source" | "store" | "jobDefaults" | "expirationInDays"> & {
  readonly workload: Workload;
  readonly near: StoresNear;
  readonly providers: Providers;
};

interface Released {
  readonly delivery: DeliveryPipeline;
  readonly images: ImageRepository | undefined;
  readonly imagesElsewhere: ImagesNear;
}

export function releasePipeline(
  settings: ToolingSettings,
  pipeline: Pipeline,
  { near, providers, ...shared }: Shared,
  opts: pulumi.ComponentResourceOptions,
  protectedOpts: pulumi.ComponentResourceOptions,
): Released {
  const { scope, deletable } = settings;
  const { name } = pipeline.id;
  const images =
    shared.workload.packaging === "image"
      ? new ImageRepository(
          name,
          { pullers: pullers(settings, pipeline), layerCache: pipeline.layerCache, deletable },
          protectedOpts,
        )
      : undefined;
  const imagesElsewhere = imagesNear(settings, pipeline, providers, protectedOpts);
  const delivery = new DeliveryPipeline(
    name,
    {
      ...shared,
      scope,
      pipeline: pipeline.id,
      createRepository: pipeline.source.kind === "codecommit" && pipeline.source.create,
      ...serviceOf(pipeline),
      executionMode: pipeline.executionMode,
      environments: [stageOf(pipeline.environments[0]), ...pipeline.environments.slice(1).map(stageOf)],
      emails: pipeline.environments.flatMap(({ approval }) => approval?.emails ?? []),
      keepReleases: pipeline.keepReleases,
      endsStaleApprovals: pipeline.staleApprovals === "stop",
      images,
      elsewhere: storesOf(settings, pipeline, near),
      imagesElsewhere,
      deletable,
    },
    opts,
  );
  return { delivery, images, imagesElsewhere };
}

/** An environment as stages have it. */
export const stageOf = ({ approval, ...environment }: ReleasedEnvironment): PipelineEnvironment => ({
  ...environment,
  approvalTimeoutDays: approval?.timeoutDays,
});

/** How the service is built and deployed: the same in releases and in branches. */
export const serviceOf = ({
  directory,
  template,
  transforms,
  platform,
  computeType,
  shortJobs,
  scanThreshold,
}: Pipeline) => ({ directory, template, transforms, platform, computeType, shortJobs, scanThreshold });
