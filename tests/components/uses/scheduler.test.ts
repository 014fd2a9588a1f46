import { using } from "../../../components/uses/using";
import { lambdaZip } from "../../../components/workloads/lambdaZip";
import { MOST } from "../workloads/functions";
import { are, arn, may, passed, roleArn, SITE } from "../workloads/site";

describe("uses scheduler", () => {
  const functions = using(lambdaZip, ["scheduler"]);

  it("lets CloudFormation make schedules of the stack's name, and give them roles of that name", () =>
    are(
      functions.further?.(SITE) ?? [],
      may("ManageSchedules", "scheduler", "CreateSchedule DeleteSchedule GetSchedule UpdateSchedule", [
        arn("scheduler", "schedule/default/cat--test-*"),
      ]),
      may(
        "PassRolesToScheduler",
        "iam",
        "PassRole",
        [roleArn("*").replace("acme-", "")],
        passed("scheduler.amazonaws.com"),
      ),
    ));

  it("lets roles of the workload call its functions", () =>
    are(
      functions.boundary?.(SITE) ?? [],
      ...MOST,
      may("CallFunctions", "lambda", "InvokeFunction", [arn("lambda", "function:cat--test-*")]),
    ));
});
