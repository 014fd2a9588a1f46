import { list, map, type Values } from "../../packages/iam/src/json";
import { service } from "../../packages/iam/src/policy/principals";
import { named, plain, settingOf } from "./mockRows";
import { arn, digest, generatedName, type Name, property } from "./physicalNames";
import { on, valuesAt } from "./requests";
import type { Asked, DeployedResource, Grant, LaterCalls, Service, Subject } from "./types";

const TOPIC = "aws:sns/topic:Topic";
const SNS = "sns.amazonaws.com";

/** A topic that is a FIFO has a name that says so. */
const topicName: Name = (site, resource) =>
  property("TopicName", (...of) => `${generatedName(...of)}${isFifo(resource.properties) ? ".fifo" : ""}`)(
    site,
    resource,
  );
const isFifo = ({ FifoTopic: fifo }: Values): boolean => fifo === true || fifo === "true";
const topicArn = arn("sns", topicName);
const ofTopic: Name = property("TopicArn");
const subscriptionArn: Name = (...of) => `${ofTopic(...of)}:${digest(...of).slice(0, 36)}`;

/** What a policy of topics writes: it takes the place of the one that AWS writes. */
const grants =
  (topics: (properties: Values) => readonly unknown[]) =>
  ({ properties }: DeployedResource): Grant[] =>
    topics(properties).flatMap((each) =>
      list(map(properties["PolicyDocument"])["Statement"]).map((statement) => ({
        on: String(each),
        statement: map(statement),
        ownOnly: true,
      })),
    );

/** Who is subscribed, and how: SNS asks of the topic, and says both. */
const subscribes = (topic: string, subscriptions: readonly Values[]): Asked[] =>
  subscriptions.flatMap(({ Protocol: protocol, Endpoint: endpoint }) =>
    on(topic, ["sns:Subscribe"], { "sns:Protocol": String(protocol), "sns:Endpoint": String(endpoint) }),
  );
const ofTopics = ({ properties }: DeployedResource): Values[] => list(properties["Subscription"]).map(map);

const DELIVERED: Readonly<Record<string, string[]>> = {
  lambda: ["lambda:InvokeFunction"],
  sqs: ["sqs:SendMessage"],
};
/** SNS calls functions, and sends to queues, as itself. */
const delivers = (topic: string, logicalId: string, subscriptions: readonly Values[]): LaterCalls[] =>
  subscriptions.flatMap(({ Protocol: protocol, Endpoint: endpoint, RedrivePolicy: redrive }) =>
    [
      ...on(String(endpoint), DELIVERED[String(protocol)] ?? [], { "aws:SourceArn": topic }),
      ...valuesAt(map(redrive), "deadLetterTargetArn").flatMap((queue) =>
        on(String(queue), ["sqs:SendMessage"], { "aws:SourceArn": topic }),
      ),
    ].map((asked) => ({
      when: "in use" as const,
      principal: service(SNS),
      asked: [asked],
      why: `SNS delivers for ${logicalId}`,
      source: asked.action.startsWith("sqs:")
        ? "https://docs.aws.amazon.com/sns/latest/dg/subscribe-sqs-queue-to-sns-topic.html"
        : "https://docs.aws.amazon.com/lambda/latest/dg/with-sns.html",
    })),
  );

const PASSED = "iam:GetRole iam:PassRole";

export const sns: Service = {
  file: "sns",
  prefix: "sns",
  cloudFormation: {
    "AWS::SNS::Topic": {
      createOnly: ["TopicName", "FifoTopic"],
      ref: topicArn,
      attributes: { TopicArn: topicArn, TopicName: topicName },
      title: topicName,
      runs: true,
      arn: topicArn,
      carries: { guards: "topic" },
      refused: ["DeliveryStatusLogging", "KmsMasterKeyId"],
      handlers: {
        create: {
          sns: "CreateTopic TagResource Subscribe GetTopicAttributes PutDataProtectionPolicy",
          iam: "GetRole PassRole",
        },
        read: {
          sns: "GetTopicAttributes ListTagsForResource ListSubscriptionsByTopic GetDataProtectionPolicy",
        },
        update: {
          sns: `SetTopicAttributes TagResource UntagResource Subscribe Unsubscribe GetTopicAttributes
          ListTagsForResource ListSubscriptionsByTopic GetDataProtectionPolicy PutDataProtectionPolicy`,
          iam: "GetRole PassRole",
        },
        delete: { sns: "GetTopicAttributes DeleteTopic" },
        tagging: { sns: "TagResource UntagResource ListTagsForResource" },
      },
      conditions: [
        {
          why: "subscriptions in the topic itself",
          when: "Subscription",
          actions: "sns:Subscribe sns:Unsubscribe",
        },
        { why: "roles that log deliveries", actions: PASSED },
        { why: "a policy that protects data", actions: "sns:PutDataProtectionPolicy" },
      ],
      asked: ({ resource }, _, action) =>
        action === "sns:Subscribe" ? subscribes(resource.arn, ofTopics(resource)) : undefined,
      later: (resource) => delivers(resource.arn, resource.logicalId, ofTopics(resource)),
      meantFor: { uses: ["sns"] },
    },
    "AWS::SNS::Subscription": {
      createOnly: ["Endpoint", "Protocol", "TopicArn"],
      ref: subscriptionArn,
      attributes: { Arn: subscriptionArn },
      runs: true,
      arn: ofTopic,
      carries: "nothing",
      refused: ["SubscriptionRoleArn"],
      handlers: {
        create: { iam: "GetRole PassRole", sns: "Subscribe" },
        read: { sns: "GetSubscriptionAttributes" },
        update: { iam: "GetRole PassRole", sns: "SetSubscriptionAttributes" },
        delete: { sns: "Unsubscribe GetSubscriptionAttributes" },
      },
      conditions: [{ why: "a role that delivers to Firehose", actions: PASSED }],
      asked: ({ resource }, _, action) =>
        action === "sns:Subscribe" ? subscribes(resource.arn, [resource.properties]) : undefined,
      later: (resource) => delivers(resource.arn, resource.logicalId, [resource.properties]),
      meantFor: { uses: ["sns"] },
    },
    "AWS::SNS::TopicPolicy": {
      createOnly: [],
      ref: generatedName,
      attributes: { Id: generatedName },
      runs: false,
      arn: (_, { properties }) => String(list(properties["Topics"])[0]),
      carries: { grants: grants(({ Topics: topics }) => list(topics)) },
      asked: ({ resource }: Subject, _, action) =>
        list(resource.properties["Topics"]).flatMap((topic) => on(String(topic), [action])),
      handlers: {
        create: { sns: "SetTopicAttributes" },
        update: { sns: "SetTopicAttributes" },
        delete: { sns: "SetTopicAttributes" },
      },
      meantFor: { uses: ["sns"] },
    },
    "AWS::SNS::TopicInlinePolicy": {
      createOnly: ["TopicArn"],
      ref: ofTopic,
      attributes: {},
      runs: false,
      arn: ofTopic,
      carries: { grants: grants(({ TopicArn: topic }) => [topic]) },
      handlers: {
        create: { sns: "SetTopicAttributes GetTopicAttributes" },
        read: { sns: "GetTopicAttributes" },
        update: { sns: "SetTopicAttributes GetTopicAttributes" },
        delete: { sns: "SetTopicAttributes GetTopicAttributes" },
      },
      meantFor: { uses: ["sns"] },
    },
  },
  pulumi: {
    [TOPIC]: {
      answer: named("name", "sns", (name) => name, true),
      carries: {
        documents: [["policy", "topic"]],
        guards: { attached: "topic", setBy: ["aws:sns/topicPolicy:TopicPolicy", "arn"], named: (arn) => arn },
      },
    },
    "aws:sns/topicPolicy:TopicPolicy": {
      answer: settingOf("arn"),
      carries: { documents: [["policy", "topic"]] },
      setOn: ["arn", "arn", TOPIC],
    },
    "aws:sns/topicSubscription:TopicSubscription": plain(
      ({ input, hash }) => {
        const arn = `${input("topic")}:${hash(36)}`;
        return { id: arn, outputs: { arn, pendingConfirmation: true } };
      },
      { setOn: ["topic", "arn", TOPIC] },
    ),
  },
  // AWS shows it in every new topic, and does not document it: it is taken at its widest, all of the own account.
  // https://www.pulumi.com/registry/packages/aws/api-docs/sns/topicpolicy/
  defaultPolicy: {
    attached: "topic",
    document: (arn, account) => ({
      Version: "2012-10-17",
      Statement: [
        {
          Sid: "AwsDefault",
          Effect: "Allow",
          Action: [
            "sns:AddPermission",
            "sns:DeleteTopic",
            "sns:GetTopicAttributes",
            "sns:ListSubscriptionsByTopic",
            "sns:Publish",
            "sns:RemovePermission",
            "sns:SetTopicAttributes",
            "sns:Subscribe",
          ],
          Resource: arn,
          Principal: { AWS: "*" },
          Condition: { StringEquals: { "aws:SourceOwner": account } },
        },
      ],
    }),
  },
};
