import type * as pulumi from "@pulumi/pulumi";
import { ArtifactStore } from "../components/store/artifactStore";
import { DeliveryPipeline } from "../components/pipeline/deliveryPipeline";
import { ImageRepository } from "../components/store/imageRepository";
import { accountRoot, arn } from "../components/names";
import { WORKLOADS } from "../components/workloads/list";
import { accountProvider } from "./account";
import { branches } from "./branches";
import { expirations } from "./expirations";
import { allReaders, onlyRoles, pullers } from "./grants";
import { refuseTooLarge } from "./policySizes";
import { previewAccess, type PreviewOutputs } from "./previews";
import { warnOfQuotas } from "./quotas";
import type { ReleasedEnvironment, ToolingSettings } from "./settings/model";
import { sources } from "./sources";
import {
  type PipelineOutputs,
  pipelineOutputs,
  promise,
  publish,
  type ToolingOutputs,
} from "./toolingOutputs";
import type { PipelineEnvironment } from "../components/pipeline/stage";

/** Days that an image or an artifact outlives the longest approval that may be waiting for it. */
const GRACE_IN_DAYS = 30;

/** The account that builds: one store, and for each pipeline its images, jobs, stages and triggers. */
export async function tooling(settings: ToolingSettings): Promise<ToolingOutputs> {
  warnOfQuotas(settings);
  await refuseTooLarge(settings);
  const { scope, pipelines, deletable } = settings;
  const released = pipelines.flatMap((pipeline) => pipeline.environments);
  const opts = { providers: [accountProvider(settings.provider)] };
  const kept = { ...opts, protect: !deletable }; // what environments read, and what a person authorised
  const sourceOf = sources(kept);
  const expirationInDays =
    GRACE_IN_DAYS + Math.max(0, ...released.map(({ approval }) => approval?.timeoutDays ?? 0));

  const only = onlyRoles(settings);
  const store = new ArtifactStore(
    "artifacts",
    {
      account: scope.toolingAccount,
      accountRoot: accountRoot(scope, scope.toolingAccount),
      region: scope.region,
      readers: allReaders(settings),
      ...(only && { onlyRoles: only }),
      expirations: expirations(pipelines, expirationInDays),
      deletable,
    },
    kept,
  );
  const outputs: Record<string, PipelineOutputs> = {};
  const repositoryArns: Record<string, pulumi.Output<string>> = {};
  for (const pipeline of pipelines) {
    const { name } = pipeline.id;
    const source = sourceOf(pipeline.source);
    const workload = WORKLOADS[pipeline.workload];
    const images =
      workload.packaging === "image"
        ? new ImageRepository(
            name,
            { pullers: pullers(settings, pipeline), layerCache: pipeline.layerCache, deletable },
            kept,
          )
        : undefined;
    const delivery = new DeliveryPipeline(
      name,
      {
        ...pipeline,
        scope,
        pipeline: pipeline.id,
        source,
        workload,
        environments: pipeline.environments.map(stageEnvironment),
        emails: pipeline.environments.flatMap(({ approval }) => approval?.emails ?? []),
        createRepository: pipeline.source.kind === "codecommit" && pipeline.source.create,
        store,
        images,
        expirationInDays,
        site: jobSite(settings, store),
        deletable,
      },
      opts,
    );
    if (images) repositoryArns[name] = images.arn;
    const shared = { source, workload, store, site: jobSite(settings, store) };
    Object.assign(repositoryArns, branches(settings, pipeline, shared, opts, kept));
    outputs[name] = pipelineOutputs(settings, source, delivery);
  }
  publish(settings, store, outputs, repositoryArns, opts);
  return {
    contract: promise(settings, store, repositoryArns),
    pipelines: outputs,
    ...previews(settings, opts),
  };
}

const previews = (
  { scope, iam, previews }: ToolingSettings,
  opts: pulumi.ComponentResourceOptions,
): PreviewOutputs =>
  previewAccess(
    previews,
    {
      scope,
      account: scope.toolingAccount,
      projects: [scope.project],
      permissionsBoundary: iam.permissionsBoundary,
    },
    opts,
  );

const jobSite = (
  { scope, iam, image, logRetentionInDays, vpc }: ToolingSettings,
  { keyArn }: ArtifactStore,
) => ({
  image,
  logRetentionInDays,
  keyArn,
  ...(vpc && { vpc }),
  ...(iam.permissionsBoundary !== undefined && {
    permissionsBoundary: arn(scope, "iam", scope.toolingAccount, `policy/${iam.permissionsBoundary}`),
  }),
});

const stageEnvironment = ({ approval, ...environment }: ReleasedEnvironment): PipelineEnvironment => ({
  ...environment,
  ...(approval && { approvalTimeoutDays: approval.timeoutDays }),
});
