import { length, named as mockNamed, plain } from "./mockRows";
import { after, arn, named } from "./physicalNames";
import type { Service } from "./types";

const EVENTS = "events.amazonaws.com";
const rule = named("Name");
const ruleArn = arn("events", after("rule/", rule));

const json = (value: string): boolean => {
  try {
    return typeof JSON.parse(value) === "object";
  } catch {
    return false;
  }
};

export const events: Service = {
  file: "events",
  cloudFormation: {
    "AWS::Events::Rule": {
      createOnly: ["Name", "EventBusName"],
      ref: rule,
      attributes: { Arn: ruleArn, RuleName: rule },
      runs: false,
      arn: ruleArn,
      carries: "nothing",
      handlers: {
        create: { iam: "PassRole", events: "DescribeRule PutRule PutTargets TagResource" },
        read: { iam: "PassRole", events: "DescribeRule ListTargetsByRule ListTagsForResource" },
        update: {
          iam: "PassRole",
          events: "DescribeRule PutRule RemoveTargets PutTargets UntagResource TagResource",
        },
        delete: { iam: "PassRole", events: "DescribeRule DeleteRule RemoveTargets ListTargetsByRule" },
        tagging: { events: "UntagResource TagResource ListTagsForResource" },
      },
      passes: [
        ["RoleArn", EVENTS],
        ["Targets.RoleArn", EVENTS],
      ],
      meantFor: "none",
    },
  },
  pulumi: {
    "aws:cloudwatch/eventRule:EventRule": plain(
      mockNamed("name", "events", (name) => `rule/${name}`),
      {
        limits: [
          length("description", 512),
          {
            input: "eventPattern",
            words: "a JSON object",
            allowed: (value) => json(value) && value.length <= 4096,
          },
        ],
      },
    ),
    "aws:cloudwatch/eventTarget:EventTarget": plain(
      ({ input, named }) => {
        const targetId = named("targetId");
        return { id: `${input("rule")}-${targetId}`, outputs: { targetId } };
      },
      { setOn: ["rule", "name", "aws:cloudwatch/eventRule:EventRule"] },
    ),
  },
};
