/** Settings of projects with each kind of workload. */
import { USE_NAMES } from "../../components/uses/list";
import { usable } from "../../components/uses/using";
import { ecsService } from "../../components/workloads/ecsService";
import { environments, tooling, type Values } from "./settingsSample";
import { all, approval, type Case, codecommit } from "./together.case";

const existingPlatform = {
  vpc: "vpc-0123456789abcdef0",
  subnets: ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"],
  cluster: "apps",
  listener:
    "arn:aws:elasticloadbalancing:eu-west-1:333333333333:listener/app/front/0123456789abcdef/0123456789abcdef",
  securityGroup: "sg-0123456789abcdef0",
  endpoint: "https://shop.example.com",
};
const zip = (changes: Values = {}) =>
  codecommit("zip", { workload: "lambda-zip", template: "lambda-zip/template.yaml", ...changes });
const service = (changes: Values = {}) =>
  codecommit("web", { workload: "ecs-service", template: "ecs-service/template.yaml", ...changes });

const LONGEST_PATH = `/${"delivery/".repeat(56)}123456/`;

const OWN_ARN = (service: string, rest: string) =>
  `arn:\${AWS::Partition}:${service}:\${AWS::Region}:\${AWS::AccountId}:${rest}`;
const OWN_STREAMS = OWN_ARN("kinesis", "stream/${AWS::StackName}-*");
const OWN_TAG = (when: "Request" | "Resource") => ({
  [`aws:${when}Tag/delivery:workload`]: "${AWS::StackName}",
});
const WRITES = { Sid: "WriteStreams", Effect: "Allow", Action: "kinesis:PutRecords", Resource: OWN_STREAMS };
/** Of teams that have streams, which go by name, and file systems, which go by tag. */
export const OWN_PERMISSIONS = {
  types: ["AWS::EFS::FileSystem", "AWS::Kinesis::Stream"],
  execution: {
    Version: "2012-10-17",
    Statement: [
      {
        Sid: "ManageStreams",
        Effect: "Allow",
        Action: ["kinesis:CreateStream", "kinesis:DeleteStream", "kinesis:DescribeStreamSummary"],
        Resource: OWN_STREAMS,
      },
      { Sid: "LookAtStreams", Effect: "Allow", Action: "kinesis:ListStreams", Resource: "*" },
      {
        Sid: "MakeFileSystems",
        Effect: "Allow",
        Action: ["elasticfilesystem:CreateFileSystem"],
        Resource: "*",
        Condition: { StringEquals: OWN_TAG("Request") },
      },
      {
        Sid: "TagNewFileSystems",
        Effect: "Allow",
        Action: "elasticfilesystem:TagResource",
        Resource: OWN_ARN("elasticfilesystem", "file-system/*"),
        Condition: {
          StringEquals: { ...OWN_TAG("Request"), "elasticfilesystem:CreateAction": "CreateFileSystem" },
        },
      },
      {
        Sid: "ManageFileSystems",
        Effect: "Allow",
        Action: ["elasticfilesystem:DeleteFileSystem", "elasticfilesystem:UpdateFileSystem"],
        Resource: OWN_ARN("elasticfilesystem", "file-system/*"),
        Condition: { StringEquals: OWN_TAG("Resource") },
      },
    ],
  },
  workload: {
    Version: "2012-10-17",
    Statement: [
      WRITES,
      {
        Sid: "LambdaReadsStreams",
        Effect: "Allow",
        Action: ["kinesis:DescribeStreamSummary", "kinesis:GetRecords", "kinesis:GetShardIterator"],
        Resource: [OWN_STREAMS],
        Condition: { Null: { "lambda:SourceFunctionArn": "true" } },
      },
      {
        Sid: "TagObjects",
        Effect: "Allow",
        Action: ["s3:PutObjectTagging"],
        Resource: "arn:${AWS::Partition}:s3:::${AWS::StackName}-*",
      },
    ],
  },
};

export const KINDS: Readonly<Record<string, Case>> = {
  "functions in zips, in two accounts": all(
    tooling({
      environments: environments("test", "prod").map((each) =>
        each.name === "prod" ? { ...each, approval } : each,
      ),
      pipelines: [zip()],
    }),
  ),
  "functions in zips, in the one account": all(
    tooling({
      environments: environments("test@111111111111", "prod@111111111111"),
      pipelines: [zip()],
      iam: { path: "/delivery/", permissionsBoundary: "org" },
    }),
  ),
  "a service of the Serverless Framework": all(
    tooling({
      environments: environments("test", "prod").map((each) => ({ ...each, approval })),
      pipelines: [codecommit("jobs", { workload: "serverless", directory: "services/jobs" })],
    }),
  ),
  "containers on a platform that is built, and on one that is there": all(
    tooling({
      environments: environments("test@222222222222", "prod@333333333333").map((each) =>
        each.name === "prod"
          ? { ...each, approval, platform: existingPlatform }
          : { ...each, platform: true },
      ),
      pipelines: [service()],
    }),
  ),
  "containers in the one account": all(
    tooling({
      environments: environments("test@111111111111").map((each) => ({ ...each, platform: true })),
      pipelines: [service()],
    }),
  ),
  "code alone, to functions that other stacks own": all(
    tooling({
      environments: [
        ...environments("dev@111111111111", "test@222222222222"),
        { name: "prod", account: "333333333333", approval },
      ],
      pipelines: [
        codecommit("quotes", {
          workload: "lambda-zip-code",
          function: {
            name: "quotes-${environment}",
            runtime: "nodejs22.x",
            endpoint: "https://quotes.${environment}.example.com",
          },
          environments: [
            "dev",
            "test",
            {
              name: "prod",
              function: { name: "Quotes", alias: "current", endpoint: "https://quotes.example.com/v1" },
            },
          ],
        }),
        codecommit("rates", {
          workload: "lambda-zip-code",
          function: { name: "rates", runtime: "provided.al2023", endpoint: "https://rates.example.com" },
          environments: ["dev"],
        }),
        codecommit("charts", {
          workload: "lambda-container-code",
          function: { name: "charts-${environment}", endpoint: "https://charts.${environment}.example.com" },
          environments: ["test", "prod"],
        }),
        codecommit("maps", {
          workload: "lambda-container-code",
          function: { name: "maps", endpoint: "https://maps.example.com" },
          environments: ["dev"],
        }),
      ],
    }),
  ),
  "code alone, to services of ECS that other stacks own": all(
    tooling({
      environments: [
        ...environments("dev@111111111111", "test@222222222222"),
        { name: "prod", account: "333333333333", approval },
      ],
      pipelines: [
        codecommit("rates-api", {
          workload: "ecs-service-code",
          service: {
            ...{ cluster: "main", name: "rates-${environment}", family: "rates-${environment}" },
            ...{ container: "app", executionRole: "services/rates-execution", taskRole: "rates-task" },
            endpoint: "https://rates.${environment}.example.com",
          },
          environments: ["test", { name: "prod", service: { cluster: "live" } }],
        }),
        codecommit("quotes-api", {
          workload: "ecs-service-code",
          service: {
            ...{ cluster: "main", name: "quotes", family: "quotes", container: "app" },
            ...{ executionRole: "quotes-execution", endpoint: "https://quotes.example.com" },
          },
          environments: ["dev"],
        }),
      ],
    }),
  ),
  "code alone, to services of ECS on instances that other stacks own": all(
    tooling({
      environments: [
        ...environments("dev@111111111111", "test@222222222222"),
        { name: "prod", account: "333333333333", approval },
      ],
      pipelines: [
        codecommit("rates-api", {
          workload: "ecs-service-code",
          service: {
            ...{ cluster: "main", name: "rates-${environment}", family: "rates-${environment}" },
            ...{ container: "app", executionRole: "rates-execution" },
            endpoint: "https://rates.${environment}.example.com",
          },
          environments: ["test", { name: "prod", service: { instanceRole: "ecs/main-instances" } }],
        }),
        codecommit("quotes-api", {
          workload: "ecs-service-code",
          service: {
            ...{ cluster: "main", name: "quotes", family: "quotes", container: "app" },
            ...{ executionRole: "quotes-execution", instanceRole: "instances" },
            endpoint: "https://quotes.example.com",
          },
          environments: ["dev"],
        }),
      ],
    }),
  ),
  "every kind of workload over one store": all(
    tooling({
      environments: [
        ...environments("dev@111111111111", "test@222222222222").map((each) => ({ ...each, platform: true })),
        { name: "prod", account: "333333333333", platform: existingPlatform, approval },
      ],
      pipelines: [
        codecommit("catalog"),
        zip({ environments: [["dev", "test"], "prod"] }),
        service({
          environments: ["test", "prod"],
          branches: { environment: "test", include: ["feature/*"], priority: 11 },
        }),
        codecommit("jobs", { workload: "serverless", environments: ["dev"] }),
      ],
    }),
  ),
  "functions, their branches and tasks that use further services": all(
    tooling({
      environments: [
        {
          name: "test",
          account: "222222222222",
          platform: true,
          functionNetwork: { subnets: ["subnet-a1", "subnet-a2"], securityGroups: ["sg-a1", "sg-a2"] },
        },
        {
          name: "prod",
          account: "333333333333",
          platform: existingPlatform,
          functionNetwork: { subnets: ["subnet-b1"], securityGroups: ["sg-b1"] },
          approval,
        },
      ],
      pipelines: [
        codecommit("orders", {
          workload: "lambda-zip",
          directory: "orders",
          template: "template.yaml",
          uses: [...USE_NAMES],
          branches: { environment: "test", include: ["feature/*"] },
        }),
        codecommit("invoices", {
          workload: "ecs-service",
          directory: "invoices",
          template: "template.yaml",
          uses: usable(ecsService),
          branches: { environment: "test", include: ["feature/*"], max: 10 },
        }),
        codecommit("catalog", { environments: ["test"] }),
      ],
    }),
  ),
  // With policy documents of the teams' own: streams by name, file systems by the workload's tag, and what knows no resource.
  "functions, their branches and tasks that have permissions of their own": all(
    tooling({
      environments: [
        { name: "test", account: "222222222222", platform: true },
        { name: "prod", account: "333333333333", platform: existingPlatform, approval },
      ],
      pipelines: [
        codecommit("orders", {
          workload: "lambda-zip",
          template: "lambda-zip/template.yaml",
          uses: ["functionUrl"],
          permissions: OWN_PERMISSIONS,
          branches: { environment: "test", include: ["feature/*"] },
        }),
        codecommit("invoices", {
          workload: "ecs-service",
          template: "ecs-service/template.yaml",
          uses: ["s3"],
          permissions: { workload: { Statement: [WRITES] } },
        }),
        codecommit("catalog", { environments: ["test"] }),
      ],
    }),
  ),
  // CloudFormation's rights don't fit one inline policy.
  "functions and their branches, whose roles have the longest path": all(
    tooling({
      environments: environments("test-europe"),
      pipelines: [
        codecommit("order-goods", {
          workload: "lambda-zip",
          template: "lambda-zip/template.yaml",
          branches: { environment: "test-europe", include: ["feature/*"] },
        }),
      ],
      iam: { path: LONGEST_PATH },
    }),
  ),
};
