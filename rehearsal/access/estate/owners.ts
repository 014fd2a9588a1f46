/** What settings name and others own: roles of services that code alone is released to, and connections that other accounts share. */
import { inventoryOf, told } from "../../record/inventory";
import { pipelines } from "../../record/pipelines";
import type { Rehearsed } from "../../record/record";
import type { ConditionKeys } from "../../../packages/iam/src/policy/conditionKeys";
import { policy } from "../../../packages/iam/src/policy/policies";
import type { Guarded, Role } from "../../../packages/iam/src/model";
import { notKnown } from "../../../packages/iam/src/policy/notKnown";

const document = (...statements: readonly object[]) => ({
  Version: "2012-10-17",
  Statement: statements.map((each, i) => ({ Sid: `TakenForGranted${i + 1}`, Effect: "Allow", ...each })),
});

const trustOf = (Service: string) => document({ Principal: { Service }, Action: "sts:AssumeRole" });
const BY_TASKS = {
  trust: trustOf("ecs-tasks.amazonaws.com"),
  assumed: "ECS's tasks are taken to have it, and it to have no right but to pull images, if it starts tasks",
};
const BY_INSTANCES = {
  trust: trustOf("ec2.amazonaws.com"),
  assumed: "instances are taken to have it, and it to have no right but to pull images",
};
/** What starts tasks pulls from these, as far as their own policies let it. */
const pulling = (repositories: readonly string[]) =>
  document(
    { Action: "ecr:GetAuthorizationToken", Resource: "*" },
    {
      Action: ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
      Resource: repositories,
    },
  );

/** A role, and what it is taken to be. */
interface OwnersRole {
  readonly role: Role;
  readonly assumed: string;
}

/**
 * As the jobs that release to the services are told, each once. They are taken to be trusted by ECS alone, those of instances by EC2.
 * Who starts tasks pulls from any repository of tooling's that lets it; in tooling's own account, where a repository need not let
 * anybody, from that of the pipeline, as its owner should have it. What tasks themselves may do is nothing of what is asked here.
 */
export function ownersRoles(record: Rehearsed, keys: ConditionKeys): OwnersRole[] {
  const found = new Map<string, { account: string; by: typeof BY_TASKS; repositories: string[] }>();
  for (const { environments, ...pipeline } of inventoryOf(record))
    for (const job of environments) {
      const {
        TASK_EXECUTION_ROLE_ARN: execution,
        TASK_ROLE_ARN: task,
        INSTANCE_ROLE_ARN: instance,
      } = job.variables;
      if (execution === undefined) continue;
      const account = told(job, "ENVIRONMENT_ACCOUNT");
      // That of the environment's Region, which has a name of its own.
      const name = account === pipeline.account ? told(job, "REPOSITORY_URI").replace(/^[^/]+\//, "") : "*";
      const { partition } = pipeline;
      const region = job.variables["ENVIRONMENT_REGION"] ?? pipeline.region;
      const repository = `arn:${partition}:ecr:${region}:${pipeline.account}:repository/${name}`;
      const add = (arn: string, by: typeof BY_TASKS, ...more: readonly string[]) =>
        found.set(arn, { account, by, repositories: [...(found.get(arn)?.repositories ?? []), ...more] });
      add(execution, BY_TASKS, repository);
      if (task !== undefined) add(task, BY_TASKS);
      if (instance !== undefined) add(instance, BY_INSTANCES, repository);
    }
  return [...found].map(([arn, { account, by, repositories }]) => {
    const called = `role ${arn.split("/").at(-1)}, which is not here`;
    const rights = repositories.length === 0 ? [] : [pulling(repositories)];
    const role = {
      ...{ arn, account, boundary: undefined },
      trust: policy(`trust of ${called}`, "trust", by.trust, keys),
      identity: rights.map((each) => policy(`policy of ${called}`, "identity", each, keys)),
    };
    return { role, assumed: `role ${arn} is in no stack: ${by.assumed}` };
  });
}

/** What a connection is called: both names are asked for, whichever its own ARN has. */
const CALLED = ["codeconnections", "codestar-connections"];

/** A connection of another account, and what it is taken to be. */
interface OwnersConnection {
  readonly shared: readonly Guarded[];
  readonly assumed: string;
}

/**
 * Connections of pipelines that are of another account, each once: it is taken to share them with the pipeline's, by RAM.
 * https://docs.aws.amazon.com/dtconsole/latest/userguide/connections-share.html
 */
export function ownersConnections(record: Rehearsed, keys: ConditionKeys): OwnersConnection[] {
  const found = new Map<string, string>();
  for (const { resource, actions } of pipelines(record))
    for (const { configuration } of actions) {
      const { ConnectionArn: arn } = configuration;
      const { account = notKnown(`pipeline ${resource.name} has no account`) } = resource;
      if (arn !== undefined && arn.split(":")[4] !== account) found.set(arn, account);
    }
  return [...found].map(([connection, user]) => {
    const [, partition, , , owner = ""] = connection.split(":");
    const shared = CALLED.map((service): Guarded => {
      const arn = connection.replace(/:code(star-)?connections:/, `:${service}:`);
      const allowed = document({
        Principal: { AWS: `arn:${partition}:iam::${user}:root` },
        Action: `${service}:UseConnection`,
        Resource: arn,
      });
      const made = policy(`what RAM lets in to ${arn}, which is not here`, "connection", allowed, keys);
      return { arn, account: owner, attached: "connection", policy: made };
    });
    return {
      shared,
      assumed: `connection ${connection} is in no stack: account ${owner} is taken to share it with ${user} by AWS RAM`,
    };
  });
}
