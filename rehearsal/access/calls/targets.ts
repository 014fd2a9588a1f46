/** What each call of a handler is asked on, and with which context, as the Service Authorization Reference has it. */
import type { DeployedResource, Deployment } from "../estate/deployed";
import { notKnown } from "../../../packages/iam/src/policy/notKnown";
import { type Asked, on } from "./call";
import { loadBalancing, tasks } from "./containerTargets";
import type { Operation } from "./handlers";
import { taggedWith } from "./names";
import { passedOn } from "./passedOn";
import { read, type Store } from "./store";
import { list, map, text } from "../../../packages/iam/src/json";
import type { AccessModel } from "../../../packages/iam/src/model";

/** A resource of a workload, in its stack. */
export interface Subject {
  readonly resource: DeployedResource;
  readonly deployment: Deployment;
  readonly model: AccessModel;
  /** Where code is that is files. */
  readonly store: Store;
}

/** Actions that know no resource. */
const ON_NOTHING = new Set([
  "codedeploy:StopDeployment",
  "ec2:DescribeNetworkInterfaces",
  "ec2:DescribeSecurityGroups",
  "ec2:DescribeSubnets",
  "ec2:DescribeVpcs",
  "elasticfilesystem:DescribeMountTargets",
  "kms:ListAliases",
  "logs:CreateLogDelivery",
  "logs:DeleteLogDelivery",
  "logs:DescribeIndexPolicies",
  "logs:DescribeLogGroups",
  "logs:DescribeResourcePolicies",
  "logs:GetLogDelivery",
  "logs:ListLogDeliveries",
  "logs:PutResourcePolicy",
  "logs:DeleteResourcePolicy",
  "logs:UpdateLogDelivery",
]);

/** The function of a version or an alias is what is asked for these. */
const ON_FUNCTION = /^lambda:(PublishVersion|ListVersionsByFunction|(Create|Get|Update|Delete)Alias)$/;

export const requestTags = ({ tags }: Deployment) => taggedWith(tags);
export const resourceTags = ({ tags }: Deployment) =>
  Object.fromEntries(Object.entries(tags).map(([key, value]) => [`aws:ResourceTag/${key}`, value]));

const codedeployArn = (
  { resource: { arn }, deployment: { region, account } }: Subject,
  rest: string,
): string => `arn:${arn.split(":")[1]}:codedeploy:${region}:${account}:${rest}`;

/** Tags of an HTTP API are written on a path of their own; when it is made with them, on one of two. */
function apiTags(subject: Subject, action: string, making: boolean): Asked[] {
  const { resource, deployment } = subject;
  const [request, tagged] = [requestTags(deployment), resourceTags(deployment)];
  const start = resource.arn.replace(/::\/.*$/, "::");
  const tags = `${start}/tags/${encodeURIComponent(resource.arn)}`;
  // An API that is only being made carries no tag yet.
  if (!making) return on(tags, [action], { ...request, ...tagged });
  return [
    ...on(tags, [action], request),
    ...on(`${start}${tags}`, [action], request).map((each) => ({
      ...each,
      reading: "as AWS asked in cloudformation-coverage-roadmap#997",
    })),
  ];
}

/**
 * HTTP APIs: what is made is asked on what it is made in. Whether what is below an API has the API's tag, two of AWS's pages
 * say differently, so both are asked:
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonapigatewaymanagementv2.html and
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-tagging-supported-resources.html
 */
function api(subject: Subject, operation: Operation, action: string): Asked[] {
  const { resource, deployment } = subject;
  const { arn, type } = resource;
  const [request, tagged] = [requestTags(deployment), resourceTags(deployment)];
  const collection = arn.replace(/\/[^/]+$/, "");
  const [root, making] = [type === "AWS::ApiGatewayV2::Api", operation === "create"];
  if (root && making && action === "apigateway:POST")
    return [...on(collection, [action], request), ...apiTags(subject, action, making)];
  if (root && (action === "apigateway:PUT" || action === "apigateway:POST"))
    return apiTags(subject, action, making);
  const says = {
    ...(making || action === "apigateway:TagResource" ? request : {}),
    ...passedOn(resource, action),
  };
  const [at] = on(making ? collection : arn, [action], { ...says, ...tagged });
  if (!at) return [];
  if (root) return [at];
  return [
    { ...at, reading: "what is below an API has its tag" },
    { ...at, context: says, reading: "what is below an API has no tag" },
  ];
}

/** Roles by name, as a policy apart from its role has them. */
function rolesOf({ resource, deployment, model }: Subject): string[] {
  const { properties, type } = resource;
  const names = type === "AWS::IAM::RolePolicy" ? [properties["RoleName"]] : list(properties["Roles"]);
  return [...model.roles.values()]
    .filter(({ arn, account }) => account === deployment.account && names.includes(arn.split("/").at(-1)))
    .map(({ arn }) => arn);
}

function iam(subject: Subject, operation: Operation, action: string): Asked[] {
  const { resource, deployment, model } = subject;
  const { type, arn, properties } = resource;
  const bounded = (roleArn: string, boundary = model.roles.get(roleArn)?.boundary) =>
    boundary === undefined ? {} : { "iam:PermissionsBoundary": boundary };
  if (type === "AWS::IAM::Role") {
    const policies = /Attach|Detach/.test(action)
      ? list(properties["ManagedPolicyArns"]).map(String)
      : [undefined];
    const tags = operation === "create" || action === "iam:TagRole" ? requestTags(deployment) : {};
    return policies.flatMap((policy) =>
      on(arn, [action], {
        ...bounded(arn),
        ...tags,
        ...(policy !== undefined && { "iam:PolicyARN": policy }),
      }),
    );
  }
  if (/RolePolicy$/.test(action))
    return rolesOf(subject).flatMap((role) =>
      on(role, [action], { ...bounded(role), ...(/Attach|Detach/.test(action) && { "iam:PolicyARN": arn }) }),
    );
  return on(arn, [action]);
}

/** Roles that a service is handed, by type. */
const PASSED: Readonly<Record<string, readonly (readonly [property: string, service: string])[]>> = {
  "AWS::ApiGatewayV2::Authorizer": [["AuthorizerCredentialsArn", "apigateway.amazonaws.com"]],
  "AWS::ApiGatewayV2::Integration": [["CredentialsArn", "apigateway.amazonaws.com"]],
  "AWS::CodeDeploy::DeploymentGroup": [["ServiceRoleArn", "codedeploy.amazonaws.com"]],
  "AWS::ECS::TaskDefinition": [
    ["TaskRoleArn", "ecs-tasks.amazonaws.com"],
    ["ExecutionRoleArn", "ecs-tasks.amazonaws.com"],
  ],
  "AWS::Lambda::Function": [["Role", "lambda.amazonaws.com"]],
};

/** The roles that a resource hands to a service; one that it does not have is not passed. */
function roles({ resource: { type, properties } }: Subject, action: string): Asked[] {
  const passed =
    PASSED[type] ?? notKnown(`which role ${type} passes is not in rehearsal/access/calls/targets.ts`);
  return passed.flatMap(([property, service]) => {
    const role = text(properties, property);
    if (role === undefined) return [];
    return on(role, [action], action === "iam:PassRole" ? { "iam:PassedToService": service } : {});
  });
}

/** A function's code is read by Lambda with the caller's rights. https://docs.aws.amazon.com/lambda/latest/dg/nodejs-package.html */
function codeOf({ resource: { properties }, store }: Subject, action: string): Asked[] {
  const { S3Bucket: bucket, S3Key: key } = map(properties["Code"]);
  if (`arn:${store.bucketArn.split(":")[1]}:s3:::${String(bucket)}` !== store.bucketArn)
    notKnown(`code is read from bucket ${String(bucket)}, which is not the pipeline's`);
  return read(store, String(key), [action]);
}

function codedeploy(subject: Subject, action: string): Asked[] {
  const { resource, deployment } = subject;
  const update = map(map(resource.policies["UpdatePolicy"])["CodeDeployLambdaAliasUpdate"]);
  const { ApplicationName = update["ApplicationName"] } = resource.properties;
  const group = deployment.resources.find(
    ({ id, type }) =>
      type === "AWS::CodeDeploy::DeploymentGroup" &&
      (id === resource.id || id === update["DeploymentGroupName"]),
  );
  if (action === "codedeploy:GetDeploymentConfig") {
    const config =
      text(group?.properties ?? {}, "DeploymentConfigName") ?? "CodeDeployDefault.LambdaAllAtOnce";
    return on(codedeployArn(subject, `deploymentconfig:${config}`), [action]);
  }
  if (/ApplicationRevision$/.test(action))
    return on(codedeployArn(subject, `application:${String(ApplicationName)}`), [action]);
  if (resource.type !== "AWS::Lambda::Alias") return on(resource.arn, [action], requestTags(deployment));
  return on(
    codedeployArn(
      subject,
      `deploymentgroup:${String(ApplicationName)}/${String(update["DeploymentGroupName"])}`,
    ),
    [action],
  );
}

/** What a handler's action is asked on for one resource. Several where it is asked on several. */
export function asked(subject: Subject, operation: Operation, action: string): Asked[] {
  const { resource, deployment } = subject;
  const [service = ""] = action.split(":");
  if (ON_NOTHING.has(action)) return on("*", [action]);
  if (action === "iam:PassRole" || (action === "iam:GetRole" && resource.type in PASSED))
    return roles(subject, action);
  if (service === "s3" && resource.type === "AWS::Lambda::Function") return codeOf(subject, action);
  if (service === "ecs") return tasks(subject, operation, action);
  if (service === "elasticloadbalancing") return loadBalancing(subject, operation, action);
  if (service === "apigateway") return api(subject, operation, action);
  if (service === "iam") return iam(subject, operation, action);
  if (service === "codedeploy") return codedeploy(subject, action);
  if (service === "kms")
    return on(text(resource.properties, "KmsKeyArn") ?? text(resource.properties, "KmsKeyId") ?? "*", [
      action,
    ]);
  if (ON_FUNCTION.test(action)) return on(resource.arn.split(":").slice(0, 7).join(":"), [action]);
  if (resource.type === "AWS::Lambda::Permission" && action !== "lambda:GetPolicy")
    return on(resource.arn, [action], { "lambda:Principal": String(resource.properties["Principal"]) });
  return on(resource.arn, [action], {
    ...(operation === "create" || /:Tag/.test(action) ? requestTags(deployment) : {}),
    ...passedOn(resource, action),
  });
}
