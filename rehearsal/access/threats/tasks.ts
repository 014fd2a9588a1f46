import { policy } from "../../../packages/iam/src/policy/policies";
import { as, rootArn, somebody, somethingOf, trusting } from "./cast";
import { replaced, withoutCondition, withoutOperator } from "./change";
import { carriedOut, passed } from "./execution";
import { arnIn } from "./pairs";
import { definitionOf, onPlatform, serviceOf, TASKS } from "./platform";
import { type Attack, call, PLAIN_SERVICE, stopped } from "./scene";

/** Roles of tasks, and tasks of others. */
const TASK_ROLES: readonly Attack[] = [
  {
    id: "task-with-anothers-role",
    title: "A template registers a task with another workload's role",
    scene: onPlatform((facts, last) => {
      const trust = trusting(facts, "payroll-task", { Service: "ecs-tasks.amazonaws.com" });
      const theirs = somebody(facts, last.account, "payroll-task", { "dynamodb:*": "*" }, trust);
      const salaries = arnIn(facts, "dynamodb", last.account, "table/payroll-Salaries");
      return {
        story:
          "ECS has no condition that ties a task's role to one service: whoever trusts ecs-tasks trusts every " +
          "task of the account. So a poisoned template registers a task of its own code with the role of " +
          "another team's, and reads what they read. Registering is allowed. Handing a role over is so for " +
          "the two that the environment has for this workload.",
        roles: [theirs],
        steps: [
          carriedOut(last),
          call(
            as(last.execution),
            "ecs:RegisterTaskDefinition",
            definitionOf(facts, last, `${last.stackName}-api`),
            { absent: ["ecs:compute-compatibility", "ecs:privileged"] },
          ),
          stopped(as(last.execution), "iam:PassRole", theirs.arn, passed("ecs-tasks.amazonaws.com")),
          call(TASKS, "sts:AssumeRole", theirs.arn),
          call(as(theirs), "dynamodb:Scan", salaries),
        ],
        change: replaced({ policyOf: last.execution }, "PassTaskRoles", "for roles of any name", {
          Resource: ["*"],
        }),
      };
    }),
  },
  {
    id: "service-of-anothers-task-definition",
    title: "A template runs another workload's task definition",
    scene: onPlatform((facts, last) => ({
      story:
        "Another team's task definition is registered already, and its roles were handed over long ago. A " +
        "poisoned template makes a service of its own name that runs it, a second time and in a network of " +
        "its choice, where it can be asked what it would not tell elsewhere. A service of ours runs task " +
        "definitions of ours.",
      steps: [
        carriedOut(last),
        stopped(as(last.execution), "ecs:CreateService", serviceOf(facts, last, `${last.stackName}-Twin`), {
          context: { "ecs:task-definition": definitionOf(facts, last, "payroll-api") },
          absent: PLAIN_SERVICE,
        }),
      ],
      change: withoutOperator(
        { policyOf: last.execution },
        "RunTasks",
        "ArnLikeIfExists",
        "without its condition on the task definition",
      ),
    })),
  },
  {
    id: "task-reads-anothers-table",
    title: "A task reads another workload's table",
    scene: onPlatform((facts, last) => ({
      story:
        "A hole in the service lets an intruder run code inside a task. The credentials of the task's role are " +
        "one request away there, and he scans the first table that sounds like money. The environment, and " +
        "not the template, says what that role may do: use the workload's own tables.",
      steps: [
        call(TASKS, "sts:AssumeRole", last.task, {
          context: { "aws:SourceArn": arnIn(facts, "ecs", last.account, "task/main/1") },
        }),
        stopped(
          as(last.task),
          "dynamodb:Scan",
          arnIn(facts, "dynamodb", last.account, "table/payroll-Salaries"),
        ),
      ],
      change: replaced({ policyOf: last.task }, "UseTables", "for every table of the account", {
        Resource: [arnIn(facts, "dynamodb", last.account, "table/*")],
      }),
    })),
  },
  {
    id: "strangers-task-takes-role",
    title: "ECS takes the task's role for a task in a stranger's account",
    scene: onPlatform((facts, last) => ({
      story:
        "A stranger names our task role in a task definition of his own account. AWS lets nobody pass a role " +
        "across accounts, so that should fail long before; the trust does not count on it. ECS says for which " +
        "task it asks, and the role is for tasks of this account.",
      steps: [
        stopped(TASKS, "sts:AssumeRole", last.task, {
          context: { "aws:SourceArn": arnIn(facts, "ecs", facts.stranger, "task/main/1") },
        }),
      ],
      change: withoutCondition({ trustOf: last.task }, "AssumedByService"),
    })),
  },
];

/** What is fetched for a task before it starts, by names that a template gives. */
const STARTING: readonly Attack[] = [
  {
    id: "task-started-with-anothers-secret",
    title: "A template has another team's secret handed to its task",
    scene: onPlatform((facts, last) => ({
      story:
        "A template names secrets, and ECS puts their values into the task's environment. A poisoned one names " +
        "another team's database password; no code of ours ever asks for it, it is simply there. ECS fetches " +
        "it with the role for starting tasks, which reads the secrets below the workload's name.",
      steps: [
        call(TASKS, "sts:AssumeRole", last.taskExecution),
        stopped(
          as(last.taskExecution),
          "secretsmanager:GetSecretValue",
          arnIn(facts, "secretsmanager", last.account, "secret:payroll/database-AbCdEf"),
        ),
      ],
      change: replaced({ policyOf: last.taskExecution }, "ReadSecrets", "for every secret of the account", {
        Resource: [arnIn(facts, "secretsmanager", last.account, "secret:*")],
      }),
    })),
  },
  {
    id: "task-started-from-anothers-image",
    title: "A template starts a task from another team's image",
    scene: onPlatform((facts, last) => {
      const theirs = arnIn(facts, "ecr", facts.tooling, "repository/payroll");
      const actions = ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"];
      const statement = {
        Effect: "Allow",
        Principal: { AWS: rootArn(facts, last.account) },
        Action: actions,
      };
      const open = policy(
        "policy of repository payroll",
        "repository",
        { Statement: [statement] },
        facts.model.keys,
      );
      return {
        story:
          `Another team has opened its repository to the whole account of ${last.name}, since its own roles ` +
          "there are many. A poisoned template starts a task from their image with a shell for an entry point, " +
          "and looks around in what they ship. Their side says yes to everybody. Ours pulls from the " +
          "pipeline's own repository.",
        guarded: [somethingOf(facts.tooling, theirs, "repository", open)],
        steps: [
          call(TASKS, "sts:AssumeRole", last.taskExecution),
          call(as(last.taskExecution), "ecr:GetAuthorizationToken", "*"),
          stopped(as(last.taskExecution), "ecr:BatchGetImage", theirs),
        ],
        change: replaced({ policyOf: last.taskExecution }, "PullImage", "for every repository of tooling", {
          Resource: [arnIn(facts, "ecr", facts.tooling, "repository/*")],
        }),
      };
    }),
  },
  {
    id: "change-set-reads-anothers-parameter",
    title: "A template has CloudFormation read another team's parameter",
    scene: onPlatform((facts, last) => ({
      story:
        "A template can be given a value by the name of a parameter, and CloudFormation looks it up: that is " +
        "how a service learns of its cluster. A poisoned one names another team's parameter, with a licence " +
        "key in plain text, and prints it as an output. It is read as whoever makes the change set, and the " +
        "plan role reads the values of the environment's platform.",
      steps: [
        call(as((last.planJob ?? last.releaseJob).role), "sts:AssumeRole", last.plan),
        stopped(
          as(last.plan),
          "ssm:GetParameters",
          arnIn(facts, "ssm", last.account, "parameter/payroll/licence-key"),
        ),
      ],
      change: replaced({ policyOf: last.plan }, "ReadPlatform", "for every parameter of the account", {
        Resource: [arnIn(facts, "ssm", last.account, "parameter/*")],
      }),
    })),
  },
];

/** Tasks of a workload, and what they are started with. */
export const TASK_ATTACKS: readonly Attack[] = [...TASK_ROLES, ...STARTING];
