import * as pulumi from "@pulumi/pulumi";
import { arn, judgePath, repositoryName } from "../components/names";
import { jobDefaultsOf, publishJudges } from "../components/jobs/jobDefaults";
import { Chats, type ToldPipeline } from "../components/pipeline/chats";
import { expirationInDays as expirationOf } from "../components/stage";
import { ArtifactStore } from "../components/store/artifactStore";
import { ImageRepository } from "../components/store/imageRepository";
import { using } from "../components/uses/using";
import { WORKLOADS } from "../components/workloads/list";
import { codeAlone, ofBranches, type Workload } from "../components/workloads/workload";
import { accountProvider } from "./account";
import { branchPipeline } from "./branchPipelines";
import { expirations } from "./expirations";
import { allReaders, furtherRegions, onlyRoles } from "./grants";
import { refuseTooLarge } from "./policySizes";
import { previewAccess, pullRequests } from "./previews";
import { warnOfQuotas } from "./quotas";
import { releasePipeline, stageOf } from "./releasePipelines";
import { replication } from "./replication";
import { selfExpirations, selfUpdate } from "./selfUpdate";
import type { Pipeline, ToolingSettings } from "./settings/model";
import { sources } from "./sources";
import { providersNear, storesNear } from "./stores";
import {
  type PipelineOutputs,
  pipelineOutputs,
  promise,
  publish,
  type ToolingOutputs,
} from "./toolingOutputs";

/**
 * The account that builds: one store, and for each pipeline its images, jobs, stages and triggers, and a second pipeline for its
 * branches where it has any. Returns what people and the environments' stacks want to know of it. Without `within` it is a
 * stack of its own, with a provider for its account.
 */
export function tooling(settings: ToolingSettings, within?: pulumi.ComponentResourceOptions): ToolingOutputs {
  warnOfQuotas(settings);
  refuseTooLarge(settings); // before the first resource: AWS would refuse it half-way
  const { scope, pipelines, deletable, image, vpc, logRetentionInDays } = settings;
  if (within && (furtherRegions(settings).length > 0 || settings.replication))
    throw new pulumi.RunError(ONE_REGION);
  if (within && settings.selfUpdate) throw new pulumi.RunError(NO_SELF_UPDATE);
  const opts = within ?? { providers: [accountProvider(settings.provider)] };
  // What the environments' stacks read, and what a person authorised.
  const protectedOpts = { ...opts, protect: !deletable };
  const sourceOf = sources(protectedOpts);
  const expirationInDays = expirationOf(pipelines.flatMap(({ environments }) => environments.map(stageOf)));

  const store = new ArtifactStore(
    "artifacts",
    {
      account: scope.toolingAccount,
      region: scope.region,
      readers: allReaders(settings),
      onlyRoles: onlyRoles(settings),
      expirations: [
        ...expirations(pipelines, expirationInDays),
        ...selfExpirations(scope, settings.selfUpdate),
      ],
      deletable,
    },
    protectedOpts,
  );
  const providers = providersNear(settings);
  const near = storesNear(settings, expirationInDays, providers, protectedOpts);
  const rules = pipelines.flatMap((pipeline) => {
    const workload = workloadOf(pipeline);
    if (codeAlone(workload)) return [];
    return [workload, ...(pipeline.branches ? [ofBranches(workload)] : [])].map(({ template }) => template);
  });
  const jobDefaults = jobDefaultsOf(
    scope,
    { image, vpc, logRetentionInDays, permissionsBoundary: boundaryArn(settings) },
    publishJudges("judge", judgePath(scope), rules, opts),
  );

  const told: ToldPipeline[] = [];
  const outputs: Record<string, PipelineOutputs> = {};
  /** By the name of the pipeline, also of one for branches, whose images are in it; with the Region where that is not tooling's. */
  const repositoryArns: Record<string, pulumi.Output<string>> = {};
  /** Of releases, by pipeline. */
  const released: Record<string, ImageRepository> = {};
  for (const pipeline of pipelines) {
    const { name } = pipeline.id;
    const source = sourceOf(pipeline.source);
    const workload = workloadOf(pipeline);
    const { delivery, images, imagesElsewhere } = releasePipeline(
      settings,
      pipeline,
      { source, workload, store, near, providers, jobDefaults, expirationInDays },
      opts,
      protectedOpts,
    );
    if (images) {
      repositoryArns[name] = images.arn;
      released[name] = images;
    }
    for (const [region, { arn }] of Object.entries(imagesElsewhere))
      repositoryArns[repositoryName(name, region)] = arn;
    const branches = branchPipeline(
      settings,
      pipeline,
      { source, workload, store, jobDefaults },
      { stores: near, providers },
      opts,
      protectedOpts,
    );
    if (branches?.images) repositoryArns[branches.name] = branches.images.arn;
    told.push({
      name,
      arn: delivery.arn,
      topicArn: delivery.topicArn,
      asks: pipeline.environments.some(({ approval }) => approval),
      chats: pipeline.chats,
    });
    outputs[name] = pipelineOutputs(settings, source, delivery);
  }
  if (settings.chats.length > 0) {
    const { permissionsBoundary } = jobDefaults;
    new Chats("chats", { scope, chats: settings.chats, pipelines: told, permissionsBoundary }, opts);
  }
  pullRequests(settings, jobDefaults, opts);
  replication(
    settings,
    { store, images: released, permissionsBoundary: jobDefaults.permissionsBoundary },
    opts,
  );
  publish(settings, store, outputs, repositoryArns, opts);
  return {
    contract: promise(settings, store, near, repositoryArns),
    pipelines: outputs,
    ...selfUpdate(settings, { store, jobDefaults, sourceOf }, opts),
    ...previewAccess(
      settings.previews,
      {
        scope,
        account: scope.toolingAccount,
        projects: [scope.project],
        permissionsBoundary: settings.iam.permissionsBoundary,
      },
      opts,
    ),
  };
}

const ONE_REGION =
  "the provider that this component is handed knows one Region: remove environments[].region and replication, or make tooling a stack of its own";

const NO_SELF_UPDATE =
  "the jobs of selfUpdate run this project's own commands, which another program has not: remove selfUpdate, or make tooling a stack of its own";

const workloadOf = ({ workload, uses, permissions }: Pipeline): Workload =>
  using(WORKLOADS[workload], uses, permissions);

/** The organization's boundary for every role. Default: none. */
const boundaryArn = ({ scope, iam: { permissionsBoundary } }: ToolingSettings): string | undefined =>
  permissionsBoundary && arn(scope, "iam", scope.toolingAccount, `policy/${permissionsBoundary}`);
