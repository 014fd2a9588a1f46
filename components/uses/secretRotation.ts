import { allow } from "../policies";
import { functions } from "../workloads/lambdaExecution";
import { FUNCTION_ARNS } from "../workloads/templateRules";
import { madeSecrets } from "./secretsmanager";
import type { Use } from "./use";

const SCHEDULE = "AWS::SecretsManager::RotationSchedule";
const SECRETS_MANAGER = "secretsmanager.amazonaws.com";

/** The template's secrets get other values at times, by functions of the template. */
export const secretRotation: Use = {
  name: "secretRotation",
  parts: {
    functions: {
      template: {
        types: [SCHEDULE],
        callers: [SECRETS_MANAGER],
        own: {
          [SCHEDULE]: {
            SecretId: { "AWS::SecretsManager::Secret": ["Ref", "Id"] },
            RotationLambdaARN: FUNCTION_ARNS,
          },
        },
        never: {
          [SCHEDULE]: {
            ExternalSecretRotationMetadata: "is for secrets that somebody else rotates",
            ExternalSecretRotationRoleArn: "is for secrets that somebody else rotates",
            HostedRotationLambda:
              "is for a transform that makes a function of code that is not of this release: write RotationLambdaARN",
          },
        },
      },
      execution: (site) => [
        allow("RotateSecrets", ["secretsmanager:RotateSecret"], [madeSecrets(site)], {
          ArnLike: { "secretsmanager:RotationLambdaARN": functions(site) },
        }),
        allow("CancelRotation", ["secretsmanager:CancelRotateSecret"], [madeSecrets(site)]),
        // Its type's schema has it: who has a function rotate secrets must be allowed to call it.
        allow("CallRotatingFunctions", ["lambda:InvokeFunction"], [functions(site)]),
        allow(
          "LetSecretsManagerInvoke",
          ["lambda:AddPermission", "lambda:RemovePermission"],
          [functions(site)],
          {
            StringEquals: { "lambda:Principal": SECRETS_MANAGER },
          },
        ),
      ],
      // What they read, uses/secretsmanager.ts says.
      workload: (site) => [
        allow(
          "WriteSecrets",
          ["secretsmanager:PutSecretValue", "secretsmanager:UpdateSecretVersionStage"],
          [madeSecrets(site)],
          { ArnLike: { "lambda:SourceFunctionArn": functions(site) } },
        ),
      ],
    },
  },
  lacks: "functions rotate secrets, and a task is started by its service alone",
};
