import * as pulumi from "@pulumi/pulumi";
import { BranchRoles } from "../components/branches/branchRoles";
import { CrossAccountRoles } from "../components/environment/crossAccountRoles";
import { type Platform, platformValues } from "../components/environment/containerPlatform";
import { arn, branchName, BRANCHES, parameterPath, readOnlyName, workloadName } from "../components/names";
import { prefixed, PublishedValues } from "../components/environment/publishedValues";
import { ReadOnlyRole } from "../components/environment/readOnlyRole";
import { WORKLOADS, type WorkloadKind } from "../components/workloads/list";
import { accountProvider } from "./account";
import { readContract } from "./contract";
import { containerPlatform } from "./platform";
import { previewAccess, type PreviewOutputs } from "./previews";
import type { EnvironmentSettings } from "./settings/model";

export interface EnvironmentOutputs extends PreviewOutputs {
  /** By pipeline: the stack that it deploys here, and the roles that it has for that. */
  workloads: Record<string, { stackName: string; roleArns: CrossAccountRoles["roleArns"] }>;
  /** By pipeline: the stacks of its branches here, and the roles that it has for these. Default: there are none. */
  branches?: Record<string, { stackNames: string; roleArns: BranchRoles["roleArns"] }>;
  /** For those that may look at this environment. Default: nobody may. */
  readOnlyRoleArn?: pulumi.Output<string>;
  /** Of a container platform that was built here: what the DNS record of its domain has to lead to. */
  loadBalancerDnsName?: pulumi.Output<string>;
}

/** An account that runs: for each pipeline that releases here, the roles that its jobs take; and what its services run on. */
export async function environment(settings: EnvironmentSettings): Promise<EnvironmentOutputs> {
  const { scope, account, bucketArn, keyArn, pipelines, branches, readers, platform, ...terms } =
    await readContract(settings);
  const { environment, deletable } = settings;
  const known = <T extends { workload: string }>(terms: readonly T[]) =>
    terms.map((pipeline) => ({ ...pipeline, workload: workloadOf(pipeline.workload) }));
  const [workloads, ofBranches] = [known(pipelines), known(branches ?? [])];
  const boundary = settings.iam?.permissionsBoundary ?? terms.permissionsBoundary;
  const bounded = boundary !== undefined && {
    permissionsBoundary: arn(scope, "iam", account, `policy/${boundary}`),
  };
  const providers = [accountProvider(settings.provider)];
  // The workloads' stacks cannot be changed without these roles, so they are protected.
  const opts = { providers, protect: !deletable };

  const outputs: EnvironmentOutputs = {
    workloads: {},
    ...previewAccess(
      settings.previews,
      {
        scope,
        account,
        environment,
        projects: [settings.project, settings.tooling.split("/")[1] ?? ""],
        permissionsBoundary: boundary,
      },
      { providers },
    ),
  };
  const site = { scope, account, bucketArn, keyArn, ...bounded };
  const runsOn = platform && containerPlatform(environment, platform, deletable, opts);
  for (const pipeline of workloads) {
    const stackName = workloadName(pipeline, environment);
    const args = { ...pipeline, ...site, environment, pipeline, platform: runsOn };
    const { roleArns } = new CrossAccountRoles(stackName, args, opts);
    outputs.workloads[pipeline.name] = { stackName, roleArns };
  }
  for (const pipeline of ofBranches) {
    const args = { ...pipeline, ...site, pipeline };
    const { roleArns } = new BranchRoles(workloadName(pipeline, BRANCHES), args, opts);
    const stackNames = branchName(pipeline, "*");
    outputs.branches = { ...outputs.branches, [pipeline.name]: { stackNames, roleArns } };
  }
  if (readers.length > 0) {
    const roleName = readOnlyName(scope, environment);
    const args = { scope, account, environment, roleName, readers, ...bounded };
    outputs.readOnlyRoleArn = new ReadOnlyRole("readers", args, { providers }).roleArn;
  }
  if (runsOn?.loadBalancerDnsName) outputs.loadBalancerDnsName = runsOn.loadBalancerDnsName;
  publish(outputs, parameterPath(scope, environment), runsOn, { providers });
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
      (all, [pipeline, { stackName, roleArns }]) => ({
        ...all,
        [`workloads/${pipeline}/stack-name`]: stackName,
        ...prefixed(`workloads/${pipeline}/role-arns/`, roleArns),
      }),
      {},
    ),
  };
  new PublishedValues("published", { path, description: "Published by delivery", values }, opts);
}

function workloadOf(kind: string) {
  if (!Object.hasOwn(WORKLOADS, kind)) {
    throw new pulumi.RunError(
      `tooling asks for workload '${kind}', which this version does not know (${Object.keys(WORKLOADS).join(", ")}): ` +
        "bring this stack up with the same version of the program",
    );
  }
  return WORKLOADS[kind as WorkloadKind];
}
