import { texts, type Values } from "../../packages/iam/src/json";
import { service } from "../../packages/iam/src/policy/principals";
import { after, arn, named } from "./physicalNames";
import { ofType, on, several } from "./requests";
import type { DeployedResource, DeployedStack, LaterCalls, Service } from "./types";

const alarm = named("AlarmName");
const alarmArn = arn("cloudwatch", after("alarm:", alarm));

/** What alarms do, in whichever state. */
const actions = (properties: Values): string[] =>
  ["AlarmActions", "InsufficientDataActions", "OKActions"].flatMap((each) => texts(properties[each]));

/** CloudWatch tells topics as itself; those that the template does not make are others' business. */
const tells = (
  { logicalId, arn: source, properties }: DeployedResource,
  stack: DeployedStack,
): LaterCalls[] =>
  ofType(stack, "AWS::SNS::Topic")
    .filter((topic) => actions(properties).includes(topic.arn))
    .map((topic) => ({
      when: "in use",
      principal: service("cloudwatch.amazonaws.com"),
      asked: on(topic.arn, ["sns:Publish"], {
        "aws:SourceArn": source,
        "aws:SourceAccount": stack.account,
      }),
      why: `alarm ${logicalId} tells topic ${topic.logicalId}`,
      source: "https://repost.aws/knowledge-center/cloudwatch-receive-sns-for-alarm-trigger",
    }));

export const cloudwatch: Service = {
  file: "cloudwatch",
  cloudFormation: {
    "AWS::CloudWatch::Alarm": {
      createOnly: ["AlarmName"],
      ref: alarm,
      attributes: { Arn: alarmArn },
      runs: false,
      arn: alarmArn,
      carries: "nothing",
      handlers: {
        create: { cloudwatch: "PutMetricAlarm DescribeAlarms TagResource ListTagsForResource" },
        read: { cloudwatch: "DescribeAlarms ListTagsForResource" },
        update: { cloudwatch: "PutMetricAlarm DescribeAlarms TagResource UntagResource ListTagsForResource" },
        delete: { cloudwatch: "DeleteAlarms DescribeAlarms" },
        tagging: { cloudwatch: "TagResource UntagResource ListTagsForResource" },
      },
      later: tells,
      meantFor: "every kind",
    },
  },
  passedOn: {
    "cloudwatch:PutMetricAlarm": (properties) => several("cloudwatch:AlarmActions", actions(properties)),
  },
};
