import { using } from "../../../components/uses/using";
import { ecsService } from "../../../components/workloads/ecsService";
import { lambdaZip } from "../../../components/workloads/lambdaZip";
import { MOST } from "../workloads/functions";
import { are, arn, may, SITE, useTables } from "../workloads/site";

const MADE = arn("secretsmanager", "secret:cat--test-*");
const GIVEN = arn("secretsmanager", "secret:cat--test/*");
const MANAGE = [
  may(
    "ManageSecrets",
    "secretsmanager",
    `CreateSecret DeleteResourcePolicy DeleteSecret DescribeSecret GetResourcePolicy GetSecretValue PutResourcePolicy
     TagResource UntagResource UpdateSecret`,
    [MADE],
  ),
  may("MakeUpSecrets", "secretsmanager", "GetRandomPassword", ["*"]),
];

describe("uses secretsmanager", () => {
  const functions = using(lambdaZip, ["secretsmanager"]);
  const tasks = using(ecsService, ["secretsmanager"]);

  it("lets CloudFormation make secrets of the stack's name, and not touch those of people's", async () => {
    await are(functions.further?.(SITE) ?? [], ...MANAGE);
    await are(tasks.further?.(SITE) ?? [], ...MANAGE);
  });

  it("lets functions read both, and nobody else who takes their role", () =>
    are(
      functions.boundary?.(SITE) ?? [],
      ...MOST,
      may("ReadSecrets", "secretsmanager", "DescribeSecret GetSecretValue", [MADE, GIVEN], {
        ArnLike: { "lambda:SourceFunctionArn": arn("lambda", "function:cat--test-*") },
      }),
    ));

  it("lets CloudFormation have functions of the workload rotate them, and these write them, where settings say so", async () => {
    const rotated = using(lambdaZip, ["secretRotation"]);
    const of = [arn("lambda", "function:cat--test-*")];
    await are(
      rotated.further?.(SITE) ?? [],
      may("RotateSecrets", "secretsmanager", "RotateSecret", [MADE], {
        ArnLike: { "secretsmanager:RotationLambdaARN": of[0] },
      }),
      may("CancelRotation", "secretsmanager", "CancelRotateSecret", [MADE]),
      may("CallRotatingFunctions", "lambda", "InvokeFunction", of),
      may("LetSecretsManagerInvoke", "lambda", "AddPermission RemovePermission", of, {
        StringEquals: { "lambda:Principal": "secretsmanager.amazonaws.com" },
      }),
    );
    await are(
      rotated.boundary?.(SITE) ?? [],
      ...MOST,
      may("WriteSecrets", "secretsmanager", "PutSecretValue UpdateSecretVersionStage", [MADE], {
        ArnLike: { "lambda:SourceFunctionArn": of[0] },
      }),
    );
  });

  it("lets tasks read both, also when they start", async () => {
    const read = may("ReadSecrets", "secretsmanager", "DescribeSecret GetSecretValue", [MADE, GIVEN]);
    await are(tasks.roles.task?.statements(SITE) ?? [], useTables(), read);
    await are(
      tasks.roles["task-execution"]?.statements(SITE) ?? [],
      ...ecsService.roles["task-execution"].statements(SITE),
      may("ReadMadeSecrets", "secretsmanager", "GetSecretValue", [MADE]),
    );
  });
});
