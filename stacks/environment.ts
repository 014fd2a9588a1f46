import * as pulumi from "@pulumi/pulumi";
import { CrossAccountRoles } from "../components/crossAccountRoles";
import { arn, workloadName } from "../components/names";
import { WORKLOADS, type WorkloadKind } from "../components/workloads/list";
import { accountProvider } from "./account";
import { readContract } from "./contract";
import { previewAccess, type PreviewOutputs } from "./previews";
import type { EnvironmentSettings } from "./settings";

export interface EnvironmentOutputs extends PreviewOutputs {
  /** By pipeline: the stack that it deploys here, and the roles that it has for that. */
  workloads: Record<string, { stackName: string } & Pick<CrossAccountRoles, Roles>>;
}

type Roles = "planRoleArn" | "deployRoleArn" | "cleanupRoleArn" | "executionRoleArn" | "codedeployRoleArn";

/** An account that runs: for each pipeline that releases here, the roles that its jobs take. */
export async function environment(settings: EnvironmentSettings): Promise<EnvironmentOutputs> {
  const { scope, account, bucketArn, keyArn, pipelines, ...terms } = await readContract(settings);
  const workloads = pipelines.map((pipeline) => ({ ...pipeline, workload: workloadOf(pipeline.workload) }));
  const boundary = settings.iam?.permissionsBoundary ?? terms.permissionsBoundary;
  const providers = [accountProvider(settings.provider)];
  // The workloads' stacks cannot be changed without these roles, so they are protected.
  const opts = { providers, protect: !settings.deletable };

  const outputs: EnvironmentOutputs = {
    workloads: {},
    ...previewAccess(
      settings.previews,
      {
        scope,
        account,
        environment: settings.environment,
        projects: [settings.project, settings.tooling.split("/")[1] ?? ""],
        permissionsBoundary: boundary,
      },
      { providers },
    ),
  };
  for (const pipeline of workloads) {
    const roles = new CrossAccountRoles(
      workloadName(pipeline, settings.environment),
      {
        ...pipeline,
        scope,
        account,
        environment: settings.environment,
        pipeline,
        bucketArn,
        keyArn,
        ...(boundary !== undefined && {
          permissionsBoundary: arn(scope, "iam", account, `policy/${boundary}`),
        }),
      },
      opts,
    );
    const { planRoleArn, deployRoleArn, cleanupRoleArn, executionRoleArn, codedeployRoleArn } = roles;
    outputs.workloads[pipeline.name] = {
      stackName: workloadName(pipeline, settings.environment),
      planRoleArn,
      deployRoleArn,
      cleanupRoleArn,
      executionRoleArn,
      codedeployRoleArn,
    };
  }
  return outputs;
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
