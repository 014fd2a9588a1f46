import * as pulumi from "@pulumi/pulumi";
import { PublishedValues } from "../components/environment/publishedValues";
import { judgeOf } from "../components/jobs/judge";
import { accountRoot, APPROVAL_GRACE_IN_DAYS, arn, judgePath } from "../components/names";
import type { JobDefaults } from "../components/jobs/job";
import { Chats, type ToldPipeline } from "../components/pipeline/chats";
import { DeliveryPipeline } from "../components/pipeline/deliveryPipeline";
import type { PipelineEnvironment } from "../components/stage";
import { LAMBDA_COMPUTE_REGIONS } from "../components/regions";
import { ArtifactStore } from "../components/store/artifactStore";
import { ImageRepository } from "../components/store/imageRepository";
import { using } from "../components/uses/using";
import { WORKLOADS } from "../components/workloads/list";
import type { Workload } from "../components/workloads/workload";
import { accountProvider } from "./account";
import { branchPipeline } from "./branchPipelines";
import { expirations } from "./expirations";
import { allReaders, onlyRoles, pullers } from "./grants";
import { refuseTooLarge } from "./policySizes";
import { previewAccess } from "./previews";
import { warnOfQuotas } from "./quotas";
import type { Pipeline, ReleasedEnvironment, ToolingSettings } from "./settings/model";
import { IMAGE } from "./settings/stack";
import { sources } from "./sources";
import {
  type PipelineOutputs,
  pipelineOutputs,
  promise,
  publish,
  type ToolingOutputs,
} from "./toolingOutputs";

/**
 * The account that builds: one store, and for each pipeline its images, jobs, stages and triggers, and a second pipeline for its
 * branches where it has any. Returns what people and the environments' stacks want to know of it.
 */
export async function tooling(settings: ToolingSettings): Promise<ToolingOutputs> {
  warnOfQuotas(settings);
  await refuseTooLarge(settings); // before the first resource: AWS would refuse it half-way
  const { scope, pipelines, deletable } = settings;
  const opts = { providers: [accountProvider(settings.provider)] };
  // What the environments' stacks read, and what a person authorised.
  const protectedOpts = { ...opts, protect: !deletable };
  const sourceOf = sources(protectedOpts);
  const expirationInDays = APPROVAL_GRACE_IN_DAYS + longestApproval(pipelines);

  const store = new ArtifactStore(
    "artifacts",
    {
      account: scope.toolingAccount,
      accountRoot: accountRoot(scope, scope.toolingAccount),
      region: scope.region,
      readers: allReaders(settings),
      onlyRoles: onlyRoles(settings),
      expirations: expirations(pipelines, expirationInDays),
      deletable,
    },
    protectedOpts,
  );
  const judges = Object.assign(
    {},
    ...pipelines.map((pipeline) => judgeOf(workloadOf(pipeline).template).values),
  ) as Record<string, string>;
  const judge = new PublishedValues(
    "judge",
    { path: judgePath(scope), description: "Judges the templates of releases, packed", values: judges },
    opts,
  );
  const jobDefaults = jobDefaultsOf(settings, Object.keys(judges), judge);

  const told: ToldPipeline[] = [];
  const outputs: Record<string, PipelineOutputs> = {};
  /** By the name of the pipeline, also of one for branches, whose images are in it. */
  const repositoryArns: Record<string, pulumi.Output<string>> = {};
  for (const pipeline of pipelines) {
    const { name } = pipeline.id;
    const source = sourceOf(pipeline.source);
    const workload = workloadOf(pipeline);
    const images =
      workload.packaging === "image"
        ? new ImageRepository(
            name,
            { pullers: pullers(settings, pipeline), layerCache: pipeline.layerCache, deletable },
            protectedOpts,
          )
        : undefined;
    if (images) repositoryArns[name] = images.arn;
    const delivery = new DeliveryPipeline(
      name,
      {
        scope,
        pipeline: pipeline.id,
        source,
        createRepository: pipeline.source.kind === "codecommit" && pipeline.source.create,
        workload,
        directory: pipeline.directory,
        template: pipeline.template,
        transforms: pipeline.transforms,
        platform: pipeline.platform,
        computeType: pipeline.computeType,
        scanThreshold: pipeline.scanThreshold,
        executionMode: pipeline.executionMode,
        environments: [stageOf(pipeline.environments[0]), ...pipeline.environments.slice(1).map(stageOf)],
        emails: pipeline.environments.flatMap(({ approval }) => approval?.emails ?? []),
        keepReleases: pipeline.keepReleases,
        endsStaleApprovals: pipeline.staleApprovals === "stop",
        expirationInDays,
        store,
        images,
        jobDefaults,
        deletable,
      },
      opts,
    );
    const ofBranches = branchPipeline(
      settings,
      pipeline,
      { source, workload, store, jobDefaults },
      opts,
      protectedOpts,
    );
    if (ofBranches?.images) repositoryArns[ofBranches.name] = ofBranches.images.arn;
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
  publish(settings, store, outputs, repositoryArns, opts);
  return {
    contract: promise(settings, store, repositoryArns),
    pipelines: outputs,
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

/** Days that any approval of these may be waited for; 0 where none is asked for. */
const longestApproval = (pipelines: readonly Pipeline[]): number =>
  Math.max(
    0,
    ...pipelines.flatMap(({ environments }) =>
      environments.map(({ approval }) => approval?.timeoutDays ?? 0),
    ),
  );

const workloadOf = ({ workload, uses }: Pipeline): Workload => using(WORKLOADS[workload], uses);

/** What all jobs have in common. */
const jobDefaultsOf = (
  { scope, iam, image, logRetentionInDays, vpc }: ToolingSettings,
  judges: readonly string[],
  { names }: PublishedValues,
): JobDefaults => ({
  judge: (values) =>
    pulumi.all(names.filter((_, at) => values.includes(judges[at] ?? ""))).apply((own) => own.join(" ")),
  image,
  // Whoever names an image has what is in it, and so have all jobs.
  lambdaImage:
    image === IMAGE && LAMBDA_COMPUTE_REGIONS.includes(scope.region)
      ? "aws/codebuild/amazonlinux-x86_64-lambda-standard:nodejs22"
      : undefined,
  logRetentionInDays,
  vpc,
  permissionsBoundary:
    iam.permissionsBoundary === undefined
      ? undefined
      : arn(scope, "iam", scope.toolingAccount, `policy/${iam.permissionsBoundary}`),
});

/** An environment as stages have it. */
const stageOf = ({
  name,
  account,
  approval,
  wave,
  verify,
  functionNetwork,
}: ReleasedEnvironment): PipelineEnvironment => ({
  name,
  account,
  approvalTimeoutDays: approval?.timeoutDays,
  wave,
  verify,
  functionNetwork,
});
