import { map, text, type Values } from "../../packages/iam/src/json";
import { partition } from "../../components/names";
import { service } from "../../packages/iam/src/policy/principals";
import {
  after,
  endpoint,
  functionArn,
  generatedId,
  logGroupArn,
  type Name,
  partitionOf,
  property,
} from "./physicalNames";
import { calledByMethod, methodsOf } from "./openApi";
import { ofType, on, one, requestTags, resourceTags } from "./requests";
import type {
  Asked,
  CloudFormationType,
  DeployedResource,
  DeployedStack,
  Grant,
  LaterCalls,
  Operation,
  Service,
  Subject,
} from "./types";

const GUIDE = "https://docs.aws.amazon.com/apigateway/latest/developerguide/";
const LOGGING = `${GUIDE}http-api-logging.html`;
const DELIVERY = "https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/AWS-logs-infrastructure-CWL.html";
const INTEGRATION = "AWS::ApiGatewayV2::Integration";
const STAGE = "AWS::ApiGatewayV2::Stage";

/** Paths of APIs have no account. https://docs.aws.amazon.com/apigateway/latest/developerguide/arn-format-reference.html */
export const pathIn =
  (collection: "apis" | "restapis", rest: Name): Name =>
  (site, resource) =>
    `arn:${partition(site.region)}:apigateway:${site.region}::/${collection}/${rest(site, resource)}`;
const path = (rest: Name): Name => pathIn("apis", rest);
const inApi = (kind: string, id: Name): Name => {
  const collection = path(after("", property("ApiId"), `/${kind}/`));
  return (site, resource) => `${collection(site, resource)}${id(site, resource)}`;
};

/** Tags of an API are written on a path of their own; when it is made with them, on one of two. */
export function apiTags({ resource, stack }: Subject, action: string, making: boolean): Asked[] {
  const [request, tagged] = [requestTags(stack), resourceTags(stack)];
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

/** What is made is asked on what it is made in. */
function request({ resource, stack }: Subject, operation: Operation, action: string) {
  const making = operation === "create";
  const says = {
    ...(making || action === "apigateway:TagResource" ? requestTags(stack) : {}),
    ...(action === "apigateway:PATCH" || action === "apigateway:POST"
      ? destination(resource.properties)
      : {}),
  };
  return {
    at: making ? resource.arn.replace(/\/[^/]+$/, "") : resource.arn,
    untagged: says,
    tagged: { ...says, ...resourceTags(stack) },
  };
}

/**
 * The import of an OpenAPI document, which makes an API or writes it anew. It takes no tags: CloudFormation writes them after it.
 * https://docs.aws.amazon.com/apigatewayv2/latest/api-reference/apis.html#ImportApi
 * https://docs.aws.amazon.com/apigateway/latest/api/API_ImportRestApi.html
 */
export function imported({ resource, stack }: Subject, operation: Operation, action: string): Asked[] {
  const imports = /::\/apis\//.test(resource.arn) ? "apigateway:PUT" : "apigateway:POST";
  if (resource.properties["Body"] === undefined) return [];
  if (operation === "create")
    return action === imports ? on(resource.arn.replace(/\/[^/]+$/, ""), [action]) : [];
  return operation === "update" && action === "apigateway:PUT"
    ? on(resource.arn, [action], resourceTags(stack))
    : [];
}

/** The API itself: its tags are asked on paths of their own. */
function onApi(subject: Subject, operation: Operation, action: string): readonly Asked[] | undefined {
  if (!action.startsWith("apigateway:")) return undefined;
  const { at, untagged, tagged } = request(subject, operation, action);
  const making = operation === "create";
  const imports = imported(subject, operation, action);
  if (action === "apigateway:POST" && making)
    return [...on(at, [action], untagged), ...apiTags(subject, action, making)];
  if (action === "apigateway:PUT" || action === "apigateway:POST")
    return [...imports, ...apiTags(subject, action, making)];
  return on(at, [action], tagged);
}

/**
 * Whether what is below an API has the API's tag, two of AWS's pages say differently, so both are asked:
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonapigatewaymanagementv2.html and
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-tagging-supported-resources.html
 */
function belowApi(subject: Subject, operation: Operation, action: string): Asked[] {
  const { at, untagged, tagged } = request(subject, operation, action);
  return [
    { action, resource: at, context: tagged, reading: "what is below an API has its tag" },
    { action, resource: at, context: untagged, reading: "what is below an API has no tag" },
  ];
}

/** Where a stage's access log goes. */
const destination = (properties: Values) =>
  one(
    "apigateway:Request/AccessLoggingDestination",
    text(map(properties["AccessLogSettings"]), "DestinationArn"),
  );

/** `.../functions/<ARN>/invocations`, or the ARN itself. */
export const invoked = (stack: DeployedStack, uri: string): string =>
  functionArn(stack, /\/functions\/(.+)\/invocations$/.exec(uri)?.[1] ?? uri);

/** API Gateway invokes the function behind each route as itself, unless the integration has a role. */
function routed(route: DeployedResource, stack: DeployedStack): LaterCalls[] {
  const integration = ofType(stack, INTEGRATION).find(
    ({ id }) => route.properties["Target"] === `integrations/${id}`,
  );
  const uri = text(integration?.properties ?? {}, "IntegrationUri");
  if (!integration || uri === undefined || integration.properties["IntegrationType"] !== "AWS_PROXY")
    return [];
  if (integration.properties["CredentialsArn"] !== undefined) return [];
  const key = text(route.properties, "RouteKey") ?? route.logicalId;
  return answers(String(route.properties["ApiId"]), key, uri, stack);
}

/** A route calls its function, at each stage. */
function answers(apiId: string, routeKey: string, uri: string, stack: DeployedStack): LaterCalls[] {
  const { account, region } = stack;
  const arn = invoked(stack, uri);
  return ofType(stack, STAGE)
    .filter(({ properties }) => properties["ApiId"] === apiId)
    .map(({ id }) => ({
      when: "in use",
      principal: service("apigateway.amazonaws.com"),
      asked: on(arn, ["lambda:InvokeFunction"], {
        "aws:SourceArn": `arn:${partitionOf(arn)}:execute-api:${region}:${account}:${apiId}/${id}/${routeKey.replace(" ", "")}`,
        "aws:SourceAccount": account,
      }),
      why: `API Gateway answers ${routeKey}`,
      source: `${GUIDE}http-api-develop-integrations-lambda.html`,
    }));
}

const logGroupOf = ({ properties }: DeployedResource): string | undefined => {
  const written = text(map(properties["AccessLogSettings"]), "DestinationArn");
  return written === undefined ? undefined : logGroupArn(written);
};

function accessLog(stage: DeployedResource, { account, region }: DeployedStack): LaterCalls[] {
  const arn = logGroupOf(stage);
  if (arn === undefined) return [];
  const context = {
    "aws:SourceArn": `arn:${partitionOf(arn)}:logs:${region}:${account}:delivery`,
    "aws:SourceAccount": account,
  };
  return [
    {
      when: "in use",
      principal: service("delivery.logs.amazonaws.com"),
      asked: on(`${arn}:log-stream:run`, ["logs:CreateLogStream", "logs:PutLogEvents"], context),
      why: `the access log of ${stage.logicalId} is delivered`,
      source: DELIVERY,
    },
  ];
}

/**
 * The policy that CloudWatch Logs writes itself when somebody who may makes it deliver to a log group, such as
 * the access log of an HTTP API.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/AWS-logs-infrastructure-V2-CloudWatchLogs.html
 */
function delivery(stage: DeployedResource, { account, region }: DeployedStack): Grant[] {
  const arn = logGroupOf(stage);
  return arn === undefined
    ? []
    : [
        {
          on: arn,
          statement: {
            Sid: "AWSLogDeliveryWrite20150319",
            Effect: "Allow",
            Principal: { Service: ["delivery.logs.amazonaws.com"] },
            Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
            Resource: [`${arn}:log-stream:*`],
            Condition: {
              StringEquals: { "aws:SourceAccount": [account] },
              ArnLike: { "aws:SourceArn": [`arn:${partitionOf(arn)}:logs:${region}:${account}:*`] },
            },
          },
        },
      ];
}

const SERVICE = "apigateway.amazonaws.com";
/** A part of an API that has an id of its own. */
const part = (kind: string, attribute: string) => ({
  createOnly: ["ApiId"],
  ref: generatedId,
  attributes: { [attribute]: generatedId },
  arn: inApi(kind, generatedId),
  carries: "nothing" as const,
  asked: belowApi,
  meantFor: "functions" as const,
});

export const apigatewayv2: Service = {
  file: "apigatewayv2",
  cloudFormation: {
    "AWS::ApiGatewayV2::Api": {
      createOnly: ["ProtocolType"],
      ref: generatedId,
      attributes: { ApiId: generatedId, ApiEndpoint: endpoint },
      runs: true,
      arn: path(generatedId),
      carries: "nothing",
      handlers: {
        create: { apigateway: "POST PUT", s3: "getObject" },
        read: { apigateway: "GET", s3: "getObject" },
        update: { apigateway: "PATCH GET PUT POST DELETE", s3: "getObject" },
        delete: { apigateway: "GET DELETE", s3: "getObject" },
        tagging: { apigateway: "GET PUT PATCH DELETE" },
      },
      conditions: [{ why: "a definition in a bucket", when: "BodyS3Location", actions: "s3:getObject" }],
      asked: onApi,
      later: (api, stack) =>
        methodsOf(api.properties).flatMap((each) => {
          const uri = calledByMethod(each);
          return uri === undefined ? [] : answers(api.id, each.key, uri, stack);
        }),
      meantFor: "functions",
    },
    "AWS::ApiGatewayV2::Authorizer": {
      ...part("authorizers", "AuthorizerId"),
      runs: false,
      handlers: {
        create: { apigateway: "POST", iam: "PassRole" },
        read: { apigateway: "GET" },
        update: { apigateway: "PATCH GET PUT", iam: "PassRole" },
        delete: { apigateway: "GET DELETE" },
      },
      conditions: [
        {
          why: "a role that the authorizer takes",
          when: "AuthorizerCredentialsArn",
          actions: "iam:PassRole",
        },
      ],
      passes: [["AuthorizerCredentialsArn", SERVICE]],
    },
    "AWS::ApiGatewayV2::Deployment": {
      ...part("deployments", "DeploymentId"),
      runs: false,
      handlers: {
        create: { apigateway: "POST" },
        read: { apigateway: "GET" },
        update: { apigateway: "PATCH GET PUT" },
        delete: { apigateway: "GET DELETE" },
      },
    },
    [INTEGRATION]: {
      ...part("integrations", "IntegrationId"),
      runs: true,
      handlers: {
        create: { apigateway: "POST", iam: "PassRole" },
        read: { apigateway: "GET" },
        update: { apigateway: "PATCH GET PUT", iam: "PassRole" },
        delete: { apigateway: "GET DELETE" },
      },
      conditions: [
        { why: "a role that the integration takes", when: "CredentialsArn", actions: "iam:PassRole" },
      ],
      passes: [["CredentialsArn", SERVICE]],
    },
    "AWS::ApiGatewayV2::Route": {
      ...part("routes", "RouteId"),
      title: property("RouteKey"),
      runs: true,
      handlers: {
        create: { apigateway: "POST" },
        read: { apigateway: "GET" },
        update: { apigateway: "PATCH GET PUT" },
        delete: { apigateway: "GET DELETE" },
      },
      later: routed,
    },
    [STAGE]: {
      createOnly: ["ApiId", "StageName"],
      ref: property("StageName"),
      attributes: {},
      title: property("StageName"),
      runs: true,
      arn: inApi("stages", property("StageName")),
      carries: { grants: delivery },
      handlers: {
        create: { apigateway: "POST TagResource" },
        read: { apigateway: "GET" },
        update: { apigateway: "PATCH POST DELETE TagResource UntagResource" },
        delete: { apigateway: "DELETE" },
        tagging: { apigateway: "POST TagResource UntagResource" },
      },
      conditions: [
        {
          why: "tags of the template's own may go, the stack's stay",
          when: "Tags",
          actions: "apigateway:UntagResource",
        },
      ],
      asked: belowApi,
      documented: [
        {
          operations: ["create", "update"],
          when: "AccessLogSettings",
          actions: [
            "logs:CreateLogDelivery",
            "logs:DescribeLogGroups",
            "logs:DescribeResourcePolicies",
            "logs:GetLogDelivery",
            "logs:ListLogDeliveries",
            "logs:PutResourcePolicy",
            "logs:UpdateLogDelivery",
          ],
          source: LOGGING,
        },
        {
          operations: ["delete", "tagging"],
          when: "AccessLogSettings",
          actions: ["logs:DeleteLogDelivery", "logs:GetLogDelivery", "logs:ListLogDeliveries"],
          source: LOGGING,
        },
      ],
      later: accessLog,
      meantFor: "functions",
    },
  } satisfies Record<string, CloudFormationType>,
};
