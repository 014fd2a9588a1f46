import { named, plain, settingOf } from "./mockRows";
import type { Service } from "./types";

const TOPIC = "aws:sns/topic:Topic";

export const sns: Service = {
  file: "sns",
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
