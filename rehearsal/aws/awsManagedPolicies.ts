/**
 * AWS's own managed policies that templates of functions commonly name, on 2026-11-27: AWSLambdaBasicExecutionRole as
 * https://docs.aws.amazon.com/aws-managed-policy/latest/reference/ has it, the others as the mirror https://github.com/zoph-io/MAMIP has
 * them. Their statements have no Sid of ours.
 * A role of a template is bounded, whatever they allow.
 */
const LOGS = ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"];

/** What each allows on any resource, by its path and name. */
const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  "service-role/AWSLambdaBasicExecutionRole": LOGS,
  "service-role/AWSLambdaVPCAccessExecutionRole": [
    ...LOGS,
    "ec2:CreateNetworkInterface",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeSubnets",
    "ec2:DeleteNetworkInterface",
    "ec2:AssignPrivateIpAddresses",
    "ec2:UnassignPrivateIpAddresses",
  ],
  "service-role/AWSLambdaSQSQueueExecutionRole": [
    ...["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"],
    ...LOGS,
  ],
  "service-role/AWSLambdaDynamoDBExecutionRole": [
    ...[
      "dynamodb:DescribeStream",
      "dynamodb:GetRecords",
      "dynamodb:GetShardIterator",
      "dynamodb:ListStreams",
    ],
    ...LOGS,
  ],
  AWSXRayDaemonWriteAccess: [
    "xray:PutTraceSegments",
    "xray:PutTelemetryRecords",
    "xray:GetSamplingRules",
    "xray:GetSamplingTargets",
    "xray:GetSamplingStatisticSummaries",
  ],
};

/** The document of one of them, by its ARN in any partition; undefined for a policy that is not among them. */
export function awsManagedPolicy(arn: string): object | undefined {
  const [, name] = /^arn:aws[\w-]*:iam::aws:policy\/(.+)$/.exec(arn) ?? [];
  if (name === undefined || !Object.hasOwn(ALLOWED, name)) return undefined;
  const statement = { Sid: name.replace(/^.*\//, ""), Effect: "Allow", Action: ALLOWED[name], Resource: "*" };
  return { Version: "2012-10-17", Statement: [statement] };
}
