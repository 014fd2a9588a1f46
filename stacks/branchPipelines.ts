/** The pipelines of branches, beside those that release. */
import type * as pulumi from "@pulumi/pulumi";
import { BranchPipeline, type BranchPipelineArgs } from "../components/branches/branchPipeline";
import {
  BRANCH_GRACE_IN_DAYS,
  BRANCHES,
  branchPipeline as idOf,
  branchRepository,
} from "../components/names";
import { ImageRepository } from "../components/store/imageRepository";
import { branchPullers } from "./grants";
import { environmentOfBranches } from "./places";
import { serviceOf } from "./releasePipelines";
import type { Pipeline, ToolingSettings } from "./settings/model";
import { within, type Providers, type StoresNear } from "./stores";

/** What a pipeline uses, and its branches too. */
type Shared = Pick<BranchPipelineArgs, "source" | "workload" | "store" | "jobDefaults">;

/** Makes the pipeline of a pipeline's branches, where it has them; returns its name, and what their stacks pull images from. */
export function branchPipeline(
  settings: ToolingSettings,
  pipeline: Pipeline,
  { source, workload, store, jobDefaults }: Shared,
  near: { readonly stores: StoresNear; readonly providers: Providers },
  opts: pulumi.ComponentResourceOptions,
  protectedOpts: pulumi.ComponentResourceOptions,
): { readonly name: string; readonly images: ImageRepository | undefined } | undefined {
  const { scope, deletable } = settings;
  const { id, branches } = pipeline;
  if (branches === undefined) return undefined;
  const place = environmentOfBranches(settings, pipeline);
  if (place === undefined)
    throw new Error(`there is no environment ${branches.environment}: settings refuse that`);
  const { region } = place;
  const repository = (at: string | undefined) =>
    new ImageRepository(
      branchRepository(id.name, at),
      {
        pullers: branchPullers(settings, pipeline, at),
        expirationInDays: branches.expireAfterDays + BRANCH_GRACE_IN_DAYS,
        deletable,
      },
      at === undefined ? protectedOpts : within(protectedOpts, near.providers, at),
    );
  // Build pushes to tooling's Region, and copies from there.
  const [images, copies] =
    workload.packaging === "image"
      ? [repository(undefined), region === undefined ? undefined : repository(region)]
      : [];
  const inRegion = <T>(what: T | undefined) =>
    region === undefined || what === undefined ? undefined : { [region]: what };
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
        region,
        verify: place.verify,
        functionNetwork: place.functionNetwork,
      },
      expireAfterDays: branches.expireAfterDays,
      maxBranches: branches.max,
      firstPriority: branches.priority,
      workload,
      ...serviceOf(pipeline),
      store,
      images,
      elsewhere: inRegion(near.stores[region ?? ""]),
      imagesElsewhere: inRegion(copies),
      jobDefaults,
      deletable,
    },
    opts,
  );
  return { name: idOf(id).name, images: copies ?? images };
}
