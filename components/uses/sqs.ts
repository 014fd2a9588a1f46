import { arn } from "../names";
import { allow, type Statement } from "../policies";
import { functions } from "../workloads/lambdaExecution";
import type { WorkloadSite } from "../workloads/workload";
import { eventSources, eventSourceStatements } from "./eventSources";
import { merged } from "../workloads/merged";
import type { Part, Use } from "./use";

const QUEUE = "AWS::SQS::Queue";
const OF_QUEUE = { [QUEUE]: ["Ref", "QueueUrl"] };

const queues = ({ scope, account, name }: WorkloadSite): string[] => [
  arn(scope, "sqs", account, `${name}-*`),
];

const manageQueues = (site: WorkloadSite): Statement =>
  allow(
    "ManageQueues",
    [
      "sqs:CreateQueue",
      "sqs:DeleteQueue",
      "sqs:GetQueueAttributes",
      "sqs:GetQueueUrl",
      "sqs:ListQueueTags",
      "sqs:SetQueueAttributes",
      "sqs:TagQueue",
      "sqs:UntagQueue",
    ],
    queues(site),
  );

const SEND = ["sqs:GetQueueUrl", "sqs:SendMessage"];
const RECEIVE = [
  "sqs:ChangeMessageVisibility",
  "sqs:DeleteMessage",
  "sqs:GetQueueAttributes",
  "sqs:ReceiveMessage",
];

const template: Part["template"] = {
  types: [QUEUE, "AWS::SQS::QueueInlinePolicy", "AWS::SQS::QueuePolicy"],
  own: {
    // SQS moves messages there by itself, whatever the roles may do.
    [QUEUE]: { "RedrivePolicy.deadLetterTargetArn": { [QUEUE]: ["Arn"] } },
    "AWS::SQS::QueueInlinePolicy": { Queue: OF_QUEUE },
    "AWS::SQS::QueuePolicy": { Queues: OF_QUEUE },
  },
  never: {
    [QUEUE]: { KmsMasterKeyId: "takes rights to a key, which nothing here has: SQS encrypts without it" },
  },
};

/** Queues, with dead-letter queues and policies of their own; functions are called with what is in them. */
export const sqs: Use = {
  name: "sqs",
  parts: {
    functions: {
      template: merged(template, eventSources({ [QUEUE]: ["Arn"] })),
      execution: (site) => [manageQueues(site), ...eventSourceStatements(site)],
      workload: (site) => [
        allow("SendToQueues", SEND, queues(site), {
          ArnLike: { "lambda:SourceFunctionArn": functions(site) },
        }),
        // Lambda itself reads queues for a function, with the function's role, and then names no function:
        // https://docs.aws.amazon.com/lambda/latest/dg/permissions-source-function-arn.html
        allow("ReceiveFromQueues", RECEIVE, queues(site)),
      ],
    },
    tasks: {
      template,
      execution: (site) => [manageQueues(site)],
      workload: (site) => [allow("UseQueues", [...SEND, ...RECEIVE].sort(), queues(site))],
    },
  },
};
