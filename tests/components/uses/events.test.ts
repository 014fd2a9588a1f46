import { using } from "../../../components/uses/using";
import { lambdaZip } from "../../../components/workloads/lambdaZip";
import { MOST } from "../workloads/functions";
import { are, arn, may, SITE } from "../workloads/site";

const BUSES = [arn("events", "event-bus/cat--test-*")];
const RULES = [arn("events", "rule/cat--test-*/*")];
const FUNCTIONS = arn("lambda", "function:cat--test-*");

describe("uses events", () => {
  const functions = using(lambdaZip, ["events"]);

  it("lets CloudFormation make buses of the stack's name, and rules on them that call functions of that name", () =>
    are(
      functions.further?.(SITE) ?? [],
      may(
        "ManageBuses",
        "events",
        `CreateEventBus DeleteEventBus DescribeEventBus ListTagsForResource TagResource UntagResource UpdateEventBus`,
        BUSES,
      ),
      may(
        "ManageRules",
        "events",
        `DeleteRule DescribeRule ListTagsForResource ListTargetsByRule PutRule RemoveTargets TagResource UntagResource`,
        RULES,
      ),
      may("PutTargets", "events", "PutTargets", RULES, {
        "ForAllValues:ArnLike": { "events:TargetArn": [FUNCTIONS] },
      }),
      may("LetRulesInvoke", "lambda", "AddPermission RemovePermission", [FUNCTIONS], {
        StringEquals: { "lambda:Principal": "events.amazonaws.com" },
      }),
    ));

  it("lets functions send to their buses", () =>
    are(
      functions.boundary?.(SITE) ?? [],
      ...MOST,
      may("SendEvents", "events", "PutEvents", BUSES, { ArnLike: { "lambda:SourceFunctionArn": FUNCTIONS } }),
    ));
});
