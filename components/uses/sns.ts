import { arn } from "../names";
import { allow, type Statement } from "../policies";
import { functions } from "../workloads/lambdaExecution";
import { FUNCTION_ARNS, type TemplateRules } from "../workloads/templateRules";
import type { WorkloadSite } from "../workloads/workload";
import { merged } from "../workloads/merged";
import type { Part, Use } from "./use";

const TOPIC = "AWS::SNS::Topic";
const SUBSCRIPTION = "AWS::SNS::Subscription";
const POLICY = "AWS::SNS::TopicPolicy";
const INLINE_POLICY = "AWS::SNS::TopicInlinePolicy";
const SNS = "sns.amazonaws.com";
const OF_TOPIC = { [TOPIC]: ["Ref", "TopicArn"] };
const QUEUE_ARNS = { "AWS::SQS::Queue": ["Arn"] };

/**
 * Subscriptions too: SNS writes one below its topic, and asks of the topic what is done with it.
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsns.html
 */
const topics = ({ scope, account, name }: WorkloadSite): string[] => [
  arn(scope, "sns", account, `${name}-*`),
];

const manageTopics = (site: WorkloadSite): Statement =>
  allow(
    "ManageTopics",
    [
      "sns:CreateTopic",
      "sns:DeleteTopic",
      "sns:GetDataProtectionPolicy",
      "sns:GetSubscriptionAttributes",
      "sns:GetTopicAttributes",
      "sns:ListSubscriptionsByTopic",
      "sns:ListTagsForResource",
      "sns:SetSubscriptionAttributes",
      "sns:SetTopicAttributes",
      "sns:TagResource",
      "sns:Unsubscribe",
      "sns:UntagResource",
    ],
    topics(site),
  );

/** What is published goes to the workload's own and nobody else: no address, no telephone, no function or queue of others. */
const subscribe = (site: WorkloadSite, Sid: string, protocol: string, endpoint: string): Statement =>
  allow(Sid, ["sns:Subscribe"], topics(site), {
    StringEquals: { "sns:Protocol": protocol },
    StringLike: { "sns:Endpoint": endpoint },
  });
const subscribeQueues = (site: WorkloadSite): Statement =>
  subscribe(site, "SubscribeQueues", "sqs", arn(site.scope, "sqs", site.account, `${site.name}-*`));

const template: Part["template"] = {
  types: [TOPIC, INLINE_POLICY, POLICY, SUBSCRIPTION],
  // Alarms may tell topics of the workload's name.
  callers: ["cloudwatch.amazonaws.com", SNS],
  own: {
    [POLICY]: { Topics: OF_TOPIC },
    [INLINE_POLICY]: { TopicArn: OF_TOPIC },
    [SUBSCRIPTION]: {
      TopicArn: OF_TOPIC,
      Endpoint: QUEUE_ARNS,
      // SNS moves messages there by itself, whatever the roles may do.
      "RedrivePolicy.deadLetterTargetArn": QUEUE_ARNS,
    },
    [TOPIC]: { "Subscription.Endpoint": QUEUE_ARNS },
  },
  only: { [SUBSCRIPTION]: { Protocol: ["sqs"] }, [TOPIC]: { "Subscription.Protocol": ["sqs"] } },
  never: {
    [SUBSCRIPTION]: {
      Region: "is for topics of another Region",
      ReplayPolicy: "reads an archive, which no topic here has",
      SubscriptionRoleArn: "takes a right to give roles to SNS",
    },
    [TOPIC]: {
      ArchivePolicy: "keeps messages, and the topic can't be deleted as long as it has any",
      DataProtectionPolicy: "takes rights to the logs and streams that it writes to",
      DeliveryStatusLogging: "takes a right to give roles to SNS",
      KmsMasterKeyId: "takes rights to a key, which nothing here has",
    },
  },
  // The one that SNS gives a topic lets all of the account publish and subscribe.
  policies: { [TOPIC]: { [INLINE_POLICY]: "TopicArn", [POLICY]: "Topics" } },
};

/** Functions may be subscribed besides. */
const toFunctions: Partial<TemplateRules> = {
  own: { [SUBSCRIPTION]: { Endpoint: FUNCTION_ARNS }, [TOPIC]: { "Subscription.Endpoint": FUNCTION_ARNS } },
  only: { [SUBSCRIPTION]: { Protocol: ["lambda"] }, [TOPIC]: { "Subscription.Protocol": ["lambda"] } },
};

/** Topics with policies of their own, whose messages go to the template's functions and queues. */
export const sns: Use = {
  name: "sns",
  parts: {
    functions: {
      template: merged(template, toFunctions),
      execution: (site) => [
        manageTopics(site),
        subscribe(site, "SubscribeFunctions", "lambda", functions(site)),
        subscribeQueues(site),
        allow("LetTopicsInvoke", ["lambda:AddPermission", "lambda:RemovePermission"], [functions(site)], {
          StringEquals: { "lambda:Principal": SNS },
        }),
      ],
      workload: (site) => [
        allow("Publish", ["sns:Publish"], topics(site), {
          ArnLike: { "lambda:SourceFunctionArn": functions(site) },
        }),
      ],
    },
    tasks: {
      template,
      execution: (site) => [manageTopics(site), subscribeQueues(site)],
      workload: (site) => [allow("Publish", ["sns:Publish"], topics(site))],
    },
  },
};
