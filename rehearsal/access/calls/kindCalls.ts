import type { KindTraits } from "../estate/kindTraits";
import { notKnown } from "../../../packages/iam/src/policy/notKnown";
import { cloudFormationType, cloudFormationTypes } from "../../aws/registry";
import type { CloudFormationType, ForUses, MeantFor } from "../../aws/types";
import { possible } from "./handlers";
import type { WalkedCall } from "./walk";

/** By the name of a role in the environment, or `boundary`: what it can be used for, whatever the template. */
export type KindCalls = Readonly<Record<string, ReadonlySet<string>>>;

const USE_TABLES = [
  "dynamodb:BatchGetItem",
  "dynamodb:BatchWriteItem",
  "dynamodb:ConditionCheckItem",
  "dynamodb:DeleteItem",
  "dynamodb:DescribeTable",
  "dynamodb:GetItem",
  "dynamodb:PutItem",
  "dynamodb:Query",
  "dynamodb:Scan",
  "dynamodb:UpdateItem",
];
/** What a function with tables calls through the SDK, its runtime for it, and X-Ray. */
const FUNCTION = [
  ...USE_TABLES,
  "cloudwatch:PutMetricData",
  "logs:CreateLogStream",
  "logs:PutLogEvents",
  "xray:PutTelemetryRecords",
  "xray:PutTraceSegments",
];

/** What a type takes to deploy: its handlers, and what pages beside its schema want; the code is fetched by whoever has it. */
const deploys = (type: CloudFormationType): string[] => [
  ...possible(type),
  ...(type.documented ?? []).flatMap(({ actions, fetch = false }) => (fetch ? [] : actions)),
];

/** By role: what it is for, wherever a kind has it. */
const OF_ROLES: KindCalls = {
  codedeploy: new Set([
    "cloudwatch:DescribeAlarms",
    "lambda:GetAlias",
    "lambda:GetProvisionedConcurrencyConfig",
    "lambda:UpdateAlias",
  ]),
  task: new Set(USE_TABLES),
  "task-execution": new Set([
    "ecr:BatchCheckLayerAvailability",
    "ecr:BatchGetImage",
    "ecr:GetAuthorizationToken",
    "ecr:GetDownloadUrlForLayer",
    "logs:CreateLogStream",
    "logs:PutLogEvents",
    "secretsmanager:GetSecretValue",
  ]),
};

/** Code is fetched with the rights of whoever makes a function of it. */
const FETCHED = {
  image: ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
  files: ["kms:Decrypt", "s3:GetObject"],
};

/** What functions or tasks call through the SDK, or Lambda for them, of a service that settings add. */
const OF_USES: Readonly<Record<string, readonly string[]>> = {
  sqs: [
    "sqs:ChangeMessageVisibility",
    "sqs:DeleteMessage",
    "sqs:GetQueueAttributes",
    "sqs:GetQueueUrl",
    "sqs:ReceiveMessage",
    "sqs:SendMessage",
  ],
  sns: ["sns:Publish"],
  s3: ["s3:AbortMultipartUpload", "s3:DeleteObject", "s3:GetObject", "s3:ListBucket", "s3:PutObject"],
  secretRotation: ["secretsmanager:PutSecretValue", "secretsmanager:UpdateSecretVersionStage"],
  secretsmanager: ["secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue"],
  ssm: ["ssm:GetParameter", "ssm:GetParameters"],
  streams: [
    "dynamodb:DescribeStream",
    "dynamodb:GetRecords",
    "dynamodb:GetShardIterator",
    "dynamodb:ListStreams",
  ],
  events: ["events:PutEvents"],
  scheduler: ["lambda:InvokeFunction"],
  functionUrl: [],
  publicFunctionUrl: [],
  functionNetwork: [
    "ec2:AssignPrivateIpAddresses",
    "ec2:CreateNetworkInterface",
    "ec2:DeleteNetworkInterface",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeSubnets",
    "ec2:UnassignPrivateIpAddresses",
  ],
  restapi: [],
  openapi: [],
  stepfunctions: ["lambda:InvokeFunction", "states:StartExecution", "states:StartSyncExecution"],
};
/** CloudFormation reads what a template names of a platform: as whoever makes the change set, and again as whoever executes it. */
const READS_PLATFORM = ["ssm:GetParameters"];
/** What ECS calls to hand a task values when it starts. */
const OF_STARTS: typeof OF_USES = { ssm: ["ssm:GetParameters"] };

/** What templates of a kind can need that use these services: what its policies grant beyond this nothing can use. */
export function kindCalls(
  { code, fetchedBy, platform, bounded, roles }: KindTraits,
  uses: readonly string[] = [],
): KindCalls {
  const used = uses.flatMap(
    (use) =>
      OF_USES[use] ?? notKnown(`what ${use} is used for is not in rehearsal/access/calls/kindCalls.ts`),
  );
  const has: Readonly<Record<Exclude<MeantFor, ForUses>, boolean>> = {
    "every kind": true,
    functions: bounded,
    "shifted functions": "codedeploy" in roles,
    containers: platform,
    none: false,
  };
  const isFor = (meant: MeantFor): boolean =>
    typeof meant === "string"
      ? has[meant]
      : meant.uses.some((use) => uses.includes(use)) && (bounded || meant.functions !== true);
  const execution = [
    ...cloudFormationTypes().flatMap(([, type]) => (isFor(type.meantFor) ? deploys(type) : [])),
    ...(fetchedBy === "execution" ? FETCHED[code] : []),
    ...(platform ? READS_PLATFORM : []),
    // A branch's stack makes the roles of its tasks.
    ...(platform ? deploys(cloudFormationType("AWS::IAM::Role") ?? notKnown("roles of templates")) : []),
  ];
  const ofRoles = Object.keys(roles).map(
    (name) =>
      [
        name,
        new Set([
          ...(OF_ROLES[name] ??
            notKnown(`what a role ${name} is used for is not in rehearsal/access/calls/kindCalls.ts`)),
          ...(name === "task" ? used : []),
          ...(name === "task-execution" ? uses.flatMap((use) => OF_STARTS[use] ?? []) : []),
        ]),
      ] as const,
  );
  return {
    execution: new Set(execution),
    ...(platform && { plan: new Set(READS_PLATFORM) }),
    ...(bounded && { boundary: new Set([...FUNCTION, ...used]) }),
    ...(platform && { boundary: new Set(ofRoles.flatMap(([, each]) => [...each])) }),
    ...Object.fromEntries(ofRoles),
  };
}

/** What is in use: each role with each action and resource that some call of the walk is about. */
export function usedBy(
  calls: readonly WalkedCall[],
): readonly { readonly roleArn: string; readonly action: string; readonly resource: string }[] {
  const found = calls.flatMap(({ principal, action, resource }) =>
    principal.kind === "session" ? [{ roleArn: principal.roleArn, action, resource }] : [],
  );
  return [...new Map(found.map((each) => [JSON.stringify(each), each])).values()];
}
