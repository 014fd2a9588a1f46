import { service } from "../../../packages/iam/src/policy/principals";
import { as, ofTemplate, roleArn, somebody, trusting } from "./cast";
import { replaced, withoutCondition } from "./change";
import { bounded, carriedOut, passed } from "./execution";
import { arnIn, functions, shifted } from "./pairs";
import { type Attack, call, PLAIN_FUNCTION, stopped } from "./scene";

/** Roles that a template hands to services. */
export const PASSED_ROLES: readonly Attack[] = [
  {
    id: "role-passed-to-another-service",
    title: "A template hands a function's role to the public API",
    scene: (facts) => {
      const last = functions(facts);
      if ("lacks" in last) return last;
      const role = ofTemplate(facts, last, { Service: "apigateway.amazonaws.com" });
      const integrations = arnIn(facts, "apigateway", "", "/apis/a1b2c3d4e5/integrations");
      return {
        story:
          "A poisoned template makes a role that trusts API Gateway and sets it as the credentials of a " +
          "route. From then on the API, which is open to the internet, calls AWS with that role for " +
          "whoever sends a request, and no code of ours is in between. Role and route may be made; " +
          "handing roles over is allowed to Lambda only.",
        roles: [role],
        steps: [
          carriedOut(last),
          call(as(last.execution), "iam:CreateRole", role.arn, bounded(last.boundary)),
          stopped(as(last.execution), "iam:PassRole", role.arn, passed("apigateway.amazonaws.com")),
          call(as(last.execution), "apigateway:POST", integrations, {
            context: { "aws:ResourceTag/delivery:workload": last.stackName },
            absent: ["apigateway:Request/AccessLoggingDestination"],
          }),
          call(service("apigateway.amazonaws.com"), "sts:AssumeRole", role.arn),
        ],
        change: withoutCondition({ policyOf: last.execution }, "PassRolesToFunctions"),
      };
    },
  },
  {
    id: "powerful-role-passed-to-function",
    title: "A template runs a function with another team's powerful role",
    scene: (facts) => {
      const last = functions(facts);
      if ("lacks" in last) return last;
      const trust = trusting(facts, "payroll-batch", { Service: "lambda.amazonaws.com" });
      const batch = somebody(facts, last.account, "payroll-batch", { "*": "*" }, trust);
      const user = `arn:${facts.partition}:iam::${last.account}:user/backdoor`;
      return {
        story:
          `In the account of ${last.name} another team's role payroll-batch may do everything and trusts ` +
          "Lambda. A poisoned template need not create any role: it sets that one on a function of its " +
          "own, invokes it once, and has a user with a key of its own. Creating the function is allowed; " +
          "passing a role is so for roles of the workload only.",
        roles: [batch],
        steps: [
          carriedOut(last),
          stopped(as(last.execution), "iam:PassRole", batch.arn, passed("lambda.amazonaws.com")),
          call(
            as(last.execution),
            "lambda:CreateFunction",
            arnIn(facts, "lambda", last.account, `function:${last.stackName}-Trojan`),
            PLAIN_FUNCTION,
          ),
          call(service("lambda.amazonaws.com"), "sts:AssumeRole", batch.arn),
          call(as(batch), "iam:CreateUser", user),
        ],
        change: replaced({ policyOf: last.execution }, "PassRolesToFunctions", "for roles of any name", {
          Resource: [roleArn(facts, last.account, "*")],
        }),
      };
    },
  },
  {
    id: "canary-shifts-anothers-alias",
    title: "A deployment of ours moves another team's alias",
    scene: (facts) => {
      const last = shifted(facts);
      if ("lacks" in last) return last;
      const theirs = arnIn(facts, "lambda", last.account, "function:payroll-Api:live");
      const group = arnIn(facts, "codedeploy", last.account, `deploymentgroup:${last.stackName}-App/all`);
      return {
        story:
          "A poisoned template starts a CodeDeploy deployment whose description names the alias of " +
          "another team's function, and shifts it back to the version with last month's hole. CodeDeploy " +
          "does what it is told with the role that it is handed, and handing it over is right. That role " +
          "may shift the workload's own aliases.",
        steps: [
          carriedOut(last),
          call(as(last.execution), "iam:PassRole", last.codedeploy, passed("codedeploy.amazonaws.com")),
          call(as(last.execution), "codedeploy:CreateDeploymentGroup", group),
          call(service("codedeploy.amazonaws.com"), "sts:AssumeRole", last.codedeploy),
          stopped(as(last.codedeploy), "lambda:UpdateAlias", theirs),
        ],
        change: replaced({ policyOf: last.codedeploy }, "ShiftAliases", "for every function of the account", {
          Resource: [arnIn(facts, "lambda", last.account, "function:*")],
        }),
      };
    },
  },
];
