import { environmentName, policyArn, roleArn, workloadName } from "../../components/names";
import type { Environment, Pipeline, ToolingSettings } from "../../stacks/settings";
import type { Parameters } from "./parameters";
import type { Site } from "./physicalNames";

/** Where a pipeline deploys in one environment, and the parameters that every release gets there. */
export function siteOf(
  { scope }: ToolingSettings,
  { id }: Pipeline,
  { name, account }: Environment,
): { site: Site; parameters: Parameters } {
  const own = (kind: "codedeploy" | "boundary"): string => environmentName(scope, id, name, kind);
  return {
    site: { stack: workloadName(id, name), environment: name, account, region: scope.region },
    parameters: {
      CodeDeployRoleArn: roleArn(scope, account, own("codedeploy")),
      PermissionsBoundaryArn: policyArn(scope, account, own("boundary")),
      RolePath: scope.path,
    },
  };
}
