/** What the tooling stack tells: to people, to the environments' stacks, and to other programs of its account. */
import type * as pulumi from "@pulumi/pulumi";
import { ARM_IMAGE } from "../components/jobs/serviceJobs";
import type { OwnersService } from "../components/stage";
import type { ArtifactStore } from "../components/store/artifactStore";
import type { DeliveryPipeline } from "../components/pipeline/deliveryPipeline";
import {
  branchPipeline,
  jobName,
  parameterPath,
  repositoryName,
  roleArn,
  selfPipeline,
} from "../components/names";
import { prefixed, PublishedValues } from "../components/publishedValues";
import { cloneUrl, type Source } from "../components/pipeline/source";
import type { Contract, Promised } from "./contract";
import type { PreviewOutputs } from "./previews";
import type { SelfUpdateOutputs } from "./selfUpdate";
import type { Pipeline, ReleasedEnvironment, ToolingSettings } from "./settings/model";

/** What people want to know of a pipeline once it is up. */
export interface PipelineOutputs {
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
  /** Default: people bring the stacks up. */
  selfUpdate?: SelfUpdateOutputs;
}

export const pipelineOutputs = (
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

/** What this account's other programs may want to know. */
export function publish(
  { scope }: ToolingSettings,
  { bucketArn, keyArn }: ArtifactStore,
  pipelines: Record<string, PipelineOutputs>,
  repositoryArns: Record<string, pulumi.Output<string>>,
  opts: pulumi.ComponentResourceOptions,
): void {
  const values = {
    "bucket-arn": bucketArn,
    "key-arn": keyArn,
    ...Object.entries(pipelines).reduce(
      (all, [name, { pipeline, source, operatorPolicyArn }]) => ({
        ...all,
        ...prefixed(`pipelines/${name}/`, {
          pipeline,
          source,
          "operator-policy-arn": operatorPolicyArn,
          ...(repositoryArns[name] && { "repository-arn": repositoryArns[name] }),
        }),
      }),
      {},
    ),
  };
  new PublishedValues(
    "published",
    { path: parameterPath(scope, "tooling"), description: "Published by delivery", values },
    opts,
  );
}

/** What runs inside an environment has the container that Verify has in tooling. */
const containerOf = ({ computeType, platform }: Pipeline, image: string) =>
  platform === "linux/arm64"
    ? { type: "ARM_CONTAINER", computeType, image: ARM_IMAGE }
    : { type: "LINUX_CONTAINER", computeType, image };

/** What rights on a service of others are about. */
const rightsOn = ({ cluster, name, family, executionRole, taskRole, instanceRole }: OwnersService) => ({
  ...{ cluster, name, family, executionRole },
  ...(taskRole !== undefined && { taskRole }),
  ...(instanceRole !== undefined && { instanceRole }),
});

/** What the environments' stacks read: nothing is copied by hand. */
export function promise(
  { scope, iam, environments, pipelines, image, logRetentionInDays, selfUpdate }: ToolingSettings,
  store: ArtifactStore,
  /** Those in other Regions, by Region. */
  stores: Readonly<Record<string, ArtifactStore>>,
  repositoryArns: Record<string, pulumi.Output<string>>,
): Promised<Contract> {
  const role = (name: string) => roleArn(scope, scope.toolingAccount, name);
  const common = ({ id, workload, transforms, uses, permissions }: Pipeline) => ({
    ...id,
    workload,
    transforms: [...transforms],
    ...(uses.length > 0 && { uses: [...uses] }),
    ...(permissions && { permissions }),
  });
  const branchTerms = (pipeline: Pipeline) => {
    const branches = branchPipeline(pipeline.id);
    const repositoryArn = repositoryArns[branches.name];
    return {
      ...common(pipeline),
      ...(repositoryArn && { repositoryArn }),
      releaseJobRoleArn: role(jobName(scope, branches, "release-job")),
      cleanupJobRoleArn: role(jobName(scope, branches, "cleanup")),
    };
  };
  const terms = (
    pipeline: Pipeline,
    { name: environment, region, approval, ownersFunction, ownersService, runner }: ReleasedEnvironment,
  ) => {
    const { id } = pipeline;
    const repositoryArn = repositoryArns[repositoryName(id.name, region)];
    return {
      ...common(pipeline),
      ...(ownersFunction && { functionName: ownersFunction.name }),
      ...(ownersService && { service: rightsOn(ownersService) }),
      ...(repositoryArn && { repositoryArn }),
      ...(approval && { planJobRoleArn: role(jobName(scope, id, "plan-job", environment)) }),
      releaseJobRoleArn: role(jobName(scope, id, "release-job", environment)),
      cleanupJobRoleArn: role(jobName(scope, id, "cleanup")),
      ...(runner && {
        runner: {
          jobRoleArn: role(jobName(scope, id, "runner-job", environment)),
          container: containerOf(pipeline, image),
        },
      }),
    };
  };
  return {
    scope,
    ...(iam.permissionsBoundary !== undefined && { permissionsBoundary: iam.permissionsBoundary }),
    ...(selfUpdate && { selfPreviewJobRoleArn: role(jobName(scope, selfPipeline(scope), "preview")) }),
    bucketArn: store.bucketArn,
    keyArn: store.keyArn,
    environments: Object.fromEntries(
      environments.map(({ name, account, region, readers, platform, functionNetwork, runner }) => {
        const near = region === undefined ? undefined : stores[region];
        const branches = pipelines.filter((pipeline) => pipeline.branches?.environment === name);
        return [
          name,
          {
            account,
            ...(region !== undefined && { region }),
            ...(near && { bucketArn: near.bucketArn, keyArn: near.keyArn }),
            readers: [...readers],
            ...(platform && { platform }),
            ...(functionNetwork && { functionNetwork }),
            ...(runner && { runner: { vpc: runner.vpc, logRetentionInDays } }),
            pipelines: pipelines.flatMap((pipeline) =>
              pipeline.environments.filter((each) => each.name === name).map((each) => terms(pipeline, each)),
            ),
            ...(branches.length > 0 && { branches: branches.map(branchTerms) }),
          },
        ];
      }),
    ),
  };
}
