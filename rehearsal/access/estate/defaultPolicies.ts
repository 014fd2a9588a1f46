import type { Guarded } from "../../../packages/iam/src/model";

type Make = (arn: string, account: string) => unknown;

const statement = (Sid: string, Action: readonly string[], Resource: string, more: object) => ({
  Version: "2012-10-17",
  Statement: [{ Sid, Effect: "Allow", Action, Resource, ...more }],
});

/** What AWS writes itself where nobody gives a policy; buckets and repositories have none then. */
export const DEFAULT_POLICIES: Readonly<Partial<Record<Guarded["attached"], Make>>> = {
  // https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html
  key: (arn, account) =>
    statement("AwsDefault", ["kms:*"], "*", {
      Principal: { AWS: `arn:${arn.split(":")[1]}:iam::${account}:root` },
    }),
  // AWS shows it in every new topic, and does not document it: it is taken at its widest, all of the own account.
  // https://www.pulumi.com/registry/packages/aws/api-docs/sns/topicpolicy/
  topic: (arn, account) =>
    statement(
      "AwsDefault",
      [
        "sns:AddPermission",
        "sns:DeleteTopic",
        "sns:GetTopicAttributes",
        "sns:ListSubscriptionsByTopic",
        "sns:Publish",
        "sns:RemovePermission",
        "sns:SetTopicAttributes",
        "sns:Subscribe",
      ],
      arn,
      { Principal: { AWS: "*" }, Condition: { StringEquals: { "aws:SourceOwner": account } } },
    ),
};
