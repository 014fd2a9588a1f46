import { service } from "../../../packages/iam/src/policy/principals";
import { administrator, as, ofTemplate, rootArn } from "./cast";
import { replaced, withoutCondition } from "./change";
import { bounded, carriedOut } from "./execution";
import { arnIn, functions } from "./pairs";
import { type Attack, call, PLAIN_FUNCTION, stopped } from "./scene";

const LAMBDA = "lambda.amazonaws.com";

/** What a template says of its own functions, whoever reviewed it. */
export const TEMPLATES: readonly Attack[] = [
  {
    id: "template-grants-itself-everything",
    title: "A function whose template grants it everything reads another team's table",
    scene: (facts) => {
      const last = functions(facts);
      if ("lacks" in last) return last;
      const greedy = ofTemplate(facts, last, { Service: LAMBDA });
      const own = arnIn(facts, "lambda", last.account, `function:${last.stackName}-Api`);
      return {
        story:
          "A tired developer writes Action '*', Resource '*' for his function, it is reviewed on a " +
          "Friday and released: all by the book, role, boundary and function. A hole in the code then " +
          "lets somebody from outside choose what the function does. He tries the payroll in the same " +
          "account. The boundary is the ceiling, whatever the template says, and it ends at the " +
          "workload's tables.",
        roles: [greedy],
        steps: [
          carriedOut(last),
          call(as(last.execution), "iam:CreateRole", greedy.arn, bounded(last.boundary)),
          call(as(last.execution), "iam:PutRolePolicy", greedy.arn, bounded(last.boundary)),
          call(as(last.execution), "iam:PassRole", greedy.arn, {
            context: { "iam:PassedToService": LAMBDA },
          }),
          call(as(last.execution), "lambda:CreateFunction", own, PLAIN_FUNCTION),
          call(service(LAMBDA), "sts:AssumeRole", greedy.arn),
          stopped(
            as(greedy),
            "dynamodb:Scan",
            arnIn(facts, "dynamodb", last.account, "table/payroll-Salaries"),
            {
              context: { "lambda:SourceFunctionArn": own },
            },
          ),
        ],
        change: replaced({ managed: last.boundary }, "UseTables", "for every table of the account", {
          Resource: [arnIn(facts, "dynamodb", last.account, "table/*")],
        }),
      };
    },
  },
  {
    id: "function-creates-user",
    title: "A function whose template grants it everything creates a user",
    scene: (facts) => {
      const last = functions(facts);
      if ("lacks" in last) return last;
      const greedy = ofTemplate(facts, last, { Service: LAMBDA });
      return {
        story:
          "The same function, a more ambitious intruder: he has it create an IAM user with a key, to " +
          "stay when the hole is closed. The function's policy says yes to everything. The boundary lets " +
          "through logs, tables, traces and metrics; IAM it does not know.",
        roles: [greedy],
        steps: [
          call(service(LAMBDA), "sts:AssumeRole", greedy.arn),
          stopped(as(greedy), "iam:CreateUser", `arn:${facts.partition}:iam::${last.account}:user/backdoor`),
        ],
        change: replaced({ managed: last.boundary }, "Trace", "with every action", { Action: ["*"] }),
      };
    },
  },
  {
    id: "stranger-takes-function-role",
    title: "A template lets a stranger take the function's role, and he reads the table",
    scene: (facts) => {
      const last = functions(facts);
      if ("lacks" in last) return last;
      const eve = administrator(facts, facts.stranger);
      const role = ofTemplate(facts, last, { AWS: rootArn(facts, facts.stranger) });
      return {
        story:
          "IAM limits what a role does and never who takes it: no key is about the text of a trust policy. " +
          "Plan refuses a role that anybody but the workload's own services may take; say that this one has " +
          "come past it, trusts a stranger's account, and he takes it. He wants the workload's own table, which the " +
          "boundary lets through. But it does so for calls out of the workload's functions: Lambda " +
          "vouches for those, and he cannot.",
        roles: [eve, role],
        steps: [
          carriedOut(last),
          call(as(last.execution), "iam:CreateRole", role.arn, bounded(last.boundary)),
          call(as(eve), "sts:AssumeRole", role.arn),
          stopped(
            as(role),
            "dynamodb:Scan",
            arnIn(facts, "dynamodb", last.account, `table/${last.stackName}-Customers-1ABCDEF`),
            { absent: ["lambda:SourceFunctionArn"] },
          ),
        ],
        change: withoutCondition({ managed: last.boundary }, "UseTables"),
      };
    },
  },
  {
    id: "stranger-invited-to-invoke",
    title: "A template lets a stranger's account invoke the function past the API",
    scene: (facts) => {
      const last = functions(facts);
      if ("lacks" in last) return last;
      return {
        story:
          "One resource of type AWS::Lambda::Permission with an account number in it, and a stranger " +
          "invokes the function directly: no API, no throttling, no access log. It looks like the one " +
          "beside it, which is for API Gateway. The execution role may invite API Gateway and nobody " +
          "else.",
        steps: [
          carriedOut(last),
          stopped(
            as(last.execution),
            "lambda:AddPermission",
            arnIn(facts, "lambda", last.account, `function:${last.stackName}-Api`),
            { context: { "lambda:Principal": facts.stranger } },
          ),
        ],
        change: withoutCondition({ policyOf: last.execution }, "LetApiInvoke"),
      };
    },
  },
  {
    id: "anothers-api-deleted",
    title: "A template deletes another workload's API",
    scene: (facts) => {
      const last = functions(facts);
      if ("lacks" in last) return last;
      return {
        story:
          "HTTP APIs have ids instead of names, so a pattern cannot tell ours from theirs. A poisoned " +
          "template takes an id that it found and deletes that API. What tells them apart is a tag that " +
          "every change set puts on all that it makes, and this API carries another workload's.",
        steps: [
          carriedOut(last),
          stopped(
            as(last.execution),
            "apigateway:DELETE",
            arnIn(facts, "apigateway", "", "/apis/f0e1d2c3b4"),
            {
              context: { "aws:ResourceTag/delivery:workload": "payroll" },
            },
          ),
        ],
        change: withoutCondition({ policyOf: last.execution }, "ManageApi"),
      };
    },
  },
];
