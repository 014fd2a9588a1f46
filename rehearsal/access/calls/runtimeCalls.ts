/** What happens without the pipeline: requests, the function itself, its logs. */
import type { DeployedResource, Deployment } from "../estate/deployed";
import { functionArn, logGroupArn } from "../estate/deployedTypes";
import { service, session } from "../../../packages/iam/src/policy/principals";
import { type Asked, type Call, calls, on, type Place } from "./call";
import { list, map, text, type Values } from "../../../packages/iam/src/json";

const LAMBDA = "https://docs.aws.amazon.com/lambda/latest/dg/";
const API = "https://docs.aws.amazon.com/apigateway/latest/developerguide/";
const DELIVERY = "https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/AWS-logs-infrastructure-CWL.html";

const ofType = ({ resources }: Deployment, type: string): DeployedResource[] =>
  resources.filter((each) => each.type === type);
const siteOf = (deployment: Deployment) => ({ ...deployment, stack: deployment.stackName });
const partitionOf = (arn: string): string => arn.split(":")[1] ?? "";

/** One example of what a pattern of a policy covers. */
const instance = (pattern: string): string =>
  pattern.replace(/:\*$/, ":log-stream:run").replaceAll("*", "x").replaceAll("?", "x");

/** What a function's role is granted by its template is what the function calls: it must not be cut away. */
function ownCalls({ properties }: DeployedResource): Asked[] {
  const statements = list(properties["Policies"]).flatMap((each) =>
    list(map(map(each)["PolicyDocument"])["Statement"]).map(map),
  );
  return statements
    .filter((each: Values) => each["Effect"] === "Allow" && each["Condition"] === undefined)
    .flatMap((each) =>
      list(each["Action"])
        .map(String)
        .filter((action) => !action.includes("*"))
        .flatMap((action) =>
          list(each["Resource"]).flatMap((resource) =>
            on(resource === "*" ? "*" : instance(String(resource)), [action]),
          ),
        ),
    );
}

function functionCalls(deployment: Deployment, resource: DeployedResource, place: Place): Call[] {
  const { arn, id, properties } = resource;
  const roleArn = text(properties, "Role") ?? "";
  const role = deployment.resources.find((each) => each.arn === roleArn);
  const context = { "lambda:SourceFunctionArn": arn };
  const group = text(map(properties["LoggingConfig"]), "LogGroup") ?? `/aws/lambda/${id}`;
  const groupArn = `arn:${partitionOf(arn)}:logs:${deployment.region}:${deployment.account}:log-group:${group}`;
  const there = ofType(deployment, "AWS::Logs::LogGroup").some((each) => each.arn === groupArn);
  const logs = [
    ...(there ? [] : on(groupArn, ["logs:CreateLogGroup"], context)),
    ...on(`${groupArn}:log-stream:run`, ["logs:CreateLogStream", "logs:PutLogEvents"], context),
  ];
  const traced = map(properties["TracingConfig"])["Mode"] === "Active";
  const own = role ? ownCalls(role).map((each) => ({ ...each, context })) : [];
  const principal = session(roleArn, id);
  const called = `function ${resource.logicalId}`;
  return [
    ...calls(
      place,
      service("lambda.amazonaws.com"),
      on(roleArn, ["sts:AssumeRole"]),
      `Lambda takes the role of ${called}`,
      `${LAMBDA}lambda-intro-execution-role.html`,
    ),
    ...calls(
      place,
      principal,
      logs,
      `Lambda writes the log of ${called}`,
      `${LAMBDA}monitoring-cloudwatchlogs.html`,
    ),
    ...calls(
      place,
      principal,
      traced ? on("*", ["xray:PutTraceSegments", "xray:PutTelemetryRecords"], context) : [],
      `Lambda traces ${called}`,
      `${LAMBDA}services-xray.html`,
    ),
    ...calls(
      place,
      principal,
      own,
      `${called} uses what its template grants`,
      `${LAMBDA}lambda-intro-execution-role.html`,
    ),
    ...calls(
      place,
      service("lambda.amazonaws.com"),
      text(map(properties["Code"]), "ImageUri") === undefined
        ? []
        : on(deployment.repositoryArn ?? "", ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"], {
            "aws:SourceArn": arn,
            "aws:SourceAccount": deployment.account,
          }),
      `Lambda pulls the image of ${called} again`,
      `${LAMBDA}images-create.html`,
    ),
  ];
}

/** `.../functions/<ARN>/invocations`, or the ARN itself. */
const invoked = (deployment: Deployment, uri: string): string =>
  functionArn(siteOf(deployment), /\/functions\/(.+)\/invocations$/.exec(uri)?.[1] ?? uri);

/** API Gateway invokes the function behind each route as itself, unless the integration has a role. */
function routeCalls(deployment: Deployment, place: Place): Call[] {
  const { account, region } = deployment;
  return ofType(deployment, "AWS::ApiGatewayV2::Route").flatMap((route) => {
    const integration = ofType(deployment, "AWS::ApiGatewayV2::Integration").find(
      ({ id }) => route.properties["Target"] === `integrations/${id}`,
    );
    const uri = text(integration?.properties ?? {}, "IntegrationUri");
    if (!integration || uri === undefined || integration.properties["IntegrationType"] !== "AWS_PROXY")
      return [];
    if (integration.properties["CredentialsArn"] !== undefined) return [];
    const arn = invoked(deployment, uri);
    const key = (text(route.properties, "RouteKey") ?? "").replace(" ", "");
    const apiId = String(route.properties["ApiId"]);
    return ofType(deployment, "AWS::ApiGatewayV2::Stage")
      .filter(({ properties }) => properties["ApiId"] === apiId)
      .flatMap(({ id }) =>
        calls(
          place,
          service("apigateway.amazonaws.com"),
          on(arn, ["lambda:InvokeFunction"], {
            "aws:SourceArn": `arn:${partitionOf(arn)}:execute-api:${region}:${account}:${apiId}/${id}/${key}`,
            "aws:SourceAccount": account,
          }),
          `API Gateway answers ${text(route.properties, "RouteKey") ?? route.logicalId}`,
          `${API}http-api-develop-integrations-lambda.html`,
        ),
      );
  });
}

function accessLogCalls(deployment: Deployment, place: Place): Call[] {
  const { account, region } = deployment;
  return ofType(deployment, "AWS::ApiGatewayV2::Stage").flatMap(({ properties, logicalId }) => {
    const group = text(map(properties["AccessLogSettings"]), "DestinationArn");
    if (group === undefined) return [];
    const arn = logGroupArn(group);
    const context = {
      "aws:SourceArn": `arn:${partitionOf(arn)}:logs:${region}:${account}:delivery`,
      "aws:SourceAccount": account,
    };
    return calls(
      place,
      service("delivery.logs.amazonaws.com"),
      on(`${arn}:log-stream:run`, ["logs:CreateLogStream", "logs:PutLogEvents"], context),
      `the access log of ${logicalId} is delivered`,
      DELIVERY,
    );
  });
}

/** Everything that is called once a template is deployed. */
export function runtimeCalls(deployment: Deployment): Call[] {
  const { pipeline, environment } = deployment;
  const place: Place = { pipeline, environment, phase: "every release", step: `${environment}: in use` };
  return [
    ...ofType(deployment, "AWS::Lambda::Function").flatMap((each) => functionCalls(deployment, each, place)),
    ...routeCalls(deployment, place),
    ...accessLogCalls(deployment, place),
  ];
}
