import { arn, roleArn } from "../names";
import { allow, type Statement } from "../policies";
import { functions } from "../workloads/lambdaExecution";
import { FUNCTION_ARNS } from "../workloads/templateRules";
import type { WorkloadSite } from "../workloads/workload";
import type { Use } from "./use";

const SCHEDULE = "AWS::Scheduler::Schedule";
const SCHEDULER = "scheduler.amazonaws.com";

/** For services that call functions with a role of the template's: by whichever of them, since Lambda vouches for none of these calls. */
export const callFunctions = (site: WorkloadSite): Statement =>
  allow("CallFunctions", ["lambda:InvokeFunction"], [functions(site)]);

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
      workload: (site) => [callFunctions(site)],
    },
  },
  lacks: "it calls functions, and a task is started by its service alone",
};
