import { map, text } from "../../packages/iam/src/json";
import { service } from "../../packages/iam/src/policy/principals";
import { apiTags, imported, invoked, pathIn } from "./apigatewayv2";
import { digest, generatedId, generatedName, type Name, named, partitionOf, property } from "./physicalNames";
import { calledByMethod, methodsOf } from "./openApi";
import { ofType, on, one, requestTags, resourceTags } from "./requests";
import type {
  CloudFormationType,
  DeployedResource,
  DeployedStack,
  LaterCalls,
  Service,
  Subject,
} from "./types";
import type { Asked, Operation } from "./types";

const API = "AWS::ApiGateway::RestApi";
const GUIDE = "https://docs.aws.amazon.com/apigateway/latest/developerguide/";
const SERVICE = "apigateway.amazonaws.com";

const inApi = (kind: string, id: Name): Name =>
  pathIn(
    "restapis",
    (site, resource) => `${property("RestApiId")(site, resource)}/${kind}/${id(site, resource)}`,
  );
const rootId: Name = (site, resource) => digest(site, resource).slice(10, 20);

/** Where a stage's access log goes. */
const destination = ({ properties }: DeployedResource) =>
  one(
    "apigateway:Request/AccessLoggingDestination",
    text(map(properties["AccessLogSetting"]), "DestinationArn"),
  );

/** The API itself. Of one that is only being made nothing tells tags but the request that makes it. */
function onApi(subject: Subject, operation: Operation, action: string): readonly Asked[] | undefined {
  const { resource, stack } = subject;
  if (!action.startsWith("apigateway:")) return undefined;
  const making = operation === "create";
  const collection = resource.arn.replace(/\/[^/]+$/, "");
  const imports = imported(subject, operation, action);
  if (action === "apigateway:POST" && making)
    return [...imports, ...on(collection, [action], requestTags(stack))];
  if (action === "apigateway:UpdateRestApiPolicy" && making) return on(collection, [action]);
  if (action === "apigateway:PUT") return [...imports, ...apiTags(subject, action, making)];
  return on(resource.arn, [action], resourceTags(stack));
}

/** What is below an API has its tags: https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-tagging-supported-resources.html */
function belowApi(subject: Subject, operation: Operation, action: string): readonly Asked[] | undefined {
  const { resource, stack } = subject;
  if (!action.startsWith("apigateway:")) return undefined;
  const tagged = resourceTags(stack);
  if (action === "apigateway:POST" && operation === "create")
    return on(resource.arn.replace(/\/[^/]+$/, ""), [action], { ...tagged, ...destination(resource) });
  return on(resource.arn, [action], {
    ...tagged,
    ...(action === "apigateway:PATCH" ? destination(resource) : {}),
  });
}

/** Stages have tags of their own besides. */
const onStage: typeof belowApi = (subject, operation, action) =>
  action === "apigateway:PUT"
    ? apiTags(subject, action, operation === "create")
    : belowApi(subject, operation, action)?.map((each) =>
        action === "apigateway:POST" && operation === "create"
          ? { ...each, context: { ...each.context, ...requestTags(subject.stack) } }
          : each,
      );

/** `/invoices/*`: the path of a method, with a star for what differs. */
function pathOf(id: unknown, stack: DeployedStack): string {
  const resource = ofType(stack, "AWS::ApiGateway::Resource").find((each) => each.id === id);
  if (!resource) return "";
  const { ParentId, PathPart } = resource.properties;
  return `${pathOf(ParentId, stack)}/${String(PathPart).replace(/^\{.*\}$/, "*")}`;
}

/** API Gateway invokes the function behind each method as itself. */
function calls({ logicalId, properties }: DeployedResource, stack: DeployedStack): LaterCalls[] {
  const integration = map(properties["Integration"]);
  const uri = text(integration, "Uri");
  if (integration["Type"] !== "AWS_PROXY" || uri === undefined) return [];
  const path = pathOf(properties["ResourceId"], stack) || "/";
  const method = String(properties["HttpMethod"]);
  return answers(String(properties["RestApiId"]), { uri, method, path, name: logicalId }, stack);
}

/** A method calls its function, at each stage. */
function answers(
  apiId: string,
  { uri, method, path, name }: Readonly<Record<"uri" | "method" | "path" | "name", string>>,
  stack: DeployedStack,
): LaterCalls[] {
  const { account, region } = stack;
  const arn = invoked(stack, uri);
  const stages = ["Deployment", "Stage"].flatMap((part) =>
    ofType(stack, `AWS::ApiGateway::${part}`).flatMap((each) =>
      each.properties["RestApiId"] === apiId ? (text(each.properties, "StageName") ?? []) : [],
    ),
  );
  return [...new Set(stages)].map((stage) => ({
    when: "in use",
    principal: service(SERVICE),
    asked: on(arn, ["lambda:InvokeFunction"], {
      "aws:SourceArn": `arn:${partitionOf(arn)}:execute-api:${region}:${account}:${apiId}/${stage}/${method.replace("ANY", "*")}${path}`,
      "aws:SourceAccount": account,
    }),
    why: `API Gateway answers ${name}`,
    source: `${GUIDE}set-up-lambda-proxy-integrations.html`,
  }));
}

/** The same for each method of a Body. */
const answersOfBody = ({ id, properties }: DeployedResource, stack: DeployedStack): LaterCalls[] =>
  methodsOf(properties).flatMap((each) => {
    const uri = calledByMethod(each);
    const path = each.path.replace(/\{[^}]*\}/g, "*");
    return uri === undefined ? [] : answers(id, { uri, method: each.method, path, name: each.key }, stack);
  });

/** A part of an API. */
const part = (kind: string, id: Name, ...attributes: string[]) => ({
  ref: id,
  attributes: Object.fromEntries(attributes.map((each) => [each, id])),
  arn: inApi(kind, id),
  carries: "nothing" as const,
  asked: belowApi,
  meantFor: { uses: ["restapi"], functions: true as const },
});
/** A role that API Gateway would take: Plan refuses it. */
const noRole = (property: string) => ({
  conditions: [{ why: "a role, which Plan refuses", actions: "iam:PassRole" }],
  refused: [property],
});

export const apigateway: Service = {
  file: "apigateway",
  cloudFormation: {
    [API]: {
      createOnly: [],
      ref: generatedId,
      attributes: { RestApiId: generatedId, RootResourceId: rootId },
      title: named("Name"),
      runs: true,
      arn: pathIn("restapis", generatedId),
      carries: "nothing",
      refused: ["BodyS3Location", "CloneFrom", "Policy.Statement"],
      handlers: {
        create: { apigateway: "GET POST PUT PATCH UpdateRestApiPolicy", s3: "GetObject", iam: "PassRole" },
        read: { apigateway: "GET" },
        update: { apigateway: "GET DELETE PATCH PUT UpdateRestApiPolicy", s3: "GetObject", iam: "PassRole" },
        delete: { apigateway: "DELETE" },
        tagging: { apigateway: "PUT DELETE GET" },
      },
      conditions: [
        { why: "a definition in a bucket, which Plan refuses", actions: "s3:GetObject iam:PassRole" },
        { why: "a policy, be it empty", when: "Policy", actions: "apigateway:UpdateRestApiPolicy" },
      ],
      asked: onApi,
      later: answersOfBody,
      meantFor: { uses: ["restapi"], functions: true },
    },
    "AWS::ApiGateway::Authorizer": {
      ...part("authorizers", generatedId, "AuthorizerId"),
      createOnly: ["RestApiId"],
      runs: false,
      handlers: {
        create: { apigateway: "POST", iam: "PassRole" },
        read: { apigateway: "GET" },
        update: { apigateway: "GET PATCH", iam: "PassRole" },
        delete: { apigateway: "DELETE" },
      },
      ...noRole("AuthorizerCredentials"),
    },
    "AWS::ApiGateway::Deployment": {
      ...part("deployments", generatedId, "DeploymentId"),
      createOnly: ["DeploymentCanarySettings", "RestApiId"],
      runs: true,
      handlers: {
        create: { apigateway: "POST PATCH PUT GET" },
        read: { apigateway: "GET" },
        update: { apigateway: "PATCH GET PUT DELETE" },
        delete: { apigateway: "GET DELETE" },
      },
    },
    "AWS::ApiGateway::GatewayResponse": {
      ...part("gatewayresponses", property("ResponseType")),
      attributes: { Id: generatedName },
      createOnly: ["ResponseType", "RestApiId"],
      runs: false,
      handlers: {
        create: { apigateway: "PUT GET" },
        read: { apigateway: "GET" },
        update: { apigateway: "GET PUT" },
        delete: { apigateway: "GET DELETE" },
      },
    },
    "AWS::ApiGateway::Method": {
      ...part("resources", (site, resource) => {
        const [on_, method] = [property("ResourceId"), property("HttpMethod")];
        return `${on_(site, resource)}/methods/${method(site, resource)}`;
      }),
      ref: generatedName,
      createOnly: ["RestApiId", "ResourceId", "HttpMethod"],
      title: property("HttpMethod"),
      runs: true,
      handlers: {
        create: { apigateway: "PUT GET", iam: "PassRole" },
        read: { apigateway: "GET" },
        update: { apigateway: "GET DELETE PUT", iam: "PassRole" },
        delete: { apigateway: "DELETE" },
      },
      ...noRole("Integration.Credentials"),
      later: calls,
    },
    "AWS::ApiGateway::Model": {
      ...part("models", named("Name")),
      createOnly: ["ContentType", "Name", "RestApiId"],
      runs: false,
      handlers: {
        create: { apigateway: "POST GET" },
        read: { apigateway: "GET" },
        update: { apigateway: "PATCH GET" },
        delete: { apigateway: "GET DELETE" },
      },
    },
    "AWS::ApiGateway::RequestValidator": {
      ...part("requestvalidators", generatedId, "RequestValidatorId"),
      createOnly: ["Name", "RestApiId"],
      runs: false,
      handlers: {
        create: { apigateway: "POST GET" },
        read: { apigateway: "GET" },
        update: { apigateway: "PATCH GET" },
        delete: { apigateway: "DELETE" },
      },
    },
    "AWS::ApiGateway::Resource": {
      ...part("resources", generatedId, "ResourceId"),
      createOnly: ["PathPart", "ParentId", "RestApiId"],
      title: property("PathPart"),
      runs: true,
      handlers: {
        create: { apigateway: "POST" },
        read: { apigateway: "GET" },
        update: { apigateway: "GET PATCH" },
        delete: { apigateway: "DELETE" },
      },
    },
    "AWS::ApiGateway::Stage": {
      ...part("stages", property("StageName")),
      createOnly: ["RestApiId", "StageName"],
      title: property("StageName"),
      runs: true,
      handlers: {
        create: { apigateway: "POST PATCH GET PUT" },
        read: { apigateway: "GET" },
        update: { apigateway: "GET PATCH PUT DELETE" },
        delete: { apigateway: "DELETE" },
        tagging: { apigateway: "PUT DELETE GET" },
      },
      asked: onStage,
    },
  } satisfies Record<string, CloudFormationType>,
};
