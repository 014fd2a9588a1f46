import { using } from "../../../components/uses/using";
import { lambdaZip } from "../../../components/workloads/lambdaZip";
import { MOST } from "../workloads/functions";
import { are, arn, may, passed, roleArn, SITE } from "../workloads/site";

const MACHINES = [arn("states", "stateMachine:cat--test-*")];
const FUNCTIONS = arn("lambda", "function:cat--test-*");

describe("uses stepfunctions", () => {
  const functions = using(lambdaZip, ["stepfunctions"]);

  it("lets CloudFormation make state machines of the stack's name, and give them roles of that name", () =>
    are(
      functions.further?.(SITE) ?? [],
      may(
        "ManageStateMachines",
        "states",
        `CreateStateMachine DeleteStateMachine DescribeStateMachine ListTagsForResource TagResource UntagResource
        UpdateStateMachine`,
        MACHINES,
      ),
      may(
        "PassRolesToStates",
        "iam",
        "PassRole",
        [roleArn("*").replace("acme-", "")],
        passed("states.amazonaws.com"),
      ),
    ));

  const most = [
    ...MOST,
    may("CallFunctions", "lambda", "InvokeFunction", [FUNCTIONS]),
    may("StartStateMachines", "states", "StartExecution StartSyncExecution", MACHINES, {
      ArnLike: { "lambda:SourceFunctionArn": FUNCTIONS },
    }),
  ];
  it("lets roles of the workload call its functions, and functions start its state machines", () =>
    are(functions.boundary?.(SITE) ?? [], ...most));

  it("lets roles call functions once, where schedules do so too", () =>
    are(using(lambdaZip, ["scheduler", "stepfunctions"]).boundary?.(SITE) ?? [], ...most));
});
