import { dnsSuffix, partition } from "../../components/names";
import { list, map, type Values } from "../../packages/iam/src/json";
import { notKnown } from "../../packages/iam/src/policy/notKnown";
import { arn, generatedName, type Name, property } from "./physicalNames";
import { on } from "./requests";
import type { CloudFormationType, DeployedResource, Grant, Service, Subject } from "./types";

/** A queue that is a FIFO has a name that says so. */
const queueName: Name = (site, resource) =>
  property("QueueName", (...of) => `${generatedName(...of)}${isFifo(resource.properties) ? ".fifo" : ""}`)(
    site,
    resource,
  );
const isFifo = ({ FifoQueue: fifo }: Values): boolean => fifo === true || fifo === "true";
const queueArn = arn("sqs", queueName);
const queueUrl: Name = (site, resource) =>
  `https://sqs.${site.region}.${dnsSuffix(site.region)}/${site.account}/${queueName(site, resource)}`;

/** The queue that a policy names by its URL. */
function arnOf(url: string): string {
  const [, region = "", account = "", name = ""] =
    /^https:\/\/sqs\.([a-z0-9-]+)\.amazonaws\.com(?:\.cn)?\/(\d{12})\/([A-Za-z0-9_.-]+)$/.exec(url) ??
    notKnown(`${url} is not the URL of a queue`);
  return `arn:${partition(region)}:sqs:${region}:${account}:${name}`;
}

/** What a policy of queues writes: its statements, into the policy of each. */
const grants =
  (queues: (properties: Values) => readonly unknown[]) =>
  ({ properties }: DeployedResource): Grant[] =>
    queues(properties).flatMap((url) =>
      list(map(properties["PolicyDocument"])["Statement"]).map((statement) => ({
        on: arnOf(String(url)),
        statement: map(statement),
        ownOnly: true,
      })),
    );

/** Its calls are asked on each of its queues. */
const asked =
  (queues: (properties: Values) => readonly unknown[]) =>
  ({ resource }: Subject, _: unknown, action: string) =>
    queues(resource.properties).flatMap((url) => on(arnOf(String(url)), [action]));

/** A resource that is a policy of queues. */
const ofQueues = (
  queues: (properties: Values) => readonly unknown[],
): Pick<CloudFormationType, "arn" | "attributes" | "asked" | "carries" | "meantFor" | "runs"> => ({
  attributes: {},
  runs: false,
  arn: (_, { properties }) => arnOf(String(queues(properties)[0])),
  carries: { grants: grants(queues) },
  asked: asked(queues),
  meantFor: { uses: ["sqs"] },
});

export const sqs: Service = {
  file: "sqs",
  cloudFormation: {
    "AWS::SQS::Queue": {
      createOnly: ["FifoQueue", "QueueName"],
      ref: queueUrl,
      attributes: { Arn: queueArn, QueueName: queueName, QueueUrl: queueUrl },
      title: queueName,
      runs: true,
      arn: queueArn,
      carries: { guards: "queue" },
      handlers: {
        create: { sqs: "CreateQueue GetQueueUrl GetQueueAttributes ListQueueTags TagQueue" },
        read: { sqs: "GetQueueAttributes ListQueueTags" },
        update: { sqs: "SetQueueAttributes GetQueueAttributes ListQueueTags TagQueue UntagQueue" },
        delete: { sqs: "DeleteQueue GetQueueAttributes" },
        tagging: { sqs: "TagQueue UntagQueue ListQueueTags" },
      },
      refused: ["KmsMasterKeyId"],
      meantFor: { uses: ["sqs"] },
    },
    "AWS::SQS::QueuePolicy": {
      createOnly: [],
      ref: generatedName,
      ...ofQueues(({ Queues: queues }) => list(queues)),
      attributes: { Id: generatedName },
      handlers: {
        create: { sqs: "SetQueueAttributes" },
        update: { sqs: "SetQueueAttributes" },
        delete: { sqs: "SetQueueAttributes" },
      },
    },
    "AWS::SQS::QueueInlinePolicy": {
      createOnly: ["Queue"],
      ref: property("Queue"),
      ...ofQueues(({ Queue: queue }) => [queue]),
      handlers: {
        create: { sqs: "SetQueueAttributes GetQueueAttributes GetQueueUrl" },
        read: { sqs: "GetQueueAttributes GetQueueUrl" },
        update: { sqs: "SetQueueAttributes GetQueueAttributes GetQueueUrl" },
        delete: { sqs: "SetQueueAttributes GetQueueAttributes" },
      },
    },
  },
  prefix: "sqs",
};
