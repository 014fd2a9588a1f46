import { length, named as mockNamed, plain } from "./mockRows";
import { service } from "../../packages/iam/src/policy/principals";
import { after, arn, type Name, named, property } from "./physicalNames";
import { on, several, valuesAt } from "./requests";
import type { DeployedResource, DeployedStack, LaterCalls, Service } from "./types";

const EVENTS = "events.amazonaws.com";
const bus = named("Name");
const busArn = arn("events", after("event-bus/", bus));
const rule = named("Name");
const onBus =
  (prefix: string, separator: string): Name =>
  (site, resource) => {
    const of = property("EventBusName")(site, resource);
    return `${prefix}${of === "" ? "" : `${of}${separator}`}${rule(site, resource)}`;
  };
const ruleArn = arn("events", onBus("rule/", "/"));
const targets = ({ properties }: Pick<DeployedResource, "properties">): string[] =>
  valuesAt(properties, "Targets.Arn").map(String);

/** EventBridge calls functions as itself, and sends what failed to a queue. */
const calls = (resource: DeployedResource, { account }: DeployedStack): LaterCalls[] => {
  const context = { "aws:SourceArn": resource.arn, "aws:SourceAccount": account };
  const common = { when: "in use", principal: service(EVENTS) } as const;
  return [
    ...targets(resource)
      .filter((each) => each.includes(":lambda:"))
      .map((each) => ({
        ...common,
        asked: on(each, ["lambda:InvokeFunction"], context),
        why: `EventBridge calls what rule ${resource.logicalId} is for`,
        source: "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html",
      })),
    ...valuesAt(resource.properties, "Targets.DeadLetterConfig.Arn").map((each) => ({
      ...common,
      asked: on(String(each), ["sqs:SendMessage"], { "aws:SourceArn": resource.arn }),
      why: `EventBridge sends what failed of rule ${resource.logicalId} to a queue`,
      source: "https://docs.aws.amazon.com/eventbridge/latest/userguide/rule-dlq.html",
    })),
  ];
};

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
      ref: onBus("", "|"),
      attributes: { Arn: ruleArn, RuleName: rule },
      runs: true,
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
      asked: ({ resource }, _, action) =>
        action === "events:PutTargets"
          ? on(resource.arn, [action], several("events:TargetArn", targets(resource)))
          : undefined,
      later: calls,
      meantFor: { uses: ["events"], functions: true },
    },
    "AWS::Events::EventBus": {
      createOnly: ["Name"],
      ref: bus,
      attributes: { Arn: busArn, Name: bus },
      title: bus,
      runs: true,
      arn: busArn,
      carries: "nothing",
      refused: ["KmsKeyIdentifier", "Policy"],
      handlers: {
        create: {
          events: "CreateEventBus DescribeEventBus PutPermission ListTagsForResource TagResource",
          kms: `DescribeKey GenerateDataKey Decrypt GenerateDataKeyWithoutPlaintext ReEncrypt ReEncryptFrom
          ReEncryptTo Encrypt`,
        },
        read: { events: "DescribeEventBus ListTagsForResource" },
        update: {
          events: "TagResource UntagResource PutPermission DescribeEventBus UpdateEventBus",
          kms: `DescribeKey GenerateDataKey Decrypt GenerateDataKeyWithoutPlaintext ReEncrypt ReEncryptFrom
          ReEncryptTo Encrypt`,
        },
        delete: {
          events: `DescribeEventBus UpdateEventBus ListTagsForResource UntagResource RemovePermission
          DeleteEventBus`,
        },
        tagging: { events: "UntagResource TagResource ListTagsForResource" },
      },
      conditions: [
        { why: "a policy of the bus's own", actions: "events:PutPermission events:RemovePermission" },
        {
          why: "a key of one's own",
          actions: `kms:DescribeKey kms:GenerateDataKey kms:Decrypt kms:GenerateDataKeyWithoutPlaintext kms:ReEncrypt
          kms:ReEncryptFrom kms:ReEncryptTo kms:Encrypt`,
        },
      ],
      meantFor: { uses: ["events"], functions: true },
    },
  },
  prefix: "events",
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
