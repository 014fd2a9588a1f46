import assert from "node:assert/strict";
import type { Statement } from "../../../components/policies";
import { lambdaContainer } from "../../../components/workloads/lambdaContainer";
import type { WorkloadSite } from "../../../components/workloads/workload";
import { SCOPE } from "../../programs";

const site: WorkloadSite = {
  scope: SCOPE,
  account: "222222222222",
  name: "cat--test",
  repositoryArn: "arn:repository",
  boundaryArn: "arn:boundary",
  codedeployRoleArn: "arn:codedeploy",
};
const arn = (service: string, resource: string) => `arn:aws:${service}:eu-central-1:222222222222:${resource}`;
const FUNCTIONS = arn("lambda", "function:cat--test-*");
const TABLES = arn("dynamodb", "table/cat--test-*");
const LOGS = [arn("logs", "log-group:/aws/lambda/cat--test-*"), arn("logs", "log-group:cat--test-*")];
const ROLES = "arn:aws:iam::222222222222:role/team/cat--test-*";
const API = "arn:aws:apigateway:eu-central-1::";
const tagged = (kind: "Request" | "Resource") => ({
  StringEquals: { [`aws:${kind}Tag/delivery:workload`]: "cat--test" },
});
const passed = (service: string) => ({ StringEquals: { "iam:PassedToService": service } });
/** A statement; actions are written without their service, separated by spaces. */
const may = (Sid: string, service: string, actions: string, Resource: string[], Condition?: object) => ({
  Sid,
  Effect: "Allow",
  Action: actions
    .trim()
    .split(/\s+/)
    .map((action) => `${service}:${action}`),
  Resource,
  ...(Condition && { Condition }),
});
const bySid = (statements: readonly { Sid: string }[]) => new Map(statements.map((each) => [each.Sid, each]));
const are = (actual: Statement[], ...expected: { Sid: string }[]) => {
  assert.deepEqual(bySid(actual), bySid(expected));
  assert.equal(actual.length, expected.length);
};

const compute = [
  may(
    "ManageFunctions",
    "lambda",
    `CreateAlias CreateFunction DeleteAlias DeleteFunction DeleteFunctionConcurrency
     DeleteProvisionedConcurrencyConfig GetAlias GetFunction GetFunctionCodeSigningConfig
     GetFunctionConfiguration GetFunctionRecursionConfig GetFunctionScalingConfig GetPolicy GetProvisionedConcurrencyConfig
     GetRuntimeManagementConfig ListTags ListVersionsByFunction PublishVersion PutFunctionConcurrency
     PutProvisionedConcurrencyConfig TagResource UntagResource UpdateAlias UpdateFunctionCode
     UpdateFunctionConfiguration`,
    [FUNCTIONS],
  ),
  may("LetApiInvoke", "lambda", "AddPermission RemovePermission", [FUNCTIONS], {
    StringEquals: { "lambda:Principal": "apigateway.amazonaws.com" },
  }),
  may("PullImage", "ecr", "BatchGetImage GetDownloadUrlForLayer", ["arn:repository"]),
];
const api = [
  may("CreateApi", "apigateway", "POST", [`${API}/apis`], tagged("Request")),
  may(
    "ManageApi",
    "apigateway",
    "DELETE GET PATCH POST PUT TagResource UntagResource",
    [`${API}/apis/*`],
    tagged("Resource"),
  ),
  may("TagApi", "apigateway", "POST PUT", [`${API}/tags/*`], tagged("Request")),
  may(
    "DeliverApiLogs",
    "logs",
    `CreateLogDelivery DeleteLogDelivery DescribeResourcePolicies GetLogDelivery
     ListLogDeliveries PutResourcePolicy UpdateLogDelivery`,
    ["*"],
  ),
];
const storage = [
  may(
    "ManageTables",
    "dynamodb",
    `CreateTable DeleteTable DescribeContinuousBackups DescribeContributorInsights
     DescribeKinesisStreamingDestination DescribeTable DescribeTimeToLive GetResourcePolicy
     ListTagsOfResource TagResource UntagResource UpdateContinuousBackups UpdateTable UpdateTimeToLive`,
    [TABLES],
  ),
  may(
    "ManageLogGroups",
    "logs",
    `CreateLogGroup DeleteLogGroup DeleteRetentionPolicy GetDataProtectionPolicy ListTagsForResource PutRetentionPolicy
     TagResource UntagResource`,
    LOGS,
  ),
  may("ReadLogGroups", "logs", "DescribeIndexPolicies DescribeLogGroups", ["*"]),
];
const deployment = [
  may(
    "ManageAlarms",
    "cloudwatch",
    "DeleteAlarms DescribeAlarms ListTagsForResource PutMetricAlarm TagResource UntagResource",
    [arn("cloudwatch", "alarm:cat--test-*")],
  ),
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
];
const roles = [
  may(
    "ManageBoundedRoles",
    "iam",
    `AttachRolePolicy CreateRole DeleteRolePolicy DetachRolePolicy PutRolePermissionsBoundary
     PutRolePolicy UpdateAssumeRolePolicy`,
    [ROLES],
    { StringEquals: { "iam:PermissionsBoundary": "arn:boundary" } },
  ),
  may(
    "ReadAndDeleteRoles",
    "iam",
    `DeleteRole GetRole GetRolePolicy ListAttachedRolePolicies ListRolePolicies ListRoleTags TagRole UntagRole
     UpdateRole UpdateRoleDescription`,
    [ROLES],
  ),
  may("PassRolesToFunctions", "iam", "PassRole", [ROLES], passed("lambda.amazonaws.com")),
  may("PassCodeDeployRole", "iam", "PassRole", ["arn:codedeploy"], passed("codedeploy.amazonaws.com")),
];

describe("lambdaContainer", () => {
  it("is built with Docker", () => {
    assert.deepEqual(
      { kind: lambdaContainer.kind, privilegedBuild: lambdaContainer.privilegedBuild },
      { kind: "lambda-container", privilegedBuild: true },
    );
  });

  it("CloudFormation makes what is named, tagged or bounded as the workload's, and nothing else", () => {
    are(lambdaContainer.execution(site), ...compute, ...api, ...storage, ...deployment, ...roles);
  });

  it("no role of a workload reaches data but from the workload's own functions", () => {
    are(
      lambdaContainer.boundary(site),
      may("WriteLogs", "logs", "CreateLogStream PutLogEvents", LOGS),
      may(
        "UseTables",
        "dynamodb",
        `BatchGetItem BatchWriteItem ConditionCheckItem DeleteItem DescribeTable GetItem PutItem Query
         Scan UpdateItem`,
        [TABLES],
        { ArnLike: { "lambda:SourceFunctionArn": FUNCTIONS } },
      ),
      may("Trace", "xray", "PutTelemetryRecords PutTraceSegments", ["*"]),
      may("Measure", "cloudwatch", "PutMetricData", ["*"]),
    );
  });

  it("CodeDeploy shifts the workload's aliases and watches alarms", () => {
    are(
      lambdaContainer.codedeploy(site),
      may("ShiftAliases", "lambda", "GetAlias GetProvisionedConcurrencyConfig UpdateAlias", [FUNCTIONS]),
      may("WatchAlarms", "cloudwatch", "DescribeAlarms", ["*"]),
    );
  });

  it("takes the boundary off no role, whoever asks: no statement lets that be deleted", () => {
    const all = [
      lambdaContainer.execution(site),
      lambdaContainer.boundary(site),
      lambdaContainer.codedeploy(site),
    ];
    const actions = all.flat().map(({ Action }) => JSON.stringify(Action));
    assert.ok(actions.length > 0);
    assert.deepEqual(
      actions.filter((action) =>
        /DeleteRolePermissionsBoundary|PolicyVersion|DeletePolicy|CreatePolicy/.test(action),
      ),
      [],
    );
  });
});
