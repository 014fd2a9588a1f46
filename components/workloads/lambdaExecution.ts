/** What CloudFormation may do to deploy functions behind an HTTP API, with tables, alarms and roles of their own. Pure. */
import { arn, roleArn } from "../names";
import { allow, type Statement } from "../policies";
import { httpApiStatements } from "./httpApiExecution";
import type { WorkloadSite } from "./workload";

export const functions = ({ scope, account, name }: WorkloadSite) =>
  arn(scope, "lambda", account, `function:${name}-*`);
export const tables = ({ scope, account, name }: WorkloadSite) =>
  arn(scope, "dynamodb", account, `table/${name}-*`);
export const logGroups = ({ scope, account, name }: WorkloadSite) =>
  [`/aws/lambda/${name}-*`, `${name}-*`].map((group) => arn(scope, "logs", account, `log-group:${group}`));
const roles = ({ scope, account, name }: WorkloadSite) => roleArn(scope, account, `${name}-*`);

/** Nothing beyond the workload's prefix, but for what AWS gives no name to. */
export const lambdaExecution = (site: WorkloadSite): Statement[] => [
  ...functionStatements(site),
  ...httpApiStatements(site),
  ...storageStatements(site),
  ...deploymentStatements(site),
  ...roleStatements(site),
];

const functionStatements = (site: WorkloadSite): Statement[] => [
  allow(
    "ManageFunctions",
    [
      "lambda:CreateAlias",
      "lambda:CreateFunction",
      "lambda:DeleteAlias",
      "lambda:DeleteFunction",
      "lambda:DeleteFunctionConcurrency",
      "lambda:DeleteProvisionedConcurrencyConfig",
      "lambda:GetAlias",
      "lambda:GetFunction",
      "lambda:GetFunctionCodeSigningConfig",
      "lambda:GetFunctionConfiguration",
      "lambda:GetFunctionRecursionConfig",
      "lambda:GetFunctionScalingConfig",
      "lambda:GetPolicy",
      "lambda:GetProvisionedConcurrencyConfig",
      "lambda:GetRuntimeManagementConfig",
      "lambda:ListTags",
      "lambda:ListVersionsByFunction",
      "lambda:PublishVersion",
      "lambda:PutFunctionConcurrency",
      "lambda:PutProvisionedConcurrencyConfig",
      "lambda:TagResource",
      "lambda:UntagResource",
      "lambda:UpdateAlias",
      "lambda:UpdateFunctionCode",
      "lambda:UpdateFunctionConfiguration",
    ],
    [functions(site)],
  ),
  allow("LetApiInvoke", ["lambda:AddPermission", "lambda:RemovePermission"], [functions(site)], {
    StringEquals: { "lambda:Principal": "apigateway.amazonaws.com" },
  }),
  // Lambda asks with the caller's rights when it takes the image.
  allow("PullImage", ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"], [site.repositoryArn]),
];

const storageStatements = (site: WorkloadSite): Statement[] => [
  allow(
    "ManageTables",
    [
      "dynamodb:CreateTable",
      "dynamodb:DeleteTable",
      "dynamodb:DescribeContinuousBackups",
      "dynamodb:DescribeContributorInsights",
      "dynamodb:DescribeKinesisStreamingDestination",
      "dynamodb:DescribeTable",
      "dynamodb:DescribeTimeToLive",
      "dynamodb:GetResourcePolicy",
      "dynamodb:ListTagsOfResource",
      "dynamodb:TagResource",
      "dynamodb:UntagResource",
      "dynamodb:UpdateContinuousBackups",
      "dynamodb:UpdateTable",
      "dynamodb:UpdateTimeToLive",
    ],
    [tables(site)],
  ),
  allow(
    "ManageLogGroups",
    [
      "logs:CreateLogGroup",
      "logs:DeleteLogGroup",
      "logs:DeleteRetentionPolicy",
      "logs:GetDataProtectionPolicy",
      "logs:ListTagsForResource",
      "logs:PutRetentionPolicy",
      "logs:TagResource",
      "logs:UntagResource",
    ],
    logGroups(site),
  ),
  allow("ReadLogGroups", ["logs:DescribeIndexPolicies", "logs:DescribeLogGroups"], ["*"]), // these know no resource
];

function deploymentStatements({ scope, account, name }: WorkloadSite): Statement[] {
  const codedeploy = (resource: string) => arn(scope, "codedeploy", account, resource);
  return [
    allow(
      "ManageAlarms",
      [
        "cloudwatch:DeleteAlarms",
        "cloudwatch:DescribeAlarms",
        "cloudwatch:ListTagsForResource",
        "cloudwatch:PutMetricAlarm",
        "cloudwatch:TagResource",
        "cloudwatch:UntagResource",
      ],
      [arn(scope, "cloudwatch", account, `alarm:${name}-*`)],
    ),
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
  ];
}

function roleStatements(site: WorkloadSite): Statement[] {
  const bounded = { StringEquals: { "iam:PermissionsBoundary": site.boundaryArn } };
  const pass = (Sid: string, role: string, service: string) =>
    allow(Sid, ["iam:PassRole"], [role], { StringEquals: { "iam:PassedToService": service } });
  return [
    // Never without the boundary, neither when a role is made nor when it is changed; nothing here takes one off.
    allow(
      "ManageBoundedRoles",
      [
        "iam:AttachRolePolicy",
        "iam:CreateRole",
        "iam:DeleteRolePolicy",
        "iam:DetachRolePolicy",
        "iam:PutRolePermissionsBoundary",
        "iam:PutRolePolicy",
        "iam:UpdateAssumeRolePolicy",
      ],
      [roles(site)],
      bounded,
    ),
    allow(
      "ReadAndDeleteRoles",
      [
        "iam:DeleteRole",
        "iam:GetRole",
        "iam:GetRolePolicy",
        "iam:ListAttachedRolePolicies",
        "iam:ListRolePolicies",
        "iam:ListRoleTags",
        "iam:TagRole",
        "iam:UntagRole",
        "iam:UpdateRole",
        "iam:UpdateRoleDescription",
      ],
      [roles(site)],
    ),
    pass("PassRolesToFunctions", roles(site), "lambda.amazonaws.com"),
    pass("PassCodeDeployRole", site.codedeployRoleArn, "codedeploy.amazonaws.com"),
  ];
}
