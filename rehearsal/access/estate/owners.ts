/** Roles that other stacks own, and settings let in: those of the tasks of services that code alone is released to. */
import { inventoryOf, told } from "../../record/inventory";
import type { Rehearsed } from "../../record/record";
import type { ConditionKeys } from "../../../packages/iam/src/policy/conditionKeys";
import { policy } from "../../../packages/iam/src/policy/policies";
import type { Role } from "../../../packages/iam/src/model";

const document = (...statements: readonly object[]) => ({
  Version: "2012-10-17",
  Statement: statements.map((each, i) => ({ Sid: `TakenForGranted${i + 1}`, Effect: "Allow", ...each })),
});

const TRUST = document({ Principal: { Service: "ecs-tasks.amazonaws.com" }, Action: "sts:AssumeRole" });
/** What starts tasks pulls from these, as far as their own policies let it. */
const pulling = (repositories: readonly string[]) =>
  document(
    { Action: "ecr:GetAuthorizationToken", Resource: "*" },
    {
      Action: ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
      Resource: repositories,
    },
  );

/**
 * As the jobs that release to the services are told, each once. They are taken to be trusted by ECS alone. Who starts tasks pulls
 * from any repository of tooling's that lets it; in tooling's own account, where a repository need not let anybody, from that of
 * the pipeline, as its owner should have it. What tasks themselves may do is nothing of what is asked here.
 */
export function ownersRoles(record: Rehearsed, keys: ConditionKeys): Role[] {
  const found = new Map<string, { account: string; repositories: string[] }>();
  for (const { environments, ...pipeline } of inventoryOf(record))
    for (const job of environments) {
      const { TASK_EXECUTION_ROLE_ARN: execution, TASK_ROLE_ARN: task } = job.variables;
      if (execution === undefined) continue;
      const account = told(job, "ENVIRONMENT_ACCOUNT");
      const name = account === pipeline.account ? told(job, "REPOSITORY_NAME") : "*";
      const { partition } = pipeline;
      const region = job.variables["ENVIRONMENT_REGION"] ?? pipeline.region;
      const repository = `arn:${partition}:ecr:${region}:${pipeline.account}:repository/${name}`;
      const add = (arn: string, ...more: readonly string[]) =>
        found.set(arn, { account, repositories: [...(found.get(arn)?.repositories ?? []), ...more] });
      add(execution, repository);
      if (task !== undefined) add(task);
    }
  return [...found].map(([arn, { account, repositories }]) => {
    const called = `role ${arn.split("/").at(-1)}, which is not here`;
    const rights = repositories.length === 0 ? [] : [pulling(repositories)];
    return {
      ...{ arn, account, boundary: undefined },
      trust: policy(`trust of ${called}`, "trust", TRUST, keys),
      identity: rights.map((each) => policy(`policy of ${called}`, "identity", each, keys)),
    };
  });
}
