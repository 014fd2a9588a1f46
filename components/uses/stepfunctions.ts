import { arn, roleArn } from "../names";
import { allow } from "../policies";
import { functions } from "../workloads/lambdaExecution";
import type { Use } from "./use";
import { callFunctions } from "./scheduler";

const MACHINE = "AWS::StepFunctions::StateMachine";
const STATES = "states.amazonaws.com";

/** State machines that call functions, with a role of the template's that Step Functions takes. */
export const stepfunctions: Use = {
  name: "stepfunctions",
  parts: {
    functions: {
      template: {
        types: [MACHINE],
        trusted: [STATES],
        // CloudFormation leaves the stack's name out where the whole would be too long.
        named: { [MACHINE]: { StateMachineName: ["<stack>-"] } },
        own: { [MACHINE]: { RoleArn: { "AWS::IAM::Role": ["Arn"] } } },
        // What its states call, Plan reads in the definition.
        never: {
          [MACHINE]: {
            DefinitionS3Location: "is a part of the template that Plan does not see",
            DefinitionSubstitutions: "fills in what Plan does not see: use Fn::Sub",
            EncryptionConfiguration: "takes rights to a key, which nothing here has",
            LoggingConfiguration: "takes rights to the logs of the whole account",
          },
        },
      },
      execution: ({ scope, account, name }) => [
        allow(
          "ManageStateMachines",
          [
            "states:CreateStateMachine",
            "states:DeleteStateMachine",
            "states:DescribeStateMachine",
            "states:ListTagsForResource",
            "states:TagResource",
            "states:UntagResource",
            "states:UpdateStateMachine",
          ],
          [arn(scope, "states", account, `stateMachine:${name}-*`)],
        ),
        allow("PassRolesToStates", ["iam:PassRole"], [roleArn(scope, account, `${name}-*`)], {
          StringEquals: { "iam:PassedToService": STATES },
        }),
      ],
      workload: (site) => [
        callFunctions(site),
        allow(
          "StartStateMachines",
          ["states:StartExecution", "states:StartSyncExecution"],
          [arn(site.scope, "states", site.account, `stateMachine:${site.name}-*`)],
          { ArnLike: { "lambda:SourceFunctionArn": functions(site) } },
        ),
      ],
    },
  },
  lacks: "its states call functions, and a task is started by its service alone",
};
