/** A small service of each kind of workload: one table, one route, and the same answers. */
import { type Files } from "../../folders";
import { configWith, SERVICE, service } from "./service";
import { TEMPLATE } from "./sampleTemplate";

export interface Kind {
  readonly kind: string;
  /** Tooling's configuration with a pipeline of this kind. */
  readonly tooling: Readonly<Record<string, string>>;
  /** The service's files, all but what it answers. */
  readonly files: Files;
  /** The file that answers: `/lamp/{id}` with its text, its table as the store has it, and the id. */
  readonly answering: (text: string) => Files;
  /** A service that does not start, and what is said of it. */
  readonly dead: Files;
  readonly doesNotStart: RegExp;
  /** File of the release that holds the code. */
  readonly code: RegExp;
}

/** Code that asks the store for the table that a variable names. */
const TABLE = `const table = async () => {
  const response = await fetch(process.env.AWS_ENDPOINT_URL_DYNAMODB, {
    method: "POST",
    headers: { "content-type": "application/x-amz-json-1.0", "x-amz-target": "DynamoDB_20120810.DescribeTable",
      "x-amz-date": "20200101T000000Z",
      authorization: "AWS4-HMAC-SHA256 Credential=a/20200101/eu-west-1/dynamodb/aws4_request, SignedHeaders=host, Signature=a" },
    body: JSON.stringify({ TableName: process.env.TABLE }),
  });
  return (await response.json()).Table.TableName;
};
`;
const handler = (text: string): string =>
  `${TABLE}exports.handler = async (event) => ({ text: ${JSON.stringify(text)}, table: await table(), id: event.pathParameters.id });\n`;
const functionOf = (text: string): Files => ({ "index.js": handler(text) });
const DEAD = { "index.js": 'throw new Error("no lamp");' };

const zipTemplate = TEMPLATE.replace(
  "  ImageUri: { Type: String }\n",
  "  CodeBucket: { Type: String }\n  CodeKey: { Type: String }\n  CodeSha256: { Type: String }\n",
)
  .replace("PackageType: Image", "Runtime: nodejs22.x\n      Handler: index.handler")
  .replace("{ ImageUri: !Ref ImageUri }", "{ S3Bucket: !Ref CodeBucket, S3Key: !Ref CodeKey }")
  .replace(
    "  Api: {",
    "  Version: { Type: AWS::Lambda::Version, Properties: { FunctionName: !Ref Function, Description: !Ref Release, CodeSha256: !Ref CodeSha256 } }\n  Api: {",
  );

/** A server, and how it is another one than the template asks for. */
export const server = (
  text: string,
  { listen = "process.env.PORT", health = 200 }: { listen?: string; health?: number } = {},
): string => `${TABLE}
require("http").createServer(async (request, response) => {
  if (request.url === "/health") return response.writeHead(${health}).end();
  const id = request.url.split("/")[2];
  response.end(JSON.stringify({ text: ${JSON.stringify(text)}, table: await table(), id }));
}).listen(${listen});
process.once("SIGTERM", () => process.exit());
`;

const table = /^ {2}Lamps:\n(?: {4}.*\n)+/m.exec(TEMPLATE)?.[0] ?? "";
export const ECS_TEMPLATE = `Parameters:
  ImageUri: { Type: String }
  Release: { Type: String }
  TaskRoleArn: { Type: String }
  TaskExecutionRoleArn: { Type: String }
  Cluster: { Type: AWS::SSM::Parameter::Value<String> }
  VpcId: { Type: AWS::SSM::Parameter::Value<String> }
  SubnetIds: { Type: "AWS::SSM::Parameter::Value<List<String>>" }
  TaskSecurityGroupId: { Type: AWS::SSM::Parameter::Value<String> }
  ListenerArn: { Type: AWS::SSM::Parameter::Value<String> }
  EndpointUrl: { Type: AWS::SSM::Parameter::Value<String> }
Resources:
${table}  Task:
    Type: AWS::ECS::TaskDefinition
    Properties:
      Family: !Sub \${AWS::StackName}-lamps
      ContainerDefinitions:
        - Name: lamps
          Image: !Ref ImageUri
          StopTimeout: 1
          PortMappings: [{ ContainerPort: 8080 }]
          Environment:
            - { Name: PORT, Value: "8080" }
            - { Name: TABLE, Value: !Ref Lamps }
            - { Name: RELEASE, Value: !Ref Release }
  Group:
    Type: AWS::ElasticLoadBalancingV2::TargetGroup
    Properties: { Port: 8080, Protocol: HTTP, TargetType: ip, VpcId: !Ref VpcId, HealthCheckPath: /health, HealthyThresholdCount: 2 }
  Rule:
    Type: AWS::ElasticLoadBalancingV2::ListenerRule
    Properties:
      ListenerArn: !Ref ListenerArn
      Priority: 7
      Conditions: [{ Field: path-pattern, Values: [/lamp/*] }]
      Actions: [{ Type: forward, TargetGroupArn: !Ref Group }]
  Service:
    Type: AWS::ECS::Service
    DependsOn: Rule
    Properties:
      Cluster: !Ref Cluster
      TaskDefinition: !Ref Task
      DesiredCount: 2
      NetworkConfiguration: { AwsvpcConfiguration: { Subnets: !Ref SubnetIds, SecurityGroups: [!Ref TaskSecurityGroupId] } }
      LoadBalancers: [{ ContainerName: lamps, ContainerPort: 8080, TargetGroupArn: !Ref Group }]
      DeploymentConfiguration: { DeploymentCircuitBreaker: { Enable: true, Rollback: true } }
Outputs:
  Endpoint: { Value: !Ref EndpointUrl }
  Lamps: { Value: !GetAtt Lamps.Arn }
`;
/** A platform that the environment's stack builds, and one that somebody else keeps. */
const PLATFORM = {
  ...{ vpc: "vpc-0a", subnets: ["subnet-0a", "subnet-0b"], cluster: "shared", securityGroup: "sg-0a" },
  listener: "arn:aws:elasticloadbalancing:eu-central-1:333333333333:listener/app/shared/0a/0b",
  endpoint: "https://lamps.example.com",
};

export const PLATFORMS = { stage: { platform: true }, live: { platform: PLATFORM } };

/** What osls writes, from what it is told; `more` is done before. */
export const packaged = (more = ""): string => `const fs = require("fs");
const { execFileSync } = require("child_process");
const args = process.argv.slice(2);
const option = (name) => args[args.indexOf(name) + 1];
const [folder, stage, stack] = [option("--package"), option("--stage"), option("--param").split("=")[1]];
fs.mkdirSync(folder, { recursive: true });
fs.copyFileSync("index.js", folder + "/index.js");
${more}
execFileSync("touch", ["--date=1980-01-02T00:00:00Z", folder + "/index.js"]);
execFileSync("zip", ["-X", "-q", "lamps.zip", "index.js"], { cwd: folder, env: { ...process.env, TZ: "UTC" } });
const bucket = { Ref: "ServerlessDeploymentBucket" };
const table = { AttributeDefinitions: [{ AttributeName: "id", AttributeType: "S" }], BillingMode: "PAY_PER_REQUEST",
  KeySchema: [{ AttributeName: "id", KeyType: "HASH" }], TableName: { "Fn::Sub": "\${AWS::StackName}-lamps" } };
const api = { Ref: "Api" };
fs.writeFileSync(folder + "/cloudformation-template-update-stack.json", JSON.stringify({
  Resources: {
    ServerlessDeploymentBucket: { Type: "AWS::S3::Bucket" },
    Lamps: { Type: "AWS::DynamoDB::Table", DeletionPolicy: "Retain", Properties: table },
    Function: { Type: "AWS::Lambda::Function", Properties: { FunctionName: stack + "-lamps", Handler: "index.handler",
      Runtime: "nodejs22.x", Timeout: 1, Code: { S3Bucket: bucket, S3Key: "serverless/lamps.zip" },
      Environment: { Variables: { TABLE: { Ref: "Lamps" }, RELEASE: { Ref: "Release" }, STAGE: stage } } } },
    Api: { Type: "AWS::ApiGatewayV2::Api", Properties: { Name: "lamps", ProtocolType: "HTTP" } },
    Integration: { Type: "AWS::ApiGatewayV2::Integration", Properties: { ApiId: api, IntegrationType: "AWS_PROXY",
      IntegrationUri: { "Fn::GetAtt": ["Function", "Arn"] }, PayloadFormatVersion: "2.0" } },
    Route: { Type: "AWS::ApiGatewayV2::Route", Properties: { ApiId: api, RouteKey: "GET /lamp/{id}",
      Target: { "Fn::Join": ["/", ["integrations", { Ref: "Integration" }]] } } },
    Stage: { Type: "AWS::ApiGatewayV2::Stage", Properties: { ApiId: api, StageName: "$default" } },
  },
  Outputs: {
    ServerlessDeploymentBucketName: { Value: bucket },
    HttpApiUrl: { Value: { "Fn::GetAtt": ["Api", "ApiEndpoint"] } },
    Lamps: { Value: { "Fn::GetAtt": ["Lamps", "Arn"] } },
  },
}));
`;

const COMMON: Files = Object.fromEntries(
  Object.entries(SERVICE).filter(([name]) => !["Dockerfile", "template.yaml"].includes(name)),
);
const withScripts = (scripts: Readonly<Record<string, string>>): string => {
  const own = JSON.parse(SERVICE["package.json"] ?? "{}") as { scripts: object };
  return JSON.stringify({ ...own, scripts: { ...own.scripts, ...scripts } });
};

export const CONTAINER: Kind = {
  kind: "lambda-container",
  tooling: configWith(),
  files: SERVICE,
  answering: functionOf,
  dead: DEAD,
  doesNotStart: /^the bundle does not start \(handler index\.handler\): no lamp$/,
  code: /^image\/index\.js$/,
};
export const ZIP: Kind = {
  kind: "lambda-zip",
  tooling: configWith({ workload: "lambda-zip", template: "zip/template.yaml" }),
  files: { ...COMMON, "zip/template.yaml": zipTemplate },
  answering: functionOf,
  dead: DEAD,
  doesNotStart: /^the bundle does not start \(handler index\.handler\): no lamp$/,
  code: /^code\/[0-9a-f]{64}\.zip$/,
};
export const ECS: Kind = {
  kind: "ecs-service",
  tooling: configWith(
    { workload: "ecs-service" },
    { stage: { platform: true }, live: { platform: PLATFORM } },
  ),
  files: {
    ...COMMON,
    "template.yaml": ECS_TEMPLATE,
    Dockerfile: 'FROM node\nCOPY --chmod=0755 dist/ /service/\nENTRYPOINT ["node", "/service/server.js"]\n',
    "bundle.cjs":
      'const fs = require("fs"); fs.mkdirSync("dist"); fs.copyFileSync("server.js", "dist/server.js");',
  },
  answering: (text) => ({ "server.js": server(text) }),
  dead: { "server.js": 'throw new Error("no lamp");' },
  doesNotStart:
    /^the tasks of Service do not become healthy: its process ended \(exit code 1\); the circuit breaker ends the deployment, and what ran before runs on$/,
  code: /^image\/service\/server\.js$/,
};
export const SERVERLESS: Kind = {
  kind: "serverless",
  tooling: configWith({ workload: "serverless" }),
  files: {
    ...COMMON,
    "package.json": withScripts({ package: "node package.cjs" }),
    "package.cjs": packaged(),
  },
  answering: functionOf,
  dead: DEAD,
  doesNotStart: /^the bundle does not start \(handler index\.handler\): no lamp$/,
  code: /^code\/[0-9a-f]{64}\.zip$/,
};

/** The service of a kind in a folder of its own, some of its files others. */
export function serviceOf({ files, answering }: Kind, changes: Files = {}): string {
  return service({ ...files, ...answering("first"), ...changes }, {});
}
