import { using } from "../../../components/uses/using";
import { ecsService } from "../../../components/workloads/ecsService";
import { lambdaZip } from "../../../components/workloads/lambdaZip";
import { MOST } from "../workloads/functions";
import { are, arn, may, SITE, useTables } from "../workloads/site";

const MADE = arn("ssm", "parameter/cat--test-*");
const BOTH = [MADE, arn("ssm", "parameter/cat--test/*")];
const MANAGE = may(
  "ManageParameters",
  "ssm",
  "AddTagsToResource DeleteParameter GetParameters ListTagsForResource PutParameter RemoveTagsFromResource",
  [MADE],
);

describe("uses ssm", () => {
  const functions = using(lambdaZip, ["ssm"]);
  const tasks = using(ecsService, ["ssm"]);

  it("lets CloudFormation make parameters of the stack's name, and not touch those of people's", async () => {
    await are(functions.further?.(SITE) ?? [], MANAGE);
    await are(tasks.further?.(SITE) ?? [], MANAGE);
  });

  it("lets functions read both, and nobody else who takes their role", () =>
    are(
      functions.boundary?.(SITE) ?? [],
      ...MOST,
      may("ReadParameters", "ssm", "GetParameter GetParameters", BOTH, {
        ArnLike: { "lambda:SourceFunctionArn": arn("lambda", "function:cat--test-*") },
      }),
    ));

  it("lets tasks read both, also when they start", async () => {
    const read = may("ReadParameters", "ssm", "GetParameter GetParameters", BOTH);
    await are(tasks.roles.task?.statements(SITE) ?? [], useTables(), read);
    await are(
      tasks.roles["task-execution"]?.statements(SITE) ?? [],
      ...ecsService.roles["task-execution"].statements(SITE),
      may("ReadParameters", "ssm", "GetParameters", BOTH),
    );
  });
});
