import { arn, roleArn } from "../names";
import { allow } from "../policies";
import { functions } from "../workloads/lambdaExecution";
import { FUNCTION_ARNS } from "../workloads/templateRules";
import type { Use } from "./use";

const SCHEDULE = "AWS::Scheduler::Schedule";
const SCHEDULER = "scheduler.amazonaws.com";

/** Functions are called at times, by a role of the template's that EventBridge Scheduler takes. */
export const scheduler: Use = {
  name: "scheduler",
  parts: {
    functions: {
      template: {
        types: [SCHEDULE],
        trusted: [SCHEDULER],
        // Whether what CloudFormation makes up begins with the stack's name is not documented.
        named: { [SCHEDULE]: { Name: ["<stack>-"] } },
        own: {
          [SCHEDULE]: {
            // Any other target is a call of whichever API its ARN names.
            "Target.Arn": FUNCTION_ARNS,
            "Target.RoleArn": { "AWS::IAM::Role": ["Arn"] },
          },
        },
        // Groups are another's too: IAM writes schedules below them.
        only: { [SCHEDULE]: { GroupName: ["default"] } },
        never: {
          [SCHEDULE]: {
            KmsKeyArn: "takes rights to a key, which nothing here has",
            "Target.DeadLetterConfig":
              "sends what failed to a place that the boundary does not let Scheduler write to",
          },
        },
      },
      execution: ({ scope, account, name }) => [
        allow(
          "ManageSchedules",
          [
            "scheduler:CreateSchedule",
            "scheduler:DeleteSchedule",
            "scheduler:GetSchedule",
            "scheduler:UpdateSchedule",
          ],
          [arn(scope, "scheduler", account, `schedule/default/${name}-*`)],
        ),
        allow("PassRolesToScheduler", ["iam:PassRole"], [roleArn(scope, account, `${name}-*`)], {
          StringEquals: { "iam:PassedToService": SCHEDULER },
        }),
      ],
      // By whichever of the workload's roles: Lambda vouches for no call of Scheduler's.
      workload: (site) => [allow("CallFunctions", ["lambda:InvokeFunction"], [functions(site)])],
    },
  },
  lacks: "it calls functions, and a task is started by its service alone",
};
