/** How the alias of a function moves to a new version: by CodeDeploy, with a role of the environment's. Pure. */
import { arn } from "../names";
import { allow, type Statement } from "../policies";
import { functions } from "./lambdaExecution";
import { RELEASED, type ServiceRole, type WorkloadSite } from "./workload";

/** What every template is given that shifts an alias. */
export const lambdaParameters = ({ scope, boundaryArn, roleArn }: WorkloadSite) => ({
  Release: RELEASED.run,
  CodeDeployRoleArn: roleArn("codedeploy"),
  PermissionsBoundaryArn: boundaryArn,
  RolePath: scope.path,
});

/** A roll-back does not wait: the bad version has most of the traffic until then. */
export const ALL_AT_ONCE = { DeploymentConfig: "CodeDeployDefault.LambdaAllAtOnce" };

/** The types by which a template has CodeDeploy shift it. */
export const DEPLOYMENT_TYPES = ["AWS::CodeDeploy::Application", "AWS::CodeDeploy::DeploymentGroup"] as const;

export const shiftAliases: ServiceRole = {
  service: "codedeploy.amazonaws.com",
  description: "Shifts the aliases of",
  statements: (site) => [
    allow(
      "ShiftAliases",
      ["lambda:GetAlias", "lambda:GetProvisionedConcurrencyConfig", "lambda:UpdateAlias"],
      [functions(site)],
    ),
    allow("WatchAlarms", ["cloudwatch:DescribeAlarms"], ["*"]),
  ],
};

/** What CloudFormation does to have CodeDeploy shift it. */
export function deploymentStatements({ scope, account, name, roleArn }: WorkloadSite): Statement[] {
  const codedeploy = (resource: string) => arn(scope, "codedeploy", account, resource);
  return [
    allow(
      "ManageDeployments",
      [
        "codedeploy:CreateApplication",
        "codedeploy:CreateDeployment",
        "codedeploy:CreateDeploymentGroup",
        "codedeploy:DeleteApplication",
        "codedeploy:DeleteDeploymentGroup",
        "codedeploy:GetApplication",
        "codedeploy:GetApplicationRevision",
        "codedeploy:GetDeployment",
        "codedeploy:GetDeploymentGroup",
        "codedeploy:ListDeployments",
        "codedeploy:ListTagsForResource",
        "codedeploy:RegisterApplicationRevision",
        "codedeploy:TagResource",
        "codedeploy:UntagResource",
        "codedeploy:UpdateDeploymentGroup",
      ],
      [codedeploy(`application:${name}-*`), codedeploy(`deploymentgroup:${name}-*`)],
    ),
    // A deployment has no ARN: this stops others' too, which ends in a roll-back to what ran before.
    allow("StopDeployments", ["codedeploy:StopDeployment"], ["*"]),
    allow("ReadDeploymentConfigs", ["codedeploy:GetDeploymentConfig"], [codedeploy("deploymentconfig:*")]),
    allow("PassCodeDeployRole", ["iam:PassRole"], [roleArn("codedeploy")], {
      StringEquals: { "iam:PassedToService": "codedeploy.amazonaws.com" },
    }),
  ];
}
