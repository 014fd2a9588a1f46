/** What CloudFormation may do to deploy functions behind an HTTP API, with tables, alarms and roles of their own. Pure. */
import { arn, dnsSuffix } from "../names";
import { allow, type Statement } from "../policies";
import { boundedRoles, roles } from "./boundedRoles";
import { httpApiStatements } from "./httpApiExecution";
import { logGroups, storageStatements, useTables } from "./storageExecution";
import { type DeployedSite, imagesOf, type WorkloadSite } from "./workload";

export const functions = ({ scope, account, name }: WorkloadSite) =>
  arn(scope, "lambda", account, `function:${name}-*`);
/** A condition for those who configure functions: without code of others. */
export const ownLayers = ({ scope, account, name }: WorkloadSite) => ({
  "ForAllValues:StringLike": { "lambda:Layer": [arn(scope, "lambda", account, `layer:${name}-*`)] },
});
const functionLogs = (site: WorkloadSite) => logGroups(site, ["/aws/lambda/", ""]);

/** Nothing beyond the workload's prefix, but for what AWS gives no name to. */
export const lambdaExecution = (site: WorkloadSite): Statement[] => [
  ...functionStatements(site),
  ...httpApiStatements(site),
  ...storageStatements(site, functionLogs(site)),
  ...boundedRoles(site),
  allow("PassRolesToFunctions", ["iam:PassRole"], [roles(site)], {
    StringEquals: { "iam:PassedToService": "lambda.amazonaws.com" },
  }),
];

const functionStatements = (site: WorkloadSite): Statement[] => [
  allow(
    "ManageFunctions",
    [
      "lambda:CreateAlias",
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
    ],
    [functions(site)],
  ),
  // In no VPC: a function stands in whichever subnets and security groups its template names. uses/functionNetwork.ts adds those of settings.
  // https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html
  allow(
    "ConfigureFunctions",
    ["lambda:CreateFunction", "lambda:UpdateFunctionConfiguration"],
    [functions(site)],
    {
      Null: { "lambda:VpcIds": "true" },
      ...ownLayers(site),
    },
  ),
  allow("LetApiInvoke", ["lambda:AddPermission", "lambda:RemovePermission"], [functions(site)], {
    StringEquals: { "lambda:Principal": "apigateway.amazonaws.com" },
  }),
];

/** Lambda asks with the caller's rights when it takes an image. */
export const pullImage = (site: Parameters<typeof imagesOf>[0]): Statement =>
  allow("PullImage", ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"], [imagesOf(site)]);

/** Lambda fetches a zip with the caller's rights too, from the release's own files. */
export const readCode = (site: DeployedSite): Statement[] => [
  allow("ReadCode", ["s3:GetObject"], [site.releaseFilesArn]),
  allow("DecryptCode", ["kms:Decrypt"], [site.keyArn], {
    StringEquals: { "kms:ViaService": `s3.${site.scope.region}.${dnsSuffix(site.scope.region)}` },
  }),
  // A zip runs on a runtime of Lambda's. CloudFormation's schema has this, IAM's reference has not.
  allow("UseRuntime", ["lambda:AssociateRuntimeAlias"], [functions(site)]),
];

/** The most that a function can ever do. */
export const lambdaBoundary = (site: WorkloadSite): Statement[] => [
  allow("WriteLogs", ["logs:CreateLogStream", "logs:PutLogEvents"], functionLogs(site)),
  // From this workload's own functions alone: a boundary does not limit who may assume a role.
  useTables(site, { ArnLike: { "lambda:SourceFunctionArn": functions(site) } }),
  allow("Trace", ["xray:PutTelemetryRecords", "xray:PutTraceSegments"], ["*"]),
  // Metrics have no ARN; in others' namespaces they would set off others' alarms.
  allow("Measure", ["cloudwatch:PutMetricData"], ["*"], {
    StringLike: { "cloudwatch:namespace": [site.name, `${site.name}/*`] },
  }),
];
