import { arn } from "../names";
import { allow } from "../policies";
import { functions } from "../workloads/lambdaExecution";
import { FUNCTION_ARNS } from "../workloads/templateRules";
import type { Use } from "./use";

const BUS = "AWS::Events::EventBus";
const RULE = "AWS::Events::Rule";
const EVENTS = "events.amazonaws.com";

/** Buses of the workload's own, and functions that rules on them call: the default bus has the events of the whole account. */
export const events: Use = {
  name: "events",
  parts: {
    functions: {
      template: {
        types: [BUS, RULE],
        callers: [EVENTS],
        // A rule without a bus is one of the default bus.
        named: { [BUS]: { Name: ["<stack>-"] }, [RULE]: { EventBusName: ["<stack>-"] } },
        own: {
          [RULE]: {
            EventBusName: { [BUS]: ["Ref", "Name"] },
            "Targets.Arn": FUNCTION_ARNS,
            // EventBridge sends there as itself, and IAM has no condition for it.
            "Targets.DeadLetterConfig.Arn": { "AWS::SQS::Queue": ["Arn"] },
          },
        },
        never: {
          [BUS]: {
            DeadLetterConfig: "sends what failed to a place that nobody has looked at",
            EventSourceName: "takes the events of somebody else",
            KmsKeyIdentifier: "takes rights to a key, which nothing here has",
            LogConfig: "writes events to logs",
            // EventBridge knows no resource where policies of buses are written: that would open others' too.
            Policy: "takes a right that would open every bus of the account",
          },
          [RULE]: {
            RoleArn: "is for targets that are no functions",
            "Targets.RoleArn": "is for targets that are no functions",
          },
        },
      },
      execution: (site) => {
        const { scope, account, name } = site;
        // `rule/<bus>/<rule>`: no rule of the default bus has a slash in its name.
        const rules = [arn(scope, "events", account, `rule/${name}-*/*`)];
        return [
          allow(
            "ManageBuses",
            [
              "events:CreateEventBus",
              "events:DeleteEventBus",
              "events:DescribeEventBus",
              "events:ListTagsForResource",
              "events:TagResource",
              "events:UntagResource",
              "events:UpdateEventBus",
            ],
            [arn(scope, "events", account, `event-bus/${name}-*`)],
          ),
          allow(
            "ManageRules",
            [
              "events:DeleteRule",
              "events:DescribeRule",
              "events:ListTagsForResource",
              "events:ListTargetsByRule",
              "events:PutRule",
              "events:RemoveTargets",
              "events:TagResource",
              "events:UntagResource",
            ],
            rules,
          ),
          allow("PutTargets", ["events:PutTargets"], rules, {
            "ForAllValues:ArnLike": { "events:TargetArn": [functions(site)] },
          }),
          allow("LetRulesInvoke", ["lambda:AddPermission", "lambda:RemovePermission"], [functions(site)], {
            StringEquals: { "lambda:Principal": EVENTS },
          }),
        ];
      },
      workload: (site) => [
        allow(
          "SendEvents",
          ["events:PutEvents"],
          [arn(site.scope, "events", site.account, `event-bus/${site.name}-*`)],
          { ArnLike: { "lambda:SourceFunctionArn": functions(site) } },
        ),
      ],
    },
  },
  lacks: "its rules call functions, and a task is started by its service alone",
};
