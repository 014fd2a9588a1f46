import * as pulumi from "@pulumi/pulumi";
import { BranchRoles } from "../components/branches/branchRoles";
import { platformValues } from "../components/environment/containerPlatform";
import { CodeRoles } from "../components/environment/codeRoles";
import { functionTarget } from "../components/environment/functionStatements";
import { serviceTarget } from "../components/environment/serviceStatements";
import { CrossAccountRoles } from "../components/environment/crossAccountRoles";
import { Runner } from "../components/jobs/runner";
import { PreviewAccess } from "../components/environment/previewAccess";
import { ReadOnlyRole } from "../components/environment/readOnlyRole";
import {
  arn,
  branchName,
  BRANCHES,
  parameterPath,
  readOnlyName,
  selfPipeline,
  selfPreviewName,
  workloadName,
} from "../components/names";
import { prefixed, PublishedValues } from "../components/publishedValues";
import { type UseName, USES } from "../components/uses/list";
import { using } from "../components/uses/using";
import { WORKLOADS, type WorkloadKind } from "../components/workloads/list";
import type { Platform } from "../components/workloads/workload";
import { accountProvider } from "./account";
import { type ReadTooling, type Terms, termsOf } from "./contract";
import { containerPlatform } from "./platform";
import { previewAccess, type PreviewOutputs } from "./previews";
import type { EnvironmentSettings } from "./settings/model";

/** What a pipeline releases to: a stack of its own, or a function or a service that another stack owns; and the roles that it has for that. */
type DeployedWorkload = { roleArns: CrossAccountRoles["roleArns"] } & (
  { stackName: string } | { functionName: string } | { serviceName: string }
);

export interface EnvironmentOutputs extends PreviewOutputs {
  /** By pipeline. */
  workloads: Record<string, DeployedWorkload>;
  /** By pipeline: the stacks of its branches here, and the roles that it has for these. Default: there are none. */
  branches?: Record<string, { stackNames: string; roleArns: BranchRoles["roleArns"] }>;
  /** For those that may look at this environment. Default: nobody may. */
  readOnlyRoleArn?: pulumi.Output<string>;
  /** Of a container platform that was built here: what the DNS record of its domain has to lead to. */
  loadBalancerDnsName?: pulumi.Output<string>;
}

/**
 * An account that runs: for each pipeline that releases here, the roles that its jobs take; and what its services run on.
 * Without `within` it is a stack of its own, with a provider for its account.
 */
export function environment(
  settings: EnvironmentSettings,
  tooling: ReadTooling,
  within?: pulumi.ComponentResourceOptions,
): EnvironmentOutputs {
  // Before the first resource: a stack that tooling does not know, or with another version's kinds, makes nothing.
  const terms = termsOf(settings, tooling);
  const [pipelines, ofBranches] = [known(terms.pipelines), known(terms.branches ?? [])];
  const { scope, account, bucketArn, keyArn } = terms;
  const { environment, deletable } = settings;
  const boundary = settings.iam?.permissionsBoundary ?? terms.permissionsBoundary;
  const permissionsBoundary =
    boundary === undefined ? undefined : arn(scope, "iam", account, `policy/${boundary}`);
  const opts = within ?? { providers: [accountProvider(settings.provider)] };
  // The workloads' stacks cannot be changed without these roles.
  const protectedOpts = { ...opts, protect: !deletable };

  const outputs: EnvironmentOutputs = {
    workloads: {},
    ...previewAccess(
      settings.previews,
      {
        scope,
        account,
        environment,
        projects: [settings.project, settings.toolingProject],
        permissionsBoundary: boundary,
      },
      opts,
    ),
  };
  const platform = terms.platform && containerPlatform(environment, terms.platform, deletable, protectedOpts);
  for (const { pipeline, workload } of pipelines) {
    const stackName = workloadName(pipeline, environment);
    const { functionName, service } = pipeline;
    const common = {
      scope,
      account,
      environment,
      pipeline: { name: pipeline.name, prefix: pipeline.prefix },
      permissionsBoundary,
      planJobRoleArn: pipeline.planJobRoleArn,
      releaseJobRoleArn: pipeline.releaseJobRoleArn,
    };
    if (functionName !== undefined) {
      const target = functionTarget({ scope, account, functionName, repositoryArn: pipeline.repositoryArn });
      const { roleArns } = new CodeRoles(stackName, { ...common, target }, protectedOpts);
      outputs.workloads[pipeline.name] = { functionName, roleArns };
    } else if (service) {
      const target = serviceTarget({ scope, account, service });
      const { roleArns } = new CodeRoles(stackName, { ...common, target }, protectedOpts);
      outputs.workloads[pipeline.name] = { serviceName: service.name, roleArns };
    } else {
      const { roleArns } = new CrossAccountRoles(
        stackName,
        {
          ...common,
          workload,
          transforms: pipeline.transforms,
          bucketArn,
          keyArn,
          repositoryArn: pipeline.repositoryArn,
          functionNetwork: terms.functionNetwork,
          platform,
          cleanupJobRoleArn: pipeline.cleanupJobRoleArn,
        },
        protectedOpts,
      );
      outputs.workloads[pipeline.name] = { stackName, roleArns };
    }
    if (terms.runner && pipeline.runner)
      new Runner(
        stackName,
        {
          scope,
          account,
          environment,
          pipeline: { name: pipeline.name, prefix: pipeline.prefix },
          packaging: workload.packaging,
          ...terms.runner,
          ...pipeline.runner,
          permissionsBoundary,
          bucketArn,
          keyArn,
          deletable,
        },
        opts,
      );
  }
  for (const { pipeline, workload } of ofBranches) {
    const { roleArns } = new BranchRoles(
      workloadName(pipeline, BRANCHES),
      {
        scope,
        account,
        environment,
        pipeline: { name: pipeline.name, prefix: pipeline.prefix },
        workload,
        transforms: pipeline.transforms,
        permissionsBoundary,
        bucketArn,
        keyArn,
        repositoryArn: pipeline.repositoryArn,
        functionNetwork: terms.functionNetwork,
        platform,
        releaseJobRoleArn: pipeline.releaseJobRoleArn,
        cleanupJobRoleArn: pipeline.cleanupJobRoleArn,
      },
      protectedOpts,
    );
    const stackNames = branchName(pipeline, "*");
    outputs.branches = { ...outputs.branches, [pipeline.name]: { stackNames, roleArns } };
  }
  if (terms.readers.length > 0) {
    const roleName = readOnlyName(scope, environment);
    const args = { scope, account, environment, roleName, readers: terms.readers, permissionsBoundary };
    outputs.readOnlyRoleArn = new ReadOnlyRole("readers", args, opts).roleArn;
  }
  if (terms.selfPreviewJobRoleArn !== undefined) {
    const of = { pipeline: selfPipeline(scope).name, jobRoleArn: terms.selfPreviewJobRoleArn };
    const roleName = selfPreviewName(scope, environment);
    new PreviewAccess("self-preview", { scope, account, roleName, of, permissionsBoundary }, opts);
  }
  if (platform?.loadBalancerDnsName) outputs.loadBalancerDnsName = platform.loadBalancerDnsName;
  publish(outputs, parameterPath(scope, environment), platform, opts);
  return outputs;
}

/** For whoever deploys into the account by other means, and for templates that take values by their names. */
function publish(
  { workloads, readOnlyRoleArn }: EnvironmentOutputs,
  path: string,
  platform: Platform | undefined,
  opts: pulumi.ComponentResourceOptions,
): void {
  const values = {
    ...(readOnlyRoleArn && { "readonly-role-arn": readOnlyRoleArn }),
    ...prefixed("platform/", platform ? platformValues(platform) : {}),
    ...Object.entries(workloads).reduce(
      (all, [pipeline, { roleArns, ...released }]) => ({
        ...all,
        ...("stackName" in released
          ? { [`workloads/${pipeline}/stack-name`]: released.stackName }
          : "functionName" in released
            ? { [`workloads/${pipeline}/function-name`]: released.functionName }
            : { [`workloads/${pipeline}/service-name`]: released.serviceName }),
        ...prefixed(`workloads/${pipeline}/role-arns/`, roleArns),
      }),
      {},
    ),
  };
  new PublishedValues("published", { path, description: "Published by delivery", values }, opts);
}

/** What says of a pipeline of the contract what its workload is. */
type Known = Pick<Terms["pipelines"][number], "workload" | "uses" | "permissions">;

/** Pipelines of the contract, each with its kind of workload, the services that it uses and what its own documents permit. */
const known = <T extends Known>(pipelines: readonly T[]) =>
  pipelines.map((pipeline) => ({ pipeline, workload: workloadOf(pipeline) }));

function workloadOf({ workload, uses = [], permissions }: Known) {
  const refuse = (asked: string, table: object) => {
    throw new pulumi.RunError(
      `tooling asks for ${asked}, which this version does not know (${Object.keys(table).join(", ")}): ` +
        "bring this stack up with the same version of the program",
    );
  };
  if (!Object.hasOwn(WORKLOADS, workload)) refuse(`workload '${workload}'`, WORKLOADS);
  for (const use of uses) if (!Object.hasOwn(USES, use)) refuse(`service '${use}'`, USES);
  return using(WORKLOADS[workload as WorkloadKind], uses as UseName[], permissions);
}
