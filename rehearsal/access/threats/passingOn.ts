import { sessionOf, takes, withBranches } from "./branchInventory";
import { as, ofTemplate } from "./cast";
import { withoutCondition, withoutOperator } from "./change";
import { carriedOut } from "./execution";
import { arnIn, functions, lastOf } from "./pairs";
import { definitionOf, onPlatform, serviceOf } from "./platform";
import { type Attack, PLAIN_FUNCTION, PLAIN_SERVICE, type Said, stopped } from "./scene";
import type { Facts } from "./inventoryModel";

const LAMBDA = { Service: "lambda.amazonaws.com" };

/** All that a plain call does not have, but for what it does have. */
const but = (plain: readonly string[], context: NonNullable<Said["context"]>): Said => ({
  context,
  absent: plain.filter((key) => !(key in context)),
});

const terminate = ({ partition, region }: Facts): Said => ({
  context: { "cloudwatch:AlarmActions": `arn:${partition}:automate:${region}:ec2:terminate` },
});

/** What CloudWatch, Lambda and API Gateway do for a template with roles of their own. */
const SERVICES: readonly Attack[] = [
  {
    id: "alarm-terminates-instances",
    title: "A template's alarm terminates another team's instances",
    scene: (facts) => {
      const last = lastOf(facts);
      return {
        story:
          "An alarm on a metric that is always too high, and for its action: terminate this instance. CloudWatch " +
          "does that with a role of its own, whatever the template's author may do in EC2, and the change set " +
          "shows one more alarm. The alarm's name is the workload's, so names stop nobody. What it does is: " +
          "alarms may tell topics of the workload's own name.",
        steps: [
          carriedOut(last),
          stopped(
            as(last.execution),
            "cloudwatch:PutMetricAlarm",
            arnIn(facts, "cloudwatch", last.account, `alarm:${last.stackName}-always`),
            terminate(facts),
          ),
        ],
        change: withoutCondition({ policyOf: last.execution }, "PutAlarms"),
      };
    },
  },
  {
    id: "branch-alarm-terminates-instances",
    title: "A feature branch's alarm terminates another team's instances",
    scene: withBranches((facts, branches) => ({
      story:
        "The same by whoever may push a feature branch: nobody reviews that, and nobody approves it. The session " +
        "of a branch makes the alarms of its stack, by name. They do no more than those of releases.",
      steps: [
        takes(branches, as(branches.releaseJob.role)),
        stopped(
          sessionOf(branches, branches.one),
          "cloudwatch:PutMetricAlarm",
          arnIn(facts, "cloudwatch", branches.account, `alarm:${branches.one.stackName}-always`),
          terminate(facts),
        ),
      ],
      change: withoutCondition({ policyOf: branches.deploy }, "PutAlarms"),
    })),
  },
  {
    id: "function-in-anothers-network",
    title: "A template puts its function into the database's network",
    scene: (facts) => {
      const last = functions(facts);
      if ("lacks" in last) return last;
      return {
        story:
          "A template sets the subnets and security groups of another team's database on its own function. It " +
          "would stand where passwords are not asked for, since nobody else gets in. Lambda makes the " +
          "interface; whose network it is, no name tells. Functions are in no VPC.",
        steps: [
          carriedOut(last),
          stopped(
            as(last.execution),
            "lambda:UpdateFunctionConfiguration",
            arnIn(facts, "lambda", last.account, `function:${last.stackName}-Api`),
            but(PLAIN_FUNCTION.absent ?? [], { "lambda:VpcIds": "vpc-0123456789abcdef0" }),
          ),
        ],
        change: withoutOperator(
          { policyOf: last.execution },
          "ConfigureFunctions",
          "Null",
          "without its condition on the VPC",
        ),
      };
    },
  },
  {
    id: "function-with-anothers-layer",
    title: "A template adds a stranger's layer to its function",
    scene: (facts) => {
      const last = functions(facts);
      if ("lacks" in last) return last;
      return {
        story:
          "A layer is code that no scan saw and no digest covers, and it runs before ours. A poisoned template " +
          "names one that a stranger has opened to the world. Layers have names, and a function may have " +
          "those of its workload.",
        steps: [
          carriedOut(last),
          stopped(
            as(last.execution),
            "lambda:UpdateFunctionConfiguration",
            arnIn(facts, "lambda", last.account, `function:${last.stackName}-Api`),
            but(PLAIN_FUNCTION.absent ?? [], {
              "lambda:Layer": arnIn(facts, "lambda", facts.stranger, "layer:telemetry:7"),
            }),
          ),
        ],
        change: withoutOperator(
          { policyOf: last.execution },
          "ConfigureFunctions",
          "ForAllValues:StringLike",
          "without its condition on layers",
        ),
      };
    },
  },
  {
    id: "metrics-set-off-anothers-alarm",
    title: "A function sends numbers that set off another team's alarm",
    scene: (facts) => {
      const last = functions(facts);
      if ("lacks" in last) return last;
      const role = ofTemplate(facts, last, LAMBDA);
      return {
        story:
          "Another team's deployments turn back when their error metric rises. An intruder in our function sends a " +
          "thousand errors in their name, and they can release nothing. Metrics have no ARN, but namespaces: " +
          "the boundary ends at that of the workload.",
        roles: [role],
        steps: [
          stopped(as(role), "cloudwatch:PutMetricData", "*", {
            context: { "cloudwatch:namespace": "payroll" },
          }),
        ],
        change: withoutCondition({ managed: last.boundary }, "Measure"),
      };
    },
  },
  {
    id: "access-log-into-anothers-group",
    title: "A template has its access log written into another team's",
    scene: (facts) => {
      const last = functions(facts);
      if ("lacks" in last) return last;
      return {
        story:
          "The format of an access log is the template's own text. One whose lines look like payroll's audit log, " +
          "and whose destination is payroll's log group: API Gateway writes them there for us. A stage of ours " +
          "logs into groups of ours.",
        steps: [
          carriedOut(last),
          stopped(
            as(last.execution),
            "apigateway:PATCH",
            arnIn(facts, "apigateway", "", "/apis/a1b2c3d4e5/stages/$default"),
            {
              context: {
                "aws:ResourceTag/delivery:workload": last.stackName,
                "apigateway:Request/AccessLoggingDestination": arnIn(
                  facts,
                  "logs",
                  last.account,
                  "log-group:payroll-audit",
                ),
              },
            },
          ),
        ],
        change: {
          at: { policyOf: last.execution },
          sid: "LogToOwnGroups",
          words: "removed",
          to: () => undefined,
        },
      };
    },
  },
  {
    id: "anothers-route-changed",
    title: "A template leads a route of another workload's API to its own function",
    scene: (facts) => {
      const last = functions(facts);
      if ("lacks" in last) return last;
      return {
        story:
          "A template takes the id of payroll's API, which is in its address, and points one route at a function of " +
          "ours. AWS's pages disagree whether a route has its API's tag. Where it says the tag, this one is " +
          "payroll's, and closed. (Where it says none, this stays open: docs/access.md says so.)",
        steps: [
          carriedOut(last),
          stopped(
            as(last.execution),
            "apigateway:PATCH",
            arnIn(facts, "apigateway", "", "/apis/f0e1d2c3b4/routes/a1b2c3d"),
            {
              context: { "aws:ResourceTag/delivery:workload": "payroll" },
              absent: ["apigateway:Request/AccessLoggingDestination"],
            },
          ),
        ],
        change: withoutCondition({ policyOf: last.execution }, "ManagePartsOfApi"),
      };
    },
  },
];

interface Named {
  readonly id: string;
  readonly title: string;
  readonly story: string;
  readonly context: NonNullable<Said["context"]>;
  readonly operator: string;
  readonly words: string;
}

/** A service of the workload's own name that names something more. */
const naming = ({ id, title, story, context, operator, words }: Named): Attack => ({
  id,
  title,
  scene: onPlatform((facts, last) => ({
    story,
    steps: [
      carriedOut(last),
      stopped(
        as(last.execution),
        "ecs:CreateService",
        serviceOf(facts, last, `${last.stackName}-Api`),
        but(PLAIN_SERVICE, {
          "ecs:task-definition": definitionOf(facts, last, `${last.stackName}-api`),
          ...context,
        }),
      ),
    ],
    change: withoutOperator({ policyOf: last.execution }, "RunTasks", operator, words),
  })),
});

/** What ECS does for a template with its own role. */
const TASKS: readonly Attack[] = [
  naming({
    id: "tasks-in-anothers-subnet",
    title: "A template's tasks stand in the database's subnet",
    story:
      "ECS puts tasks wherever their service says, with its own role: into the subnet of another team's database, whose " +
      "rules let in what is beside it. The service has the right name and the right task definition. It may name the " +
      "platform's subnets; of security groups ECS says nothing to IAM, so Plan looks at those.",
    context: { "ecs:subnet": "subnet-00000000000000000" },
    operator: "ForAllValues:StringEquals",
    words: "without its condition on subnets",
  }),
  naming({
    id: "tasks-on-the-internet",
    title: "A template gives its tasks public addresses",
    story:
      "With a public address a task is reached past the load balancer, its certificate and its access log, and sends " +
      "what it knows past the NAT gateway. One line of a template asks for it. Tasks get none.",
    context: { "ecs:auto-assign-public-ip": "true" },
    operator: "BoolIfExists",
    words: "without its condition on addresses",
  }),
  naming({
    id: "shells-in-tasks",
    title: "A template opens its tasks to shells",
    story:
      "ECS Exec gives whoever may call it a shell inside a task, beside its secrets. A template turns it on in a " +
      "release that nobody looks at twice, for a colleague of the author's to use later. It stays off.",
    context: { "ecs:enable-execute-command": "true" },
    operator: "StringEqualsIfExists",
    words: "without its conditions on shells, volumes and meshes",
  }),
  naming({
    id: "tasks-in-anothers-namespace",
    title: "A template's tasks answer for another team's service",
    story:
      "Service Connect registers tasks in a namespace with the role of ECS. A template names payroll's namespace and " +
      "payroll's name, and payroll's clients send a part of their requests to us. Services here are in no namespace.",
    context: { "ecs:namespace": "arn:aws:servicediscovery:eu-west-1:111111111111:namespace/ns-payroll" },
    operator: "Null",
    words: "without its conditions on namespaces and capacity",
  }),
  {
    id: "privileged-task",
    title: "A template registers a privileged task",
    scene: onPlatform((facts, last) => ({
      story:
        "The platform is a cluster that was there before, and it has instances. A privileged task is root on its " +
        "instance, with the instance's role and everybody's containers. Such a task definition is not registered; " +
        "that a service runs on Fargate, which IAM has no key for, Plan looks at.",
      steps: [
        carriedOut(last),
        stopped(
          as(last.execution),
          "ecs:RegisterTaskDefinition",
          definitionOf(facts, last, `${last.stackName}-api`),
          { context: { "ecs:privileged": "true" }, absent: ["ecs:compute-compatibility"] },
        ),
      ],
      change: withoutOperator(
        { policyOf: last.execution },
        "RegisterTaskDefinitions",
        "StringEqualsIfExists",
        "without its condition on privileges",
      ),
    })),
  },
];

/** What AWS's services are told to do with roles of their own. */
export const PASSING_ON: readonly Attack[] = [...SERVICES, ...TASKS];
