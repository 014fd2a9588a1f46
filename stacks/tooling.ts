import type * as pulumi from "@pulumi/pulumi";
import { ArtifactStore } from "../components/artifactStore";
import { DeliveryPipeline } from "../components/deliveryPipeline";
import { ImageRepository } from "../components/imageRepository";
import {
  accountRoot,
  arn,
  artifactPrefix,
  environmentName,
  principalName,
  roleArn,
} from "../components/names";
import { cloneUrl, type Source } from "../components/source";
import type { PipelineEnvironment } from "../components/stages";
import { WORKLOADS } from "../components/workloads/list";
import { accountProvider } from "./account";
import type { Contract, Promised } from "./contract";
import { pullers, readers } from "./grants";
import { refuseTooLarge } from "./policySizes";
import { previewAccess, type PreviewOutputs } from "./previews";
import type { Pipeline, ReleasedEnvironment, ToolingSettings } from "./settings";
import { sources } from "./sources";

/** What people want to know of a pipeline once it is up. */
interface PipelineOutputs {
  pipeline: pulumi.Output<string>;
  source: string;
  /** A person must authorise it once. Default: none, the source is in CodeCommit. */
  connectionArn?: pulumi.Input<string>;
  operatorPolicyArn: pulumi.Output<string>;
  approverPolicyArns: Record<string, pulumi.Output<string>>;
}

export interface ToolingOutputs extends PreviewOutputs {
  contract: Promised<Contract>;
  pipelines: Record<string, PipelineOutputs>;
}

/** Days that an image or an artifact outlives the longest approval that may be waiting for it. */
const GRACE_IN_DAYS = 30;

/** The account that builds: one store, and for each pipeline its images, jobs, stages and triggers. */
export async function tooling(settings: ToolingSettings): Promise<ToolingOutputs> {
  await refuseTooLarge(settings);
  const { scope, pipelines, deletable } = settings;
  const released = pipelines.flatMap((pipeline) => pipeline.environments);
  const opts = { providers: [accountProvider(settings.provider)] };
  const kept = { ...opts, protect: !deletable }; // what environments read, and what a person authorised
  const sourceOf = sources(kept);
  const expirationInDays =
    GRACE_IN_DAYS + Math.max(0, ...released.map(({ approval }) => approval?.timeoutDays ?? 0));

  const store = new ArtifactStore(
    "artifacts",
    {
      account: scope.toolingAccount,
      accountRoot: accountRoot(scope, scope.toolingAccount),
      region: scope.region,
      readers: pipelines.map((pipeline) => readers(settings, pipeline)),
      expiringPrefixes: ["releases/", ...pipelines.map(({ id }) => `${artifactPrefix(id)}/`)],
      expirationInDays,
      deletable,
    },
    kept,
  );
  const outputs: Record<string, PipelineOutputs> = {};
  const repositoryArns: Record<string, pulumi.Output<string>> = {};
  for (const pipeline of pipelines) {
    const { name } = pipeline.id;
    const source = sourceOf(pipeline.source);
    const images = new ImageRepository(
      name,
      { pullers: pullers(settings, pipeline), expirationInDays, deletable },
      kept,
    );
    const delivery = new DeliveryPipeline(
      name,
      {
        ...pipeline,
        scope,
        pipeline: pipeline.id,
        source,
        workload: WORKLOADS[pipeline.workload],
        environments: pipeline.environments.map(stageEnvironment),
        emails: pipeline.environments.flatMap(({ approval }) => approval?.emails ?? []),
        createRepository: pipeline.source.kind === "codecommit" && pipeline.source.create,
        store,
        images,
        site: jobSite(settings, store),
        deletable,
      },
      opts,
    );
    repositoryArns[name] = images.arn;
    outputs[name] = pipelineOutputs(settings, source, delivery);
  }
  return {
    contract: promise(settings, store, repositoryArns),
    pipelines: outputs,
    ...previews(settings, opts),
  };
}

const pipelineOutputs = (
  { scope }: ToolingSettings,
  source: Source,
  { name, operatorPolicyArn, approverPolicyArns }: DeliveryPipeline,
): PipelineOutputs => ({
  pipeline: name,
  source: cloneUrl(scope, source),
  ...(source.kind === "connection" && { connectionArn: source.connection }),
  operatorPolicyArn,
  approverPolicyArns,
});

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

/** What the environments' stacks read: nothing is copied by hand. */
function promise(
  { scope, iam, environments, pipelines }: ToolingSettings,
  store: ArtifactStore,
  repositoryArns: Record<string, pulumi.Output<string>>,
): Promised<Contract> {
  const role = (name: string) => roleArn(scope, scope.toolingAccount, name);
  const terms = (
    { id, workload, transforms }: Pipeline,
    { name: environment, approval }: ReleasedEnvironment,
  ) => ({
    ...id,
    workload,
    transforms: [...transforms],
    repositoryArn: repositoryArns[id.name] as pulumi.Output<string>,
    ...(approval && { planJobRoleArn: role(environmentName(scope, id, environment, "plan-job")) }),
    releaseJobRoleArn: role(environmentName(scope, id, environment, "release-job")),
    cleanupJobRoleArn: role(principalName(scope, id, "cleanup")),
  });
  return {
    scope,
    ...(iam.permissionsBoundary !== undefined && { permissionsBoundary: iam.permissionsBoundary }),
    bucketArn: store.bucketArn,
    keyArn: store.keyArn,
    environments: Object.fromEntries(
      environments.map(({ name, account }) => [
        name,
        {
          account,
          pipelines: pipelines.flatMap((pipeline) =>
            pipeline.environments.filter((each) => each.name === name).map((each) => terms(pipeline, each)),
          ),
        },
      ]),
    ),
  };
}
