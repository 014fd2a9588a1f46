import { texts } from "../../packages/iam/src/json";
import { after, arn, named } from "./physicalNames";
import { several } from "./requests";
import type { Service } from "./types";

const alarm = named("AlarmName");
const alarmArn = arn("cloudwatch", after("alarm:", alarm));

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

      meantFor: "every kind",
    },
  },
  passedOn: {
    // The actions of alarms, in whichever state.
    "cloudwatch:PutMetricAlarm": (properties) =>
      several(
        "cloudwatch:AlarmActions",
        ["AlarmActions", "InsufficientDataActions", "OKActions"].flatMap((each) => texts(properties[each])),
      ),
  },
};
