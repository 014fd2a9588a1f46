/** What is the same for every kind that is functions behind an HTTP API. */
import { arn, BOUNDARY, FILES, KEY, may, passed, roleArn, storage, tagged, useTables } from "./site";

const FUNCTIONS = arn("lambda", "function:cat--test-*");
const LOGS = [arn("logs", "log-group:/aws/lambda/cat--test-*"), arn("logs", "log-group:cat--test-*")];
const ROLES = "arn:aws:iam::222222222222:role/team/cat--test-*";
const API = "arn:aws:apigateway:eu-central-1::";
const MANAGE = "DELETE GET PATCH POST PUT TagResource UntagResource";

const compute = [
  may(
    "ManageFunctions",
    "lambda",
    `CreateAlias DeleteAlias DeleteFunction DeleteFunctionConcurrency
     DeleteProvisionedConcurrencyConfig GetAlias GetFunction GetFunctionCodeSigningConfig
     GetFunctionConfiguration GetFunctionRecursionConfig GetFunctionScalingConfig GetPolicy GetProvisionedConcurrencyConfig
     GetRuntimeManagementConfig ListTags ListVersionsByFunction PublishVersion PutFunctionConcurrency
     PutProvisionedConcurrencyConfig TagResource UntagResource UpdateAlias UpdateFunctionCode`,
    [FUNCTIONS],
  ),
  may("ConfigureFunctions", "lambda", "CreateFunction UpdateFunctionConfiguration", [FUNCTIONS], {
    Null: { "lambda:VpcIds": "true" },
    "ForAllValues:StringLike": { "lambda:Layer": [arn("lambda", "layer:cat--test-*")] },
  }),
  may("LetApiInvoke", "lambda", "AddPermission RemovePermission", [FUNCTIONS], {
    StringEquals: { "lambda:Principal": "apigateway.amazonaws.com" },
  }),
];
const api = [
  may("CreateApi", "apigateway", "POST", [`${API}/apis`], tagged("Request")),
  may("ManageApi", "apigateway", MANAGE, [`${API}/apis/*`], tagged("Resource")),
  may("ManagePartsOfApi", "apigateway", MANAGE, [`${API}/apis/*/*`], {
    StringEqualsIfExists: tagged("Resource").StringEquals,
  }),
  {
    ...may("LogToOwnGroups", "apigateway", "PATCH POST", [`${API}/apis/*`], {
      StringNotLike: { "apigateway:Request/AccessLoggingDestination": LOGS },
      Null: { "apigateway:Request/AccessLoggingDestination": "false" },
    }),
    Effect: "Deny",
  },
  may("TagApi", "apigateway", "POST PUT", [`${API}/tags/*`, `${API}${API}/tags/*`], tagged("Request")),
  may(
    "DeliverApiLogs",
    "logs",
    "CreateLogDelivery DeleteLogDelivery GetLogDelivery ListLogDeliveries PutResourcePolicy UpdateLogDelivery",
    ["*"],
  ),
];
const roles = [
  may(
    "ManageBoundedRoles",
    "iam",
    `AttachRolePolicy CreateRole DeleteRolePolicy DetachRolePolicy PutRolePermissionsBoundary
     PutRolePolicy UpdateAssumeRolePolicy`,
    [ROLES],
    { StringEquals: { "iam:PermissionsBoundary": BOUNDARY } },
  ),
  may(
    "ReadAndDeleteRoles",
    "iam",
    `DeleteRole GetRole GetRolePolicy ListAttachedRolePolicies ListRolePolicies ListRoleTags TagRole UntagRole
     UpdateRole UpdateRoleDescription`,
    [ROLES],
  ),
  may("PassRolesToFunctions", "iam", "PassRole", [ROLES], passed("lambda.amazonaws.com")),
];
/** What CloudFormation may do, wherever the code comes from. */
export const EXECUTION = [...compute, ...api, ...storage(LOGS), ...roles];

/** What it may do besides to have CodeDeploy shift an alias. */
export const DEPLOYMENT = [
  may(
    "ManageDeployments",
    "codedeploy",
    `CreateApplication CreateDeployment CreateDeploymentGroup DeleteApplication DeleteDeploymentGroup
     GetApplication GetApplicationRevision GetDeployment GetDeploymentGroup ListDeployments ListTagsForResource
     RegisterApplicationRevision TagResource UntagResource UpdateDeploymentGroup`,
    [arn("codedeploy", "application:cat--test-*"), arn("codedeploy", "deploymentgroup:cat--test-*")],
  ),
  may("StopDeployments", "codedeploy", "StopDeployment", ["*"]),
  may("ReadDeploymentConfigs", "codedeploy", "GetDeploymentConfig", [
    arn("codedeploy", "deploymentconfig:*"),
  ]),
  may("PassCodeDeployRole", "iam", "PassRole", [roleArn("codedeploy")], passed("codedeploy.amazonaws.com")),
];

/** What it may do besides where code is a zip of the release. */
export const READ_CODE = [
  may("ReadCode", "s3", "GetObject", [FILES]),
  may("DecryptCode", "kms", "Decrypt", [KEY], {
    StringEquals: { "kms:ViaService": "s3.eu-central-1.amazonaws.com" },
  }),
  may("UseRuntime", "lambda", "AssociateRuntimeAlias", [FUNCTIONS]),
];

/** The most that a role can do: data is reached from the workload's own functions alone. */
export const MOST = [
  may("WriteLogs", "logs", "CreateLogStream PutLogEvents", LOGS),
  useTables({ ArnLike: { "lambda:SourceFunctionArn": FUNCTIONS } }),
  may("Trace", "xray", "PutTelemetryRecords PutTraceSegments", ["*"]),
  may("Measure", "cloudwatch", "PutMetricData", ["*"], {
    StringLike: { "cloudwatch:namespace": ["cat--test", "cat--test/*"] },
  }),
];

/** What CodeDeploy may do. */
export const SHIFT = [
  may("ShiftAliases", "lambda", "GetAlias GetProvisionedConcurrencyConfig UpdateAlias", [FUNCTIONS]),
  may("WatchAlarms", "cloudwatch", "DescribeAlarms", ["*"]),
];
/** What such a template is given, besides its code. */
export const SHIFTED = {
  Release: "<run>",
  CodeDeployRoleArn: roleArn("codedeploy"),
  PermissionsBoundaryArn: BOUNDARY,
  RolePath: "/team/",
};
